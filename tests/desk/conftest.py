"""A browser at the desk, and a case walked to where a test needs it."""

import pytest
from django.urls import reverse

from applications.models import Finding
from tests.plugins.cases import fresh


def at(name, case, *ids):
    return reverse(f"admin:applications_application_{name}", args=[case.pk, *ids])


def act(case, name):
    return reverse("admin:applications_application_act", args=[case.pk, name])


def stage_act(stage, name):
    return reverse("admin:applications_stage_act", args=[stage.pk, name])


def on(day, prefix):
    """A date as the three boxes of a page send it."""
    return {f"{prefix}_day": str(day.day), f"{prefix}_month": str(day.month), f"{prefix}_year": str(day.year)}


def finding_data(*findings, outcome="met", note="", condition="", version=None):
    """What the stage page sends for these rows, as it was shown with nothing found yet."""
    data = {}
    for finding in findings:
        prefix = f"f{finding.pk}"
        held = {"outcome": finding.outcome, "note": finding.note, "condition": finding.condition}
        data |= {f"initial-{prefix}-{name}": value for name, value in held.items()}
        data |= {f"{prefix}-outcome": outcome, f"{prefix}-note": note, f"{prefix}-condition": condition}
        data[f"{prefix}-version"] = str(finding.version if version is None else version)
    return data


@pytest.fixture
def browsers(afsa_staff, signed_in):
    """A browser for each member of the AFSA's desk, by role."""

    class Browsers:
        def __getattr__(self, role):
            browser = signed_in(fresh(getattr(afsa_staff, role)))
            browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
            setattr(self, role, browser)
            return browser

    return Browsers()


@pytest.fixture
def first_finding(case_in_review):
    return Finding.objects.filter(
        application=case_in_review, stage=case_in_review.book.stage_codes[0]
    ).first()
