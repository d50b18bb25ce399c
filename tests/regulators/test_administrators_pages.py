"""What an administrator of a regulator does at the desk, and who else cannot."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import services as accounts
from accounts.actors import System
from accounts.models import StaffInvitation, User
from audit.models import Event
from look import words
from regulators import services
from regulators.models import AuthorityBasis, Delegation, Staff
from regulators.queries import may_decide, staff_roles
from tests.plugins.second_factor import app_of, asks, code_of, shown_ago
from tests.regulators.conftest import INVITED, LISTS, browser, on, page, reasons, written

pytestmark = pytest.mark.django_db
SHELL = System("tests")
ONE_DAY = timedelta(days=1)


@pytest.fixture
def of_none():
    return [page(f"{model}_{name}") for model, names in LISTS.items() for name in names]


@pytest.fixture
def of_a_row(decision_maker, basis, delegation):
    return [
        page("regulators_staff_confirm", decision_maker),
        page("regulators_staff_end", decision_maker),
        page("regulators_delegation_confirm", delegation),
        page("regulators_delegation_end", delegation),
        page("regulators_authoritybasis_confirm", basis),
    ]


def statuses(user, addresses):
    client = browser(user)
    before = written()
    found = {(client.get(url).status_code, client.post(url, {}).status_code) for url in addresses}
    assert written() == before
    return found


def test_an_administrator_opens_every_page_and_looking_changes_nothing(pair, of_none, of_a_row):
    client = browser(pair[1])
    before = written()
    assert {client.get(url).status_code for url in of_none + of_a_row} == {200}
    assert {client.head(url).status_code for url in of_none + of_a_row} == {200}
    assert {client.put(url).status_code for url in of_none + of_a_row} == {405}
    assert written() == before


def test_a_colleague_without_the_role_is_refused(officer, of_none, of_a_row):
    assert statuses(officer, of_none + of_a_row) == {(403, 403)}


def test_the_administrator_of_another_regulator_finds_none_of_these_rows(foreigner, of_a_row):
    assert statuses(foreigner, of_a_row) == {(404, 404)}


def test_staff_without_a_role_find_no_rows_and_may_do_nothing(person, of_none, of_a_row):
    stranger = person()
    assert statuses(stranger, of_a_row) == {(404, 404)}
    assert statuses(stranger, of_none) == {(403, 403)}


def test_a_firms_person_and_a_visitor_find_no_page(of_none, of_a_row, custody_firm):
    founder = custody_firm.memberships.first().user
    assert statuses(founder, of_none + of_a_row) == {(404, 404)}
    assert {Client().get(url).status_code for url in of_none + of_a_row} == {302}


def test_unknown_rows_are_not_found(pair):
    client = browser(pair[0])
    for name in (
        "staff_confirm",
        "staff_end",
        "delegation_confirm",
        "delegation_end",
        "authoritybasis_confirm",
    ):
        assert client.get(page(f"regulators_{name}", 999_999)).status_code == 404, name


def test_an_empty_form_names_what_is_missing(pair):
    answer = browser(pair[0]).post(page("regulators_staff_appoint"), {})
    assert answer.status_code == 422
    assert {name: list(errors) for name, errors in answer.context["form"].errors.items()} == {
        "user": ["Choose something under “Person”."],
        "regulator": ["Choose something under “Regulator”."],
        "role": ["Choose something under “Role”."],
        "valid_from": ["Enter the date, for example 27 3 2026"],
    }
    invite = browser(pair[0]).post(page("accounts_staffinvitation_invite"), {})
    assert list(invite.context["form"].errors["full_name"]) == ["Fill in “Full name”."]


# --- inviting


def test_a_colleague_is_invited_by_mail(pair):
    answer = browser(pair[0]).post(page("accounts_staffinvitation_invite"), INVITED, follow=True)
    invitation = StaffInvitation.objects.get()
    assert (invitation.email, invitation.invited_by) == ("erlan@example.test", pair[0])
    end = words.moment(invitation.expires_at)
    told = [str(message) for message in answer.context["messages"]]
    assert told == [f"Invitation sent to erlan@example.test. The link works once, until {end}."]
    assert [sent.to for sent in mail.outbox] == [["erlan@example.test"]]


def test_a_mail_that_cannot_be_sent_is_said(pair, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = browser(pair[0]).post(page("accounts_staffinvitation_invite"), INVITED, follow=True)
    told = [str(message) for message in answer.context["messages"]]
    assert told == ["The e-mail could not be sent. Invite the person again in a few minutes."]


def test_a_wrong_number_or_a_known_email_invites_nobody_and_keeps_what_was_typed(pair, officer):
    client, url = browser(pair[0]), page("accounts_staffinvitation_invite")
    wrong = client.post(url, {**INVITED, "iin": "900230300129"})
    assert wrong.status_code == 422
    assert list(wrong.context["form"].errors) == ["iin"]
    assert wrong.context["form"]["full_name"].value() == "Erlan New"
    known = client.post(url, {**INVITED, "email": officer.email.upper()})
    assert known.status_code == 422
    assert reasons(known) == [
        "An account with this e-mail exists. A member of staff needs an e-mail of their own."
    ]
    assert known.context["form"]["full_name"].value() == "Erlan New"
    assert StaffInvitation.objects.count() == 0


# --- appointing


def appointment_data(user, regulator, role, first, last=None):
    data = {"user": user.pk, "regulator": regulator.pk, "role": role, **on(first, "valid_from")}
    return data | (on(last, "valid_until") if last else {})


def test_an_appointment_is_made_as_it_was_typed(pair, person, afsa):
    user, today = person(), timezone.localdate()
    data = appointment_data(user, afsa, "reviewer", today, today + ONE_DAY)
    answer = browser(pair[0]).post(page("regulators_staff_appoint"), data)
    assert (answer.status_code, answer.url) == (302, page("regulators_staff_changelist"))
    made = Staff.objects.get(user=user)
    assert (made.role, made.valid_from, made.valid_until) == ("reviewer", today, today + ONE_DAY)
    assert made.granted_by == pair[0]


def test_nobody_appoints_themselves_from_any_account(pair, person, afsa):
    twin = person(name="Aida Again")
    User.objects.filter(pk=twin.pk).update(human=pair[0].human)
    data = appointment_data(twin, afsa, "reviewer", date(2026, 11, 2))
    answer = browser(pair[0]).post(page("regulators_staff_appoint"), data)
    assert answer.status_code == 403
    assert reasons(answer) == ["Nobody appoints themselves. Ask another administrator."]
    form = answer.context["form"]
    assert (form["role"].value(), form["valid_from"].value()) == ("reviewer", ["2", "11", "2026"])
    assert Staff.objects.filter(user=twin).count() == 0


@pytest.mark.parametrize(("days", "status"), [(-1, 422), (0, 302)])
def test_the_last_day_is_not_before_the_first(pair, person, afsa, days, status):
    first = date(2026, 11, 2)
    data = appointment_data(person(), afsa, "reviewer", first, first + days * ONE_DAY)
    assert browser(pair[0]).post(page("regulators_staff_appoint"), data).status_code == status


def test_only_ones_own_regulator_and_people_can_be_chosen(pair, officer, foreigner, afsa, afm, custody_firm):
    _sent, token = accounts.invite_staff(actor=foreigner, **INVITED)
    theirs = accounts.accept_staff_invitation(token=token, password="steppe-eagle-over-the-river")
    of_a_firm = custody_firm.memberships.first().user
    client, url = browser(pair[0]), page("regulators_staff_appoint")
    form = client.get(url).context["form"]
    assert set(form.fields["user"].queryset) == {*pair, officer}
    assert list(form.fields["regulator"].queryset) == [afsa]
    for other in (foreigner, theirs, of_a_firm):
        data = appointment_data(other, afsa, "reviewer", date(2026, 11, 2))
        assert list(client.post(url, data).context["form"].errors) == ["user"]
    data = appointment_data(officer, afm, "reviewer", date(2026, 11, 2))
    assert list(client.post(url, data).context["form"].errors) == ["regulator"]


def test_a_second_administrator_confirms(pair, decision_maker, afsa):
    url = page("regulators_staff_confirm", decision_maker)
    first = browser(pair[0]).post(url)
    assert first.status_code == 403
    assert reasons(first) == ["This is confirmed by a third person, under any account."]
    assert browser(pair[1]).post(url).status_code == 302
    assert staff_roles(User.objects.get(pk=decision_maker.user_id), afsa.pk) == {"decision_maker"}
    again = browser(pair[1]).post(url)
    assert again.status_code == 422
    assert reasons(again) == ["This needs no confirmation, or has it already."]


def test_an_appointment_is_ended_with_a_reason_and_never_made_longer(pair, decision_maker):
    client, url = browser(pair[1]), page("regulators_staff_end", decision_maker)
    last = timezone.localdate() + 10 * ONE_DAY
    bare = client.post(url, on(last, "last_day"))
    assert bare.status_code == 422
    assert list(bare.context["form"].errors) == ["reason"]
    assert client.post(url, on(last, "last_day") | {"reason": "Moves away"}).status_code == 302
    for later in (last, last + ONE_DAY):
        longer = client.post(url, on(later, "last_day") | {"reason": "Stays"})
        assert longer.status_code == 422
        assert reasons(longer) == [
            f"It ends on {words.day(last)} already. Choose an earlier day, or make a new one."
        ]
        assert longer.context["form"]["reason"].value() == "Stays"
    assert client.post(url, on(last - ONE_DAY, "last_day") | {"reason": "Sooner"}).status_code == 302
    decision_maker.refresh_from_db()
    assert decision_maker.valid_until == last - ONE_DAY
    kept = Event.objects.filter(kind="staff.end", subject=f"account:{decision_maker.user_id}")
    assert list(kept.order_by("number").values_list("reason", flat=True)) == ["Moves away", "Sooner"]


# --- delegating


def test_a_delegation_is_given_and_ended(pair, decision_maker, custody):
    services.confirm_appointment(actor=pair[1], appointment=decision_maker)
    client, today = browser(pair[0]), timezone.localdate()
    data = {"staff": decision_maker.pk, "licence_type": custody.pk, "act": "grant", **on(today, "valid_from")}
    answer = client.post(page("regulators_delegation_delegate"), data)
    assert (answer.status_code, answer.url) == (302, page("regulators_delegation_changelist"))
    user = decision_maker.user
    given = Delegation.objects.get()
    confirm = page("regulators_delegation_confirm", given)
    assert (client.post(confirm).status_code, may_decide(user, custody.pk, "grant", today)) == (403, False)
    assert browser(pair[1]).post(confirm).status_code == 302
    assert may_decide(user, custody.pk, "grant", today + ONE_DAY) is True
    end = on(today, "last_day") | {"reason": "Moved"}
    assert client.post(page("regulators_delegation_end", given), end).status_code == 302
    assert may_decide(user, custody.pk, "grant", today) is True
    assert may_decide(user, custody.pk, "grant", today + ONE_DAY) is False


def test_a_delegation_to_the_wrong_role_or_to_oneself_is_refused(pair, afsa, decision_maker, custody):
    client, url = browser(pair[0]), page("regulators_delegation_delegate")
    data = {"licence_type": custody.pk, **on(date(2026, 11, 2), "valid_from")}
    wrong = client.post(url, data | {"staff": decision_maker.pk, "act": "recommend"})
    assert wrong.status_code == 422
    assert reasons(wrong) == ["This act can be delegated only to a Lead reviewer."]
    own = services.appoint_staff(actor=pair[1], user=pair[0], regulator=afsa, role="decision_maker")
    selfish = client.post(url, data | {"staff": own.pk, "act": "grant"})
    assert selfish.status_code == 403
    assert reasons(selfish) == ["Nobody empowers themselves. Ask another administrator."]
    assert Delegation.objects.count() == 0


# --- legal bases


def test_a_legal_basis_is_entered_by_one_and_confirmed_by_another(pair, custody):
    data = {
        "licence_type": custody.pk, "act": "Act A of 1 January 2026", "article": "7",
        "scope": "Licences for custody", **on(date(2026, 1, 1), "valid_from"),
    }  # fmt: skip
    assert browser(pair[0]).post(page("regulators_authoritybasis_enter"), data).status_code == 302
    entered = AuthorityBasis.objects.get()
    assert (entered.act, entered.article, entered.entered_by) == ("Act A of 1 January 2026", "7", pair[0])
    url = page("regulators_authoritybasis_confirm", entered)
    own = browser(pair[0]).post(url)
    assert own.status_code == 403
    assert reasons(own) == ["You entered this legal basis, so someone else has to confirm it."]
    assert browser(pair[1]).post(url).status_code == 302
    entered.refresh_from_db()
    assert entered.confirmed_by == pair[1]
    again = browser(pair[1]).post(url)
    assert (again.status_code, reasons(again)) == (422, ["This legal basis is confirmed already."])


def test_a_legal_basis_too_long_for_the_record_keeps_what_was_typed(pair, custody):
    data = {"licence_type": custody.pk, "act": "a" * 201, "article": "7", "scope": "s"}
    data |= on(date(2026, 1, 1), "valid_from")
    answer = browser(pair[0]).post(page("regulators_authoritybasis_enter"), data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["act"]
    assert answer.context["form"]["act"].value() == "a" * 201


# --- a fresh second factor


def test_appointments_and_powers_take_a_fresh_factor_and_the_rest_does_not(pair, of_none, of_a_row):
    client = shown_ago(browser(pair[1]), pair[1], seconds=301)
    asked = {url for url in of_none + of_a_row if asks(client.get(url))}
    assert set(of_none + of_a_row) - asked == {page("accounts_staffinvitation_invite")}

    shown_ago(client, pair[1], seconds=299)
    assert {client.get(url).status_code for url in of_none + of_a_row} == {200}


def test_it_says_who_is_appointed_and_what_was_typed_is_done_after_it(pair, person, afsa, decision_maker):
    secret, client = app_of(pair[1]), shown_ago(browser(pair[1]), pair[1], seconds=301)
    asked = client.get(page("regulators_staff_confirm", decision_maker)).content.decode()
    for words_of_it in ("Confirm an appointment", str(decision_maker.user), "Decision maker", afsa.name):
        assert words_of_it in asked, words_of_it

    user, url = person(), page("regulators_staff_appoint")
    data = appointment_data(user, afsa, "reviewer", timezone.localdate())
    assert client.post(url, data).status_code == 403
    assert not user.appointments.exists()
    done = client.post(url, {**data, "second_factor": "send", "factor-code": code_of(secret)})
    assert (done.status_code, user.appointments.get().role) == (302, "reviewer")
