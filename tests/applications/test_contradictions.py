"""What does not go together is found, and what does is not."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from applications.contradictions import LIQUID_SHARE, contradictions
from applications.models import Person
from applications.models.files import DocumentFacts
from applications.queries.content import content_of
from applications.queries.drafts import load_draft
from applications.samples.numbers import sample_iin
from applications.services import drafting, people
from documents.models import Document
from regulators import books
from tests.plugins import files
from tests.plugins.cases import fresh


def found(case):
    case = fresh(case)
    draft = load_draft(case)
    return {one.key.partition(":")[0]: one for one in contradictions(case, draft, content_of(case, draft))}


@pytest.fixture
def add(draft_case, firm_user):
    def make(*functions, number="N00000001", kind="passport", citizenship="IE", born=date(1988, 7, 25)):
        return people.save_person(
            actor=firm_user, case_id=draft_case.pk, functions=functions, family_name="Қожахметова",
            given_names="Дана", patronymic="", born_on=born, citizenship=citizenship, residence="KZ",
            identifier_kind=kind, identifier=number,
        )  # fmt: skip

    return make


@pytest.fixture
def hold(draft_case, firm_user):
    def make(person, percent, changed=None):
        entity = draft_case.entities.filter(person=person).first() or people.save_entity(
            actor=firm_user, case_id=draft_case.pk, name="", person=person
        )
        return people.save_holding(
            actor=firm_user, case_id=draft_case.pk, owner=entity,
            owned=draft_case.entities.get(is_applicant=True), economic=Decimal(percent),
            voting=Decimal(percent), changed=changed,
        )  # fmt: skip

    return make


@pytest.fixture
def compute(draft_case, firm_user):
    def make(period="now", **amounts):
        people.save_capital(
            actor=firm_user, case_id=draft_case.pk, period=period, currency="USD",
            amounts={line: Decimal(amount) for line, amount in amounts.items()},
        )  # fmt: skip

    return make


@pytest.fixture
def answer(draft_case, firm_user):
    versions = {}

    def save(code, **value):
        version = versions[code] = versions.get(code, -1) + 1
        drafting.save_answer(
            actor=firm_user, case_id=draft_case.pk, requirement=code, value=value, expected_version=version
        )

    return save


def test_an_empty_draft_contradicts_nothing(draft_case):
    assert found(draft_case) == {}


def test_the_samples_contradict_nothing(filled_case):
    assert found(filled_case) == {}


def test_direct_holdings_add_up_to_100(draft_case, add, hold):
    person = add("controller")
    held = hold(person, "98")
    one = found(draft_case)["direct_total"]
    assert "98 %" in one.text
    assert one.blocks
    assert [side.url for side in one.sides] == [
        f"/applications/{draft_case.pk}/ownership/",
        f"/applications/{draft_case.pk}/stages/fit_and_proper/FP-16/",
    ]
    hold(person, "100", changed=held)
    assert found(draft_case) == {}


def test_who_passes_a_threshold_has_the_post_of_a_controller(draft_case, add, hold):
    owner, small = add("seo"), add("controller", number="N00000002")
    hold(owner, "90")
    hold(small, "10")
    assert found(draft_case).keys() == {"holder_without_post"}
    one = found(draft_case)["holder_without_post"]
    assert [side.url for side in one.sides] == [
        f"/applications/{draft_case.pk}/ownership/",
        f"/applications/{draft_case.pk}/people/{owner.pk}/",
    ]
    add("seo", "controller")
    assert found(draft_case) == {}


def test_who_passes_no_threshold_needs_no_post(draft_case, add, hold):
    hold(add("controller"), "90")
    hold(add("seo", number="N00000002"), "10")
    assert found(draft_case) == {}


def test_a_controller_has_something_of_the_firm(draft_case, add, hold):
    hold(add("controller"), "100")
    assert found(draft_case) == {}
    add("controller", number="N00000002")
    one = found(draft_case)["post_without_holding"]
    assert one.sides[1].url == f"/applications/{draft_case.pk}/ownership/"
    assert not one.blocks


def test_nobody_has_two_mandatory_posts_where_the_firm_says_so(draft_case, add, answer):
    add("seo", "fo")
    answer("FP-21", choice="some", text="")
    assert "two_posts" not in found(draft_case)
    answer("FP-21", choice="none", text="")
    assert "two_posts" in found(draft_case)
    add("seo", "director")
    assert "two_posts" not in found(draft_case)


def test_an_iin_begins_with_the_date_of_birth(draft_case, add):
    iin = sample_iin(born="880725", century_digit=4, serial=77)
    person = add("seo", number=iin, kind="iin", citizenship="KZ")
    assert found(draft_case) == {}
    Person.objects.filter(pk=person.pk).update(born_on=date(1988, 7, 26))
    one = found(draft_case)["born"]
    assert iin not in one.text


def test_expenditure_is_the_same_in_answer_and_computation(draft_case, answer, compute):
    compute(annual_operating_expenditure="960000")
    assert "differs" not in found(draft_case)
    answer("CAP-08", amount="960000.00", currency="USD")
    assert "differs" not in found(draft_case)
    answer("CAP-08", amount="960000.01", currency="USD")
    one = found(draft_case)["differs"]
    assert "USD\xa0960,000.01" in one.text
    assert [side.url for side in one.sides] == [
        f"/applications/{draft_case.pk}/stages/capital/CAP-08/",
        f"/applications/{draft_case.pk}/capital/now/",
    ]


@pytest.mark.parametrize(
    ("percent", "differs"),
    [("41.5", False), ("41.4", True), ("42", False), ("41.50", False), ("41.51", True)],
)
def test_the_share_of_liquid_assets_is_compared_as_exactly_as_it_is_given(
    draft_case, answer, compute, percent, differs
):
    compute(liquid_assets="398400", annual_operating_expenditure="960000")
    answer(LIQUID_SHARE, percent=percent)
    assert ("differs" in found(draft_case)) is differs


def test_the_lowest_resources_of_the_projections(draft_case, answer, compute):
    compute("year1", paid_up_shares="200")
    compute("year2", paid_up_shares="150")
    compute("stressed", paid_up_shares="50")
    answer("CAP-11", amount="150.00", currency="USD")
    assert "differs" not in found(draft_case)
    answer("CAP-11", amount="200.00", currency="USD")
    one = found(draft_case)["differs"]
    assert one.sides[1].url == f"/applications/{draft_case.pk}/capital/year2/"


def test_figures_are_given_for_every_moment_or_none(draft_case, compute):
    compute(paid_up_shares="1")
    one = found(draft_case)["moments"]
    assert "At the grant" in one.text
    assert "Now" not in one.text
    for period in ("grant", "year1", "year2", "year3", "stressed"):
        compute(period, paid_up_shares="1")
    assert found(draft_case) == {}


def test_a_document_is_valid_today(draft_case, firm_user):
    drafting.attach(
        actor=firm_user, case_id=draft_case.pk, requirement="BP-03", upload=io.BytesIO(files.pdf()),
        name="form.pdf",
    )  # fmt: skip
    document = Document.objects.get()
    today = timezone.localdate()
    facts = DocumentFacts.objects.create(document=document, expires_on=today, updated_by=firm_user)
    assert found(draft_case) == {}
    DocumentFacts.objects.filter(pk=facts.pk).update(expires_on=today - timedelta(days=1))
    one = found(draft_case)["expired"]
    assert "form.pdf" in one.text
    assert one.sides[0].url == f"/applications/{draft_case.pk}/stages/business_plan/BP-03/"


def test_the_questions_that_are_compared_are_in_the_book_as_they_are_read():
    book = books.current("providing-custody")
    asked = {code: set(book.by_code[code].evidence) for code in ("CAP-07", "CAP-08", "CAP-11", "FP-21")}
    assert [kind in asked[code] for code, kind in (
        ("CAP-07", "percentage"), ("CAP-08", "money"), ("CAP-11", "money"), ("FP-21", "choice"),
    )] == [True] * 4  # fmt: skip
    assert {book.by_code[code].currency for code in ("CAP-08", "CAP-11")} == {book.capital.currency}
    posts = {
        code: {f.code for f in books.current(code).functions}
        for code in ("providing-custody", "national-custody")
    }
    assert "controller" in posts["providing-custody"]
    assert "owner" in posts["national-custody"]
