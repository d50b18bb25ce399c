"""What starts the clocks of a book: the receipt, the acceptance, a payment, and the notice of one thing."""

import dataclasses
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from applications.models import Application, Consultation, Deadline, FeeEntry, RefusalNotice
from applications.services import clocks, consultations, decisions, intake, notice_clocks, tell
from applications.services.standing import keep
from audit.models import Event
from notifications.models import Message
from regulators import books, rulebook
from regulators.calendars import add_working_days, is_working_day
from regulators.services import load_calendar
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import SHELL, fresh, new_applicant, new_firm, person_of
from tests.plugins.versions import following

DAY = timedelta(days=1)


def today():
    return timezone.localdate()


def entries(case, clock, about=""):
    found = case.clock_entries.filter(clock=clock, about=about)
    return list(found.values_list("what", "cause"))


def due(case, **only):
    return {str(one): one.due_on for one in case.deadlines.filter(**only)}


# --- the payment


@pytest.fixture
def unpaid(custody_firm, firm_user, afsa, afsa_staff, shelf):
    """Under a book of the test, in which the period for the decision starts with the payment."""
    case = filed_with_little(custody_firm, firm_user, afsa, state="submitted")
    timed = [
        dataclasses.replace(clock, starts_on="payment") if clock.code == "decision" else clock
        for clock in case.book.clocks
    ]
    book = shelf(following(case.book, "2099.1", clocks=tuple(timed)))
    Application.objects.filter(pk=case.pk).update(rulebook=afsa.rulebooks.get(version=book.version))
    return fresh(case)


@pytest.fixture
def pay(unpaid, afsa_staff):
    """A function: what became of the fee is recorded."""

    def record(fee="paid", **words):
        case = fresh(unpaid)
        intake.record_fee(
            actor=afsa_staff.case_officer, case=case, fee=fee, expected_version=case.version, **words
        )
        return case.fee_entries.last()

    return record


def test_a_payment_starts_its_clocks_on_the_day_on_which_it_was_made(unpaid, pay):
    for event in ("receipt", "acceptance"):
        clocks.start(unpaid, event)
    pay("invoiced")
    assert entries(unpaid, "decision") == []
    paid_on = today() - 5 * DAY
    pay(on=paid_on)
    assert entries(unpaid, "decision") == [("start", "payment")]
    [deadline] = unpaid.deadlines.filter(code="decision")
    assert (deadline.starts_on, deadline.due_on) == (paid_on, add_working_days(paid_on, 60))
    assert deadline.due_at == clocks.end_of(deadline.due_on)
    assert deadline.rule == "60 working days from payment (afsa-custody 2099.1)"
    pay(on=today())  # a second payment is no other start
    assert entries(unpaid, "decision") == [("start", "payment")]


def test_a_fee_that_is_waived_is_no_payment(unpaid, pay):
    pay("waived", reason="A small firm.")
    assert (entries(unpaid, "decision"), due(unpaid)) == ([], {})


def test_a_corrected_payment_moves_the_start_or_takes_it_back(unpaid, pay):
    first = pay(on=today() - DAY)
    second = pay(on=today() - 9 * DAY, corrects=first, reason="Another day.")
    assert due(unpaid) == {"decision": add_working_days(today() - 9 * DAY, 60)}
    pay("due", corrects=second, reason="Another firm paid.")
    assert due(unpaid) == {}
    assert entries(unpaid, "decision") == [("start", "payment"), ("stop", "taken back")]
    pay(on=today())
    assert due(unpaid, met_at=None) == {"decision": add_working_days(today(), 60)}


@pytest.fixture
def paused(unpaid, pay, today, afsa_staff):
    """Paid on the first of December; from the 7th to the 14th, five working days, the firm had a request."""
    today(date(2026, 12, 1))
    paid = pay()
    today(date(2026, 12, 7))
    clocks.pause(unpaid, cause="request 1")
    today(date(2026, 12, 14))
    clocks.resume(unpaid, cause="request 1 answered")
    return paid


@pytest.mark.parametrize(("paid_on", "lost"), [
    (date(2026, 11, 24), 5), (date(2026, 12, 6), 5), (date(2026, 12, 9), 3), (date(2026, 12, 14), 0)
])  # fmt: skip
def test_a_corrected_payment_keeps_of_the_pauses_what_lies_after_it(unpaid, pay, paused, paid_on, lost):
    assert due(unpaid) == {"decision": add_working_days(date(2026, 12, 1), 65)}
    pay(on=paid_on, corrects=paused, reason="Another day.")
    assert due(unpaid) == {"decision": add_working_days(paid_on, 60 + lost)}
    assert [what for what, _cause in entries(unpaid, "decision")] == ["start", "pause", "resume"]


def test_a_payment_that_was_taken_back_by_mistake_has_its_pauses_again(unpaid, pay, paused, today):
    first = due(unpaid)
    mistake = pay("due", corrects=paused, reason="Another firm paid.")
    assert due(unpaid) == {}
    pay(on=date(2026, 12, 1), corrects=mistake, reason="It was this one.")
    assert due(unpaid) == first


def test_a_payment_that_is_corrected_during_a_pause_leaves_it(unpaid, pay, today):
    today(date(2026, 12, 1))
    paid = pay()
    today(date(2026, 12, 7))
    clocks.pause(unpaid, cause="request 1")
    pay(on=date(2026, 11, 24), corrects=paid, reason="Another day.")
    assert entries(unpaid, "decision")[-1] == ("pause", "request 1")
    today(date(2026, 12, 14))
    clocks.resume(unpaid, cause="request 1 answered")
    assert due(unpaid) == {"decision": add_working_days(date(2026, 11, 24), 65)}


def test_a_clock_that_starts_while_the_firm_has_a_request_is_paused_at_once(unpaid, pay, afsa_staff):
    unpaid.requests.create(
        number=4, status="sent", pauses_clock=True, due_on=today() + DAY, written_by=afsa_staff.reviewer
    )
    pay()
    assert entries(unpaid, "decision") == [("start", "payment"), ("pause", "request 4")]


def test_what_has_stopped_since_does_not_start_with_a_corrected_payment(unpaid, pay):
    first = pay(on=today() - DAY)
    clocks.stop(unpaid, cause="approve_in_principle", codes=clocks.ASSESSMENT)
    pay(on=today() - 9 * DAY, corrects=first, reason="Another day.")
    assert entries(unpaid, "decision") == [("start", "payment"), ("stop", "approve_in_principle")]
    assert due(unpaid) == {"decision": add_working_days(today() - DAY, 60)}


def test_a_payment_in_a_case_that_is_decided_starts_nothing(unpaid, pay):
    Application.objects.filter(pk=unpaid.pk).update(state="withdrawn")
    pay()
    assert entries(unpaid, "decision") == []
    assert FeeEntry.objects.count() == 1


# --- the events that a book can name


NO_CLOCK = {  # procedures of which the service keeps no clock: a person sets the day, or it goes on elsewhere
    "appeal", "control_approval", "control_change", "correction", "extension", "file_access", "forwarding",
    "general", "in_principle_expiry", "information_reply", "permit_correction", "probity_change", "recusal",
}  # fmt: skip


def test_each_event_that_a_book_can_name_starts_what_it_names():
    assert rulebook.STARTS == ("receipt", "payment", "acceptance", "notice")
    named = {c.code for book in books.all_books() for c in book.clocks if c.starts_on == rulebook.NOTICE}
    started = {code for codes in notice_clocks.STARTED_BY.values() for code in codes}
    assert named == started | NO_CLOCK
    assert started & NO_CLOCK == set()


# --- the service of a notice


@pytest.fixture
def proposed(custody_firm, firm_user, afm, afm_staff):
    case = filed_with_little(custody_firm, firm_user, afm, state="refusal_proposed")
    case.refusal_notices.create(
        grounds=[], evidence="The file.", text="We propose to refuse.", proposed_by=afm_staff.decision_maker,
        proposed_at=timezone.now() - DAY,
    )  # fmt: skip
    return case


def serve(case, staff, *, on, until):
    notice = case.refusal_notices.get()
    decisions.record_service(
        actor=staff.case_officer, notice=notice, served_on=on, how="By courier.", until=until
    )
    return f"refusal:{notice.pk}"


def test_the_service_of_a_notice_starts_the_periods_of_the_firm_on_its_day(proposed, afm_staff):
    served_on = today() - DAY
    about = serve(proposed, afm_staff, on=served_on, until=today() + 20 * DAY)
    for code, count in (("representations", 3), ("objection", 2)):
        assert entries(proposed, code, about) == [("start", "notice")]
        deadline = proposed.deadlines.get(code=code, about=about)
        assert (deadline.starts_on, deadline.due_on) == (served_on, add_working_days(served_on, count))
    assert (fresh(proposed).next_due, fresh(proposed).due_code) == (None, "")  # dates of the regulator alone


def test_they_stop_when_the_case_goes_back(proposed, afm_staff, firm_user):
    about = serve(proposed, afm_staff, on=today(), until=today() + 20 * DAY)
    said = proposed.refusal_notices.get().representations.create(text="No.", made_by=firm_user)
    type(said).objects.filter(pk=said.pk).update(accepted=True)
    decisions.send_back(
        actor=afm_staff.decision_maker, case=proposed, expected_version=fresh(proposed).version, reason="So."
    )
    assert entries(proposed, "representations", about) == [("start", "notice"), ("stop", "send_back")]
    assert due(proposed, met_at=None) == {}


def test_the_end_of_the_case_stops_all_clocks(proposed, afm_staff):
    clocks.start(proposed, "receipt")
    about = serve(proposed, afm_staff, on=today(), until=today() + 20 * DAY)
    clocks.stop(proposed, cause="refuse")
    assert entries(proposed, "objection", about)[-1] == ("stop", "refuse")
    assert entries(proposed, "decision")[-1] == ("stop", "refuse")
    assert due(proposed, met_at=None) == {}


def test_a_book_without_a_length_keeps_when_it_began_and_no_day(custody_firm, firm_user, afsa, afsa_staff):
    case = filed_with_little(custody_firm, firm_user, afsa, state="refusal_proposed")
    case.refusal_notices.create(
        grounds=[], evidence="e", text="t", proposed_by=afsa_staff.decision_maker, proposed_at=timezone.now()
    )
    about = serve(case, afsa_staff, on=today(), until=today() + 9 * DAY)
    assert (entries(case, "representations", about), due(case)) == ([("start", "notice")], {})


def days_off_in(day, count, how_many):
    """The last working days of the period that starts after this day."""
    last = add_working_days(day, count)
    found = []
    while len(found) < how_many:
        if is_working_day(last):
            found.append(last)
        last -= DAY
    return found


def longer_to_reply():
    """What the firm, which has one member, was told of more time: the day and the link of each mail."""
    found = Message.objects.filter(template="notice_moved").order_by("pk")
    return [(one.context["due"], one.url) for one in found]


@pytest.mark.parametrize(("more", "follows"), [(0, True), (1, True), (30, False)])
def test_the_firm_has_the_period_of_the_book_in_the_new_calendar_too(
    proposed, afm_staff, new_calendar, more, follows
):
    """Told a day that is later all the same, it keeps that day."""
    least = add_working_days(today(), 3)
    told = least + more * DAY
    about = serve(proposed, afm_staff, on=today(), until=told)
    new_calendar("2026.2", off=days_off_in(today(), 3, 3))
    moved = [str(one) for one in load_calendar(actor=SHELL).moved]
    after = proposed.deadlines.get(code="representations", about=about).due_on
    assert after == add_working_days(today(), 3) > least + DAY
    assert f"{proposed} representations of {about}: {least} -> {after}" in moved
    assert proposed.refusal_notices.get().representations_until == (after if follows else told)
    assert fresh(proposed).until_now == (after if follows else told)
    address = f"http://localhost:8000/applications/{proposed.pk}/representation/"
    assert longer_to_reply() == ([(after.isoformat(), address)] if follows else [])


def test_what_the_firm_was_told_is_never_taken_from_it(proposed, afm_staff, new_calendar, monkeypatch):
    friday = datetime(2026, 12, 4, 12, tzinfo=clocks.ALMATY)
    monkeypatch.setattr(timezone, "now", lambda: friday)
    told = date(2026, 12, 9)
    about = serve(proposed, afm_staff, on=friday.date(), until=told)
    new_calendar("2026.2", works=[date(2026, 12, 5)])
    load_calendar(actor=SHELL)
    assert proposed.deadlines.get(code="representations", about=about).due_on == date(2026, 12, 8)
    assert RefusalNotice.objects.get().representations_until == told


def test_the_firm_hears_of_more_time_to_reply_to_the_notice_of_a_person_too(
    custody_firm, firm_user, afm, afm_staff
):
    case = filed_with_little(custody_firm, firm_user, afm)
    told = add_working_days(today(), 3)
    one = case.individuals.create(
        person=person_of(custody_firm), function="head", state="refusal_proposed", notice="We propose.",
        noticed_at=timezone.now(), represent_until=told,
    )  # fmt: skip
    notice_clocks.start(case, notice_clocks.PERSON, one.pk)
    moved = Deadline.objects.get(application=case, code="representations")
    for day, expected in ((told - DAY, told), (told + DAY, told + DAY), (told + DAY, told + DAY)):
        moved.due_on = day
        notice_clocks.follow([moved])
        one.refresh_from_db()
        assert one.represent_until == expected
    assert longer_to_reply() == [((told + DAY).isoformat(), tell.person_notice_url(one))]


# --- a consultation


@pytest.fixture
def case(custody_firm, firm_user, afm, afm_staff):
    return filed_with_little(custody_firm, firm_user, afm)


def ask(case, staff, **words):
    asked = {"question": "Known?", "body": "National Bank", **words}
    return consultations.consult(actor=staff.reviewer, case=case, **asked)


def test_another_body_has_the_period_of_the_book_where_no_day_is_set(case, afm_staff):
    asked = ask(case, afm_staff, silence="no_objection")
    about = f"consultation:{asked.pk}"
    assert asked.due_on == add_working_days(today(), 10)
    assert due(case) == {f"concurrence of {about}": asked.due_on}
    assert entries(case, "concurrence", about) == [("start", "notice")]
    other = ask(case, afm_staff, question="And this?")
    assert due(case, about=f"consultation:{other.pk}") == {
        f"concurrence of consultation:{other.pk}": other.due_on
    }


@pytest.mark.parametrize("who", ["day", "specialist", "book"])
def test_a_day_that_a_person_chose_has_no_clock(case, filed_afsa, afm_staff, afsa_staff, who):
    chosen = today() + 4 * DAY
    if who == "day":
        asked, expected = ask(case, afm_staff, due_on=chosen), chosen
    elif who == "specialist":
        asked, expected = ask(case, afm_staff, body="", specialist=afm_staff.specialist), None
    else:  # which has no such period
        asked, expected = ask(filed_afsa, afsa_staff), None
    assert asked.due_on == expected
    assert (asked.application.clock_entries.count(), due(asked.application)) == (0, {})


@pytest.fixture
def filed_afsa(firm_user, custody_firm, afsa, afsa_staff):
    return filed_with_little(custody_firm, firm_user, afsa, reference="KZC-TEST-AIFC")


@pytest.mark.parametrize("end", ["answered", "withdrawn", "silent"])
def test_the_end_of_a_consultation_stops_its_clock_alone(case, afm_staff, end):
    clocks.start(case, "receipt")
    asked, other = ask(case, afm_staff, silence="no_objection"), ask(case, afm_staff, question="This?")
    if end == "answered":
        consultations.answer_consultation(actor=afm_staff.reviewer, consultation=asked, answer="Yes.")
    else:
        if end == "silent":
            Consultation.objects.filter(pk=asked.pk).update(due_on=today() - DAY)
        consultations.close_consultation(
            actor=afm_staff.reviewer, consultation=asked, outcome=end, reason="No answer."
        )
    assert entries(case, "concurrence", f"consultation:{asked.pk}") == [("start", "notice"), ("stop", end)]
    assert set(due(case, met_at=None)) == {
        "registration", "completeness", "decision", f"concurrence of consultation:{other.pk}"
    }  # fmt: skip


def test_a_late_answer_stops_nothing_twice(case, afm_staff):
    asked = ask(case, afm_staff, silence="no_objection")
    Consultation.objects.filter(pk=asked.pk).update(due_on=today() - DAY)
    how = {"actor": afm_staff.reviewer, "consultation": asked}
    consultations.close_consultation(**how, outcome="silent", reason="No answer.")
    consultations.answer_consultation(**how, answer="Late.")
    about = f"consultation:{asked.pk}"
    assert entries(case, "concurrence", about) == [("start", "notice"), ("stop", "silent")]


def test_what_is_still_asked_when_a_case_comes_back_has_its_period_anew(case, afm_staff, today):
    asked = ask(case, afm_staff)
    chosen = ask(case, afm_staff, question="This?", due_on=asked.due_on)
    done = ask(case, afm_staff, question="That?")
    consultations.answer_consultation(actor=afm_staff.reviewer, consultation=done, answer="Yes.")
    clocks.stop(case, cause="refuse")
    before = asked.due_on
    back = add_working_days(before, 3)
    today(back)
    notice_clocks.ask_again(case, cause="remit")
    about = f"consultation:{asked.pk}"
    assert entries(case, "concurrence", about) == [
        ("start", "notice"),
        ("stop", "refuse"),
        ("start", "remit"),
    ]
    anew = add_working_days(back, 10)
    assert due(case, met_at=None) == {f"concurrence of {about}": anew}
    assert [fresh(one).due_on for one in (asked, chosen, done)] == [anew, before, done.due_on]
    notice_clocks.ask_again(case, cause="remit")
    assert len(entries(case, "concurrence", about)) == 3
    consultations.answer_consultation(actor=afm_staff.reviewer, consultation=asked, answer="Yes.")
    assert entries(case, "concurrence", about)[-1] == ("stop", "answered")


def test_a_case_that_is_remitted_asks_again(afm, afm_staff):
    user = new_applicant()
    refused = filed_with_little(new_firm(user), user, afm, state="refused", reference="KZC-TEST-REFUSED")
    asked = Consultation.objects.create(
        application=refused, body="National Bank", question="Known?", asked_by=afm_staff.reviewer
    )
    notice_clocks.start(refused, notice_clocks.CONSULTATION, asked.pk)
    clocks.stop(refused, cause="refuse")
    version, told = refused.version, {"reason": "The court said so.", "appeal": "Case 12, 1 May"}
    decisions.propose(
        actor=afm_staff.decision_maker, case=refused, act="remit", expected_version=version, **told
    )
    decisions.confirm(
        actor=afm_staff.second_decision_maker, case=refused, act="remit", expected_version=version
    )
    about = f"consultation:{asked.pk}"
    assert entries(refused, "concurrence", about)[-1] == ("start", "remit")
    assert fresh(asked).due_on == add_working_days(today(), 10)


def test_the_day_of_the_book_follows_the_calendar_and_a_chosen_one_does_not(case, afm_staff, new_calendar):
    by_the_book = ask(case, afm_staff)
    chosen = ask(case, afm_staff, question="This?", due_on=by_the_book.due_on)
    new_calendar("2026.2", off=days_off_in(today(), 10, 1))
    moved = [str(one) for one in load_calendar(actor=SHELL).moved]
    later = add_working_days(today(), 10)
    assert later > chosen.due_on
    about = f"concurrence of consultation:{by_the_book.pk}"
    assert moved == [f"{case} {about}: {chosen.due_on} -> {later}"]
    assert (fresh(by_the_book).due_on, fresh(chosen).due_on) == (later, chosen.due_on)
    event = Event.objects.get(subject=case.audit_subject, kind="application.deadlines_moved")
    assert event.data["moved"] == {about: {"from": str(chosen.due_on), "to": str(later)}}


def test_a_pause_of_the_case_is_shown_while_a_consultation_begins(filed_afsa, afsa_staff):
    clocks.start(filed_afsa, "acceptance")
    clocks.pause(filed_afsa, cause="request 1")
    clocks.start_about(filed_afsa, "test:1", codes=["appeal"], cause="notice")
    keep([filed_afsa.pk])
    assert fresh(filed_afsa).paused_since is not None
    assert clocks.resume(filed_afsa, cause="request 1 answered") == 1
