"""The certificate as a tagged PDF."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import segno
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from licences.certificates.code import address, shown
from licences.models import Certificate
from look import pdf as a_pdf
from look import words

TEMPLATE = Path(__file__).parent / "page.typ"
MIDDLE = "m"  # how much of the QR code may be spoilt: 15%


def pdf(certificate: Certificate, language: str) -> bytes:
    """The same bytes for the same certificate, language and address of the service."""
    return a_pdf.made(TEMPLATE, _data(certificate, language), at=certificate.made_at)


def pdf_response(certificate: Certificate, language: str) -> HttpResponse:
    """Named by the licence."""
    name = f"{certificate.content['number']}-{certificate.made_at:%Y-%m-%d}-{language}"
    return a_pdf.as_download(pdf(certificate, language), name)


def facts_of(content: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """What a certificate states, in the language of the caller's pages, without the conditions."""
    until = content["valid_until"]
    return [
        (_("Licence"), content["number"]),
        (_("Firm"), content["firm"]),
        (_("BIN"), content["bin"] or _("None on record")),
        (_("Activity"), content["activity"][language]),
        *([(_("Limits of the scope"), content["scope"])] if content["scope"] else []),
        *([(_("Restricted"), _("Yes, within the conditions"))] if content["restricted"] else []),
        *([(_("Winding down"), _("Yes, within the conditions"))] if content["winding_down"] else []),
        (_("Legal basis"), content["legal_basis"]),
        (_("Granted by"), content["regulator"][language]),
        (_("Granted"), words.day(date.fromisoformat(content["granted_on"]))),
        (_("Valid until"), words.day(date.fromisoformat(until)) if until else _("No last day")),
    ]


def _data(certificate: Certificate, language: str) -> dict[str, Any]:
    content, url = certificate.content, address(certificate.code)
    with translation.override(language):
        return {
            "language": language,
            "title": _("Certificate of a licence"),
            "activity": content["activity"][language],
            "regulator": content["regulator"][language],
            "number": content["number"],
            "firm": content["firm"],
            "facts": facts_of(content, language),
            "conditions_title": _("Conditions"),
            "conditions": content["conditions"] or [_("None.")],
            "numbered": bool(content["conditions"]),
            "issued": _("This certificate was issued in this form on %(moment)s.")
            % {"moment": words.moment(certificate.made_at)},
            "statement": _(
                "It states what the register held at that moment. The register counts: look there whether "
                "the licence is in force today, and what has changed."
            ),
            "register": _(
                "This is the register of this service. It is not the official register of AFSA or of any "
                "other authority: before you rely on an entry, look there too."
            ),
            "check": _("Check this certificate"),
            "how": _("Scan the square, or open the address and type the code."),
            "code_title": _("Code"),
            "code": shown(certificate.code),
            "url": url,
            "typed_url": url.removesuffix(f"{certificate.code}/"),
            "qr": _square(url),
            "qr_says": _("QR code with the address %(address)s") % {"address": url},
            "page": _("Page {n} of {m}"),
        }


def _square(url: str) -> str:
    drawn = io.BytesIO()
    segno.make_qr(url, error=MIDDLE).save(drawn, kind="svg", border=4, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()
