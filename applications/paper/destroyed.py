"""The certificate of a destruction as a tagged PDF."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import DestructionCertificate
from look import pdf as a_pdf
from look import words

TEMPLATE = Path(__file__).parent / "destroyed.typ"


def pdf(certificate: DestructionCertificate, language: str) -> bytes:
    """The same bytes for the same certificate and language."""
    return a_pdf.made(TEMPLATE, _data(certificate, language), at=certificate.made_at)


def pdf_response(certificate: DestructionCertificate, language: str) -> HttpResponse:
    """Named by the case."""
    name = f"destroyed-{certificate}-{language}".replace(" ", "-")
    return a_pdf.as_download(pdf(certificate, language), name)


def facts_of(certificate: DestructionCertificate, language: str) -> list[tuple[str, str]]:
    """What it states beside the list of files, in the language of the caller's pages."""
    content = certificate.content
    rule = content["rule"]
    years = ngettext(
        "%(years)s year after the case ended", "%(years)s years after the case ended", rule["years"]
    )
    return [
        (_("Case"), content["reference"]),
        (_("Regulator"), content["regulator"][language]),
        (_("Case ended"), _day(content["ended_on"])),
        (_("Documents kept"), years % {"years": rule["years"]}),
        (_("Last day"), _day(content["kept_until"])),
        (_("The rule rests on"), f"{rule['act']}, {rule['provision']}"),
        (_("The rule entered by"), rule["entered_by"]),
        (_("The rule confirmed by"), rule["confirmed_by"]),
        (_("Destruction proposed by"), content["proposed_by"]),
        (_("Destruction confirmed by"), content["confirmed_by"]),
        (_("Confirmed"), words.moment(datetime.fromisoformat(content["confirmed_at"]))),
        (_("Files destroyed"), str(len(content["files"]))),
        (_("SHA-256 of the list"), certificate.sha256),
    ]


def _data(certificate: DestructionCertificate, language: str) -> dict[str, Any]:
    with translation.override(language):
        return {
            "language": language,
            "title": _("Certificate of destruction"),
            "number": certificate.content["reference"],
            "regulator": certificate.content["regulator"][language],
            "facts": facts_of(certificate, language),
            "files_title": _("Files"),
            "size_title": _("Size, bytes"),
            "sum": _(
                "The hash of the list is that of one line for each file: its id, its hash, its size in bytes "
                "and its type, with a space between them and a line feed after, in the order of this list."
            ),
            "files": [_file(one) for one in certificate.content["files"]],
            "made": _("This certificate was made on %(moment)s.")
            % {"moment": words.moment(certificate.made_at)},
            "statement": _(
                "The content of these files and the pictures made of it were removed from the store. What "
                "was written in the case stays, and so does the hash of each file. Names of files and of "
                "people of the firm are left out."
            ),
            "page": _("Page {n} of {m}"),
        }


def _file(one: dict[str, Any]) -> dict[str, str]:
    """What was missing or changed before is certified as that, and not as destroyed whole."""
    about = [one["type"], words.moment(datetime.fromisoformat(one["destroyed_at"]))]
    if one["damaged_at"]:
        since = words.moment(datetime.fromisoformat(one["damaged_at"]))
        about.append(_("found missing or changed on %(moment)s") % {"moment": since})
    return {
        "id": one["document"],
        "sha256": one["sha256"],
        "size": str(one["size"]),
        "about": ", ".join(about),
    }


def _day(text: str) -> str:
    return words.day(date.fromisoformat(text))
