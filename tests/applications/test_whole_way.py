"""A case the whole way, by the services that people use: AFSA to a licence, AFM to a readiness record."""

from typing import Any

import pytest

from applications.models import Application
from applications.samples import cases as samples
from applications.samples.firms import make_firm
from applications.samples.staff import sample_desk
from audit.models import Event
from audit.verify import faults
from licences.models import Licence, ReadinessRecord
from notifications.models import Message
from regulators.models import LicenceType

pytestmark = pytest.mark.django_db(transaction=True)

PATH = ["application.submit", "application.accept", "application.recommend", "application.grant"]


def walked(kind: LicenceType) -> Application:
    user, firm = make_firm(
        email="office@whole-way.test", person="Ғалым Әлімжанов", name="Whole Way Ltd", serial=31
    )
    desk = sample_desk(kind.regulator)
    return samples.walk(actor=user, firm=firm, licence_type=kind, upto="grant", desk=desk, serial=3100)


def kinds_of(case: Application) -> list[str]:
    events = Event.objects.filter(subject=case.audit_subject).order_by("number")
    return list(events.values_list("kind", flat=True))


def test_afm_ends_in_a_readiness_record_and_no_licence(afm: LicenceType, document_store: Any) -> None:
    case = walked(afm)
    assert (case.state, case.licence, Licence.objects.count()) == ("granted", None, 0)
    assert case.readiness == ReadinessRecord.objects.get()
    snapshot = case.snapshots.latest("number")
    assert case.readiness.content_hash == snapshot.sha256
    kinds = kinds_of(case)
    assert [kind for kind in kinds if kind in PATH] == PATH
    assert kinds.count("stage.approve") == 5
    assert "application.approve_in_principle" not in kinds


def test_afsa_ends_in_a_licence(afsa: LicenceType, document_store: Any) -> None:
    case = walked(afsa)
    assert (case.state, case.readiness, ReadinessRecord.objects.count()) == ("granted", None, 0)
    assert case.licence == Licence.objects.get()
    assert case.licence.firm_name == "Whole Way Ltd"
    kinds = kinds_of(case)
    in_principle = [
        *PATH[:3],
        "application.approve_in_principle",
        "application.condition",
        "application.grant",
    ]
    assert [kind for kind in kinds if kind in in_principle] == in_principle
    assert kinds.count("stage.approve") == 5
    told = set(
        Message.objects.filter(recipient__email="office@whole-way.test").values_list("template", flat=True)
    )
    assert told == {
        "submitted", "accepted", "request_sent", "stage_approved", "approved_in_principle", "decision",
    }  # fmt: skip
    assert list(faults()) == []
