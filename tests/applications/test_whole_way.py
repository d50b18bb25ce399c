"""A case the whole way under the first and the newest version of each book, by the services that people use:
to its end as a licence or a readiness record.
"""

from typing import Any

import pytest
from django.utils import timezone

from applications.models import Application, Decision, Recommendation
from applications.samples import cases as samples
from applications.samples.firms import make_firm
from applications.samples.staff import sample_desk
from applications.services import drafting
from audit.models import Event
from audit.verify import faults
from licences.models import Licence, ReadinessRecord
from notifications.models import Message
from regulators import books
from regulators import rulebook as rb
from regulators.models import LicenceType, RuleBookVersion
from regulators.rulebook import Book
from tests.plugins.standing import AFTER_EACH_ACT

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

FIRST = {book.code: book for book in reversed(books.all_books())}
ENDS = [*FIRST.values(), *(books.latest(code) for code in FIRST)]
BOOKS = {f"{book.code} {book.version}": book for book in ENDS}
PATH = [
    "application.submit", "application.accept", "application.recommend",
    "application.approve_in_principle", "application.condition", "application.grant",
]  # fmt: skip
IN_PRINCIPLE = {"application.approve_in_principle", "application.condition"}
TOLD = {"reply_received", "submitted", "accepted", "request_sent", "stage_approved", "decision"}


@pytest.fixture(params=BOOKS)
def book(request: Any) -> Book:
    return BOOKS[request.param]


@pytest.fixture
def granted(
    book: Book, rulebooks: None, document_store: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Application:
    """Started when this version was the newest, and walked to its end as the law stands today. After each act
    on the way the row of the case says what its records say.
    """
    settings.AUDIT_HANDLERS = [*settings.AUDIT_HANDLERS, AFTER_EACH_ACT]
    pin = RuleBookVersion.objects.get(code=book.code, version=book.version)
    monkeypatch.setattr(drafting, "current_pin", lambda licence_type: pin)
    kind = LicenceType.objects.select_related("regulator").get(code=book.licence_type)
    user, firm = make_firm(
        email="office@whole-way.test", person="Ғалым Әлімжанов", name="Whole Way Ltd", serial=31
    )
    desk = sample_desk(kind.regulator)
    return samples.walk(actor=user, firm=firm, licence_type=kind, upto="grant", desk=desk, serial=3100)


def test_a_case_ends_under_the_version_that_it_started_with(granted: Application, book: Book) -> None:
    case = granted
    assert (case.state, case.rulebook.code, case.rulebook.version) == ("granted", book.code, book.version)
    asked = {question["requirement"] for question in case.snapshots.latest("number").content["questions"]}
    mandatory = {r.code for r in book.requirements if r.mandatory and not r.applies_when and not r.per_person}
    assert mandatory <= asked <= book.by_code.keys()
    _path_and_mails(case, book)
    _outcome(case, book)
    _law(case, book)
    assert list(faults()) == []


def _path_and_mails(case: Application, book: Book) -> None:
    events = Event.objects.filter(subject=case.audit_subject).order_by("number")
    kinds = list(events.values_list("kind", flat=True))
    path = [kind for kind in PATH if book.in_principle or kind not in IN_PRINCIPLE]
    assert [kind for kind in kinds if kind in PATH] == path
    assert kinds.count("stage.approve") == len(book.stages)
    told = Message.objects.filter(recipient__email="office@whole-way.test").values_list("template", flat=True)
    assert set(told) == TOLD | ({"approved_in_principle"} if book.in_principle else set())


def _outcome(case: Application, book: Book) -> None:
    if book.outcome == rb.READINESS:
        assert (case.licence, Licence.objects.count()) == (None, 0)
        assert case.readiness == ReadinessRecord.objects.get()
        assert case.readiness.content_hash == case.snapshots.latest("number").sha256
    else:
        assert (case.readiness, ReadinessRecord.objects.count()) == (None, 0)
        assert case.licence == Licence.objects.get()
        assert case.licence.firm_name == "Whole Way Ltd"


def _law(case: Application, book: Book) -> None:
    """Kept with the recommendation and with each decision, as at its day."""
    kept = [*Recommendation.objects.filter(application=case), *Decision.objects.filter(application=case)]
    assert len(kept) == (3 if book.in_principle else 2)
    for one in kept:
        assert one.law == {
            "book": book.code,
            "version": book.version,
            "sha256": book.sha256,
            "as_at": timezone.localdate(one.at).isoformat(),
        }
