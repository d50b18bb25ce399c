"""Files where they were given: the same pages for a question, a point of a request, and an invited person."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import SignedIn
from applications.models import Application, DocumentFacts
from applications.portal import typed
from applications.portal.file_forms import FactsForm, ReplaceForm
from applications.portal.files import FileRow, facts_in_words, rows_at
from applications.queries.files import facts_of, readable_versions
from applications.services.limits import insist_taken, kind_by_name
from documents import queries as documents
from documents.errors import OutOfStep, Rejected
from documents.models import Document, Incoming
from documents.services import pieces
from documents.stores import PIECE
from regulators.rulebook import Slot
from workflow.errors import Conflict, Gone, NotAllowed, NotReady, Refused

FILL = "before"  # asks for the form with what was said of the version before
GIVEN_AT = "file/"  # below the address of what a file is given for
STAGE_CLOSED = gettext_lazy(
    "This stage is complete or with the regulator, so its files cannot be replaced now."
)
POINT_CLOSED = gettext_lazy("This point is not open for an answer.")


@dataclass(frozen=True, kw_only=True)
class Place:
    """What files were given for, who is there now, and the services of it.

    ``here`` is its address, ending in a slash; ``back`` the page that shows it. ``show`` answers with a page
    in the frame of the wing. ``slot`` says which files are taken, ``sheet`` is
    the address of the form that is filled in, or empty. ``own`` is the invited person who gives
    them.
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
    slot: Slot
    sheet: str
    frame: str = "portal/case_base.html"
    own: UUID | None = None
    of_question: bool = False  # whose pages answer it can be said
    pages_before: Callable[[Collection[Document]], str] = lambda versions: ""  # of these versions, here

    def one(self, pk: Any) -> Document:
        """One of its files, or 404."""
        wanted = uuid_or_404(pk)
        for document in self.held:
            if document.pk == wanted:
                return document
        raise Http404

    def offered(self, row: FileRow) -> dict[str, Any]:
        """What was said of the version before, and not yet of this one, by the names of the facts."""
        facts = facts_of(row.document)
        if not row.earlier or (facts and facts.version):
            return {}
        own = {name: getattr(row.before, name) for name in DocumentFacts.OWN} if row.before else {}
        said = own | {"pages": self.pages_before(row.earlier)}
        return {name: value for name, value in said.items() if value}

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
        if "at" in request.GET:
            return _how_far(_with_piece(request))
        place = place_of()
        place.allow()
        if "size" in posted:
            return _how_far(_announced(place))
        if "forget" in posted:
            return _forgotten(request)
        return _taken(place, _announced_before(posted, request) or request.FILES.get("files"))
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
    row = place.rows([given])[0]
    answer = render(place.request, "portal/parts/file.html", {"file": row}, status=201)
    if replaced:
        answer.headers["Location"] = _with_newest(place, row)
    return answer


def _with_newest(place: Place, row: FileRow) -> str:
    """Says that a newer version is there, and what came over to it. Where to go on: where something has to be
    said anew, to the page that asks for it.
    """
    number = row.document.number
    words = _("Version %(number)s is in the place of the one before, which stays on record.")
    if number == 1:
        words = _("The new file is in the place of the one before, which stays on record.")
    told = [words % {"number": number}]
    if carried := FactsForm(row.document).carried():
        told.append(_("Carried over: %(facts)s.") % {"facts": ", ".join(carried)})
    messages.success(place.request, " ".join(told))
    return row.url if place.offered(row) else place.back


def _announced(place: Place) -> Incoming:
    if not place.editable:
        raise NotReady([str(place.closed)])
    posted = place.request.POST
    words = {name: posted.get(name, "") for name in ("name", "declared_type", "mark")}
    size = _whole_number(posted["size"])
    insist_taken(place.slot, kind=kind_by_name(words["name"]), size=size)
    return pieces.begin(size=size, place=place.here, actor=place.request.user, **words)


def _with_piece(request: SignedIn) -> Incoming:
    """The body is the piece and nothing else: a form would be taken apart, at three times the cost."""
    found, at = _announced_before(request.GET, request), _whole_number(request.GET["at"])
    piece = request.read(PIECE + 1)
    if found is None or not piece:
        raise Gone
    return pieces.add(incoming=found, at=at, piece=piece)


def _forgotten(request: SignedIn) -> HttpResponse:
    found = _announced_before(request.POST, request)
    if found is None:
        raise Gone
    pieces.forget(incoming=found)
    return HttpResponse(status=204)


def _announced_before(asked: QueryDict, request: SignedIn) -> Incoming | None:
    wanted = asked.get("incoming", "")
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
    kept, offered = typed.Page(request, place.case), place.offered(place.rows([one])[0])
    how: dict[str, Any] = {"of_question": place.of_question, "filled": offered if FILL in request.GET else {}}
    form = kept.form(request, lambda data, _files: FactsForm(one, data, **how))
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
    return _page(
        place, "portal/file.html", one, refusal, form=form, typed_page=typed_page,
        offered=_in_words(offered), filled=bool(how["filled"]), fill=f"?{FILL}=1",
    )  # fmt: skip


def swap(place: Place, document: UUID) -> HttpResponse:
    """A newer version in the place of a file."""
    request, one = place.request, place.one(document)
    if request.method == "POST":
        place.allow()
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReplaceForm(one, place.here, place.back, *sent, slot=place.slot, sheet=place.sheet)
    refusal: Refused | None = None
    if form.is_valid():
        try:
            newest = place.swap(one, form.cleaned_data["files"][0])
        except Rejected as rejection:
            form.add_error("files", rejection.message)
        except Refused as error:
            refusal = error
        else:
            return redirect(_with_newest(place, place.rows([newest])[0]))
    return _page(place, "portal/file_replace.html", one, refusal, form=form)


def _in_words(offered: dict[str, Any]) -> list[str]:
    own = {name: said for name, said in offered.items() if name != "pages"}
    return facts_in_words(DocumentFacts(**own), 1, offered.get("pages", ""))


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
