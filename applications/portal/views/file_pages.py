"""Files where they were given: the same pages for a question, a point of a request, and an invited person."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
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
from documents.errors import OutOfStep, Rejected
from documents.models import Document, Incoming
from documents.services import pieces
from documents.stores import PIECE
from workflow.errors import Conflict, Gone, NotAllowed, NotReady, Refused

GIVEN_AT = "file/"  # below the address of what a file is given for
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
    of_question: bool = False  # whose pages answer it can be said

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


def give(request: SignedIn, place_of: Callable[[], Place]) -> HttpResponse:
    """One file by itself, for the script of the page: answered with its row, or with plain words that say why
    it was not taken. A file of more than one piece is announced, comes piece by piece, and is then taken as
    any other; in between the answer says how much is there.

    Who may give a file here is asked when it is announced and when it is taken. A piece belongs to what this
    person announced here, and asks no more: there are a hundred of them.
    """
    posted = request.POST
    try:
        if "at" in posted:
            return _how_far(_with_piece(request))
        place = place_of()
        place.allow()
        if "size" in posted:
            return _how_far(_announced(place))
        if "forget" in posted:
            return _forgotten(request)
        return _taken(place, _announced_before(request) or request.FILES.get("files"))
    except (NotAllowed, Gone):
        raise
    except OutOfStep as refusal:
        return _plain(refusal.message, status=409)
    except Refused as refusal:
        return _plain(" ".join(reason.text for reason in refusal.reasons))


def _taken(place: Place, upload: Any) -> HttpResponse:
    if upload is None:
        return _plain(_("Choose at least one file."))
    replaced = place.request.POST.get("replaces", "")
    given = getattr(upload, "document", None)  # this is asked a second time, since the answer was lost
    if given is None:
        given = place.swap(place.one(replaced), upload) if replaced else place.take(upload)
    elif given not in place.held:
        raise Gone
    return render(place.request, "portal/parts/file.html", {"file": place.rows([given])[0]}, status=201)


def _announced(place: Place) -> Incoming:
    if not place.editable:
        raise NotReady([str(place.closed)])
    posted = place.request.POST
    words = {name: posted.get(name, "") for name in ("name", "declared_type", "mark")}
    size = _whole_number(posted["size"])
    return pieces.begin(size=size, place=place.here, actor=place.request.user, **words)


def _with_piece(request: SignedIn) -> Incoming:
    piece = request.FILES.get("piece")
    found, at = _announced_before(request), _whole_number(request.POST["at"])
    if found is None or piece is None:
        raise Gone
    return pieces.add(incoming=found, at=at, piece=piece.read(PIECE + 1))


def _forgotten(request: SignedIn) -> HttpResponse:
    found = _announced_before(request)
    if found is None:
        raise Gone
    pieces.forget(incoming=found)
    return HttpResponse(status=204)


def _announced_before(request: SignedIn) -> Incoming | None:
    wanted = request.POST.get("incoming", "")
    if not wanted:
        return None
    here = request.path.removesuffix(GIVEN_AT)
    return pieces.find(incoming_id=uuid_or_404(wanted), place=here, actor=request.user)


def _how_far(incoming: Incoming) -> JsonResponse:
    return JsonResponse({"incoming": str(incoming.pk), "came": incoming.came})


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise Http404
    return int(text)


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
    form = kept.form(request, lambda data, _files: FactsForm(one, data, of_question=place.of_question))
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


def _plain(text: str, *, status: int = 422) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
