"""When an answer is needed, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from regulators import rulebook as rb

DUE_WORDS: dict[str, str | Promise] = {
    rb.SUBMISSION: "",
    rb.RECOMMENDATION: gettext_lazy("Needed later: before the recommendation"),
    rb.GRANT: gettext_lazy("Needed later: before the grant"),
    rb.AFTER_GRANT: gettext_lazy("Needed later: after the grant"),
}
DUE_WORDS_OF_READINESS = DUE_WORDS | {
    rb.GRANT: gettext_lazy("Needed later: before the readiness record"),
    rb.AFTER_GRANT: gettext_lazy("Needed later: after the readiness record"),
}


def due_in_words(book: rb.Book, due: str) -> str:
    """Where it is later than the submission. A readiness record grants nothing."""
    return str((DUE_WORDS_OF_READINESS if book.outcome == rb.READINESS else DUE_WORDS)[due])
