"""A courtesy can be switched off, and is a notice all the same; all else is sent whatever anybody wants."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Membership
from applications.reminders import raise_due
from applications.services.tell import firm as tell_firm
from audit.models import Event
from notifications import kinds
from notifications.choices import choose_mails, is_off, switched_off
from notifications.mails import MAILS
from notifications.models import Message, Status, SwitchedOff
from notifications.queries import notices_of, references_of, unread_count
from notifications.services import send_waiting, tell
from regulators.calendars import add_working_days
from tests.notifications.samples import is_internal
from tests.plugins.cases import fresh, new_applicant, new_firm
from workflow.errors import Refused

pytestmark = pytest.mark.django_db
PAGE = "/accounts/mails/"
COURTESIES = {"draft", "progress"}


@pytest.fixture
def browser(firm_user):
    return signed_in(firm_user)


def signed_in(user):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def save(browser, wanted, zone="Asia/Almaty"):
    return browser.post(PAGE, {"wanted": wanted, "zone": zone})


def choices(user):
    found = Event.objects.filter(subject=f"account:{user.pk}", kind="account.choose_mails")
    return [event.data for event in found.order_by("number")]


def told(user, template, **context):
    with transaction.atomic():
        tell(to=user, template=template, context=context, subject_ref="KZC-1", key=template)
    return Message.objects.get(key=template)


def test_each_mail_is_of_one_kind_and_these_are_the_courtesies():
    found = sorted(name for kind in kinds.KINDS for name in kind.mails)
    assert found == sorted(MAILS)
    assert {kind.code for kind in kinds.KINDS if kind.courtesy} == COURTESIES
    assert set(kinds.COURTESY_OF) == {"draft_idle", "stage_approved", "reply_received"}


def test_what_staff_are_told_is_of_a_kind_for_staff_and_what_firms_are_told_of_one_for_firms():
    for kind in kinds.KINDS:
        if kind.code != "security":  # of whoever has an account
            assert {is_internal(name) for name in kind.mails} == {kind.readers == (kinds.STAFF,)}, kind.code
    of_accounts = {name for name, mail in MAILS.items() if mail.of_account}
    of_no_case = {kind.code: kind.mails for kind in kinds.KINDS if kind.code in ("security", "asked")}
    assert of_accounts == of_no_case["security"] | of_no_case["asked"]


def test_the_page_says_why_and_keeps_the_choice(browser, firm_user):
    page = browser.get(PAGE).content.decode()
    assert page.count('type="checkbox"') == page.count(" checked") == len(COURTESIES)
    for kind in kinds.kinds_for(is_staff=False):
        assert [str(text) in page for text in (kind.title, kind.why)] == [True, True]
    assert "They are your work for the regulator." not in page
    assert save(browser, ["progress"]).url == PAGE
    assert (switched_off(firm_user), choices(firm_user)) == ({"draft"}, [{"off": ["draft"]}])
    page = browser.get(PAGE).content.decode()
    assert (page.count(" checked"), "Your choice is saved." in page) == (1, True)
    save(browser, ["progress"])  # the same again is no event
    save(browser, [])
    save(browser, ["progress", "draft"])
    assert switched_off(firm_user) == frozenset()
    assert choices(firm_user) == [{"off": ["draft"]}, {"off": ["draft", "progress"]}, {"off": []}]


@pytest.mark.parametrize("kind", ["dates", "procedure", "security", "no-such-kind", "draft_idle"])
def test_what_is_no_courtesy_cannot_be_chosen(browser, firm_user, kind):
    answer = save(browser, ["progress", kind])
    assert (answer.status_code, "Look at the list again, then save." in answer.content.decode()) == (
        422,
        True,
    )
    with pytest.raises(Refused):
        choose_mails(user=firm_user, wanted=["progress", kind])
    assert (switched_off(firm_user), choices(firm_user)) == (frozenset(), [])


def test_staff_see_their_own_kinds_and_have_nothing_to_switch_off(afsa_staff):
    page = signed_in(afsa_staff.reviewer).get(PAGE).content.decode()
    assert ("They are your work for the regulator." in page, 'type="checkbox"' in page) == (True, False)
    with pytest.raises(Refused):
        choose_mails(user=afsa_staff.reviewer, wanted=["draft"])


@pytest.mark.parametrize("is_staff", [False, True])
def test_a_person_chooses_the_zone_of_times_in_mails(firm_user, afsa_staff, is_staff):
    user = afsa_staff.reviewer if is_staff else firm_user
    browser, at = signed_in(user), datetime(2026, 3, 5, 9, 7, tzinfo=UTC)
    assert 'value="Asia/Almaty" selected' in browser.get(PAGE).content.decode()
    assert told(user, "submitted", received_on=at).subject.endswith("5 March 2026, 14:07 (UTC+5)")
    answer = browser.post(PAGE, {"zone": "Europe/London", "wanted": [] if is_staff else list(COURTESIES)})
    assert (answer.status_code, fresh(user).zone) == (302, "Europe/London")
    Message.objects.all().delete()
    assert told(fresh(user), "submitted", received_on=at).subject.endswith("5 March 2026, 09:07 (UTC+0)")
    assert choices(user) == []


@pytest.mark.parametrize("zone", ["", "Asia/Nowhere", "localtime", "Etc/GMT-5", "../../etc/passwd"])
def test_a_zone_that_is_none_is_refused_in_words(browser, firm_user, zone):
    answer = save(browser, ["progress"], zone)
    assert (answer.status_code, fresh(firm_user).zone) == (422, "Asia/Almaty")
    assert "Choose a time zone of the list, for example Asia/Almaty." in answer.content.decode()
    assert switched_off(firm_user) == frozenset()
    with pytest.raises(ValidationError):
        accounts.choose_zone(user=firm_user, zone=zone)


def test_a_bare_address_is_written_to_in_the_zone_that_is_given(db):
    at = datetime(2026, 3, 5, 9, 7, tzinfo=UTC)
    for key, about in (("a", {}), ("b", {"zone": "Asia/Tokyo"})):
        tell(
            to="a@example.test",
            template="submitted",
            context={"received_on": at},
            subject_ref="R",
            key=key,
            **about,
        )
    subjects = list(Message.objects.order_by("key").values_list("subject", flat=True))
    assert subjects == [
        "R received on 5 March 2026, 14:07 (UTC+5)",
        "R received on 5 March 2026, 18:07 (UTC+9)",
    ]


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(PAGE).url.startswith("/accounts/login/")


def test_what_is_off_is_a_notice_and_not_sent(firm_user):
    choose_mails(user=firm_user, wanted=["draft"])
    kept = told(firm_user, "stage_approved", stage="AML")
    assert (kept.status, list(notices_of(firm_user)), unread_count(firm_user)) == (Status.KEPT, [kept], 1)
    assert (send_waiting(), mail.outbox) == (0, [])
    page = signed_in(firm_user).get(reverse("portal:notice", args=[kept.uuid])).content.decode()
    assert "Not sent by e-mail, as you chose." in page
    choose_mails(user=firm_user, wanted=COURTESIES)
    kept.refresh_from_db()
    assert kept.status == Status.KEPT  # what was not sent then is not sent late
    assert told(firm_user, "reply_received", points=1, left=0).status == Status.WAITING


def test_what_is_no_courtesy_is_sent_even_where_a_row_says_otherwise(firm_user):
    for kind in ("procedure", "security", "decision", ""):
        SwitchedOff.objects.create(user=firm_user, kind=kind)
    assert told(firm_user, "decision").status == Status.WAITING
    assert [is_off(firm_user, name) for name in MAILS if name not in kinds.COURTESY_OF] == [False] * (
        len(MAILS) - len(kinds.COURTESY_OF)
    )
    assert is_off(firm_user, "no_such_mail") is False


def test_what_another_person_wants_is_theirs_alone(firm_user):
    choose_mails(user=firm_user, wanted=[])
    assert told(new_applicant("Another"), "stage_approved", stage="AML").status == Status.WAITING


def test_of_several_dates_of_one_day_only_the_courtesy_is_left_out(draft_case, asked_case, ask, firm_user):
    today = timezone.localdate(fresh(draft_case).saved_at) + timedelta(days=14)
    ask(asked_case, "Where?", due_on=add_working_days(today, 3))
    choose_mails(user=firm_user, wanted=[])
    raise_due(today)
    found = Message.objects.filter(template__in=["digest", "draft_idle", "reminder"])
    assert sorted(found.values_list("template", "status")) == [
        ("draft_idle", "kept"),
        ("reminder", "waiting"),
    ]


def test_who_left_a_firm_reads_its_notices_no_more(custody_firm, firm_user):
    colleague = new_applicant("Colleague")
    _invitation, token = accounts.invite_member(
        actor=firm_user, firm_id=custody_firm.pk, email=colleague.email, roles=["viewer"]
    )
    accounts.accept_invitation(actor=colleague, token=token)
    theirs = new_firm(colleague, "Their own Ltd")
    for key, firm in (("left", custody_firm), ("own", theirs), ("account", None)):
        for user in (colleague, firm_user):
            with transaction.atomic():
                tell(
                    to=user, template="decision", context={}, subject_ref=f"KZC-{key}", firm=firm,
                    key=f"{key} {user.pk}",
                )  # fmt: skip
    assert references_of(colleague) == ["KZC-account", "KZC-left", "KZC-own"]
    role = colleague.memberships.get(firm=custody_firm)
    accounts.end_membership(actor=firm_user, firm_id=custody_firm.pk, membership_id=role.pk)
    assert references_of(colleague) == ["KZC-account", "KZC-own"]
    assert unread_count(colleague) == 2
    browser = signed_in(colleague)
    assert "KZC-left" not in browser.get("/applications/notices/").content.decode()
    notice = Message.objects.get(key=f"left {colleague.pk}")
    assert browser.get(reverse("portal:notice", args=[notice.uuid])).status_code == 404
    assert references_of(firm_user) == ["KZC-account", "KZC-left"]  # not of the other's firm


def test_the_news_of_a_case_are_of_its_firm(asked_case, ask, custody_firm):
    sent = ask(asked_case, "Where?")
    message = Message.objects.get(template="request_sent")
    assert (message.firm, sent.application.firm) == (custody_firm, custody_firm)
    assert not Message.objects.filter(internal=True).exclude(firm=None).exists()


def test_what_was_written_before_gets_its_firm(asked_case, ask, draft_case, custody_firm, firm_user):
    ask(asked_case, "Where?")
    raise_due(timezone.localdate(fresh(draft_case).saved_at) + timedelta(days=14))
    told(firm_user, "security_password", at="now", network="", browser="")
    before = list(Message.objects.order_by("pk").values_list("template", "firm"))
    assert before == [
        ("request_sent", custody_firm.pk), ("digest", custody_firm.pk), ("security_password", None),
    ]  # fmt: skip
    Message.objects.update(firm=None)
    import_module("applications.migrations.0021_firms_of_notices").name_firms(apps, None)
    assert list(Message.objects.order_by("pk").values_list("template", "firm")) == before


def test_who_of_a_firm_wants_it_is_read_with_its_people(
    draft_case, firm_user, custody_firm, django_assert_num_queries
):
    others = [new_applicant(name) for name in ("Arman Second", "Dana Third")]
    Membership.objects.bulk_create(Membership(user=user, firm=custody_firm, role="viewer") for user in others)
    choose_mails(user=others[0], wanted=[])
    with transaction.atomic(), django_assert_num_queries(1 + 3):
        tell_firm(draft_case, "stage_approved", key="stage:aml:1", stage="AML")
    found = dict(Message.objects.filter(template="stage_approved").values_list("recipient", "status"))
    assert found == {firm_user.pk: "waiting", others[0].pk: "kept", others[1].pk: "waiting"}
