"""Staff who lost the device and the recovery codes: two administrators see to it, and the factors go."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.factors import factors_of
from accounts.models import User
from audit.models import Event
from notifications.models import Message
from regulators import services
from regulators.models import Reproving, Staff
from tests.accounts.test_sign_in import sign_in
from tests.plugins.cases import appointed
from tests.plugins.second_factor import app_of
from tests.regulators.conftest import browser, page, reasons
from workflow.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db
PASSWORD, SET_UP = "steppe-eagle-over-the-river", "/accounts/second-factor/"
SEEN = {"reason": "Met her at the office; saw the passport."}


@pytest.fixture
def lost(officer):
    """She had an app and recovery codes."""
    app_of(officer)
    Authenticator.objects.create(user=officer, type="recovery_codes", data={})
    return officer


def test_two_administrators_take_the_factors_and_the_sessions_and_she_enrols_anew(lost, pair, client):
    at_the_desk = browser(lost)
    session = at_the_desk.session
    session["signed_in_at"] = int(timezone.now().timestamp()) - 60
    session.save()
    assert at_the_desk.get("/desk/").status_code == 200
    first, second = map(browser, pair)
    enter = page("accounts_user_reprove", lost)
    assert enter in first.get(page("accounts_user_changelist")).content.decode()
    assert first.post(enter, {"reason": " "}).status_code == 422
    assert first.post(enter, SEEN).status_code == 302
    again = first.post(enter, SEEN)
    assert (again.status_code, reasons(again)) == (
        422, ["This is entered already. Another administrator has to confirm it."],
    )  # fmt: skip
    made = Reproving.objects.get()
    confirm = page("regulators_reproving_confirm", made)
    assert first.post(confirm).status_code == 403
    assert (factors_of(lost).count(), at_the_desk.get("/desk/").status_code) == (1, 200)

    assert second.post(confirm).status_code == 302
    assert Authenticator.objects.filter(user=lost).count() == 0
    assert at_the_desk.get("/desk/").status_code == 302
    assert second.post(confirm).status_code == 422
    told = Message.objects.get(template="security_factors_lost")
    assert (told.recipient, told.context["browser"]) == (lost, "")
    events = Event.objects.filter(subject=f"account:{lost.pk}", actor_id__in=[str(user.pk) for user in pair])
    found = [(one.kind, one.actor_id, one.data) for one in events.order_by("number")]
    assert found == [
        ("staff.reprove", str(pair[0].pk), {"reproving": made.pk}),
        ("account.take_factors_away", str(pair[1].pk), {"factors": ["recovery_codes", "totp"]}),
        ("staff.confirm_reproving", str(pair[1].pk), {"reproving": made.pk}),
    ]
    User.objects.filter(pk=lost.pk).update(sessions_ended_at=timezone.now() - timedelta(seconds=2))
    sign_in(client, lost.email, PASSWORD)
    assert client.get("/desk/").url == SET_UP


def test_nobody_does_it_alone_for_themselves_or_for_strangers(lost, pair, foreigner, person, afsa):
    with pytest.raises(NotAllowed, match="Only an administrator"):
        services.enter_reproving(actor=foreigner, user=lost, **SEEN)
    with pytest.raises(NotAllowed, match="Nobody does this for themselves"):
        services.enter_reproving(actor=pair[0], user=pair[0], **SEEN)
    made = services.enter_reproving(actor=pair[0], user=lost, **SEEN)
    for actor, words in ((pair[0], "third person"), (foreigner, "Only an admin"), (lost, "Only an admin")):
        with pytest.raises(NotAllowed, match=words):
            services.confirm_reproving(actor=actor, reproving=made)
    for wrong in (made.entered_human, made.human, ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reproving.objects.filter(pk=made.pk).update(confirmed_by=pair[1], confirmed_human=wrong)
    assert browser(foreigner).get(page("regulators_reproving_confirm", made)).status_code == 404
    assert browser(foreigner).get(page("accounts_user_reprove", lost)).status_code == 404
    assert factors_of(lost).count() == 1


def test_who_has_gone_on_to_another_regulator_is_in_the_care_of_that_one(lost, pair, foreigner, afsa, afm):
    made = services.enter_reproving(actor=pair[0], user=lost, **SEEN)
    appointed(lost, afm, "case_officer")
    yesterday = timezone.localdate() - timedelta(days=1)
    Staff.objects.filter(user=lost, regulator=afsa).update(valid_from=yesterday, valid_until=yesterday)
    with pytest.raises(NotAllowed, match="Only an administrator"):
        services.confirm_reproving(actor=pair[1], reproving=made)
    Reproving.objects.filter(pk=made.pk).update(entered_at=timezone.now() - timedelta(days=4))
    with pytest.raises(NotAllowed, match="Only an administrator"):
        services.enter_reproving(actor=pair[0], user=lost, **SEEN)
    assert browser(pair[0]).get(page("accounts_user_reprove", lost)).status_code == 404
    assert services.enter_reproving(actor=foreigner, user=lost, **SEEN).regulator == afm
    Staff.objects.filter(user=lost).update(valid_from=yesterday, valid_until=yesterday)
    assert browser(pair[0]).get(page("accounts_user_reprove", lost)).status_code == 200  # serves nobody today
    assert factors_of(lost).exists()


def test_who_administers_one_regulator_reads_it_of_no_other_that_they_serve(lost, pair, foreigner, afsa):
    services.enter_reproving(actor=pair[0], user=lost, **SEEN)
    appointed(foreigner, afsa, "reviewer")
    listed = page("regulators_reproving_changelist")
    seen = [lost.full_name in browser(user).get(listed).content.decode() for user in (pair[1], foreigner)]
    assert seen == [True, False]


@pytest.mark.parametrize(
    ("ago", "counts"), [(timedelta(days=3, seconds=-5), True), (timedelta(days=3, seconds=1), False)]
)
def test_what_was_seen_three_days_ago_is_looked_at_again(lost, pair, ago, counts):
    made = services.enter_reproving(actor=pair[0], user=lost, **SEEN)
    Reproving.objects.filter(pk=made.pk).update(entered_at=timezone.now() - ago)
    if counts:
        services.confirm_reproving(actor=pair[1], reproving=made)
    else:
        with pytest.raises(Refused, match="too long ago"):
            services.confirm_reproving(actor=pair[1], reproving=made)
        assert services.enter_reproving(actor=pair[0], user=lost, **SEEN).is_open
    assert factors_of(lost).exists() is not counts
