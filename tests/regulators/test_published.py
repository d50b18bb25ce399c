"""Publishing books, and what happens when a published file is changed."""

import dataclasses

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.actors import System
from audit.models import Event
from regulators import books, checks, services
from regulators.loader import RuleBookError
from regulators.models import LicenceType, Regulator, RuleBookVersion
from tests.plugins.cases import appointed

SHELL = System("tests")


def altered(book):
    return dataclasses.replace(book, sha256="0" * 64)


def test_loading_makes_the_rows_and_a_second_time_changes_nothing(db):
    first = services.load_rulebooks(actor=SHELL)
    assert [(pin.code, pin.version, is_new) for pin, is_new in first] == [
        (book.code, book.version, True) for book in books.all_books()
    ]
    second = services.load_rulebooks(actor=SHELL)
    assert [(pin.pk, is_new) for pin, is_new in second] == [(pin.pk, False) for pin, _new in first]
    assert list(Regulator.objects.values_list("code", "name")) == [
        ("AFM", "Agency for Financial Monitoring"),
        ("AFSA", "Astana Financial Services Authority"),
        ("NBK", "National Bank of Kazakhstan"),
    ]
    assert list(LicenceType.objects.values_list("code", "regulator__code")) == [
        ("exchange-operator", "NBK"),
        ("national-custody", "AFM"),
        ("providing-custody", "AFSA"),
    ]
    events = Event.objects.filter(kind="rulebook.publish").order_by("pk")
    assert [(event.subject, event.data["sha256"]) for event in events] == [
        (f"rulebook:{pin.code}", pin.sha256) for pin, _new in first
    ]


def test_a_pin_serves_its_book(loaded):
    for pin, _new in loaded:
        assert pin.book is books.get(pin.code, pin.version)
        assert pin.book.sha256 == pin.sha256


def test_a_file_changed_after_publication_is_refused_and_nothing_is_loaded(loaded):
    *others, last = books.all_books()
    newer = dataclasses.replace(last, version="2099.1", sha256="1" * 64)
    name = rf"{last.code}-{last.version}.toml: the file was changed after it was published"
    with pytest.raises(RuleBookError, match=name):
        services.load_rulebooks(actor=SHELL, found=[*others, newer, altered(last)])
    assert RuleBookVersion.objects.count() == len(others) + 1


def test_a_published_file_that_is_gone_is_refused(loaded):
    *others, last = books.all_books()
    with pytest.raises(RuleBookError, match=rf"{last.code}-{last.version}.toml: .* its file is gone"):
        services.load_rulebooks(actor=SHELL, found=others)


@pytest.fixture
def tampered(db):
    """A pin whose file is no longer the published one."""
    first, *others = books.all_books()
    services.load_rulebooks(actor=SHELL, found=[altered(first), *others])
    return RuleBookVersion.objects.get(code="afm-custody", version="2026.1")


def test_a_pin_with_another_hash_does_not_serve(tampered):
    with pytest.raises(RuleBookError, match="under a new version"):
        tampered.book  # noqa: B018
    errors = checks.files_are_as_published(None, databases=["default"])
    assert [error.id for error in errors] == ["regulators.E002"]
    assert "afm-custody-2026.1.toml" in errors[0].msg


def test_untouched_files_pass_the_checks(loaded):
    assert checks.files_are_as_published(None, databases=["default"]) == []
    assert checks.files_can_be_read(None) == []


def test_the_command_says_what_it_loaded(db, capsys):
    call_command("load_rulebooks")
    *lines, calendar = capsys.readouterr().out.splitlines()
    assert calendar.startswith("calendar kz ")
    assert [line.split(", SHA")[0] for line in lines] == [
        f"{book.code} {book.version}: published, {len(book.requirements)} requirements"
        for book in books.all_books()
    ]
    call_command("load_rulebooks")
    assert "afm-custody 2026.1: as published" in capsys.readouterr().out


def test_the_command_fails_with_the_words_of_the_error(tampered):
    with pytest.raises(CommandError, match="the file was changed after it was published") as error:
        call_command("load_rulebooks")
    assert error.value.returncode == 1


def test_a_pin_is_never_rewritten(loaded):
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleBookVersion.objects.update(sha256="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleBookVersion.objects.all().delete()


def test_the_desk_shows_books_to_their_regulators_staff_and_changes_nothing(loaded, person, afsa):
    user = person()
    appointed(user, afsa, "reviewer")
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get("/desk/regulators/rulebookversion/")
    assert page.status_code == 200
    assert b"afsa-custody" in page.content
    assert b"afm-custody" not in page.content
    pin = RuleBookVersion.objects.get(code="afsa-custody", version="2026.2")
    assert browser.post(f"/desk/regulators/rulebookversion/{pin.pk}/change/", {}).status_code == 403
    assert browser.get("/desk/regulators/staff/").status_code == 403
