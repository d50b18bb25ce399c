"""What requirements cost firms, and the guidance tasks, in a browser."""

import os

import pytest
from django.utils import timezone

from applications.models import FrictionDay, GuidanceTask

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ("friction/", "friction/?by=requested", "guidance/new/", "guidance/", "guidance/?task={task}")
FITS = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def task(afsa, afsa_staff):
    """Twelve requirements that stood in forty cases of today, and a task of one."""
    today = timezone.localdate()
    FrictionDay.objects.bulk_create(
        FrictionDay(
            licence_type=afsa, day=today, requirement=f"BP-{n:02d}", cases=40, requested=24 - 2 * n,
            returned=n, deficient=n // 2, troubled=26 - 2 * n, waited=20 - n, days=7 * (30 - 2 * n),
            going_on=0, counted_on=today,
        )
        for n in range(1, 13)
    )  # fmt: skip
    lead = afsa_staff.lead_reviewer
    figures = {"cases": 40, "requested": 22, "returned": 1, "deficient": 0, "waited": 19, "days": 196}
    return GuidanceTask.objects.create(
        licence_type=afsa, requirement="BP-01", period="12-months", first=today, last=today, figures=figures,
        owner=lead, asked_by=lead, asked_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(320, "dark", "kk"), (320, "light", "ru"), (1280, "light", "en")]
)
def test_the_pages_are_whole(open_page, sign_in, axe, task, afsa_staff, width, scheme, locale):
    page = sign_in(open_page(width=width, scheme=scheme, locale=locale), afsa_staff.lead_reviewer)
    for number, address in enumerate(PAGES):
        page.goto("/pipeline/" + address.format(task=task.pk))
        if shots := os.environ.get("SHOTS"):
            page.screenshot(path=f"{shots}/{locale}-{width}-{number}.png", full_page=True)
        assert (axe(page), page.evaluate(FITS)) == ([], True), address
