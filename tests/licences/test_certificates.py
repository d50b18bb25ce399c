"""Certificates: what they state, their code and QR, and the page that checks them."""

import io
from datetime import timedelta

import pytest
import segno
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from audit.models import Event
from licences import services, terms
from licences.certificates import code as codes
from licences.certificates.page import pdf
from licences.models import Certificate
from licences.services import granting
from licences.services.certifying import certify
from licences.views.check import MISSES
from tests.licences.acting import by_two

BOOK = "afsa-custody 2026.1"


@pytest.fixture
def visitor():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def printed(certificate, language="en"):
    return PdfReader(io.BytesIO(pdf(certificate, language)))


def words(certificate, language="en"):
    return " ".join(" ".join(page.extract_text() for page in printed(certificate, language).pages).split())


def looked_up(visitor, code, **more):
    return visitor.get(reverse("register:check", args=[code]), **more)


def text(answer):
    return answer.content.decode()


def test_a_grant_makes_a_certificate_of_what_was_granted(grant):
    licence = grant(conditions=["Keep 90% in cold storage."], rulebook_version=BOOK)
    (certificate,) = licence.certificates.all()
    shown = words(certificate)

    for fact in (
        "Certificate of a licence", "AFSA-2026-0001", "Turan Vault Ltd", "210340012345",
        "Framework Regulations, s 35",
        "Keep 90% in cold storage.", "2 November 2026", "No last day", "The register counts",
        "It is not the official register of AFSA", codes.shown(certificate.code), "/register/check/",
    ):  # fmt: skip
        assert fact in shown, fact
    assert certificate.entries == 1


def test_the_certificate_speaks_each_language_and_has_the_words_of_the_rule_book(grant):
    certificate = grant(rulebook_version=BOOK).certificates.get()
    activity = certificate.content["activity"]

    assert len(set(activity.values())) == 3
    for language in ("en", "ru", "kk"):
        assert activity[language] in words(certificate, language)
        assert printed(certificate, language).trailer["/Root"]["/Lang"].startswith(language)


def test_the_same_certificate_is_the_same_paper_to_the_byte(grant):
    certificate = grant(conditions=["One."]).certificates.get()

    assert pdf(certificate, "kk") == pdf(Certificate.objects.get(), "kk")
    assert pdf(certificate, "kk") != pdf(certificate, "ru")


def test_a_name_that_the_fonts_lack_still_gets_a_certificate(grant, firm):
    firm.name = "金庫 Vault 🗝"

    assert "Vault" in words(grant(firm=firm).certificates.get())


def test_the_square_holds_the_address_that_checks_the_certificate(grant, settings, monkeypatch):
    settings.BASE_URL = "https://desk.example.test"
    drawn = []
    make_qr = segno.make_qr
    monkeypatch.setattr("segno.make_qr", lambda url, **how: drawn.append(url) or make_qr(url, **how))
    certificate = grant().certificates.get()
    pdf(certificate, "en")

    assert drawn[0] == f"https://desk.example.test/register/check/{certificate.code}/"


def test_a_code_has_130_bits_and_says_nothing_of_the_licence(grant):
    first, second = grant().certificates.get().code, grant().certificates.get().code

    assert len(codes.ALPHABET) ** codes.LENGTH == 2**130
    assert (len(first), first != second) == (26, True)
    assert codes.read(first) == first


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("0123456789ABCDEFGHJKMNPQRS", "0123456789ABCDEFGHJKMNPQRS"),
        ("0123-4567-89ab-cdef-ghjk-mnpq-rs", "0123456789ABCDEFGHJKMNPQRS"),
        (" o123 4567 89ab cdef ghjk mnpq rs ", "0123456789ABCDEFGHJKMNPQRS"),
        ("OIL3456789АВСDЕFGНJКМNРQRS", "0113456789ABCDEFGHJKMNPQRS"),
        ("0123456789ABCDEFGHJKMNPQR", ""),
        ("0123456789ABCDEFGHJKMNPQRST", ""),
        ("0123456789ABCDEFGHJKMNPQRU", ""),
        ("AFSA-2026-0001", ""),
        ("", ""),
        ("\x00" * 26, ""),
    ],
)
def test_a_code_is_read_as_people_type_it(typed, code):
    assert codes.read(typed) == code


def test_a_certificate_is_written_once(grant):
    grant()

    with pytest.raises(DatabaseError, match="permission denied"):
        Certificate.objects.update(content={})


def test_a_certificate_is_made_anew_only_where_it_would_state_something_else(grant, two):
    licence = grant()
    first = licence.certificates.get()
    with transaction.atomic():
        assert certify(licence) == first
        by_two(licence, "suspend", *two, reason="r")
        assert licence.certificates.get() == first
        licence.conditions = terms.carried_over(["New."])
        second = certify(licence)

    assert (second.code != first.code, second.content["conditions"], second.entries) == (True, ["New."], 2)


def test_the_page_says_authentic_and_shows_what_the_paper_must_say(visitor, grant):
    certificate = grant(conditions=["Keep 90% in cold storage."]).certificates.get()
    answer = looked_up(visitor, certificate.code)
    page = text(answer)

    assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex, nofollow")
    for fact in ("This certificate is authentic", "The licence is in force today", "Turan Vault Ltd",
                 "Keep 90% in cold storage.", "AFSA-2026-0001", "Nothing."):  # fmt: skip
        assert fact in page, fact
    assert "A newer certificate" not in page


@pytest.mark.parametrize("act", ["suspend", "revoke"])
def test_the_certificate_of_a_licence_not_in_force_says_so_loudly(act, visitor, grant, two):
    licence = grant()
    by_two(licence, act, *two, reason="secret reason", public_note="By order of 3 November.")
    page = text(looked_up(visitor, licence.certificates.get().code))

    assert '<div class="verdict verdict--bad" role="status"><h2>The licence is not in force today' in page
    assert "By order of 3 November." in page
    assert "<h2>This certificate is authentic" not in page
    assert "secret reason" not in page


def test_an_older_certificate_is_authentic_and_named_as_older(visitor, grant):
    licence = grant()
    with transaction.atomic():
        licence.conditions = terms.carried_over(["New."])
        newer = certify(licence)
    older = licence.certificates.first()

    assert "A newer certificate" in text(looked_up(visitor, older.code))
    assert "A newer certificate" not in text(looked_up(visitor, newer.code))


def test_a_typed_code_leads_to_its_page_and_a_wrong_one_says_how_to_mend_it(visitor, grant):
    certificate, form = grant().certificates.get(), reverse("register:check_form")
    typed = visitor.get(form, {"code": codes.shown(certificate.code).lower()})

    assert (typed.status_code, typed.url) == (302, reverse("register:check", args=[certificate.code]))
    wrong = visitor.get(form, {"code": "AFSA-2026-0001 <i>"})
    assert (wrong.status_code, "This is no code of a certificate" in text(wrong)) == (200, True)
    assert "<i>" not in text(wrong)
    assert visitor.get(form).status_code == 200


def test_numbers_and_readiness_records_are_no_codes(visitor, grant, licence_type, firm, person):
    licence = grant()
    with transaction.atomic():
        readiness = services.record_readiness(
            actor=person("Clerk", "N1000009"), firm=firm, licence_type=licence_type, rulebook_version="1",
            case_reference="KZC-2026-0009", content_hash="ab" * 32,
        )  # fmt: skip
    for code in (licence.number, readiness.reference, "0" * 26, readiness.content_hash, "x" * 3000):
        answer = looked_up(visitor, code)
        assert (answer.status_code, "No certificate with this code is known here" in text(answer)) == (
            404,
            True,
        )
        assert "Turan" not in text(answer)


def test_guessing_is_slowed_down_and_a_real_code_still_answered(visitor, grant, monkeypatch):
    monkeypatch.setitem(MISSES, "check", "3/10m/ip")
    certificate = grant().certificates.get()
    answers = [looked_up(visitor, "0" * 26).status_code for _ in range(4)]

    assert answers == [404, 404, 404, 429]
    assert looked_up(visitor, certificate.code).status_code == 200
    assert looked_up(visitor, "1" * 26, REMOTE_ADDR="10.0.0.9").status_code == 404


def test_the_page_costs_no_more_queries_with_a_longer_history(visitor, grant, two):
    licence = grant()
    code = licence.certificates.get().code
    with CaptureQueriesContext(connection) as one:
        looked_up(visitor, code)
    by_two(licence, "suspend", *two, reason="r")
    by_two(licence, "lift", *two, reason="r")
    with CaptureQueriesContext(connection) as three:
        looked_up(visitor, code)

    assert len(one) == len(three) == 4


def test_the_day_after_the_last_one_the_certificate_says_so(visitor, grant):
    licence = grant(valid_until=timezone.localdate())
    page = text(looked_up(visitor, licence.certificates.get().code))
    assert "The licence is in force today" in page
    licence = grant(valid_until=timezone.localdate() - timedelta(days=1))
    page = text(looked_up(visitor, licence.certificates.get().code))
    assert "The licence is not in force today: Past its last day" in page


def test_a_licence_from_before_certificates_gets_one_by_the_command_and_only_once(grant, capsys, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(granting, "certify", lambda _licence: None)
        old = grant(conditions=["One."])
    new = grant()
    for made in (1, 0):
        call_command("issue_certificates")
        assert capsys.readouterr().out == f"{old}\n" * made + f"certificates made: {made}\n"
    (certificate,) = old.certificates.all()
    assert (certificate.content["conditions"], new.certificates.count()) == (["One."], 1)
    event = Event.objects.get(kind="licence.certificate")
    assert (event.subject, event.actor_name, event.data) == (
        f"licence:{old.number}", "system: issue_certificates", {"certificate": certificate.pk},
    )  # fmt: skip
