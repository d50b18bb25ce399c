from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import queries, services
from accounts.models import Firm, FirmInvitation, Membership
from accounts.rules import is_editor, is_member, is_owner, is_signatory
from audit.models import Event
from workflow.errors import NotAllowed, NotReady, Refused

pytestmark = pytest.mark.django_db
BIN = "940140000385"


def kinds(firm):
    events = Event.objects.filter(subject=f"firm:{firm.pk}").order_by("number")
    return list(events.values_list("kind", flat=True))


def invite(owner, firm, email, roles=("editor",)):
    return services.invite_member(actor=owner, firm_id=firm.pk, email=email, roles=roles)


def test_the_founder_is_owner_editor_and_signatory(applicant, firm):
    founder, stranger = applicant(), applicant()
    altyn = firm(founder)
    assert queries.firm_roles(founder, altyn.pk) == {"owner", "editor", "signatory"}
    assert queries.firm_roles(founder, str(altyn.pk)) == {"owner", "editor", "signatory"}
    assert queries.firm_roles(stranger, altyn.pk) == frozenset()
    assert kinds(altyn) == ["firm.found"]


def test_the_roles_of_all_firms_take_one_query(applicant, firm, django_assert_num_queries):
    founder = applicant()
    first, second = firm(founder), firm(founder, name="Second")
    queries.forget_firm_roles(founder)
    with django_assert_num_queries(1):
        assert queries.firm_roles(founder, first.pk) == queries.firm_roles(founder, second.pk)


def test_a_closed_account_holds_no_role(applicant, firm):
    founder = applicant()
    altyn = firm(founder)
    founder.is_active = False
    assert queries.firm_roles(founder, altyn.pk) == frozenset()


def test_each_role_is_its_own(applicant, firm):
    founder, guest = applicant(), applicant()
    altyn = firm(founder)
    token = invite(founder, altyn, guest.email, ["editor"])[1]
    services.accept_invitation(actor=guest, token=token)
    asked = [is_member, is_owner, is_editor, is_signatory]
    assert [rule(guest, altyn) for rule in asked] == [True, False, True, False]
    assert [rule(founder, altyn) for rule in asked] == [True, True, True, True]
    assert [rule(founder, None) for rule in asked] == [False] * 4


def test_a_bin_names_one_firm(applicant, firm):
    founder = applicant()
    altyn = firm(founder, bin="9401 4000 0385", no_bin_reason="")
    assert altyn.bin == BIN
    with pytest.raises(ValidationError) as caught:
        firm(applicant(), bin=BIN, no_bin_reason="")
    assert list(caught.value.message_dict) == ["bin"]
    assert Firm.objects.count() == 1


@pytest.mark.parametrize(("bin", "reason"), [("", ""), (BIN, "not_yet"), ("940140000386", "")])
def test_a_firm_gives_a_right_bin_or_a_reason(applicant, firm, bin, reason):
    with pytest.raises(ValidationError) as caught:
        firm(applicant(), bin=bin, no_bin_reason=reason)
    assert list(caught.value.message_dict) == ["bin"]
    assert Firm.objects.count() == 0


def test_staff_do_not_act_for_firms(applicant, staff, firm):
    officer = staff()
    with pytest.raises(NotAllowed):
        firm(officer)
    founder = applicant()
    altyn = firm(founder)
    token = invite(founder, altyn, officer.email)[1]
    with pytest.raises(NotAllowed):
        services.accept_invitation(actor=officer, token=token)
    assert queries.firm_roles(officer, altyn.pk) == frozenset()


def test_only_an_owner_invites(applicant, firm, email):
    founder, editor, stranger = applicant(), applicant(), applicant()
    altyn = firm(founder)
    services.accept_invitation(actor=editor, token=invite(founder, altyn, editor.email)[1])
    for person in (editor, stranger):
        with pytest.raises(NotAllowed):
            invite(person, altyn, email())
    assert FirmInvitation.objects.count() == 1


@pytest.mark.parametrize("roles", [[], ["king"], ["editor", "king"]])
def test_only_known_roles_are_offered(applicant, firm, email, roles):
    founder = applicant()
    altyn = firm(founder)
    with pytest.raises(ValidationError):
        invite(founder, altyn, email(), roles)


def test_an_invitation_is_used_once_by_the_account_it_was_sent_to(applicant, firm):
    founder, guest, other = applicant(), applicant(), applicant()
    altyn = firm(founder)
    invitation, token = invite(founder, altyn, guest.email.upper(), ["viewer", "editor"])
    assert token not in str(vars(invitation)), "only the hash is kept"
    with pytest.raises(NotAllowed):
        services.accept_invitation(actor=other, token=token)
    assert services.accept_invitation(actor=guest, token=token) == altyn
    assert queries.firm_roles(guest, altyn.pk) == {"viewer", "editor"}
    with pytest.raises(Refused):
        services.accept_invitation(actor=guest, token=token)
    with pytest.raises(Refused):
        services.accept_invitation(actor=guest, token="no-such-token")
    assert kinds(altyn) == ["firm.found", "firm.invite", "firm.accept_invitation"]


@pytest.mark.parametrize(("seconds", "accepted"), [(-1, True), (0, False)])
def test_an_invitation_works_until_it_expires(applicant, firm, time_machine, seconds, accepted):
    founder, guest = applicant(), applicant()
    altyn = firm(founder)
    invitation, token = invite(founder, altyn, guest.email)
    assert timezone.now() < invitation.expires_at
    time_machine.move_to(invitation.expires_at + timedelta(seconds=seconds), tick=False)
    if accepted:
        assert services.accept_invitation(actor=guest, token=token) == altyn
    else:
        with pytest.raises(Refused):
            services.accept_invitation(actor=guest, token=token)
    assert is_member(guest, altyn) is accepted


def test_an_invitation_falls_with_the_owner_who_sent_it(applicant, firm):
    founder, second, guest = applicant(), applicant(), applicant()
    altyn = firm(founder)
    services.accept_invitation(actor=second, token=invite(founder, altyn, second.email, ["owner"])[1])
    token = invite(second, altyn, guest.email)[1]
    membership = Membership.objects.get(user=second, role="owner")
    services.end_membership(actor=founder, firm_id=altyn.pk, membership_id=membership.pk)
    with pytest.raises(Refused):
        services.accept_invitation(actor=guest, token=token)
    assert queries.firm_roles(guest, altyn.pk) == frozenset()


def test_a_firm_keeps_an_owner(applicant, firm):
    founder, second = applicant(), applicant()
    altyn = firm(founder)
    first_owner = Membership.objects.get(user=founder, role="owner")
    with pytest.raises(NotReady):
        services.end_membership(actor=founder, firm_id=altyn.pk, membership_id=first_owner.pk)
    services.accept_invitation(actor=second, token=invite(founder, altyn, second.email, ["owner"])[1])
    services.end_membership(actor=founder, firm_id=altyn.pk, membership_id=first_owner.pk)
    assert queries.firm_roles(founder, altyn.pk) == {"editor", "signatory"}
    assert list(queries.owners_of(altyn.pk).values_list("user_id", flat=True)) == [second.pk]


def test_a_role_is_ended_by_its_holder_or_an_owner_and_stays_on_record(applicant, firm):
    founder, editor, stranger = applicant(), applicant(), applicant()
    altyn = firm(founder)
    services.accept_invitation(actor=editor, token=invite(founder, altyn, editor.email)[1])
    founders = Membership.objects.get(user=founder, role="editor")
    own = Membership.objects.get(user=editor)
    for person, membership in ((editor, founders), (stranger, own)):
        with pytest.raises(NotAllowed):
            services.end_membership(actor=person, firm_id=altyn.pk, membership_id=membership.pk)
    services.end_membership(actor=editor, firm_id=altyn.pk, membership_id=own.pk)
    own.refresh_from_db()
    assert (own.ended_by, own.ended_at is not None) == (editor, True)
    assert is_member(editor, altyn) is False


def test_humans_of_a_firm_are_all_who_ever_acted_for_it(applicant, firm):
    founder, gone, unknown = applicant(), applicant(identifier="N7654321"), applicant()
    altyn = firm(founder)
    for guest in (gone, unknown):
        services.accept_invitation(actor=guest, token=invite(founder, altyn, guest.email)[1])
    membership = Membership.objects.get(user=gone)
    services.end_membership(actor=founder, firm_id=altyn.pk, membership_id=membership.pk)
    assert [m.user for m in queries.memberships_ever(altyn.pk, gone.human)] == [gone]
    assert list(queries.memberships_ever(altyn.pk, unknown.human)) == []
    assert list(queries.firms_of(gone)) == []
    assert list(queries.firms_of(founder)) == [altyn]
