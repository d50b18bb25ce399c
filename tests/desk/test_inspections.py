"""Evidence inspected on site: two inspectors, hashes and no contents, corrected by a further entry."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from applications.models import Inspection
from applications.services.assessment import assess
from applications.services.inspections import confirm_inspection, record_inspection
from audit.models import Event
from notifications.models import Message
from tests.desk.conftest import at, finding_data, on
from tests.plugins.cases import an_inspected, fresh
from workflow.errors import NotAllowed, NotReady
from workflow.models import Duty

HASH = "AB" * 32


@pytest.fixture
def code(case_in_review):
    return an_inspected(case_in_review)


@pytest.fixture
def entered(case_in_review, code, afsa_staff):
    return record_inspection(
        actor=afsa_staff.reviewer, case=case_in_review, requirement=code, inspected_on=timezone.localdate(),
        place="Astana", shown="Key ceremony", found="As described.", second=afsa_staff.lead_reviewer,
    )  # fmt: skip


def seen(staff, **words):
    return {
        "place": "Key room, Astana", "second": staff.lead_reviewer.pk, "shown": "The key ceremony, version 4",
        "hashes": f"{HASH}  ceremony.pdf\n\n{'c' * 64}", "found": "As the policy says.",
        **on(timezone.localdate(), "inspected_on"), **words,
    }  # fmt: skip


def question(case, code):
    return at("question", case, case.book.by_code[code].stage, code)


def test_one_enters_it_and_the_other_confirms_it(case_in_review, code, afsa_staff, browsers):
    case, url = case_in_review, at("inspection_new", case_in_review, code)
    empty = browsers.reviewer.get(question(case, code)).content.decode()
    assert "No inspection is on record." in empty
    assert f'href="{url}"' in empty

    for _press in range(2):
        answer = browsers.reviewer.post(url, seen(afsa_staff) | {"seen": "0"})
        assert (answer.status_code, answer.url) == (302, question(case, code))
    entry = Inspection.objects.get()
    assert (entry.number, entry.requirement, entry.written_by, entry.second) == (
        1, code, afsa_staff.reviewer, afsa_staff.lead_reviewer,
    )  # fmt: skip
    assert entry.hashes == [
        {"sha256": HASH.lower(), "name": "ceremony.pdf"},
        {"sha256": "c" * 64, "name": ""},
    ]
    event = Event.objects.filter(subject=case.audit_subject).latest("number")
    assert (event.kind, event.reason, event.data) == ("application.inspection", "", {
        "number": 1, "requirement": code, "second": afsa_staff.lead_reviewer.audit_name,
        "hashes": [HASH.lower(), "c" * 64], "corrects": 0,
    })  # fmt: skip
    told = Message.objects.filter(recipient=afsa_staff.lead_reviewer, key__contains=f"inspection:{entry.pk}")
    assert [(one.template, one.internal) for one in told] == [("internal_assigned", True)]

    confirm = at("inspection_confirm", case, 1)
    page = browsers.lead_reviewer.get(question(case, code)).content.decode()
    assert ("Not confirmed yet" in page, f'href="{confirm}"' in page) == (True, True)
    assert f'href="{confirm}"' not in browsers.reviewer.get(question(case, code)).content.decode()
    assert "The key ceremony, version 4" in browsers.lead_reviewer.get(confirm).content.decode()
    assert browsers.specialist.post(confirm).status_code == 403
    assert browsers.reviewer.post(confirm).status_code == 403
    for _press in range(2):
        assert browsers.lead_reviewer.post(confirm).status_code == 302
    confirmed = Event.objects.filter(subject=case.audit_subject, kind="application.inspection_confirmed")
    assert [one.data for one in confirmed] == [{"number": 1, "requirement": code}]
    page = browsers.reviewer.get(question(case, code)).content.decode()
    assert (f"confirmed by {afsa_staff.lead_reviewer.audit_name}" in page, "Not confirmed yet" in page) == (
        True, False,
    )  # fmt: skip


def test_both_inspectors_have_examined_the_case_and_cannot_decide_on_it(entered, afsa_staff):
    confirm_inspection(actor=afsa_staff.lead_reviewer, inspection=entered)
    took = Duty.objects.filter(case=entered.application.duty_case).values_list("human", "side")
    humans = {afsa_staff.reviewer.human, afsa_staff.lead_reviewer.human}
    assert {(human, "examine") for human in humans} <= set(took)


def test_a_correction_takes_the_place_of_what_it_corrects(
    case_in_review, code, entered, afsa_staff, browsers
):
    url = f"{at('inspection_new', case_in_review, code)}?corrects=1"
    assert "As described." in browsers.lead_reviewer.get(url).content.decode()
    mended = seen(afsa_staff, second=afsa_staff.reviewer.pk, found="Not as described.")
    assert browsers.lead_reviewer.post(url, mended).status_code == 302
    second = Inspection.objects.get(number=2)
    assert (second.corrects, fresh(entered).found) == (entered, "As described.")
    with pytest.raises(NotReady, match="A further entry corrects this one"):
        confirm_inspection(actor=afsa_staff.lead_reviewer, inspection=entered)
    assert browsers.reviewer.get(url.replace("=1", "=9")).status_code == 404


def test_what_cannot_be_entered_says_how_to_mend_it(case_in_review, code, afsa_staff, browsers):
    url, tomorrow = at("inspection_new", case_in_review, code), timezone.localdate() + timedelta(days=1)
    for bad, said in (
        ({"hashes": "ab" * 31}, "does not begin with a SHA-256"),
        ({"hashes": f"{HASH}0 x.pdf"}, "does not begin with a SHA-256"),
        ({"second": afsa_staff.reviewer.pk}, "Select a valid choice"),
        ({"second": ""}, "Choose the second inspector."),
        ({"second": afsa_staff.administrator.pk}, "Select a valid choice"),
        ({"place": ""}, "Write the place."),
        (on(tomorrow, "inspected_on"), "Give a day that has come."),
    ):
        answer = browsers.reviewer.post(url, seen(afsa_staff, **bad))
        assert (answer.status_code, said in answer.content.decode()) == (422, True), bad
        assert "The key ceremony, version 4" in answer.content.decode()
    assert Inspection.objects.count() == 0
    other = next(r.code for r in case_in_review.book.requirements if "inspected" not in r.evidence)
    assert browsers.reviewer.get(at("inspection_new", case_in_review, other)).status_code == 404


def test_only_who_assesses_is_offered_as_second_and_where_nobody_does_the_page_says_so(
    case_in_review, code, afsa_staff, browsers
):
    url = at("inspection_new", case_in_review, code)
    offered = browsers.reviewer.get(url).context["form"].fields["second"].queryset
    others = ("specialist", "lead_reviewer", "second_lead_reviewer")
    assert set(offered) == {getattr(afsa_staff, role) for role in others}
    cousin = afsa_staff.specialist
    case_in_review.conflicts.create(human=cousin.human, declared_by_name=cousin.full_name, text="A cousin.")
    offered = browsers.reviewer.get(url).context["form"].fields["second"].queryset
    assert set(offered) == {getattr(afsa_staff, role) for role in others[1:]}
    page = browsers.reviewer.get(url)
    assert (page.context["form"] is None, "takes two inspectors" in page.content.decode()) == (False, False)
    type(offered[0]).objects.filter(pk__in=[one.pk for one in offered]).update(is_active=False)
    names = ", ".join(one.full_name for one in (afsa_staff.administrator, afsa_staff.second_administrator))
    for address in (url, question(case_in_review, code)):
        page = browsers.reviewer.get(address).content.decode()
        assert "An inspection on site takes two inspectors" in page
        assert (
            f"An administrator appoints another reviewer, specialist or lead reviewer first: {names}." in page
        )
        assert f'href="{url}"' not in page
    assert browsers.reviewer.get(url).context["form"] is None
    assert browsers.reviewer.post(url, seen(afsa_staff)).status_code == 422
    assert Inspection.objects.count() == 0


def test_met_without_a_confirmed_inspection_needs_a_reason_and_the_page_says_so(
    case_in_review, code, entered, afsa_staff, browsers
):
    case, lead = case_in_review, afsa_staff.lead_reviewer
    finding = case.findings.get(requirement=code)
    url, refused = question(case, code), "No inspection on site is confirmed for this."
    hint = "Whoever finds this met all the same writes in the reason how they were satisfied."
    warning = "Found met, and no inspection on site is confirmed."
    assert hint in browsers.reviewer.get(url).content.decode()
    answer = browsers.reviewer.post(url, finding_data(finding, note=" "))
    assert (answer.status_code, refused in answer.content.decode()) == (422, True)
    assert fresh(finding).outcome == ""
    assert browsers.reviewer.post(url, finding_data(finding, note="Shown by video.")).status_code == 302
    assert warning in browsers.reviewer.get(url).content.decode()

    confirm_inspection(actor=lead, inspection=entered)
    page = browsers.reviewer.get(url).content.decode()
    assert (warning in page, hint in page) == (False, False)
    finding = fresh(finding)
    found = {"actor": afsa_staff.reviewer, "finding": finding, "expected_version": finding.version}
    assert assess(**found, outcome="met").note == ""
    mended = {"corrects": entered, "second": lead, "place": "p", "shown": "s", "found": "f"}
    mended |= {"inspected_on": timezone.localdate(), "requirement": code}
    correction = record_inspection(actor=afsa_staff.reviewer, case=case, **mended)
    again = found | {"expected_version": fresh(finding).version}
    with pytest.raises(NotReady, match=refused):
        assess(**again, outcome="met")
    confirm_inspection(actor=lead, inspection=correction)
    assert assess(**again, outcome="met").outcome == "met"


def test_what_is_not_inspected_is_met_without_a_reason(case_in_review, code, afsa_staff):
    other = case_in_review.findings.exclude(requirement=code).first()
    found = assess(actor=afsa_staff.reviewer, finding=other, expected_version=other.version, outcome="met")
    assert (found.outcome, found.note) == ("met", "")


def test_two_accounts_of_one_human_are_not_two_inspectors(case_in_review, code, afsa_staff):
    twin = afsa_staff.lead_reviewer
    type(twin).objects.filter(pk=twin.pk).update(human=afsa_staff.reviewer.human)
    with pytest.raises(NotReady, match="Choose somebody else"):
        record_inspection(
            actor=afsa_staff.reviewer, case=case_in_review, requirement=code, place="p", shown="s",
            inspected_on=timezone.localdate(), found="f", second=fresh(twin),
        )  # fmt: skip


def test_who_has_a_conflict_of_interest_neither_enters_nor_confirms(entered, afsa_staff):
    case = entered.application
    for user in (afsa_staff.reviewer, afsa_staff.lead_reviewer):
        case.conflicts.create(human=user.human, declared_by_name=user.full_name, text="A cousin.")
    with pytest.raises(NotAllowed):
        confirm_inspection(actor=fresh(afsa_staff.lead_reviewer), inspection=entered)
    with pytest.raises(NotReady, match="Choose somebody else"):
        record_inspection(
            actor=afsa_staff.specialist, case=case, requirement=entered.requirement, place="p", shown="s",
            inspected_on=timezone.localdate(), found="f", second=fresh(afsa_staff.reviewer),
        )  # fmt: skip


def test_in_a_decided_case_nothing_is_entered_or_confirmed(entered, afsa_staff):
    case = entered.application
    type(case).objects.filter(pk=case.pk).update(state="withdrawn")
    with pytest.raises(NotReady, match="The application is decided"):
        confirm_inspection(actor=fresh(afsa_staff.lead_reviewer), inspection=entered)
    with pytest.raises(NotReady, match="The application is decided"):
        record_inspection(
            actor=afsa_staff.reviewer, case=case, requirement=entered.requirement, place="p", shown="s",
            inspected_on=timezone.localdate(), found="f", second=afsa_staff.lead_reviewer,
        )  # fmt: skip


def test_an_entry_is_neither_changed_nor_deleted_nor_by_one_alone(entered, afsa_staff):
    for change in (lambda: entered.delete(), lambda: Inspection.objects.update(found="other")):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            change()
    alone = Inspection(
        application=entered.application, number=7, requirement=entered.requirement, place="p", shown="s",
        inspected_on=timezone.localdate(), found="f", second=afsa_staff.reviewer,
        written_by=afsa_staff.reviewer,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="applications_inspection_by_two"), transaction.atomic():
        alone.save()
