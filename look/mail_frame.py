"""The one frame of every mail, as text and as HTML: what is said, one action, how to tell that it is ours."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.translation import get_language


@dataclass(frozen=True, kw_only=True)
class Words:
    subject: str
    text: str
    html: str


def framed(
    *,
    subject: str,
    body: str,
    action: str | Promise,
    url: str,
    ref: str = "",
    is_draft: bool = False,
    has_days: bool = False,
) -> Words:
    """The mail in the language in use. ``ref`` is the reference of its case, or what a draft is called; a
    mail about an account has none. ``has_days``: it names days, which are days in Almaty.
    """
    frame = {
        "subject": subject,
        "body": body.strip(),
        "action": action,
        "url": url,
        "ref": ref,
        "is_draft": is_draft,
        "has_days": has_days,
        "language": (get_language() or settings.LANGUAGE_CODE)[:2],
        "base_url": settings.BASE_URL,
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
    return Words(
        subject=subject,
        text=plain("mail/frame.txt", frame),
        html=get_template("mail/frame.html").render(frame),
    )


def plain(name: str, data: dict[str, Any]) -> str:
    """A template as text, in which nothing is escaped."""
    return str(get_template(name).template.render(Context(data, autoescape=False)))  # type: ignore[attr-defined]


def one_line(text: str) -> str:
    """A header: no line break can start another one."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
