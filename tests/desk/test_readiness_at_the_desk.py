"""A case that ends in a readiness record speaks of no grant at the desk; a button leads whose turn it is."""

import html
import re

import pytest

from applications.desk.words import event_words, state_word
from applications.models import Recommendation
from applications.samples.cases import fresh
from applications.services.standing import keep
from regulators.rulebook import GRANT
from tests.desk.conftest import act, at

GRANTS = re.compile(r"\bgrant(?:ed|s)?\b", re.IGNORECASE)


def said(response):
    page = response.content.decode()
    main = page[page.index('<main id="main"') : page.index("</main>")]
    return html.unescape(re.sub(r"<[^>]*>", " ", main))


def recommended(case, staff):
    Recommendation.objects.create(
        application=case, snapshot=case.snapshots.get(), outcome="grant", reason="All is met.",
        law={"book": "b", "version": "1"}, by=staff.lead_reviewer, at=case.submitted_at,
    )  # fmt: skip
    return case


@pytest.fixture
def opened(filed, afm, afm_staff, english):
    """A function: what the page says, of a case in this state, to this role."""

    def make(state, role, page):
        case = recommended(filed(afm, state=state), afm_staff)
        return said(english(getattr(afm_staff, role)).get(page(case)))

    return make


@pytest.mark.parametrize(
    ("state", "role", "page", "words"),
    [
        ("in_review", "lead_reviewer", lambda case: act(case, "recommend"), "Record readiness"),
        ("recommended", "decision_maker", lambda case: at("change", case), "Record readiness"),
        ("recommended", "decision_maker", lambda case: act(case, "grant"), "Record readiness"),
        ("granted", "decision_maker", lambda case: at("change", case), "Readiness recorded"),
        ("granted", "reviewer", lambda case: at("stage", case, case.book.stage_codes[0]), ""),
    ],
)
def test_no_page_of_such_a_case_speaks_of_a_grant(state, role, page, words, opened):
    text = opened(state, role, page)
    assert GRANTS.findall(text) == []
    assert words in text


def test_a_question_that_is_due_later_says_before_the_record(filed, afm, afm_staff, english):
    case = filed(afm)
    late = next(r for r in case.book.requirements if r.due == GRANT and not r.per_person)
    case.findings.filter(pk=case.findings.first().pk).update(requirement=late.code, stage=late.stage)
    text = said(english(afm_staff.reviewer).get(at("question", case, late.stage, late.code)))
    assert "Needed later: before the readiness record" in text
    assert GRANTS.findall(text) == []


def test_of_a_licence_it_is_the_grant(filed, afsa):
    case = filed(afsa, state="granted")
    assert (state_word(case), event_words("application.grant", case)) == ("Granted", "Grant")


def main_buttons(response):
    return re.findall(r'<a class="btn" href="[^"]*/act/(\w+)/"', response.content.decode())


def test_an_act_is_the_main_button_only_where_it_is_the_readers_turn(filed, afsa, browsers):
    case = filed(afsa)
    case.stages.update(state="approved")
    case.findings.update(outcome="met")
    keep([case.pk])
    lead = browsers.lead_reviewer
    assert main_buttons(lead.get(at("change", case))) == ["recommend"]
    case.stages.filter(order=0).update(state="changes_requested")
    keep([case.pk])
    assert main_buttons(lead.get(at("change", fresh(case)))) == []
    assert 'href="' + act(case, "recommend") in lead.get(at("change", case)).content.decode()
