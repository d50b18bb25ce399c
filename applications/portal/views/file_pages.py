"""Files where they were given: the same pages for a question, a point of a request, and an invited person."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import SignedIn
from applications.models import Application
from applications.portal import typed
from applications.portal.file_forms import FactsForm, ReplaceForm
from applications.portal.files import FileRow, rows_at
from applications.queries.files import readable_versions
from documents import queries as documents
from documents.errors import Rejected
from documents.models import Document
from workflow.errors import Conflict, Gone, NotAllowed, Refused

STAGE_CLOSED = gettext_lazy(
    "This stage is complete or with the regulator, so its files cannot be replaced now."
)
POINT_CLOSED = gettext_lazy("This point is not open for an answer.")


@dataclass(frozen=True, kw_only=True)
class Place:
    """What files were given for, who is there now, and the services of it.

    ``here`` is its address, ending in a slash; ``back`` the page that shows it. ``show`` answers with a page
    in the frame of the wing. ``own`` is the invited person who gives the files.
    """

    request: SignedIn
    case: Application
    here: str
    back: str
    title: str
    held: list[Document]
    editable: bool
    about_person: bool
    allow: Callable[[], None]
    take: Callable[[Any], Document]
    swap: Callable[..., Document]
    describe: Callable[..., Any]
    show: Callable[..., HttpResponse]
    back_text: str
    closed: str | Promise
    frame: str = "portal/case_base.html"
    own: UUID | None = None

    def one(self, pk: Any) -> Document:
        """One of its files, or 404."""
        wanted = uuid_or_404(pk)
        for document in self.held:
            if document.pk == wanted:
                return document
        raise Http404

    def rows(self, found: list[Document] | None = None) -> list[FileRow]:
        return rows_at(
            self.here, self.held if found is None else found, about_person=self.about_person,
            editable=self.editable, reader=(self.request.user, self.case, self.own),
        )  # fmt: skip


def give(place: Place) -> HttpResponse:
    """One file by itself, for the script of the page: answered with its row, or with plain words that say why
    it was not taken.
    """
    place.allow()
    replaced = place.request.POST.get("replaces", "")
    before = place.one(replaced) if replaced else None
    upload = place.request.FILES.get("files")
    if upload is None:
        return _plain(_("Choose at least one file."))
    try:
        document = place.swap(before, upload) if before else place.take(upload)
    except (NotAllowed, Gone):
        raise
    except Refused as refusal:
        return _plain(" ".join(reason.text for reason in refusal.reasons))
    return render(place.request, "portal/parts/file.html", {"file": place.rows([document])[0]}, status=201)


def poll(request: SignedIn, row: FileRow) -> HttpResponse:
    """``was`` is what the page waits for: 204 until that is over, then the row."""
    if row.watched and request.GET.get("was") == row.goes_on:
        return HttpResponse(status=204)
    return render(request, "portal/parts/file.html", {"file": row})


def about(place: Place, document: UUID) -> HttpResponse:
    """What a file is in the words of whoever gave it, its first page and versions; a POST says it anew."""
    request, one = place.request, place.one(document)
    if request.method == "POST":
        place.allow()
    kept = typed.Page(request, place.case)
    form = kept.form(request, lambda data, _files: FactsForm(one, data))
    refusal: Refused | None = None
    if form.is_valid():
        try:
            place.describe(one, **form.facts())
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("Saved."))
            return redirect(place.back if "#" in place.back else f"{place.back}#file-{one.pk}")
    if isinstance(refusal, Conflict):
        form.stand_on(refusal.current)
    typed_page = kept if place.editable else None
    return _page(place, "portal/file.html", one, refusal, form=form, typed_page=typed_page)


def swap(place: Place, document: UUID) -> HttpResponse:
    """A newer version in the place of a file."""
    request, one = place.request, place.one(document)
    if request.method == "POST":
        place.allow()
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReplaceForm(one, place.here, place.back, *sent)
    refusal: Refused | None = None
    if form.is_valid():
        try:
            newest = place.swap(one, form.cleaned_data["files"][0])
        except Rejected as rejection:
            form.add_error("files", rejection.message)
        except Refused as error:
            refusal = error
        else:
            words = _("Version %(number)s is in the place of the one before, which stays on record.")
            if newest.number == 1:
                words = _("The new file is in the place of the one before, which stays on record.")
            messages.success(request, words % {"number": newest.number})
            return redirect(place.back)
    return _page(place, "portal/file_replace.html", one, refusal, form=form)


def _page(
    place: Place, template: str, document: Document, refusal: Refused | None, **context: Any
) -> HttpResponse:
    versions = documents.chain(document)
    if len(versions) > 1:
        shown = readable_versions(place.request.user, place.case, versions, own=place.own)
        versions = [one for one in versions if one.pk in shown or one.pk == document.pk]
    return place.show(
        template, refusal=refusal, place=place, row=place.rows([document])[0], versions=versions, **context
    )


def uuid_or_404(text: Any) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise Http404 from error


def _plain(text: str) -> HttpResponse:
    return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
