"""A past application copied into a new one: what goes over, what does not, and what has to be looked at."""

from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from applications.models import Answer, AnswerFile, Application, CopiedFact
from applications.portal import outline
from applications.portal.outline import stages_of
from applications.queries.copying import plan_of, unchecked_of, waiting_in
from applications.queries.drafts import load_draft
from applications.services import drafting, people, submission
from applications.services import inside as notes
from applications.services.copying import copy_application
from applications.services.inside import Place
from applications.services.mandates import give_authority
from audit.models import Event
from regulators import rulebook as rb
from tests.plugins.cases import fresh, new_applicant, new_firm
from tests.plugins.files import pdf
from workflow.errors import NotAllowed, NotReady

pytestmark = pytest.mark.django_db
CANARY = "kanarienvogel"


def withdrawn(case, signatory):
    case = fresh(case)
    submission.withdraw_application(
        actor=signatory, case=case, expected_version=case.version, reason="Another time."
    )
    return fresh(case)


@pytest.fixture
def source(submitted_afm_case, firm_user):
    """The sample application on the national track, submitted and withdrawn."""
    return withdrawn(submitted_afm_case, firm_user)


@pytest.fixture
def copied(source, firm_user):
    return fresh(copy_application(actor=firm_user, source=source))


def given(case):
    return {answer.requirement: answer for answer in case.answers.filter(person=None)}


def test_answers_files_people_chart_and_capital_go_over(source, copied):
    before, after = given(source), given(copied)
    asked = copied.book.by_code
    expected = {
        code
        for code, answer in before.items()
        if rb.DECLARATION not in asked[code].evidence and not asked[code].per_person
        and (answer.value or answer.files.exists())
    }  # fmt: skip
    assert set(after) == expected
    assert [code for code in after if after[code].value != before[code].value] == []
    files = AnswerFile.objects.filter(removed_at=None).order_by("document_id")
    of = {
        case.pk: set(files.filter(answer__application=case, answer__requirement__in=expected)
                     .values_list("answer__requirement", "document"))
        for case in (source, copied)
    }  # fmt: skip
    assert of[source.pk] == of[copied.pk] != set()
    for rows in ("posts", "capital"):
        fields = ("person", "function") if rows == "posts" else ("line", "period", "amount")
        assert set(getattr(copied, rows).values_list(*fields)) == set(
            getattr(source, rows).values_list(*fields)
        )
    held = ("owner__name", "owned__name", "economic", "voting", "owned__is_applicant")
    assert set(copied.holdings.values_list(*held)) == set(source.holdings.values_list(*held))
    assert copied.entities.filter(is_applicant=True).count() == 1


def test_people_attest_anew(source, copied):
    assert source.answers.exclude(person=None).exists()
    assert copied.answers.exclude(person=None).count() == 0
    agreed = [answer for answer in copied.answers.all() if "agreed" in answer.value]
    assert agreed == []
    left = dict(plan_of(source).left)
    assert {"Each person answers it anew.", "It is declared anew."} >= set(left.values())


def test_the_source_is_named_in_the_record_and_not_touched(source, copied, firm_user):
    event = Event.objects.filter(subject=copied.audit_subject).order_by("-number").first()
    assert (event.kind, event.data["source"]) == ("application.copy", source.reference)
    assert (copied.state, copied.reference, copied.copied_from) == ("draft", None, source)
    assert (fresh(source).version, fresh(source).state) == (source.version, "withdrawn")


def test_one_draft_for_a_licence_and_only_an_editor_of_the_firm(source, copied, firm_user):
    with pytest.raises(NotReady):
        copy_application(actor=firm_user, source=source)
    stranger = new_applicant("Stranger")
    new_firm(stranger, "Theirs")
    with pytest.raises(NotAllowed):
        copy_application(actor=fresh(stranger), source=source)
    assert Application.objects.count() == 2


def test_a_copied_answer_is_marked_until_it_is_saved_again(copied, firm_user, signed_in, source):
    fact = copied.copied_facts.filter(kind="answer").order_by("pk").first()
    rule = copied.book.by_code[fact.code]
    page = reverse("portal:question", args=[copied.pk, rule.stage, rule.code])
    browser = signed_in(firm_user)
    words = f"Copied from {source.reference} of "
    assert words in browser.get(page).content.decode()
    answer = Answer.objects.get(application=copied, requirement=fact.code)
    drafting.save_answer(
        actor=firm_user, case_id=copied.pk, requirement=fact.code, value=answer.value,
        declined=answer.declined, declined_as=answer.declined_as, expected_version=answer.version,
    )  # fmt: skip
    assert fresh(fact).checked_by == firm_user
    assert f"<b>{words}" not in browser.get(page).content.decode()


def test_each_moment_of_the_copied_capital_is_named(copied):
    titles = [one.title for one in unchecked_of(copied) if one.fact.kind == CopiedFact.CAPITAL]
    assert titles[:2] == ["Capital: Now", "Capital: At the grant"]
    assert len(set(titles)) == len(titles) > 2


def test_a_section_is_not_completed_while_something_copied_waits(copied, firm_user):
    def rows():
        stages = list(copied.stages.order_by("order"))
        for stage in stages:
            stage.application = copied
        found = stages_of(copied, load_draft(copied), stages)
        return {row.question.key: row for one in found for row in one.rows}

    facts = copied.copied_facts
    kinds = {kind: CopiedFact.PERSON if kind == rb.PEOPLE else kind for kind in (rb.PEOPLE, rb.OWNERSHIP)}
    before = rows()
    waiting = {fact.code for fact in facts.filter(kind=CopiedFact.ANSWER)}
    assert waiting != set()
    for key, row in before.items():
        if key[0] in waiting or set(kinds) & set(row.question.requirement.evidence):
            assert (row.status, row.mark) == (outline.IN_PROGRESS, "Copied: check it"), key
    facts.update(checked_at=timezone.now())
    after = rows()
    assert {row.status for key, row in after.items() if key[0] in waiting} == {outline.COMPLETED}
    assert {row.mark for row in after.values()} == {""}


def test_a_stage_with_unchecked_facts_is_not_complete(copied, firm_user):
    stage = copied.stages.get(code="business_plan")
    stage.application = copied
    with pytest.raises(NotReady) as refused:
        drafting.complete_stage(actor=firm_user, stage=stage, expected_version=stage.version)
    waiting = waiting_in(copied, "business_plan")
    links = {reason.url for reason in refused.value.reasons}
    assert (waiting != [], {one.url for one in waiting} <= links) == (True, True)
    for one in waiting:
        answer = Answer.objects.get(application=copied, requirement=one.fact.code)
        drafting.save_answer(
            actor=firm_user, case_id=copied.pk, requirement=one.fact.code, value=answer.value,
            declined=answer.declined, declined_as=answer.declined_as,
        )  # fmt: skip
    assert waiting_in(copied, "business_plan") == []
    for requirement in copied.book.requirements_of("business_plan"):
        if rb.DECLARATION in requirement.evidence and not requirement.per_person:
            drafting.save_answer(
                actor=firm_user, case_id=copied.pk, requirement=requirement.code,
                value=source_value(copied, requirement.code),
            )  # fmt: skip
    done = drafting.complete_stage(actor=firm_user, stage=stage, expected_version=fresh(stage).version)
    assert done.state == "complete"


def source_value(case, code):
    return case.copied_from.answers.get(requirement=code, person=None).value


def test_a_person_the_chart_and_the_capital_are_checked_by_saving_them(copied, firm_user):
    fact = copied.copied_facts.filter(kind="person").select_related("person").first()
    person = fact.person
    functions = list(copied.posts.filter(person=person).values_list("function", flat=True))
    fields = {name: getattr(person, name) for name in people.PERSON_FIELDS}
    people.save_person(actor=firm_user, case_id=copied.pk, functions=functions, person=person, **fields)
    people.confirm_ownership(actor=firm_user, case_id=copied.pk)
    periods = copied.copied_facts.filter(kind="capital").values_list("code", flat=True)
    for period in list(periods)[:1]:
        amounts = {one.line: one.amount for one in copied.capital.filter(period=period)}
        people.save_capital(
            actor=firm_user, case_id=copied.pk, period=period, currency=copied.book.capital.currency,
            amounts=amounts,
        )  # fmt: skip
    checked = set(copied.copied_facts.exclude(checked_at=None).values_list("kind", "code", "person"))
    assert checked == {
        ("person", "", person.pk), ("ownership", "", None),
        *({("capital", periods[0], None)} if periods else ()),
    }  # fmt: skip


def test_a_changed_holding_checks_the_chart(copied, firm_user):
    holding = copied.holdings.select_related("owner", "owned").first()
    people.save_holding(
        actor=firm_user, case_id=copied.pk, owner=holding.owner, owned=holding.owned,
        economic=Decimal(50), voting=Decimal(50), changed=holding,
    )  # fmt: skip
    assert copied.copied_facts.get(kind="ownership").checked_by == firm_user


def test_a_person_who_is_taken_out_holds_no_stage_up(copied, firm_user):
    for fact in copied.copied_facts.filter(kind="person").select_related("person"):
        people.remove_person(actor=firm_user, case_id=copied.pk, person=fact.person)
    assert [one.fact.kind for one in waiting_in(fresh(copied), "fit_and_proper") if one.fact.person_id] == []


def test_files_that_were_taken_out_or_are_damaged_stay_behind(submitted_afm_case, firm_user):
    files = AnswerFile.objects.filter(
        answer__application=submitted_afm_case, answer__person=None, removed_at=None
    )
    first, second = list(files.select_related("document").order_by("pk")[:2])
    AnswerFile.objects.filter(pk=first.pk).update(removed_at=submitted_afm_case.submitted_at)
    type(second.document).objects.filter(pk=second.document_id).update(
        damaged_at=submitted_afm_case.submitted_at
    )
    case = copy_application(actor=firm_user, source=withdrawn(submitted_afm_case, firm_user))
    over = set(AnswerFile.objects.filter(answer__application=case).values_list("document", flat=True))
    assert {first.document_id, second.document_id} & over == set()


def test_what_the_firm_writes_among_its_own_people_is_not_copied(submitted_afm_case, firm_user):
    stage = submitted_afm_case.stages.get(code="business_plan")
    notes.comment(actor=firm_user, place=Place(stage=stage), text=CANARY)
    case = copy_application(actor=firm_user, source=withdrawn(submitted_afm_case, firm_user))
    assert notes.InsideNote.objects.filter(application=case).count() == 0


def test_a_case_that_was_not_copied_has_no_marks_and_asks_nothing(
    draft_case, firm_user, django_assert_num_queries
):
    with django_assert_num_queries(0):
        assert unchecked_of(draft_case) == []
    drafting.save_answer(
        actor=firm_user, case_id=draft_case.pk, requirement="BP-01", value={"text": "An answer."}
    )
    assert CopiedFact.objects.count() == 0


def test_the_page_says_what_goes_over_and_copies(source, firm_user, signed_in):
    browser, page = signed_in(firm_user), reverse("portal:copy", args=[source.pk])
    assert page in browser.get(reverse("portal:case", args=[source.pk])).content.decode()
    shown = browser.get(page).content.decode()
    assert f"{len(plan_of(source).answers)} answers" in shown
    assert "A new draft of the same kind opens, under version" in shown
    answer = browser.post(page)
    case = Application.objects.get(copied_from=source)
    assert answer.url == reverse("portal:case", args=[case.pk])
    followed = browser.get(answer.url).content.decode()
    assert f"copied from {source.reference} of" in followed
    again = browser.post(page)
    assert (again.status_code, Application.objects.filter(copied_from=source).count()) == (422, 1)


def test_an_adviser_reads_of_the_copied_facts_those_of_the_mandate_alone(copied, firm_user, signed_in):
    adviser, today = new_applicant("Adviser"), timezone.localdate()
    _invitation, token = accounts.invite_adviser(
        actor=firm_user, firm_id=copied.firm_id, email=adviser.email, role="viewer", scope=["aml"],
        valid_from=today, until=today,
    )  # fmt: skip
    accounts.accept_invitation(actor=adviser, token=token)
    paper = ContentFile(pdf(b"power"))
    mandate = adviser.memberships.get()
    give_authority(actor=firm_user, membership_id=mandate.pk, upload=paper, name="power.pdf")
    found = unchecked_of(copied)
    shown = {}
    for person in (firm_user, adviser):
        page = signed_in(person).get(reverse("portal:case", args=[copied.pk])).content.decode()
        shown[person.pk] = {one.stage for one in found if f'href="{one.url}"' in page}
    assert shown[adviser.pk] == {"aml"} < shown[firm_user.pk]
