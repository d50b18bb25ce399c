"""Wherever a deadline is shown, it says whether it is law or our own target: to the desk and to the firm."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from applications.models import Deadline
from applications.services.standing import keep

LIST = reverse("admin:applications_application_changelist")
TARGET, RULE = "our target, not law", "Rule: AIFC General Rules (GEN) 3.2.2(2)-(3)"


@pytest.mark.parametrize(("code", "said"), [("decision", TARGET), ("control_change", RULE)])
def test_every_page_of_a_case_says_what_its_deadline_rests_on(case, browsers, english, code, said):
    Deadline.objects.create(
        application=case, code=code, rule="r", starts_on="2026-11-23", working_days=30,
        due_on="2026-12-14", due_at=datetime(2026, 12, 14, 12, tzinfo=UTC),
    )  # fmt: skip
    keep([case.pk])
    pages = [
        browsers.reviewer.get(LIST, {"whose": "all"}),
        browsers.reviewer.get(reverse("admin:applications_application_change", args=[case.pk])),
        english(case.created_by).get(reverse("portal:case", args=[case.pk])),
    ]
    for page in pages:
        words = page.content.decode()
        assert {text: text in words for text in (TARGET, RULE)} == {
            text: text == said for text in (TARGET, RULE)
        }
