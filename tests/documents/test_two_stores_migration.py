"""Back to one store, where nothing lies in quarantine, and to two again."""

from importlib import import_module

import pytest
from django.apps import apps

from documents.models import Document, Status
from tests.documents.test_pieces import begun, person, sent
from tests.plugins import files

__all__ = ["person"]
pytestmark = pytest.mark.django_db
migration = import_module("documents.migrations.0006_two_stores")


def test_there_is_no_way_back_while_something_lies_in_quarantine(settings, received):
    settings.CLAMD_ADDRESS = "unix:///nowhere"
    document = received()
    with pytest.raises(RuntimeError, match=r"^1 documents lie in quarantine"):
        migration.insist_on_an_empty_quarantine(apps, None)
    files.judge(document, Status.CLEAN)
    assert migration.insist_on_an_empty_quarantine(apps, None) is None


def test_what_is_under_way_is_given_again_and_what_was_received_stays(person):
    files.receive(upload=sent(begun(person, mark="done")), name="a.pdf", actor=person)
    going_on = begun(person, mark="going on")
    migration.forget_what_is_under_way(apps, None)
    assert begun(person, mark="going on").pk != going_on.pk
    assert Document.objects.count() == 1
