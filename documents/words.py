"""What people read about a document's standing."""

from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from look.words import day

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
# Said of what is announced and not gone: nothing of destruction, for a hold may still stop it, and who reads
# that it was under way and then did not happen knows of the hold.
DESTROYING = _("This file cannot be opened at the moment.")
NAME_OF_DESTROYED = _("Destroyed file")
DESTROYED = _("This file was destroyed on %(day)s under the regulator's rule for keeping documents.")

# Why content is not taken. What else can be wrong with a file needs its limits said: documents.kinds.
REFUSED = {
    "damaged": _(
        "The file is damaged or incomplete. Open it on your computer, save it again and upload the new copy."
    ),
    "password": _("The file is locked with a password. Remove the password and upload again."),
    "bomb": _(
        "The file unpacks to far more than its size. Remove what is packed inside it and upload it again."
    ),
    "heavy": _(
        "The file takes too long or too much memory to check. Save it in a simpler form and upload the new "
        "copy."
    ),
    "macros": _(
        "The file holds macros or other active parts. Save it without them (.docx or .xlsx) and upload again."
    ),
    "old_office": _("This is an older Office file. Save it as .docx or .xlsx and upload the new copy."),
    "pixels": _("The picture is too large to open safely. Save it with fewer pixels and upload it again."),
    "encoding": _("This text file is not in UTF-8. Save it again as UTF-8 and upload the new copy."),
}

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
    "opens": _("an action that starts when it is opened"),
    "remote": _("content that is fetched from elsewhere"),
    "unseen": _("parts that could not be looked into"),
}


def warning(found: list[str]) -> str:
    if not found:
        return ""
    parts = ", ".join(str(ACTIVE[code]) for code in found)
    return gettext("This file contains %(parts)s. Open it only in a viewer that has these turned off.") % {
        "parts": parts
    }


def caution(found: list[str]) -> str:
    """The same for whoever gave the file."""
    if not found:
        return ""
    parts = ", ".join(str(ACTIVE[code]) for code in found)
    told = gettext(
        "This file contains %(parts)s. The regulator is warned of that before opening it, and may leave it "
        "shut. If you can, save it without them, for example by printing it to a PDF, and replace it."
    )
    return told % {"parts": parts}


def destroyed(at: datetime | None) -> str:
    """Of a file that is to go; without a day while its bytes are on their way."""
    if at is None:
        return str(DESTROYING)
    return str(DESTROYED) % {"day": day(at)}
