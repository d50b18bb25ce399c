"""What staff are told of their dates: to whom, at which steps, once, and all that is new in one mail."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from applications.models import Application, Condition, Consultation, Deadline, RefusalNotice, Stage
from applications.reminders import raise_due
from applications.services import clocks
from notifications.models import Message
from notifications.services import send_waiting
from regulators.calendars import add_working_days
from regulators.models import Staff
from regulators.rulebook import say
from tests.plugins.asked import filed_with_little
from tests.plugins.cases import fresh, new_applicant, new_firm, person_of

DIGEST = "internal_digest"


def today():
    return timezone.localdate()


def days_on(count):
    return add_working_days(today(), count)


def day_after(day):
    return day + timedelta(days=1)


def lines(*, since=0):
    """Who was told what after this many messages: address, kind, day."""
    found = Message.objects.filter(template=DIGEST).order_by("pk")[since:]
    return sorted((one.email, row["kind"], row["due"]) for one in found for row in one.context["rows"])


def told(day, *kinds):
    """The lines of one run on this day, of these kinds."""
    before = Message.objects.filter(template=DIGEST).count()
    raise_due(day)
    return [(email, kind, due) for email, kind, due in lines(since=before) if kind in kinds]


def to(kind, day, *people):
    return sorted((one.email, kind, day.isoformat()) for one in people)


@pytest.fixture
def case(custody_firm, firm_user, afsa, afsa_staff):
    """In review, with a case officer, and with nothing that is due."""
    case = filed_with_little(custody_firm, firm_user, afsa)
    return in_state(case, "in_review", case_officer=afsa_staff.case_officer)


def in_state(case, *states, **facts):
    """Taken through these states, by no act."""
    for state in states:
        Application.objects.filter(pk=case.pk).update(state=state, **facts)
    return fresh(case)


def period(case, code, due_on, **facts):
    return Deadline.objects.create(
        application=case, code=code, rule="r", starts_on=today(), calendar_days=30,
        due_on=due_on, due_at=clocks.end_of(due_on), **facts,
    )  # fmt: skip


@pytest.fixture
def managers(afsa_staff):
    return [
        afsa_staff.lead_reviewer, afsa_staff.second_lead_reviewer,
        afsa_staff.decision_maker, afsa_staff.second_decision_maker,
    ]  # fmt: skip


@pytest.fixture
def leads(afsa_staff):
    return [afsa_staff.lead_reviewer, afsa_staff.second_lead_reviewer]


# --- the regulator's own periods


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("completeness", "internal_completeness"), ("decision", "internal_decision"),
        ("permits_decision", "internal_decision"),
    ],
)  # fmt: skip
def test_a_period_is_said_to_the_case_officer_at_each_step_and_when_over_to_the_managers(
    case, afsa_staff, managers, code, kind
):
    due_on = days_on(15)
    period(case, code, due_on)
    kinds = (kind, f"{kind}_overdue")
    for passed, left in ((4, ""), (5, "10"), (11, ""), (12, "3"), (14, ""), (15, "0")):
        expected = to(kind, due_on, afsa_staff.case_officer) if left else []
        assert told(days_on(passed), *kinds) == expected
        assert told(days_on(passed), *kinds) == []
    over = day_after(due_on)
    assert told(over, *kinds) == to(f"{kind}_overdue", due_on, afsa_staff.case_officer, *managers)
    assert told(day_after(over), *kinds) == []


def test_without_a_case_officer_the_leads_are_told_and_each_once(case, leads, managers):
    in_state(case, "in_review", case_officer=None)
    due_on = days_on(5)
    period(case, "decision", due_on)
    assert told(days_on(2), "internal_decision") == to("internal_decision", due_on, *leads)
    over = told(day_after(due_on), "internal_decision_overdue")
    assert over == to("internal_decision_overdue", due_on, *managers)


def test_of_a_case_officer_who_left_the_leads_are_told(case, afsa_staff, leads):
    days = {"valid_from": today() - timedelta(days=9), "valid_until": today() - timedelta(days=1)}
    Staff.objects.filter(user=afsa_staff.case_officer).update(**days)
    due_on = days_on(5)
    period(case, "decision", due_on)
    assert told(days_on(2), "internal_decision") == to("internal_decision", due_on, *leads)


@pytest.mark.parametrize("now", ["administrator", "elsewhere"])
def test_of_a_case_officer_who_works_on_cases_here_no_more_the_leads_are_told(
    case, afsa_staff, leads, afm, now
):
    moved = {"regulator": afm.regulator} if now == "elsewhere" else {"role": "administrator"}
    Staff.objects.filter(user=afsa_staff.case_officer).update(**moved)
    due_on = days_on(5)
    period(case, "decision", due_on)
    assert told(days_on(2), "internal_decision") == to("internal_decision", due_on, *leads)


@pytest.mark.parametrize("role", ["reviewer", "specialist", "lead_reviewer", "decision_maker"])
def test_a_case_officer_who_does_other_work_here_is_still_told(case, afsa_staff, role):
    Staff.objects.filter(user=afsa_staff.case_officer).update(role=role)
    due_on = days_on(5)
    period(case, "decision", due_on)
    expected = to("internal_decision", due_on, afsa_staff.case_officer)
    assert told(days_on(2), "internal_decision") == expected


def declare(case, user):
    case.conflicts.create(human=user.human, declared_by_name=user.full_name, text="A friend.")


def test_who_declared_a_conflict_of_interest_is_told_nothing_of_the_case(case, afsa_staff, leads, managers):
    first, second = leads
    for user in (afsa_staff.case_officer, first):
        declare(case, user)
    due_on = days_on(5)
    period(case, "decision", due_on)
    assert told(days_on(2), "internal_decision") == to("internal_decision", due_on, second)
    over = told(day_after(due_on), "internal_decision_overdue")
    others = [one for one in managers if one != first]
    assert over == to("internal_decision_overdue", due_on, *others)


def test_a_conflict_on_another_case_keeps_nobody_from_being_told(case, afsa_staff, afsa):
    user = new_applicant(name="Other Person")
    other = filed_with_little(new_firm(user, name="Other Firm Ltd"), user, afsa, reference="KZC-TEST-OTHER")
    declare(other, afsa_staff.case_officer)
    due_on = days_on(5)
    period(case, "decision", due_on)
    expected = to("internal_decision", due_on, afsa_staff.case_officer)
    assert told(days_on(2), "internal_decision") == expected


@pytest.mark.parametrize("how", ["member", "person"])
def test_who_acted_for_the_firm_or_is_of_its_people_is_told_nothing_of_the_case(case, afsa_staff, leads, how):
    human = afsa_staff.case_officer.human
    if how == "member":
        user = new_applicant(name="The Same")
        type(user).objects.filter(pk=user.pk).update(human=human)
        held = case.firm.memberships.create(user=user, role="editor")
        case.firm.memberships.filter(pk=held.pk).update(ended_at=timezone.now())
    else:
        person_of(case.firm, human=human)
    due_on = days_on(5)
    period(case, "decision", due_on)
    assert told(days_on(2), "internal_decision") == to("internal_decision", due_on, *leads)


@pytest.mark.parametrize(
    ("state", "facts", "code", "is_told"),
    [
        ("in_review", {}, "decision", True), ("withdrawn", {}, "decision", False),
        ("granted", {}, "decision", False),
        ("in_review", {"paused_since": timezone.now()}, "decision", False),
        ("in_review", {"paused_since": timezone.now()}, "completeness", True),
        ("in_review", {}, "appeal", False),
    ],
)  # fmt: skip
def test_a_period_is_said_while_it_runs(case, state, facts, code, is_told):
    """The books let the period for the decision be paused, and no other."""
    in_state(case, state, **facts)
    period(case, code, days_on(5))
    kinds = ("internal_decision", "internal_completeness")
    assert bool(told(days_on(2), *kinds)) is is_told


def test_a_period_that_is_met_is_said_no_more(case):
    period(case, "decision", days_on(5), met_at=timezone.now())
    assert told(days_on(2), "internal_decision") == []


# --- consultations


@pytest.fixture
def consulted(case, afsa_staff):
    def make(due_on, *, inside=True, specialist=None, silence="wait"):
        return Consultation.objects.create(
            application=case, body="Ministry", inside=inside, specialist=specialist, question="Is it so?",
            asked_by=afsa_staff.reviewer, due_on=due_on, silence=silence,
        )  # fmt: skip

    return make


SOON, LATE = "internal_consultation", "internal_consultation_overdue"


def test_a_specialist_is_told_before_the_day_and_whoever_asked_after_it(consulted, afsa_staff):
    due_on = days_on(8)
    consulted(due_on, specialist=afsa_staff.specialist)
    assert told(days_on(4), SOON, LATE) == []
    for passed in (5, 8):
        assert told(days_on(passed), SOON, LATE) == to(SOON, due_on, afsa_staff.specialist)
        assert told(days_on(passed), SOON, LATE) == []
    assert told(day_after(due_on), SOON, LATE) == to(LATE, due_on, afsa_staff.reviewer)


@pytest.mark.parametrize(("silence", "raised"), [("wait", False), ("no_objection", False), ("raise", True)])
def test_where_no_answer_is_raised_the_leads_are_told_too(consulted, afsa_staff, leads, silence, raised):
    due_on = days_on(8)
    consulted(due_on, inside=False, silence=silence)
    assert told(due_on, SOON, LATE) == []
    expected = [afsa_staff.reviewer, *(leads if raised else [])]
    assert told(day_after(due_on), SOON, LATE) == to(LATE, due_on, *expected)


def test_while_no_specialist_is_named_whoever_asked_is_told(consulted, afsa_staff):
    due_on = days_on(8)
    consulted(due_on)
    assert told(due_on, SOON) == to(SOON, due_on, afsa_staff.reviewer)


def test_a_specialist_who_is_asked_instead_is_told_anew_and_the_first_no_more(consulted, afsa_staff):
    due_on = days_on(8)
    one = consulted(due_on, specialist=afsa_staff.specialist)
    assert told(days_on(5), SOON) == to(SOON, due_on, afsa_staff.specialist)
    Consultation.objects.filter(pk=one.pk).update(specialist=afsa_staff.reviewer)
    assert told(days_on(5), SOON) == to(SOON, due_on, afsa_staff.reviewer)
    send_waiting()
    sent = Message.objects.filter(template=DIGEST).values_list("email", "status")
    assert dict(sent) == {afsa_staff.specialist.email: "withheld", afsa_staff.reviewer.email: "sent"}


# --- the notice of a refusal


@pytest.fixture
def served(case, afsa_staff):
    """A function: the notice of a proposed refusal, to which the firm may reply until that day."""

    def make(until, **facts):
        if not case.refusal_notices.exists():
            in_state(case, "recommended", "refusal_proposed")
        return RefusalNotice.objects.create(
            application=case, grounds=[], evidence="Seen.", text="We propose to refuse.",
            proposed_by=afsa_staff.decision_maker, proposed_at=timezone.now(), served_on=today(),
            served_how="Post", representations_until=until, **facts,
        )  # fmt: skip

    return make


def statuses_of(template):
    return list(Message.objects.filter(template=template).values_list("status", flat=True))


def to_the_firm():
    found = Message.objects.filter(template="notice_reminder").order_by("pk")
    return [(one.email, one.context["working_days"]) for one in found]


def test_the_firm_hears_before_its_time_to_reply_ends_and_the_decision_makers_after(
    served, case, afsa_staff, firm_user
):
    until = days_on(8)
    served(until)
    raise_due(days_on(4))
    assert to_the_firm() == []
    for passed in (5, 8):
        for _run in range(2):
            raise_due(days_on(passed))
    assert to_the_firm() == [(firm_user.email, 3), (firm_user.email, 0)]
    message = Message.objects.filter(template="notice_reminder").first()
    assert message.url.endswith(reverse("portal:representation", args=[case.pk]))
    deciders = afsa_staff.decision_maker, afsa_staff.second_decision_maker
    kind = "internal_notice_over"
    assert told(until, kind) == []
    assert told(day_after(until), kind) == to(kind, until, *deciders)
    assert told(until + timedelta(days=2), kind) == []
    assert len(to_the_firm()) == 2


def test_a_firm_that_has_replied_is_not_told_to(served, firm_user):
    until = days_on(8)
    served(until).representations.create(text="No.", made_by=firm_user)
    raise_due(until)
    assert to_the_firm() == []
    assert len(told(day_after(until), "internal_notice_over")) == 2


def test_the_newest_notice_counts(served):
    served(days_on(8))
    served(days_on(30))
    assert told(days_on(9), "internal_notice_over") == []


# --- the notice that a person is to be refused


@pytest.fixture
def noticed(case):
    """A function: the notice about a person, to which the firm may reply until that day."""

    def make(until, **facts):
        return case.individuals.create(
            person=person_of(case.firm), function="seo", state="refusal_proposed", notice="We propose.",
            noticed_at=timezone.now(), represent_until=until, **facts,
        )  # fmt: skip

    return make


def test_the_firm_hears_before_its_time_to_reply_to_the_notice_of_a_person_ends(noticed, case, firm_user):
    until = days_on(8)
    one = noticed(until)
    for passed, told in ((4, []), (5, [3]), (7, [3]), (8, [3, 0])):
        for _run in range(2):
            raise_due(days_on(passed))
        assert to_the_firm() == [(firm_user.email, left) for left in told]
    raise_due(day_after(until))
    assert len(to_the_firm()) == 2
    message = Message.objects.filter(template="notice_reminder").first()
    assert message.url.endswith(reverse("portal:person_notice", args=[case.pk, one.person_id, "seo"]))
    send_waiting()
    assert statuses_of("notice_reminder") == ["sent", "sent"]


@pytest.mark.parametrize("what", ["replied", "assessed again", "decided", "moved"])
def test_what_the_firm_need_not_reply_to_any_more_is_not_said(noticed, case, what):
    until = days_on(8)
    one = noticed(until)
    raise_due(days_on(5))
    rows = type(one).objects.filter(pk=one.pk)
    if what == "replied":
        rows.update(representation="No.")
    elif what == "assessed again":
        rows.update(state="assessing", represent_until=None, noticed_at=None)
    elif what == "decided":
        in_state(case, "withdrawn")
    else:
        rows.update(represent_until=days_on(20))
    send_waiting()
    assert statuses_of("notice_reminder") == ["withheld"]
    raise_due(days_on(8))
    assert len(to_the_firm()) == 1


# --- conditions


@pytest.fixture
def condition(case, afsa_staff):
    def make(owner, due_on):
        in_state(case, "recommended", "approved_in_principle", expires_on=days_on(90))
        case.decisions.create(
            snapshot=case.snapshots.get(), kind="approve_in_principle", reason="r", law={},
            by=afsa_staff.decision_maker, at=timezone.now(),
        )  # fmt: skip
        return Condition.objects.create(application=case, number=1, text="Hire.", due_on=due_on, owner=owner)

    return make


@pytest.mark.parametrize("owner", ["case_officer", "reviewer", "lead_reviewer"])
def test_a_condition_of_the_regulator_is_said_to_whoever_brings_it_about(
    condition, afsa_staff, managers, leads, owner
):
    due_on = days_on(15)
    condition(owner, due_on)
    owners = leads if owner == "lead_reviewer" else [getattr(afsa_staff, owner)]
    kinds = ("internal_condition", "internal_condition_overdue", "internal_condition_over")
    for passed in (5, 12, 15):
        assert told(days_on(passed), *kinds) == to("internal_condition", due_on, *owners)
        assert told(days_on(passed), *kinds) == []
    everybody = {one.pk: one for one in (*owners, *managers)}.values()
    assert told(day_after(due_on), *kinds) == to("internal_condition_overdue", due_on, *everybody)


@pytest.mark.parametrize("verified", [False, True])
def test_a_condition_of_the_firm_that_is_over_waits_to_be_verified(condition, afsa_staff, verified):
    due_on = days_on(8)
    one = condition("firm", due_on)
    kind = "internal_condition_over"
    assert told(due_on, kind) == []
    if verified:
        Condition.objects.filter(pk=one.pk).update(verified_at=timezone.now())
    expected = [] if verified else to(kind, due_on, afsa_staff.case_officer)
    assert told(day_after(due_on), kind) == expected


# --- stages


def test_a_stage_that_nobody_takes_is_said_to_the_leads_after_five_working_days(case, leads):
    since = timezone.now()
    stages = Stage.objects.filter(application=case)
    stages.filter(code=case.book.stage_codes[1]).update(state="complete", changed_at=since)
    in_state(case, "in_review", accepted_at=since - timedelta(days=30))
    assert told(days_on(4), "internal_stage") == []
    assert told(days_on(5), "internal_stage") == to("internal_stage", today(), *leads)
    assert told(days_on(9), "internal_stage") == []


def test_a_stage_waits_from_the_acceptance_of_the_case_on(case, leads):
    Stage.objects.filter(application=case, order=1).update(
        state="complete", changed_at=timezone.now() - timedelta(days=60)
    )
    in_state(case, "in_review", accepted_at=timezone.now())
    assert told(days_on(4), "internal_stage") == []
    assert told(days_on(5), "internal_stage") == to("internal_stage", today(), *leads)


@pytest.mark.parametrize(("case_state", "state"), [("submitted", "complete"), ("in_review", "in_review")])
def test_a_stage_that_cannot_be_taken_is_not_spoken_of(
    custody_firm, firm_user, afsa, afsa_staff, case_state, state
):
    long_ago = timezone.now() - timedelta(days=60)
    case = filed_with_little(custody_firm, firm_user, afsa, state=case_state)
    Stage.objects.filter(application=case).update(state=state, changed_at=long_ago)
    Application.objects.filter(pk=case.pk).update(accepted_at=long_ago)
    assert told(today(), "internal_stage") == []


# --- the mail


def test_all_that_is_new_goes_to_a_person_in_one_mail_in_their_language(case, afsa_staff, consulted):
    lead = afsa_staff.lead_reviewer
    lead.language = "ru"
    lead.save()
    due_on = days_on(8)
    period(case, "decision", due_on)
    consulted(due_on, inside=False, silence="raise")
    stage = case.book.stages[1]
    Stage.objects.filter(application=case, code=stage.code).update(
        state="complete", changed_at=timezone.now()
    )
    raise_due(day_after(due_on))
    [message] = Message.objects.filter(recipient=lead)
    assert (message.template, message.internal, message.context["items"]) == (DIGEST, True, 3)
    assert message.url.endswith(f"/desk/applications/application/{case.pk}/change/")
    with translation.override("ru"):
        assert say(stage.title) in message.body_text
    assert raise_due(day_after(due_on)) == 0


def test_of_many_dates_what_stands_no_more_is_left_out(case, afsa_staff, consulted):
    due_on = days_on(8)
    period(case, "decision", due_on)
    one = consulted(due_on, inside=False, silence="raise")
    raise_due(day_after(due_on))
    Consultation.objects.filter(pk=one.pk).update(outcome="answered", finished_at=timezone.now())
    send_waiting()
    message = Message.objects.get(recipient=afsa_staff.lead_reviewer)
    kept = [row["kind"] for row in message.context["rows"]]
    assert (message.status, kept) == ("sent", ["internal_decision_overdue"])
