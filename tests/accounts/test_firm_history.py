"""Who had access when: memberships and invitations, and the answer for one day."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import queries, services
from accounts.models import FirmInvitation, Membership
from applications.queries.access_history import had_access, history_of
from audit.models import Event
from workflow.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db
BEGUN = date(2026, 3, 2)


@pytest.fixture
def altyn(applicant, firm):
    return firm(applicant(name="Founder"), name="Altyn Custody")


@pytest.fixture
def founder(altyn):
    return altyn.memberships.first().user


def join(founder, firm, guest, *roles):
    token = services.invite_member(actor=founder, firm_id=firm.pk, email=guest.email, roles=roles)[1]
    services.accept_invitation(actor=guest, token=token)
    return Membership.objects.filter(firm=firm, user=guest).first()


def move(membership, begun, ended=None):
    at = timezone.make_aware(timezone.datetime(begun.year, begun.month, begun.day, 12))
    end = ended and timezone.make_aware(timezone.datetime(ended.year, ended.month, ended.day, 12))
    Membership.objects.filter(pk=membership.pk).update(granted_at=at, ended_at=end)


def test_the_history_has_each_access_and_each_invitation_the_newest_first(altyn, founder, applicant):
    guest = applicant(name="Bolat Guest")
    role = join(founder, altyn, guest, "viewer")
    services.end_membership(actor=founder, firm_id=altyn.pk, membership_id=role.pk)
    open_one, _token = services.invite_member(
        actor=founder, firm_id=altyn.pk, email="next@example.test", roles=["editor"]
    )
    today = timezone.localdate()
    found = [(one.who, one.invitation, one.ends, one.ended_by) for one in history_of(altyn)]
    assert found[0] == (
        "next@example.test",
        "Waiting for an answer",
        timezone.localdate(open_one.expires_at),
        None,
    )
    assert found[1] == ("Bolat Guest", "", today, founder)
    assert found[2] == (guest.email, "Accepted by Bolat Guest", today, None)
    assert {who for who, *_more in found[3:]} == {"Founder"}
    assert len(found) == 6


@pytest.mark.parametrize(
    ("day", "seen"),
    [
        (BEGUN - timedelta(days=1), False),
        (BEGUN, True),
        (BEGUN + timedelta(days=10), True),
        (BEGUN + timedelta(days=11), False),
    ],
)
def test_on_a_day_are_those_whose_access_was_open_on_it(altyn, founder, applicant, day, seen):
    role = join(founder, altyn, applicant(name="Bolat Guest"), "viewer")
    move(role, BEGUN, BEGUN + timedelta(days=10))
    assert ("Bolat Guest" in [one.who for one in had_access(altyn, day)]) is seen


def test_the_page_is_for_owners_and_signatories_and_has_nobody_of_another_firm(
    altyn, founder, applicant, firm, visitor
):
    roles = ("owner", "signatory", "editor", "viewer")
    people = [applicant(name=f"The {role}") for role in roles]
    for person, role in zip(people, roles, strict=True):
        join(founder, altyn, person, role)
    other = applicant(name="Kanarienvogel Stranger")
    firm(other, name="Their Custody")
    page = reverse("portal:firm_history", args=[altyn.pk])
    assert [visitor(one).get(page).status_code for one in (*people, other)] == [200, 200, 404, 404, 404]
    shown = visitor(founder).get(page).content.decode()
    assert "The viewer" in shown
    assert "Kanarienvogel" not in shown


def test_the_page_answers_for_a_day_and_says_what_is_wrong_with_one(altyn, founder, visitor):
    browser, page = visitor(founder), reverse("portal:firm_history", args=[altyn.pk])
    today, before = timezone.localdate(), timezone.localdate() - timedelta(days=1)
    asked = {name: browser.get(page, _day(on)) for name, on in (("now", today), ("before", before))}
    assert "Founder" in asked["now"].content.decode().split("<tbody>")[1]
    assert "Nobody could see" in asked["before"].content.decode()
    late = browser.get(page, _day(today + timedelta(days=1)))
    assert (late.status_code, "Enter a day that is not in the future." in late.content.decode()) == (
        422,
        True,
    )
    assert browser.get(page, {"on_day": "x"}).status_code == 422


def _day(on):
    return {"on_day": on.day, "on_month": on.month, "on_year": on.year}


@pytest.mark.parametrize("people", [1, 3])
def test_the_history_asks_as_much_of_the_database_for_three_people_as_for_one(
    altyn, founder, applicant, django_assert_num_queries, people
):
    for _number in range(people):
        join(founder, altyn, applicant(), "viewer")
    with django_assert_num_queries(3):
        assert len([one.who for one in history_of(altyn)]) == 3 + 2 * people


def test_a_long_history_has_pages(altyn, founder, visitor):
    for number in range(25):
        services.invite_member(
            actor=founder, firm_id=altyn.pk, email=f"guest{number}@example.test", roles=["viewer"]
        )
    browser, page = visitor(founder), reverse("portal:firm_history", args=[altyn.pk])
    first, second = (browser.get(page, {"page": n}).content.decode() for n in (1, 2))
    assert [text.split("<tbody>")[1].count("<tr>") for text in (first, second)] == [25, 3]
    assert ("Page 1 of 2" in first, "Page 2 of 2" in second) == (True, True)


# --- invitations


def test_an_invitation_sent_again_has_a_new_link_and_a_new_last_day(
    altyn, founder, applicant, visitor, time_machine
):
    guest = applicant()
    invitation, old = services.invite_member(
        actor=founder, firm_id=altyn.pk, email=guest.email, roles=["viewer"]
    )
    time_machine.move_to(invitation.expires_at + timedelta(days=1), tick=False)
    page = reverse("accounts:firm", args=[altyn.pk])
    assert "The link stopped working" in visitor(founder).get(page).content.decode()
    answer = visitor(founder).post(
        reverse("accounts:invite_again", args=[altyn.pk, invitation.pk]), follow=True
    )
    assert f"Invitation sent to {guest.email}." in answer.content.decode()
    assert [letter.to for letter in mail.outbox] == [[guest.email]]
    with pytest.raises(Refused):
        services.accept_invitation(actor=guest, token=old)
    new = mail.outbox[0].body.split("/invitation/")[1].split("/")[0]
    again = FirmInvitation.objects.get()
    assert again.expires_at == timezone.now() + timedelta(days=14)
    assert services.accept_invitation(actor=guest, token=new) == altyn
    events = Event.objects.filter(subject=altyn.audit_subject, kind="firm.invite_again")
    assert [event.data for event in events] == [{"invitation": invitation.pk}]


def test_only_an_owner_sends_again_and_never_what_was_answered(altyn, founder, applicant):
    guest, editor = applicant(), applicant()
    join(founder, altyn, editor, "editor")
    answered = FirmInvitation.objects.get()
    with pytest.raises(Refused):
        services.invite_again(actor=founder, firm_id=altyn.pk, invitation_id=answered.pk)
    waiting, _token = services.invite_member(
        actor=founder, firm_id=altyn.pk, email=guest.email, roles=["viewer"]
    )
    with pytest.raises(NotAllowed):
        services.invite_again(actor=editor, firm_id=altyn.pk, invitation_id=waiting.pk)
    services.withdraw_invitation(actor=founder, firm_id=altyn.pk, invitation_id=waiting.pk)
    with pytest.raises(Refused):
        services.invite_again(actor=founder, firm_id=altyn.pk, invitation_id=waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.withdrawn_by, waiting.is_open) == (founder, False)


def test_a_person_has_one_row_with_all_their_roles(altyn, founder, visitor):
    page = visitor(founder).get(reverse("accounts:firm", args=[altyn.pk])).content.decode()
    rows = page.split("<tbody>")[1].split("</tbody>")[0]
    assert (rows.count("<tr>"), rows.count("End this role")) == (1, 3)
    assert list(queries.people_of(altyn).values_list("role", flat=True)) == ["editor", "owner", "signatory"]
