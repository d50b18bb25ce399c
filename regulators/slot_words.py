"""The files that a question takes, in words."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulators.rulebook import FILE_KINDS

KINDS: dict[str, str | Promise] = {kind: kind.upper() for kind in FILE_KINDS}
LANGUAGES: dict[str, str | Promise] = {
    "kk": gettext_lazy("Kazakh"),
    "ru": gettext_lazy("Russian"),
    "en": gettext_lazy("English"),
}


def kinds(codes: Iterable[str]) -> str:
    return ", ".join(str(KINDS[code]) for code in codes)


def languages(codes: Iterable[str]) -> str:
    """Kazakh, Russian or English."""
    *others, last = [str(LANGUAGES[code]) for code in codes]
    return _("%(others)s or %(last)s") % {"others": ", ".join(others), "last": last} if others else last
