"""What a certificate states: the facts of the licence in every language of the service, frozen."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from licences.law import book_of
from licences.models import Licence
from regulators.rulebook import Text

Content = dict[str, Any]


def content_of(licence: Licence) -> Content:
    """Everything but the state, which the register alone tells: the same facts give the same content."""
    activity, regulator = _titles(licence)
    return {
        "number": licence.number,
        "firm": licence.firm_name,
        "bin": licence.bin,
        "activity": activity,
        "regulator": regulator,
        "legal_basis": str(licence.authority_basis),
        "scope": licence.scope,
        "conditions": licence.conditions_in_force,
        "restricted": licence.restricted,
        "winding_down": licence.winding_down,
        "granted_on": timezone.localdate(licence.granted_at).isoformat(),
        "valid_until": licence.valid_until.isoformat() if licence.valid_until else "",
    }


def _titles(licence: Licence) -> tuple[Text, Text]:
    """Of the activity and of the regulator, as the rule book has them that the licence was granted under."""
    book = book_of(licence)
    if book is None:
        kind = licence.licence_type
        return _same(kind.title), _same(kind.regulator.name)
    return _every(book.licence_type_title), _every(book.regulator_name)


def _every(text: Text) -> Text:
    return {language: text.get(language) or text["en"] for language, _name in settings.LANGUAGES}


def _same(text: str) -> Text:
    return {language: text for language, _name in settings.LANGUAGES}
