"""A section on one page: what was changed is saved, each answer by itself, and nothing else."""

import pytest
from django.urls import reverse

from applications.models import AnswerRevision
from applications.portal.views import checklist
from applications.services import drafting

SECTION = ("it_security", "keys")


@pytest.fixture
def url(draft_case):
    return reverse("portal:checklist", args=[draft_case.pk, *SECTION])


def codes(page):
    return [entry.question.requirement.code for entry in page.context["entries"]]


def shown(page):
    """What the browser sends back when nothing is typed."""
    data = {}
    for entry in page.context["entries"]:
        form = entry.form
        data |= {form.add_prefix("version"): form["version"].value()}
        for bound in form.visible_fields():
            value = "" if bound.value() is None else bound.value()
            data |= {bound.html_name: value, bound.html_initial_name: value}
    return data


def save(actor, case, code, value):
    return drafting.save_answer(actor=actor, case_id=case.pk, requirement=code, value=value)


def numbers(draft_case):
    rules = draft_case.book.requirements_of("it_security")
    return [r.code for r in rules if r.section == "keys"], next(
        r.code for r in rules if r.section == "keys" and "number" in r.evidence
    )


def test_every_question_of_the_section_is_there_in_the_order_of_the_book(browser, url, draft_case):
    assert codes(browser.get(url)) == numbers(draft_case)[0]


def test_what_was_changed_is_saved_and_nothing_else(browser, url, draft_case):
    _all, code = numbers(draft_case)
    data = shown(browser.get(url)) | {f"{code}-number": "30"}
    answer = browser.post(url, data)
    assert answer.url == reverse("portal:stage", args=[draft_case.pk, "it_security"]) + "#section-keys"
    assert list(draft_case.answers.values_list("requirement", "value")) == [(code, {"number": "30"})]
    browser.post(url, shown(browser.get(url)))
    assert AnswerRevision.objects.count() == 1


def test_a_wrong_answer_is_named_and_the_right_ones_are_kept(browser, url, draft_case):
    everything, code = numbers(draft_case)
    inspected = next(c for c in everything if "inspected" in draft_case.book.by_code[c].evidence)
    data = shown(browser.get(url)) | {f"{code}-number": "many", f"{inspected}-inspected": "Key room."}
    page = browser.post(url, data)
    assert page.status_code == 422
    title = draft_case.book.by_code[code].title["en"]
    assert [one["text"] for one in page.context["problems"]] == [f"{title}: Enter a number, for example 12"]
    assert list(draft_case.answers.values_list("requirement", flat=True)) == [inspected]
    assert 'value="many"' in page.content.decode()


def test_a_clash_shows_both_texts_and_saving_again_puts_mine_in_its_place(
    browser, url, draft_case, firm_user
):
    _all, code = numbers(draft_case)
    data = shown(browser.get(url)) | {f"{code}-number": "30"}
    save(firm_user, draft_case, code, {"number": "45"})
    page = browser.post(url, data)
    assert page.status_code == 409
    [entry] = [entry for entry in page.context["entries"] if entry.theirs is not None]
    assert (entry.theirs, entry.form["number"].value()) == (["45"], "30")
    again = browser.post(url, data | {f"{code}-version": entry.form["version"].value()})
    assert again.status_code == 302
    assert draft_case.answers.get().value == {"number": "30"}


def test_what_a_colleague_saved_beside_an_untouched_row_stays(browser, url, draft_case, firm_user):
    _all, code = numbers(draft_case)
    data = shown(browser.get(url))
    save(firm_user, draft_case, code, {"number": "45"})
    assert browser.post(url, data).status_code == 302
    assert draft_case.answers.get().value == {"number": "45"}


def test_a_long_section_has_pages_of_at_most_ten(browser, draft_case):
    long = reverse("portal:checklist", args=[draft_case.pk, "business_plan", "safekeeping"])
    first, second = browser.get(long), browser.get(f"{long}2/")
    assert len(codes(first)) == checklist.LARGEST
    everything = [
        question.requirement.code
        for question in (entry.question for page in (first, second) for entry in page.context["entries"])
    ]
    assert everything == list(dict.fromkeys(everything))
    assert first.context["parts"] == [(1, f"{long}1/"), (2, f"{long}2/")]
    for wrong in ("0", "3", "9999"):
        assert browser.get(f"{long}{wrong}/").status_code == 404


def test_a_section_of_people_has_no_such_page(browser, draft_case):
    people = reverse("portal:checklist", args=[draft_case.pk, "fit_and_proper", "individuals"])
    assert browser.get(people).status_code == 404


def test_the_page_asks_the_database_a_fixed_number_of_times(
    browser, url, draft_case, firm_user, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10):
        browser.get(url)
    everything, _code = numbers(draft_case)
    for code in everything[:3]:
        save(firm_user, draft_case, code, {})
    with django_assert_max_num_queries(10):
        browser.get(url)
