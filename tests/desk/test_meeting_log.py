"""The log of meetings and interviews: entered once, corrected by a further one, never the firm's."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from applications.models import Finding, Meeting
from applications.queries.meeting_log import log_of
from applications.services.meeting_log import log_meeting
from audit.models import Event
from tests.desk.conftest import at, on
from tests.plugins.cases import fresh, person_of
from workflow.errors import NotReady


@pytest.fixture
def person(case):
    made = person_of(case.firm)
    Finding.objects.filter(application=case).update(person=made)
    return made


def held(person, reviewer, **words):
    return {
        "kind": "interview", "place": "Video", "subject": "Fitness", "minutes": "Answers were clear.",
        "actions": "Diploma by Friday.", "person": person.pk, "people": [person.pk],
        "staff": [reviewer.pk], "others": "A counsel", **on(timezone.localdate(), "held_on"), **words,
    }  # fmt: skip


def test_an_interview_is_entered_shown_and_corrected(case, person, browsers, afsa_staff):
    data = held(person, afsa_staff.reviewer)
    url = at("meeting_new", case)
    assert browsers.reviewer.post(url, data | {"seen": "0"}).status_code == 302
    assert browsers.reviewer.post(url, data | {"seen": "0"}).status_code == 302
    [entry] = log_of(case, person=person)
    first = entry.meeting
    assert entry.took_part == [afsa_staff.reviewer.full_name, person.full_name, "A counsel"]
    assert (first.number, first.person, first.subject) == (1, person, "Fitness")
    event = Event.objects.filter(subject=case.audit_subject).latest("number")
    assert (event.kind, event.reason, event.data) == (
        "application.meeting", "", {"number": 1, "kind": "interview", "corrects": 0},
    )  # fmt: skip

    correcting = f"{url}?corrects=1"
    assert "Answers were clear." in browsers.lead_reviewer.get(correcting).content.decode()
    mended = data | {"minutes": "Answers were not clear."}
    assert browsers.lead_reviewer.post(correcting, mended).status_code == 302
    second, old = log_of(case)
    assert (second.meeting.corrects, old.corrected_by, old.meeting.minutes) == (
        first, 2, "Answers were clear.",
    )  # fmt: skip
    page = browsers.case_officer.get(at("change", case)).content.decode()
    assert ("Corrected by entry 2." in page, "Corrects entry 1." in page) == (True, True)
    assert browsers.reviewer.get(f"{url}?corrects=9").status_code == 404


def test_an_entry_is_neither_changed_nor_deleted(case, person, afsa_staff):
    entry = log_meeting(
        actor=afsa_staff.reviewer, case=case, kind="call", held_on=timezone.localdate(), place="Phone",
        subject="s", minutes="m", others="x",
    )  # fmt: skip
    for change in (lambda: entry.delete(), lambda: Meeting.objects.update(minutes="other")):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            change()
    assert fresh(entry).minutes == "m"


def test_what_cannot_be_entered_says_how_to_mend_it(case, person, filed, afsa, afsa_staff, browsers):
    today, words = timezone.localdate(), {"place": "p", "subject": "s", "minutes": "m", "kind": "call"}
    elsewhere = filed(afsa)
    good = {"actor": afsa_staff.reviewer, "case": case, "held_on": today, "others": "x", **words}
    for bad, said in (
        ({"held_on": today + timedelta(days=1)}, "a day that has come"),
        ({"others": " "}, "who took part"),
        ({"minutes": " "}, "the minutes"),
        ({"kind": "party"}, "what it was"),
        ({"case": elsewhere, "person": person}, "people of this application"),
    ):
        with pytest.raises(NotReady, match=said):
            log_meeting(**{**good, **bad})
    assert Meeting.objects.count() == 0
    response = browsers.reviewer.post(
        at("meeting_new", case), held(person, afsa_staff.reviewer, staff=[], people=[], others="")
    )
    assert (response.status_code, "Answers were clear." in response.content.decode()) == (422, True)
