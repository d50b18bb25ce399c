"""What staff write among themselves is on no page, paper, letter or notice that the firm can fetch.

A word of its own for each place where staff write: a new place is one more line in CANARIES.
"""

import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pypdf
import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from applications.conditions.individual import first_allowed_day
from applications.models import (
    Application,
    ConflictOfInterest,
    Consultation,
    Decision,
    InformationRequest,
    Inspection,
    Meeting,
    Note,
    Recommendation,
    TypedText,
)
from applications.services import assessment, individuals, rounds
from applications.services.submission import withdraw_application
from audit.services import record
from notifications.models import Message
from tests.doors import doors
from tests.doors.doors import Door
from tests.doors.world import BODY
from tests.plugins.cases import an_inspected, fresh
from tests.plugins.undone import rolled_back

pytestmark = pytest.mark.django_db
OF_CASES = ("portal:", "register:", "home")  # the addresses that show anything of a case to others than staff
OPENED = {  # of these, at least, not only a refusal is searched
    "portal:case", "portal:decision", "portal:letter", "portal:letter_pdf", "portal:licence",
    "portal:notices", "portal:people", "portal:request", "portal:submission", "portal:submission_pdf",
    "register:entry",
}  # fmt: skip
Sow = Callable[[str, Application, Any], Any]


def _asked(word: str, case: Application, by: Any) -> Any:
    return Consultation.objects.create(
        application=case, body=word, question=word, answer=word, asked_by=by, outcome="answered",
        finished_by=by, finished_at=timezone.now(),
    )  # fmt: skip


def _met(word: str, case: Application, by: Any) -> Any:
    return Meeting.objects.create(
        application=case, number=1, kind="call", held_on=timezone.localdate(), place=word, others=word,
        subject=word, minutes=word, actions=word, staff=[word], written_by=by,
    )  # fmt: skip


def _inspected(word: str, case: Application, by: Any) -> Any:
    others = User.objects.filter(appointments__isnull=False).exclude(pk=by.pk)
    return Inspection.objects.create(
        application=case, number=9, requirement=an_inspected(case), inspected_on=timezone.localdate(),
        place=word, shown=word, hashes=[{"sha256": "0" * 64, "name": word}], found=word, written_by=by,
        second=others.first(),
    )  # fmt: skip


def _recommended(word: str, case: Application, by: Any) -> Any:
    return Recommendation.objects.create(
        application=case, snapshot=case.snapshots.latest("number"), outcome="grant", reason=word, law={},
        by=by, at=timezone.now(),
    )  # fmt: skip


def _departed(word: str, case: Application, by: Any) -> Any:
    return Decision.objects.create(
        application=case, snapshot=case.snapshots.latest("number"), kind="approve_in_principle", reason="",
        law={}, by=by, at=timezone.now(), departs=word,
    )  # fmt: skip


def _recorded(kind: str) -> Sow:
    def sow(word: str, case: Application, by: Any) -> Any:
        with transaction.atomic():
            return record(subject=case.audit_subject, kind=kind, actor=by, reason=word)

    return sow


def _conflicted(word: str, case: Application, by: Any) -> Any:
    return ConflictOfInterest.objects.create(
        application=case, human="nobody", declared_by_name=word, text=word
    )


CANARIES: dict[str, Sow] = {
    "note": lambda word, case, by: Note.objects.create(application=case, text=word, author=by),
    "finding": lambda word, case, by: case.findings.update(note=word, outcome="deficient"),
    "condition of a finding": lambda word, case, by: case.findings.update(condition=word),
    "closing of a request": lambda word, case, by: InformationRequest.objects.filter(
        application=case, number=1
    ).update(closed_note=word),
    "consultation": _asked,
    "meeting": _met,
    "inspection": _inspected,
    "conflict of interest": _conflicted,
    "recommendation": _recommended,
    "departure from the recommendation": _departed,
    "panel": lambda word, case, by: case.panels.update(reason=word, minutes=word),
    "typed and not saved": lambda word, case, by: TypedText.objects.create(
        user=by, application=case, path="/desk/somewhere/", fields={"text": [word]}, at=timezone.now()
    ),
    "event of a finding": _recorded("application.finding"),
    "event of a recommendation": _recorded("application.recommend"),
    "event of a number": _recorded("application.number_shown"),
    "event nobody knows": _recorded("application.something_new"),
}


@pytest.fixture(scope="module")
def words(world: SimpleNamespace) -> dict[str, str]:
    """Each canary by its place, sown into the case in review."""
    case, by = world.ours.review.case, world.actors["reviewer"]
    made = {place: f"kanarek{number:02d}zzq" for number, place in enumerate(CANARIES)}
    for place, sow in CANARIES.items():
        assert sow(made[place], case, by), place  # a row was made, or one or more were there to write in
    return made


def text_of(response: Any) -> str:
    body = b"".join(response) if response.streaming else response.content
    if body.startswith(b"%PDF") and body != BODY:
        return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)
    return body.decode(errors="replace")


def test_staff_see_them(world: SimpleNamespace, words: dict[str, str], knock: Any) -> None:
    """The words are there to be found, or the test below would pass for nothing."""
    case = world.ours.review.case
    page = text_of(knock("lead", "GET", f"/desk/applications/application/{case.pk}/change/"))
    shown = (
        "note",
        "consultation",
        "meeting",
        "conflict of interest",
        "recommendation",
        "event of a finding",
    )
    assert [place for place in shown if words[place] not in page] == []


def test_the_firm_fetches_none_of_them(world: SimpleNamespace, words: dict[str, str], knock: Any) -> None:
    found, opened = [], set[str]()
    for door in doors.every_door():
        if not door.name.startswith(OF_CASES):
            continue
        who = "invited" if "<uuid:part>" in door.address else "owner"
        with rolled_back():
            answer = knock(who, "GET", address_of(door, world))
            text = text_of(answer)
        opened |= {door.name} if answer.status_code == 200 else set()
        found += [(door.name, place) for place, word in words.items() if word in text]
    assert found == []
    assert OPENED - opened == set()


def address_of(door: Door, world: SimpleNamespace) -> str:
    return door.url(doors.values_of(door, world.ours, "review"))


def test_no_notice_or_mail_to_the_firm_holds_one(world: SimpleNamespace, words: dict[str, str]) -> None:
    """Of those that are written once the words stand in the case."""
    ours, reviewer = world.ours.review, world.actors["reviewer"]
    before = set(Message.objects.values_list("pk", flat=True))
    with rolled_back():
        assessment.resolve_change(actor=reviewer, notice=ours.change, resolution="None.", affected=[])
        rounds.reply_about_point(actor=reviewer, point=ours.point, text="The plan.")
        assessing = individuals.act_on(
            actor=reviewer, approval=ours.individual, act="assess", expected_version=0
        )
        individuals.act_on(
            actor=reviewer, approval=assessing, act="propose_refusal", expected_version=1,
            reason=words["note"], notice="We propose.", represent_until=first_allowed_day(ours.case),
        )  # fmt: skip
        withdraw_application(
            actor=world.actors["signatory"],
            case=ours.case,
            expected_version=fresh(ours.case).version,
            reason="No.",
        )
        told = list(Message.objects.exclude(pk__in=before).exclude(recipient__is_staff=True).values())
    assert {one["template"] for one in told} == {
        "change_resolved", "request_reply", "refusal_notice", "withdrawn"
    }  # fmt: skip
    texts = [str(one) for one in told]
    assert [place for place, word in words.items() if any(word in text for text in texts)] == []
