"""The firm sees its licence, its certificate, and a notice from its service on; nobody else does."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import Firm, Membership, User
from licences.services import answer_representation
from tests.licences.acting import by_two, let_time_pass, proposed, serve

SECRET = "kanarienvogel"


def browser(user):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(answer):
    return answer.content.decode()


def page_of(licence, name="licence", *more):
    return reverse(f"portal:{name}", args=[licence.number, *more])


@pytest.fixture
def stranger(db):
    user = User.objects.create_user("stranger@elsewhere.test", full_name="Stranger")
    other = Firm.objects.create(name="Other", legal_form="llp", no_bin_reason="foreign")
    Membership.objects.create(user=user, firm=other, role="owner")
    return user


def test_the_firm_sees_its_licence_on_the_list_and_keeps_its_certificate(grant, member, monkeypatch):
    monkeypatch.setattr("applications.portal.views.cases._tracks", lambda: [])  # no rule book is loaded here
    licence, viewer = grant(conditions=["Two keys."]), browser(member("viewer"))
    assert page_of(licence) in text(viewer.get(reverse("portal:home")))
    page = text(viewer.get(page_of(licence)))
    for words in ("Two keys.", "In force", licence.certificates.get().code):
        assert words in page, words
    answer = viewer.get(page_of(licence, "certificate"), {"language": "kk"})
    assert answer["Content-Type"] == "application/pdf"
    assert PdfReader(io.BytesIO(answer.content)).trailer["/Root"]["/Lang"].startswith("kk")
    assert answer["Cache-Control"].startswith("no-store")
    assert "kk.pdf" in answer["Content-Disposition"]


def test_a_notice_is_seen_from_its_service_on_and_nothing_internal_ever(grant, two, member):
    licence, signatory = grant(), browser(member("signatory"))
    proposed(licence, "suspend", two[0], reason=SECRET, notice="We propose to suspend.")
    notice = licence.notices.get()
    assert "We propose" not in text(signatory.get(page_of(licence)))
    assert signatory.get(page_of(licence, "licence_notice", notice.pk)).status_code == 404

    serve(notice, two[0])
    url = page_of(licence, "licence_notice", notice.pk)
    assert url in text(signatory.get(page_of(licence)))
    page = text(signatory.get(url))
    assert "We propose to suspend." in page
    assert signatory.post(url, {"text": "", "seen": "0"}).status_code == 422
    assert signatory.post(url, {"text": "Not so.", "seen": "0"}).status_code == 302
    said = notice.representations.get()
    answer_representation(actor=two[1], representation=said, our_answer="We read it.", accepted=False)
    page = text(signatory.get(url))
    let_time_pass(notice)
    late = signatory.post(url, {"text": "Late.", "seen": "0"})
    assert (late.status_code, "The time for representations is over." in text(late)) == (422, True)
    for words in ("Not so.", "We read it."):
        assert words in page, words
    for shown in (page, text(signatory.get(page_of(licence)))):
        assert [word for word in (SECRET, "Aliya", "Berik", "By courier") if word in shown] == []


def test_a_viewer_reads_a_notice_and_does_not_answer(grant, two, member):
    licence, viewer = grant(), browser(member("viewer"))
    proposed(licence, "revoke", two[0], reason="r")
    notice = licence.notices.get()
    serve(notice, two[0])
    url = page_of(licence, "licence_notice", notice.pk)

    assert "Only a signatory" in text(viewer.get(url))
    assert viewer.post(url, {"text": "Not so.", "seen": "0"}).status_code == 403
    assert notice.representations.count() == 0


def test_strangers_find_nothing_and_a_notice_belongs_to_its_licence(grant, two, member, stranger):
    licence, other = grant(), grant()
    proposed(licence, "suspend", two[0], reason="r")
    notice = licence.notices.get()
    serve(notice, two[0])
    for name, more in (("licence", ()), ("certificate", ()), ("licence_notice", (notice.pk,))):
        assert browser(stranger).get(page_of(licence, name, *more)).status_code == 404, name
        assert Client().get(page_of(licence, name, *more)).status_code == 302, name
    assert browser(member()).get(page_of(other, "licence_notice", notice.pk)).status_code == 404


def test_the_page_shows_what_became_of_the_licence(grant, two, member):
    licence, owner = grant(), browser(member("owner"))
    by_two(
        licence,
        "restrict",
        *two,
        reason=SECRET,
        changes={"add": ["No new clients."]},
        public_note="By order.",
    )
    page = text(owner.get(page_of(licence)))

    for words in ("Restricted", "No new clients.", "By order."):
        assert words in page, words
    assert SECRET not in page
