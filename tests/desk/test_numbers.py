"""The number of a person's papers: masked everywhere, shown once to whoever asks, which is recorded."""

import pytest

from applications.models import Person
from audit.models import Event
from tests.desk.conftest import at, question_of
from tests.plugins.cases import fresh


@pytest.fixture
def case(case_in_review):
    return case_in_review


@pytest.fixture
def person(case):
    return Person.objects.get(pk=next(iter(case.snapshots.get().content["people"])))


def shown(case):
    return Event.objects.filter(subject=case.audit_subject, kind="application.number_shown")


def test_it_is_shown_on_a_press_for_one_answer_and_that_is_on_record(case, person, english, afsa_staff):
    browser = english(afsa_staff.specialist)
    url = at("number", case, person.pk)

    response = browser.post(url)

    assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, True)
    assert person.identifier in response.content.decode()
    event = shown(case).get()
    assert (event.actor_name, event.data) == (afsa_staff.specialist.full_name, {"person": str(person.pk)})
    assert person.identifier not in str(list(Event.objects.values()))
    assert (browser.get(url).status_code, shown(case).count()) == (405, 1)
    for page in (at("stage", case, "fit_and_proper"), at("change", case)):
        assert person.identifier not in browser.get(page).content.decode()


def test_every_page_with_people_has_it_masked_with_a_button_that_says_it_is_recorded(
    case, person, english, afsa_staff
):
    rule = next(r for r in case.book.requirements_of("fit_and_proper") if "people" in r.evidence)
    masked = case.snapshots.get().content["people"][str(person.pk)]["number"]
    urls = [at("stage", case, rule.stage), at("question", case, rule.stage, rule.code)]
    stage = english(afsa_staff.reviewer).get(urls[0]).content.decode()
    assert f'<span class="ref">{masked}</span>' in stage
    for url in urls:
        page = english(afsa_staff.reviewer).get(url).content.decode()
        people = page.count('form="numbers" formaction=')
        assert people == page.count("Show, which is recorded") > 0
        assert (page.count('<form id="numbers" method="post"'), "?number" in page) == (1, False)


def test_who_does_not_work_on_the_case_and_who_is_not_in_it_are_not_found(
    case, person, english, afsa_staff, afm_staff, filed, afsa
):
    other = filed(afsa, people=1)
    stranger = fresh(other.findings.exclude(person=None).get().person)
    lead = english(afsa_staff.lead_reviewer)

    assert english(afm_staff.lead_reviewer).post(at("number", case, person.pk)).status_code == 404
    assert english(case.created_by).post(at("number", case, person.pk)).status_code == 404
    assert lead.post(at("number", case, stranger.pk)).status_code == 404
    assert lead.post(at("number", other, person.pk)).status_code == 404
    assert lead.post(at("conflict_new", case), {"text": "My cousin."}).status_code == 302
    assert lead.post(at("number", case, person.pk)).status_code == 403
    assert shown(case).count() == shown(other).count() == 0


def test_people_of_the_question_are_found_by_the_address(case, english, afsa_staff):
    finding = case.findings.exclude(person=None).first()
    page = english(afsa_staff.reviewer).get(f"{question_of(finding)}?person={finding.person_id}")
    assert [row.item.finding.pk for row in page.context["rows"]] == [finding.pk]
