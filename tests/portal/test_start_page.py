"""The start list: licences first, what each file ends in, and one draft for each firm and licence type."""

import re

from django.urls import reverse

from applications.models import Application
from applications.portal import outline
from applications.queries.drafts import load_draft
from regulators import books

START = reverse("portal:start")


def test_a_licence_comes_first_and_each_says_what_it_ends_in(browser, draft_case):
    page = browser.get(reverse("portal:home"), headers={"accept-language": "en"}).content.decode()
    found = re.findall(r"<h3>(.*?)</h3>\s*<p>(.*?)</p>", page)
    record = "The file ends in a readiness record, which is no licence."
    assert found == [
        (books.latest("afsa-custody").title["en"], "The file ends in a licence, where it is granted."),
        (books.latest("afm-custody").title["en"], record),
        (books.latest("nbk-exchange").title["en"], record),
    ]


def test_start_leads_to_the_draft_that_is_there(browser, draft_case, afm):
    data = {"firm": draft_case.firm_id, "licence_type": draft_case.licence_type_id}
    answer = browser.post(START, data, follow=True, headers={"accept-language": "en"})
    assert answer.redirect_chain == [(reverse("portal:case", args=[draft_case.pk]), 302)]
    assert "has a draft for this already" in answer.content.decode()
    assert list(Application.objects.all()) == [draft_case]
    browser.post(START, data | {"licence_type": afm.pk})
    assert Application.objects.count() == 2


def test_a_discarded_draft_does_not_stand_in_the_way(browser, draft_case):
    discarded = browser.post(reverse("portal:discard", args=[draft_case.pk]), {"version": draft_case.version})
    assert discarded.status_code == 302
    data = {"firm": draft_case.firm_id, "licence_type": draft_case.licence_type_id}
    assert browser.post(START, data).url != reverse("portal:case", args=[draft_case.pk])
    assert Application.objects.count() == 2


def test_what_is_due_later_is_not_called_completed(draft_case):
    stages = list(draft_case.stages.all())
    found = {
        section.code: (section.status, len(section.counted))
        for stage in outline.stages_of(draft_case, load_draft(draft_case), stages)
        for section in stage.sections
    }
    assert {status for status, counted in found.values() if not counted} == {
        outline.NOT_STARTED,
        outline.CANNOT_START,
    }
    assert {status for status, counted in found.values() if counted} == {outline.NOT_STARTED}
