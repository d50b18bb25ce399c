"""What the first page of the desk says to an administrator: what waits for a second one."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from applications.desk.my_work import my_work
from regulators.models import Reproving, Role
from regulators.models.reproving import OPEN_FOR
from regulators.services import appoint_staff, delegate, enter_authority_basis, enter_reproving

pytestmark = pytest.mark.django_db


def work_of(user):
    return {str(one.text): one for one in my_work(User.objects.get(pk=user.pk))["counts"]}


@pytest.fixture
def entered(afsa, afsa_staff):
    admin, today = afsa_staff.administrator, timezone.localdate()
    appoint_staff(actor=admin, user=afsa_staff.reviewer, regulator=afsa.regulator, role=Role.SPECIALIST)
    post = afsa_staff.second_lead_reviewer.appointments.get(role=Role.LEAD_REVIEWER)
    post.delegations.all().delete()
    delegate(actor=admin, staff=post, licence_type=afsa, act="recommend")
    enter_authority_basis(
        actor=admin, licence_type=afsa, act="Rules of the tests", article="1", scope="Custody",
        valid_from=date(2024, 1, 1),
    )  # fmt: skip
    enter_reproving(actor=admin, user=afsa_staff.reviewer, reason="Seen with the papers.")
    return today


def test_nothing_waits_and_nothing_is_said(afsa_staff):
    assert work_of(afsa_staff.administrator) == {}


def test_each_count_opens_a_list_of_that_length(entered, afsa_staff, browsers):
    browser, found = browsers.administrator, work_of(afsa_staff.administrator)
    assert {text: one.count for text, one in found.items()} == {
        "Appointments to be confirmed": 1,
        "Delegations to be confirmed": 1,
        "Legal bases to be confirmed": 1,
        "Lost second factors to be confirmed": 1,
    }
    for text, one in found.items():
        assert browser.get(one.url).context["cl"].result_count == 1, text
    page = browser.get(reverse("admin:index")).content.decode()
    assert all(text in page for text in found)


def test_what_nobody_confirmed_in_time_waits_no_more(entered, afsa_staff):
    Reproving.objects.update(entered_at=timezone.now() - OPEN_FOR)
    assert "Lost second factors to be confirmed" not in work_of(afsa_staff.administrator)


def test_of_another_regulator_and_to_other_roles_nothing_is_said(entered, afm_staff, afsa_staff):
    assert work_of(afm_staff.administrator) == {}
    assert [text for text in work_of(afsa_staff.reviewer) if text.endswith("to be confirmed")] == []
