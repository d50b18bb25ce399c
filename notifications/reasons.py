"""Why a message was withheld. Its row keeps the word; pages say it in the reader's language."""

from django.utils.translation import gettext_lazy as _

WITHDRAWN, OVER, NO_LONGER_DUE = "withdrawn", "over", "no longer due"
LEFT_FIRM, LEFT_CASE = "left the firm", "left the case"
MANAGES_NO_MORE, NOT_WANTED = "manages no more", "not wanted"
OF_THE_RECIPIENT = (LEFT_FIRM, LEFT_CASE)  # the others are of what was to be said
IN_WORDS = {
    WITHDRAWN: _("The application was withdrawn before it was sent."),
    OVER: _("The case was over before it was sent."),
    NO_LONGER_DUE: _("The date did not stand any more when its turn came."),
    MANAGES_NO_MORE: _("When its turn came, the recipient did not manage these regulators any more."),
    NOT_WANTED: _("The recipient had switched it off or paused it when its turn came."),
    LEFT_FIRM: _("The recipient was not of the firm any more when its turn came."),
    LEFT_CASE: _(
        "When its turn came, the recipient had nothing to do with the case any more, or had a conflict of "
        "interest."
    ),
}


def in_words(reason: str) -> str:
    """A reason that has no words here is shown as it was written."""
    return str(IN_WORDS.get(reason, reason))
