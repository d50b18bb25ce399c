"""What people read about a document's standing."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

STATUS = {
    "waiting": _("The file is waiting for the virus check. It can be opened once the check has passed."),
    "clean": _("The virus check found nothing."),
    "infected": _(
        "A virus was found. The file cannot be opened. Clean your computer, then upload a fresh copy."
    ),
    "uncheckable": _(
        "The virus check could not look inside the file. Remove passwords and files packed inside it, "
        "then upload it again."
    ),
    "unscanned": _("No virus scanner is set up here. Open the file only if you trust where it came from."),
}
DAMAGED = _("The stored file no longer matches what was received. Please upload it again.")

PREVIEW = {
    "due": _("The preview is being made. Load the page again in a moment."),
    "none": _("No preview could be made of this file. It is kept as it was given: open it to read it."),
}
NO_PREVIEW_OF_KIND = _("This type of file has no preview. Open it to read it.")

ACTIVE = {
    "javascript": _("scripts"),
    "launch": _("commands that start programs"),
    "embedded": _("files packed inside it"),
    "xfa": _("an active form"),
    "media": _("active media"),
}


def warning(found: list[str]) -> str:
    if not found:
        return ""
    parts = ", ".join(str(ACTIVE[code]) for code in found)
    return gettext("This file contains %(parts)s. Open it only in a viewer that has these turned off.") % {
        "parts": parts
    }
