"""Parts of the one look, for all three wings. Built into every template: no ``load`` is needed."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms, template
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseForm, BoundField
from django.forms.utils import ErrorList
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.pipeline.queries import managed_by
from applications.queries import stages
from look import countries, words
from look.fields import DATES, DIGITS
from regulators import marks, own_words
from regulators.rulebook import Book, Citation, Requirement, standing
from regulators.rulebook import say as say_text

register = template.Library()

TAG_KINDS = ("", "work", "done", "look", "act", "ok", "bad")
SAME_FOR_ALL = frozenset({"max_length", "min_length", *DIGITS, *DATES})


@register.simple_tag
def tag(kind: str, text: str) -> SafeString:
    """A state: shape, word and tint. Kinds: "" (plain), work, done, look, act, ok, bad."""
    if kind not in TAG_KINDS:
        raise template.TemplateSyntaxError(
            f"{kind!r} is no kind of tag; use one of {', '.join(TAG_KINDS[1:])}, or ''."
        )
    return format_html('<span class="{}">{}</span>', f"tag tag--{kind}" if kind else "tag", text)


@register.simple_tag
def cite(source: Citation | Requirement) -> SafeString:
    """Where a question comes from, and whether it is a rule, guidance or only asked."""
    return _cited(source.citations if isinstance(source, Requirement) else (source,), get_language())


@lru_cache(maxsize=4096)
def _cited(citations: tuple[Citation, ...], _language: str | None) -> SafeString:
    """A page of 60 people shows the same few hundreds of times: made once in each language."""
    kind = standing(citations)
    words = {"look": marks.LOOKS[kind], "word": marks.word(kind), "citations": citations}
    return render_to_string("parts/cite.html", words)


@register.inclusion_tag("parts/prevails.html")
def prevails(book: Book) -> dict[str, object]:
    """Which language of the law prevails, and whether the words on this page were compared with it."""
    reader = (get_language() or "en")[:2]
    unchecked = any(one.language == reader and not one.checked_by for one in book.translations)
    return {
        "prevails": {
            "en": _("The English text of the law prevails."),
            "ru": _("The Russian text of the law prevails."),
            "kk": _("The Kazakh text of the law prevails."),
        }[book.authoritative_language],
        "unchecked": {
            "ru": _("These words are our translation into Russian, which nobody has checked yet."),
            "kk": _("These words are our translation into Kazakh, which nobody has checked yet."),
        }.get(reader, "")
        if unchecked
        else "",
    }


@register.inclusion_tag("parts/turn.html")
def turn(
    *,
    yours: bool,
    who: str,
    days: int | None = None,
    due: date | None = None,
    period: str = "",
    footing: str = "",
    paused_since: date | None = None,
    text: str = "",
    url: str = "",
    action: str = "",
) -> dict[str, object]:
    """Whose turn it is, for how long, and what to do. ``yours`` is from the reader's own side; ``period``
    names what ends on the day, ``footing`` says whether it is law.
    """
    return {
        "yours": yours,
        "who": who,
        "days_text": "" if days is None else working_days(days),
        "due": due,
        "period": period,
        "footing": footing,
        "paused_since": paused_since,
        "text": text,
        "url": url,
        "action": action,
    }


@register.inclusion_tag("parts/why.html")
def why(reasons: Iterable[Any], heading: str = "", id: str = "why") -> dict[str, object]:
    """The unmet reasons (each with .text and .url) for which an act is not open yet; nothing when none."""
    return {"reasons": list(reasons), "heading": heading or _("Why this cannot be done yet"), "id": id}


@register.inclusion_tag("parts/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, object]:
    """What is wrong, first in main; each line leads to its field."""
    return {"problems": [problem for form in forms for problem in _problems(form)]}


def _problems(form: BaseForm) -> list[dict[str, str]]:
    found = [{"target": "", "text": str(text)} for text in form.non_field_errors()]
    on_page = getattr(form, "on_page", form.fields)  # a filter may stand in the address alone
    for bound in form:
        wrong = form.errors.as_data().get(bound.name, [])
        target = first_input(bound) if bound.name in on_page else ""
        found += [{"target": target, "text": _named(error, bound)} for error in wrong]
    return found


@register.filter
def beside(bound: BoundField) -> ErrorList:
    """The errors of a field, where something is missing in the words that the summary has for it."""
    found = bound.errors
    said = found.copy()
    said.field_id = found.field_id  # type: ignore[attr-defined]
    said.data = [_named(one, bound) if _is_missing(one) else one for one in found.as_data()]
    return said


def _is_missing(error: ValidationError) -> bool:
    return str(error.message) == str(forms.Field.default_error_messages["required"])


def _named(error: ValidationError, bound: BoundField) -> str:
    """The words of an error away from its field: those that are the same for every field name this one."""
    if _is_missing(error):
        return _("Fill this in: {label}").format(label=bound.label)
    text = str(error.messages[0])
    if error.code in SAME_FOR_ALL or str(error.message) in _words_of_django(bound.field):
        return f"{bound.label}: {text}"
    return text


def _words_of_django(field: forms.Field) -> set[str]:
    kinds = [kind for kind in type(field).__mro__ if kind.__module__.startswith("django.")]
    return {str(words) for kind in kinds for words in vars(kind).get("default_error_messages", {}).values()}


@register.filter
def sentence(text: Any) -> str:
    """With a full stop, where the text ends without one."""
    words = str(text).rstrip()
    return words if words.endswith((".", "!", "?", "…", ":")) else f"{words}."


@register.filter
def first_input(bound: BoundField) -> str:
    """The id of the first control of a field: groups and boxes have several."""
    return bound.id_for_label or (f"{bound.auto_id}_0" if bound.auto_id else "")


@register.inclusion_tag("parts/rail.html", takes_context=True)
def rail(context: template.Context) -> dict[str, object]:
    """The dark side navigation of desk and pipeline: own pages first, then the records one may see."""
    request = context.get("request")
    return {
        "wing": _("Desk"),
        "brand_url": _url("admin:index") or "/",
        "parts": _rail_parts(context, request),
    }


def _rail_parts(context: template.Context, request: HttpRequest | None) -> list[dict[str, object]]:
    """The admin's own pages have asked for the records already."""
    if request is None or not request.user.is_staff:
        return []
    own = [
        {
            "name": _("Desk"),
            "links": [
                _link(_("My work"), _url("admin:index"), request),
                _link(_("Working calendar"), _url("admin:calendar"), request),
            ],
        },
    ]
    if managed_by(request.user):
        own.append(
            {"name": _("Pipeline"), "links": [_link(_("Overview"), _url("pipeline:overview"), request)]}
        )
    apps = context.get("available_apps")
    records = [
        {"name": app["name"], "links": [_link(m["name"], m["admin_url"], request) for m in app["models"]]}
        for app in (admin.site.get_app_list(request) if apps is None else apps)
    ]
    return [
        {**part, "links": [link for link in part["links"] if link["url"]]}
        for part in own + records
        if any(link["url"] for link in part["links"])
    ]


def _link(text: str, url: str | None, request: HttpRequest) -> dict[str, str]:
    current = (
        "page"
        if url == request.path
        else "true"
        if url and url.count("/") > 2 and request.path.startswith(url)
        else ""
    )
    return {"text": str(text), "url": url or "", "current": current}


def _url(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


@register.filter
def proposed_for(people: Iterable[dict[str, Any]], functions: tuple[str, ...]) -> list[dict[str, Any]]:
    """Of the people submitted, those with a post among these functions; all where none is named."""
    return [person for person in people if not functions or not person["codes"].isdisjoint(functions)]


@register.filter
def stages_in_words(codes: list[str]) -> str:
    """The stages that something is limited to; all of them where no code is named."""
    return stages.in_words(codes)


@register.filter
def working_days(count: int) -> str:
    return words.working_days(count)


@register.filter
def say(text: dict[str, str] | None) -> str:
    """A rule book's text in the reader's language."""
    return say_text(text) if text else ""


@register.filter
def day(value: date | datetime | None) -> str:
    return words.day(value) if value else ""


@register.filter
def due_day(value: date | datetime | None) -> str:
    return words.due_day(value) if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    return words.clock(value) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    return words.moment(value) if value else ""


@register.filter
def country(code: str) -> str:
    """The name of a country by its code."""
    return countries.name(code)


@register.filter
def ours(text: str) -> str:
    """A part of a citation; what is in words of ours, in the reader's language."""
    return own_words.in_words(text)


@register.filter
def size(count: int) -> str:
    """Of a file, from its bytes."""
    return words.size(count)


@register.filter
def number(value: Decimal | int | None) -> str:
    return "" if value is None else words.number(value)


@register.filter
def money(amount: Decimal | int | None, currency: str) -> str:
    return "" if amount is None else words.money(amount, currency)
