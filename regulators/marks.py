"""The word beside a source, in the reader's language, and how it looks: the one place for both."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulators.rulebook import ASKED, GUIDANCE, RULE

WORDS: dict[str, str | Promise] = {RULE: _("Rule"), GUIDANCE: _("Guidance"), ASKED: _("Asked")}
LOOKS = {RULE: "rule", GUIDANCE: "guide", ASKED: "asked"}


def word(standing: str) -> str:
    """Of ``rulebook.standing``; empty where it is not known."""
    return str(WORDS.get(standing, ""))
