"""A date that was counted in a forecast calendar says so, to the desk and to the firm."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from applications.models import Deadline
from applications.services.standing import keep

LIST = reverse("admin:applications_application_changelist")
WORDS = "forecast calendar"


@pytest.mark.parametrize(
    ("year", "length", "said"),
    [
        (2026, {"working_days": 30}, False),
        (2027, {"working_days": 30}, True),
        (2027, {"calendar_days": 30}, False),
        (2027, {"months": 2}, False),
    ],
)
def test_only_working_days_of_a_forecast_year_are_marked(case, browsers, english, year, length, said):
    Deadline.objects.create(
        application=case, code="decision", rule="r", starts_on="2026-11-23",
        due_on=date(year, 12, 14), due_at=datetime(year, 12, 14, 12, tzinfo=UTC), **length,
    )  # fmt: skip
    keep([case.pk])
    pages = [
        browsers.reviewer.get(LIST, {"whose": "all"}),
        browsers.reviewer.get(reverse("admin:applications_application_change", args=[case.pk])),
        english(case.created_by).get(reverse("portal:case", args=[case.pk])),
    ]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert [WORDS in page.content.decode() for page in pages] == [said] * 3
