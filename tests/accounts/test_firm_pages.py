import re

import pytest
from django.core import mail
from django.urls import NoReverseMatch, reverse

from accounts import queries, services
from accounts.models import Firm, Membership, Role

pytestmark = pytest.mark.django_db
FIELDS = {"name": "Altyn Custody", "legal_form": "llp", "country": "KZ", "no_bin_reason": "not_yet"}


def portal_home():
    try:
        return reverse("portal:home")
    except NoReverseMatch:
        return reverse("home")


def test_founding_a_firm_leads_to_the_portal(visitor, applicant):
    founder = applicant()
    page = reverse("accounts:found_firm")
    browser = visitor(founder)
    assert browser.get(page).status_code == 200
    assert browser.post(page, FIELDS).url == portal_home()
    firm = Firm.objects.get()
    assert (firm.name, firm.country, firm.bin) == ("Altyn Custody", "KZ", None)
    assert queries.firm_roles(founder, firm.pk) == {"owner", "editor", "signatory"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"bin": "940140000386", "no_bin_reason": ""}, "bin"),
        ({"no_bin_reason": ""}, "bin"),
        ({"bin": "940140000385"}, "bin"),
        ({"country": "K1"}, "country"),
        ({"legal_form": "guild"}, "legal_form"),
        ({"name": ""}, "name"),
    ],
)
def test_the_form_says_which_field_is_wrong(visitor, applicant, wrong, field):
    answer = visitor(applicant()).post(reverse("accounts:found_firm"), {**FIELDS, **wrong})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Firm.objects.count() == 0


def test_a_taken_bin_is_said_at_the_field(visitor, applicant, firm):
    firm(applicant(), bin="940140000385", no_bin_reason="")
    fields = {**FIELDS, "bin": "940140000385", "no_bin_reason": ""}
    answer = visitor(applicant()).post(reverse("accounts:found_firm"), fields)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["bin"])


def test_the_page_of_a_firm_is_its_members_only(visitor, applicant, staff, firm):
    founder = applicant()
    page = reverse("accounts:firm", args=[firm(founder).pk])
    people = (founder, applicant(), staff())
    assert [visitor(person).get(page).status_code for person in people] == [200, 404, 404]
    assert visitor().get(page).url == f"{reverse('account_login')}?next={page}"


def test_an_invitation_travels_by_mail_and_is_accepted(visitor, applicant, firm):
    founder, guest = applicant(), applicant(name="Bolat Guest")
    altyn = firm(founder)
    fields = {"email": guest.email, "roles": ["editor", "viewer"], "language": "kk"}
    answer = visitor(founder).post(reverse("accounts:invite_member", args=[altyn.pk]), fields)
    assert answer.url == reverse("accounts:firm", args=[altyn.pk])
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (
        [guest.email], "Finish setting up access to the licensing service"
    )  # fmt: skip
    link = re.search(r"http://localhost:8000(\S+)", letter.body)[1]
    assert visitor().get(link).status_code == 200
    assert visitor().post(link).status_code == 200
    assert queries.firm_roles(guest, altyn.pk) == frozenset()
    assert visitor(guest).post(link).url == portal_home()
    queries.forget_firm_roles(guest)
    assert queries.firm_roles(guest, altyn.pk) == {"editor", "viewer"}
    assert visitor(guest).get(link).status_code == 404


def test_another_account_cannot_take_the_invitation(visitor, applicant, firm):
    founder, guest, other = applicant(), applicant(), applicant()
    altyn = firm(founder)
    token = services.invite_member(actor=founder, firm_id=altyn.pk, email=guest.email, roles=["owner"])[1]
    answer = visitor(other).post(reverse("accounts:accept_invitation", args=[token]))
    assert "sent to another e-mail" in answer.content.decode()
    assert queries.firm_roles(other, altyn.pk) == frozenset()


def test_an_editor_sees_people_but_manages_nobody(visitor, applicant, firm, email):
    founder, editor = applicant(), applicant()
    altyn = firm(founder)
    token = services.invite_member(actor=founder, firm_id=altyn.pk, email=editor.email, roles=["editor"])[1]
    services.accept_invitation(actor=editor, token=token)
    browser = visitor(editor)
    page = browser.get(reverse("accounts:firm", args=[altyn.pk]))
    assert reverse("accounts:invite_member", args=[altyn.pk]) not in page.content.decode()
    fields = {"email": email(), "roles": ["owner"], "language": "en"}
    browser.post(reverse("accounts:invite_member", args=[altyn.pk]), fields)
    assert mail.outbox == []
    founders = Membership.objects.get(user=founder, role="editor")
    browser.post(reverse("accounts:end_membership", args=[altyn.pk, founders.pk]))
    founders.refresh_from_db()
    assert founders.ended_at is None


def test_a_membership_of_another_firm_is_not_found(visitor, applicant, firm):
    founder, other = applicant(), applicant()
    mine, theirs = firm(founder), firm(other, name="Theirs")
    membership = Membership.objects.get(firm=theirs, role="editor")
    url = reverse("accounts:end_membership", args=[mine.pk, membership.pk])
    assert visitor(founder).post(url).status_code == 404
    membership.refresh_from_db()
    assert membership.ended_at is None


def test_staff_found_no_firm(visitor, staff):
    browser = visitor(staff())
    page = reverse("accounts:found_firm")
    assert [browser.get(page).status_code, browser.post(page, FIELDS).status_code] == [404, 404]
    assert Firm.objects.count() == 0


def test_a_role_is_ended_after_a_question_and_the_page_says_so(visitor, applicant, firm):
    founder, editor = applicant(), applicant(name="Bolat Guest")
    altyn = firm(founder)
    token = services.invite_member(actor=founder, firm_id=altyn.pk, email=editor.email, roles=["editor"])[1]
    services.accept_invitation(actor=editor, token=token)
    role = Membership.objects.get(user=editor, role="editor")
    url, browser = reverse("accounts:end_membership", args=[altyn.pk, role.pk]), visitor(founder)
    asked = browser.get(url)
    assert (asked.status_code, "Bolat Guest" in asked.content.decode()) == (200, True)
    role.refresh_from_db()
    assert role.ended_at is None
    done = browser.post(url, follow=True).content.decode()
    role.refresh_from_db()
    assert role.ended_at is not None
    assert "Bolat Guest no longer has this role" in done


def test_only_an_owner_is_asked_about_the_role_of_another(visitor, applicant, firm):
    founder, editor = applicant(), applicant()
    altyn = firm(founder)
    token = services.invite_member(actor=founder, firm_id=altyn.pk, email=editor.email, roles=["editor"])[1]
    services.accept_invitation(actor=editor, token=token)
    theirs = Membership.objects.get(user=founder, role="editor")
    own = Membership.objects.get(user=editor, role="editor")
    browser = visitor(editor)
    pages = [reverse("accounts:end_membership", args=[altyn.pk, role.pk]) for role in (theirs, own)]
    assert [browser.get(page).status_code for page in pages] == [403, 200]


def test_an_open_invitation_says_which_roles_it_offers(visitor, applicant, firm):
    owner = applicant()
    altyn = firm(owner)
    services.invite_member(
        actor=owner, firm_id=altyn.pk, email="guest@example.com", roles=["signatory", "editor"]
    )
    page = visitor(owner).get(reverse("accounts:firm", args=[altyn.pk])).content.decode()
    labels = ", ".join(str(Role(role).label) for role in ("editor", "signatory"))
    assert f"Roles offered: {labels}" in page


def test_an_owner_withdraws_an_invitation_and_its_link_opens_nothing(visitor, applicant, firm):
    founder, guest = applicant(), applicant()
    altyn = firm(founder)
    invitation, token = services.invite_member(
        actor=founder, firm_id=altyn.pk, email=guest.email, roles=["editor"]
    )
    url = reverse("accounts:withdraw_invitation", args=[altyn.pk, invitation.pk])
    page = visitor(founder).post(url, follow=True).content.decode()
    assert f"The invitation to {guest.email} is withdrawn" in page
    assert url not in page
    assert visitor(guest).get(reverse("accounts:accept_invitation", args=[token])).status_code == 404
    again = visitor(founder).post(url, follow=True).content.decode()
    assert "has been used or has expired" in again


def test_an_invitation_is_withdrawn_by_an_owner_of_its_firm_alone(visitor, applicant, firm):
    founder, editor, other = applicant(), applicant(), applicant()
    altyn, theirs = firm(founder), firm(other, name="Theirs")
    token = services.invite_member(actor=founder, firm_id=altyn.pk, email=editor.email, roles=["editor"])[1]
    services.accept_invitation(actor=editor, token=token)
    invitation = services.invite_member(actor=founder, firm_id=altyn.pk, email="g@x.test", roles=["editor"])[
        0
    ]
    statuses = [
        visitor(person).post(reverse("accounts:withdraw_invitation", args=[of.pk, invitation.pk])).status_code
        for person, of in ((editor, altyn), (other, altyn), (other, theirs))
    ]
    assert statuses == [302, 404, 404]
    invitation.refresh_from_db()
    assert invitation.is_open


def test_bin_and_the_reason_for_none_are_neither_called_optional(visitor, applicant):
    page = visitor(applicant()).get(reverse("accounts:found_firm")).content.decode()
    labels = [page[: at.start()].rsplit("<label", 1)[1] for at in re.finditer(r"\(optional\)", page)]
    assert [label.split(">")[1].split(" <")[0] for label in labels] == [
        "Name in Kazakh", "Name in Russian", "Registered address",
    ]  # fmt: skip
    assert page.count("one of the two is needed") == 1


ACCOUNT_PAGES = ("mfa_index", "account_email", "account_change_password", "notifications:mails")


@pytest.mark.parametrize("page", ACCOUNT_PAGES)
def test_the_account_leads_back_to_where_one_works(visitor, applicant, staff, page):
    own = [] if page == "mfa_index" else [(reverse("mfa_index"), "Your account")]
    for user, back in (
        (applicant(), (reverse("portal:home"), "Your applications")),
        (staff(), (reverse("admin:index"), "Desk")),
    ):
        shown = visitor(user).get(reverse(page)).content.decode()
        crumbs = re.search(r'<nav class="crumbs wrap".*?</nav>', shown, re.S)[0]
        assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', crumbs) == [back, *own]
