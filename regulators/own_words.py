"""What stands in a citation in words of ours, where others have an act and a number: said in the reader's
language. The names of acts and rules of others stay as they are.
"""

from django.utils.translation import gettext, gettext_noop

OURS = frozenset({
    gettext_noop("This desk's own practice"),
    gettext_noop("Supervisory practice elsewhere"),
    gettext_noop("Inventory of keys, our working form"),
    gettext_noop("No rule was found"),
    gettext_noop("No national rule was found"),
    gettext_noop("Readiness record"),
    gettext_noop("Request for information"),
    gettext_noop("Return of an incomplete application"),
    gettext_noop("Target for the completeness check"),
    gettext_noop("Target for the decision"),
    gettext_noop("The AFM is asked about AML"),
    gettext_noop("The greater of CAP-01 and CAP-03"),
    gettext_noop("Usual life of an approval in principle"),
    gettext_noop("Usual lines of own funds"),
    gettext_noop("Usual time for a reply"),
    gettext_noop("3.4 (a rule on an inventory of keys was not seen)"),
    gettext_noop("3.4 (a rule on authentication was not seen)"),
    gettext_noop("3.4 (a rule on encryption was not seen)"),
    gettext_noop("3.4 (a rule on movements between kinds of storage was not seen)"),
    gettext_noop("3.4 (rule on keys not seen)"),
    gettext_noop("3.4 (rule on testing not seen)"),
    gettext_noop("3.4 (rule on wallets not seen)"),
    gettext_noop("3.4.2 asks for a framework; a rule on assessing kinds of storage was not seen"),
    gettext_noop("3.5.2, later paragraphs"),
    gettext_noop(
        "8.3.5 asks for separate recording; "
        "a rule on the history of ownership and transactions was not found"
    ),
    gettext_noop("8.3.7 speaks of beneficial ownership; a rule on trusts was not found"),
    gettext_noop("5.8.4 asks for a continuity plan; a rule on loss of assets was not found"),
    gettext_noop("Ban of anonymous digital assets (rule number not seen)"),
    gettext_noop("Part 3 (rule on incidents not seen)"),
    gettext_noop("Sanctions (chapter number not seen)"),
})  # fmt: skip


def in_words(text: str) -> str:
    return gettext(text) if text in OURS else text
