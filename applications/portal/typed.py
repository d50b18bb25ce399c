"""Typed text is never lost: how a page keeps what is typed on it, and shows it again.

The main form of a page is ``id="typed"`` and holds a *mark*: a signed note of whose page it is, and where.
Whoever sends the form back with its mark may have what they typed kept under it, whatever else went wrong:
the session ended, the token was too old, the language was switched.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import SignedIn
from applications.models import Application, TypedText
from applications.portal import presence
from applications.queries.typed import typed_on
from applications.services.typed import keep_typed, throw_away
from workflow.errors import Refused

MARK = "typed_mark"
SALT = "applications.typed"
MARK_LASTS = 48 * 3600  # longer than any session
QUIET = "typed_quiet"
FILES = re.compile(r"(?:.*-)?files?")
NOT_TYPED = {"csrfmiddlewaretoken", MARK, "act", "back", "detach", "document", "language", "next"}

F = TypeVar("F", bound=forms.BaseForm)


@dataclass(frozen=True)
class Mark:
    """Whose page it is, of which case if of one, and where."""

    user_id: int
    case_id: str | None
    path: str


def mark_of(user: User, case: Application | None, path: str) -> str:
    return signing.dumps([user.pk, str(case.pk) if case else None, path], salt=SALT)


def read_mark(request: HttpRequest) -> Mark | None:
    """The mark that the form of one of our pages carries, None where there is none or it is not ours."""
    try:
        return Mark(*signing.loads(request.POST.get(MARK, ""), salt=SALT, max_age=MARK_LASTS))
    except (BadSignature, TypeError):
        return None


def clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def typed_fields(data: QueryDict) -> dict[str, list[str]]:
    """What was typed; never a file, nor what a button says."""
    return {name: data.getlist(name) for name in data if name not in NOT_TYPED and not FILES.fullmatch(name)}


def files_chosen(request: HttpRequest) -> bool:
    """Whether a file had been chosen too. Where a form is sent without its files, their names are there."""
    named = any(text for name in request.POST if FILES.fullmatch(name) for text in request.POST.getlist(name))
    return bool(request.FILES) or named


def keep(request: HttpRequest, mark: Mark) -> TypedText | None:
    """Keep what this form brings for the person that its mark names; None where that cannot be."""
    person = User.objects.filter(pk=mark.user_id).first()
    if person is None:
        return None
    try:
        return keep_typed(
            actor=person, case_id=mark.case_id, path=mark.path, fields=typed_fields(request.POST)
        )
    except Refused:
        return None


def is_own(request: HttpRequest, mark: Mark) -> bool:
    return request.user.pk == mark.user_id


def signed_out(request: HttpRequest) -> HttpResponse:
    """To the sign-in and back to the page. What a form of ours brings is kept for the person it was made for,
    who alone finds it there.
    """
    mark = read_mark(request) if request.method == "POST" else None
    if mark is None:
        return redirect_to_login(request.get_full_path())
    if keep(request, mark):
        messages.warning(
            request,
            _("You are not signed in any more. What you typed is kept: sign in, and it is there again."),
        )
        say_files(request)
    return redirect_to_login(mark.path)


def say_files(request: HttpRequest) -> None:
    if files_chosen(request):
        messages.warning(request, _("The files that you had chosen were not kept: choose them again."))


def after(request: SignedIn, response: Any) -> None:
    """What was typed is forgotten once the page has taken it, and kept where the page refused it."""
    mark = read_mark(request)
    if mark is None or not is_own(request, mark):
        return
    if response.status_code == 302:
        throw_away(actor=request.user, path=mark.path)
        presence.left(request.user, mark.path)
    elif response.status_code in (409, 422):
        keep(request, mark)


class Page:
    """What one page knows of its typed text: the mark for its form, and what was typed before."""

    def __init__(self, request: SignedIn, case: Application | None = None, path: str = "") -> None:
        self.path = path or request.path
        self.mark = mark_of(request.user, case, self.path)
        self.data: QueryDict | None = None
        self.at: datetime | None = None  # where it is shown and the page has to say so
        kept = typed_on(request.user, self.path) if request.method != "POST" else None
        if kept:
            self.data = _as_sent(kept.fields)
            quiet = request.session.get(QUIET) == self.path
            self.at = None if quiet else kept.at
            if quiet:
                del request.session[QUIET]

    @property
    def time(self) -> str:
        """The time of day, for what was typed today."""
        is_today = self.at and timezone.localdate(self.at) == timezone.localdate()
        return clock(self.at) if self.at and is_today else ""

    def form(self, request: SignedIn, make: Callable[[Any, Any], F]) -> F:
        """The form as it was sent, or else with what was typed before and not saved. ``make`` is called with
        data and files, both None for a form that is not sent.

        A form with typed text is not bound, so nothing is ever saved by opening a page.
        """
        return self.forms(request, [make])[0]

    def forms(self, request: SignedIn, makes: Iterable[Callable[[Any, Any], F]]) -> list[F]:
        if request.method == "POST":
            return [make(request.POST, request.FILES) for make in makes]
        forms = [make(None, None) for make in makes]
        if self.data is not None:
            differs = [_show_typed(form, self.data) for form in forms]
            self.at = self.at if any(differs) else None
        return forms


def _as_sent(fields: dict[str, list[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, texts in fields.items():
        data.setlist(name, texts)
    return data


def _show_typed(form: forms.BaseForm, data: QueryDict) -> bool:
    """Puts what was typed into a form that shows what is stored; no where both are the same."""
    typed = {
        name: field.widget.value_from_datadict(data, MultiValueDict(), form.add_prefix(name))
        for name, field in form.fields.items()
        if not isinstance(field.widget, forms.FileInput)
        and not field.widget.value_omitted_from_data(data, MultiValueDict(), form.add_prefix(name))
    }
    if all(_is_as_before(form, name, data, value) for name, value in typed.items()):
        return False
    form.data = data  # for the hidden values of before, which belong to what was typed
    form.initial.update(typed)
    return True


def _is_as_before(form: forms.BaseForm, name: str, data: QueryDict, typed: Any) -> bool:
    field = form.fields[name]
    if field.widget.is_hidden:
        return True
    before = form.get_initial_for_field(field, name)
    if field.show_hidden_initial:
        before = data.get(form.add_initial_prefix(name))
    return bool(_plain(field, before) == _plain(field, typed))


def _plain(field: forms.Field, value: Any) -> Any:
    """A value as the field understands it, so that 1 000 and 1,000.00 are one amount."""
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").strip()
    try:
        value = field.to_python(value)
    except ValidationError:
        return ["wrong", value]
    if isinstance(value, list):
        value = sorted(value)
    return value or None
