"""Staff who read Russian or Kazakh meet no English word of ours on the desk."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from tests.plugins.words_left import English, stops_twice

from .conftest import at, question_of

LISTS = {
    "case_officer": ["applications_application", "licences_licence", "licences_readinessrecord"],
    "reviewer": ["regulators_citationcheck", "regulators_pendingchange", "regulators_rulebookversion"],
    "administrator": [
        "accounts_user", "accounts_staffinvitation", "regulators_staff", "regulators_delegation",
        "regulators_legalvalue", "regulators_keepingperiod", "regulators_authoritybasis",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_no_english_is_left_on_the_desk(language, submitted_afm_case, afm_staff, signed_in):
    case = submitted_afm_case
    pages = {who: [reverse(f"admin:{name}_changelist") for name in names] for who, names in LISTS.items()}
    pages["case_officer"] += [
        reverse("admin:index"),
        reverse("admin:applications_application_change", args=[case.pk]),
        at("completeness", case),
        at("letters", case),
        at("stage", case, case.book.stages[0].code),
        question_of(case.findings.first()),
        at("changes", case),
    ]
    pages["lead_reviewer"] = [reverse("pipeline:overview"), reverse("pipeline:cases")]
    english = English(language)
    left = {}
    for who, addresses in pages.items():
        browser = signed_in(getattr(afm_staff, who))
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for address in addresses:
            response = browser.get(address)
            assert (address, response.status_code) == (address, 200)
            page = response.content.decode()
            left[address] = english.left_on(page) + stops_twice(page)
    assert {address: texts for address, texts in left.items() if texts} == {}


def test_the_menu_has_one_order_in_every_language(afsa_staff, signed_in):
    def menu(language):
        browser = signed_in(afsa_staff.administrator)
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = browser.get(reverse("admin:index")).content.decode()
        rail = page[page.index("<nav") : page.index("</nav>", page.index('href="/desk/regulators/'))]
        return re.findall(r'href="(/desk/\w+/\w+/)"', rail)

    english = menu("en")
    assert len(english) > 5
    assert [menu("ru"), menu("kk")] == [english, english]
