"""Files that an invited person gives: the same as those of the firm, and none of it for the firm to read."""

import pytest
from django.urls import resolve, reverse
from django.utils import timezone

from applications.models import AnswerFile, DocumentFacts, InformationRequest, PointFile, RequestPoint
from applications.queries.drafts import load_draft
from applications.services import consents, drafting
from applications.services import files as services
from applications.services.private import accept_part, invite_person
from documents.models import Document
from regulators.rulebook import Slot
from tests.plugins import files
from tests.plugins.cases import fresh
from tests.plugins.own_part import CANARY_FILE, question_with_text
from tests.portal.conftest import pdf, url_of

pytestmark = pytest.mark.django_db(transaction=True)
FACTS = {"version": "0", "title": "Canary title", "kind": "identity", "language": "kk"}


def body(response):
    return response.content.decode()


@pytest.fixture(autouse=True)
def _no_scanner(settings):
    settings.CLAMD_ADDRESS = ""


@pytest.fixture
def theirs(draft_case, part, dana, own_user, signed_in):
    consents.give_consent(actor=own_user, case_id=draft_case.pk, person=dana, language="kk")
    return signed_in(own_user)


@pytest.fixture
def code(draft_case, dana):
    return question_with_text(draft_case)[1].requirement.code


@pytest.fixture
def url(part, code):
    return reverse("portal:own_question", args=[part.pk, code])


@pytest.fixture
def point(draft_case, part, dana, afsa_staff):
    request = InformationRequest.objects.create(
        application=draft_case, number=1, status="sent", due_on=timezone.localdate(),
        written_by=afsa_staff.reviewer, sent_at=timezone.now(),
    )  # fmt: skip
    return RequestPoint.objects.create(
        request=request, number=1, requirement="FP-07", person=dana, question="Since when?"
    )


def held():
    rows = [*AnswerFile.objects.filter(removed_at=None), *PointFile.objects.filter(removed_at=None)]
    return [row.document.name for row in rows]


@pytest.mark.parametrize("of_point", [False, True])
def test_a_file_is_given_described_replaced_and_taken_out(
    theirs, part, point, url, of_point, signed_in, firm_user
):
    here = reverse("portal:own_point", args=[part.pk, point.pk]) if of_point else url
    page = body(theirs.get(here))
    assert page.count(f'data-url="{here}file/"') == 1
    given = theirs.post(here + "file/", {"files": pdf("v1.pdf", b"1")})
    first = Document.objects.get()
    assert (given.status_code, f'formaction="{here}detach/"' in body(given)) == (201, True)
    about = f"{here}files/{first.pk}/"
    assert theirs.get(about).status_code == 200
    assert theirs.get(about + "status/?was=check").status_code == 200
    assert theirs.post(about, FACTS).url == f"{here}#file-{first.pk}"
    assert "Canary title" in body(theirs.get(here))
    newer = theirs.post(about + "replace/", {"files": [pdf("v2.pdf", b"2")]})
    assert (newer.url, held()) == (here, ["v2.pdf"])
    page = body(theirs.get(here))
    assert "Version 1: v1.pdf" in page
    assert 'alt="First page' not in page  # no list shows a face
    second = Document.objects.get(name="v2.pdf")
    firm = signed_in(firm_user)
    for one in (first, second):
        assert firm.get(f"{here}files/{one.pk}/").status_code == 404
        assert firm.post(here + "file/", {"files": pdf(), "replaces": str(one.pk)}).status_code == 404
        assert firm.get(reverse("portal:document", args=[one.pk])).status_code == 404
    typed = {"p1-text": "Typed", "p1-version": "0"} if of_point else {"version": "0"}
    gone = theirs.post(here + "detach/", typed | {"document": str(second.pk)})
    assert (gone.url, held()) == (here, [])
    if of_point:
        point.refresh_from_db()
        assert point.answer == "Typed"


def test_without_the_script_the_form_gives_them_with_what_is_typed(theirs, url):
    stay = {"version": "0", "act": "stay", "files": [pdf("1.pdf"), pdf("2.pdf", b"2")]}
    assert theirs.post(url, stay).url == url
    assert held() == ["1.pdf", "2.pdf"]


def test_after_the_consent_is_withdrawn_nothing_is_given(theirs, url, draft_case, dana, own_user):
    theirs.post(url + "file/", {"files": pdf("v1.pdf", b"1")})
    document = Document.objects.get()
    consents.withdraw_consent(actor=own_user, case_id=draft_case.pk, person=dana, how="self")
    assert "Describe" not in body(theirs.get(url))
    about = f"{url}files/{document.pk}/"
    answers = [
        theirs.post(url + "file/", {"files": pdf()}),
        theirs.post(about, FACTS),
        theirs.post(about + "replace/", {"files": [pdf("v2.pdf", b"2")]}),
    ]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert (held(), DocumentFacts.objects.count()) == (["v1.pdf"], 0)


# --- versions tell nobody what they may not read


@pytest.fixture
def shared(draft_case, firm_user, dana, own_user):
    """A file that the firm gave for its own question and for one about the person, who is invited then."""
    place = {"actor": firm_user, "case_id": draft_case.pk}
    document = drafting.attach(
        **place, requirement="BP-03", upload=pdf("firm.pdf", b"firm"), name="firm.pdf"
    ).document
    code = question_with_text(draft_case)[1].requirement.code
    services.pick(**place, requirement=code, document_id=document.pk, person=dana)
    _access, token = invite_person(
        actor=firm_user, case_id=draft_case.pk, person=dana, email=own_user.email, language="kk"
    )
    accept_part(actor=fresh(own_user), token=token)
    return document


def test_a_private_version_of_a_shared_file_is_in_no_chain_of_the_firm(
    browser, draft_case, shared, dana, own_user, code
):
    place = {"actor": own_user, "case_id": draft_case.pk, "requirement": code, "person": dana}
    private = services.replace(**place, document=shared, upload=files.upload(CANARY_FILE, files.pdf(b"p")),
                               name=CANARY_FILE)  # fmt: skip
    assert (private.supersedes, private.number) == (None, 1)
    here = url_of(draft_case, "BP-03")
    for address in (here, f"{here}files/{shared.pk}/", here + "pick/"):
        assert CANARY_FILE not in body(browser.get(address))
    newer = services.replace(
        actor=fresh(draft_case.created_by), case_id=draft_case.pk, requirement="BP-03", document=shared,
        upload=pdf("firm-2.pdf", b"firm 2"), name="firm-2.pdf",
    )  # fmt: skip
    assert (newer.number, newer.supersedes) == (2, shared)
    draft = load_draft(draft_case)
    assert [d.name for d in draft.answer((code, dana.pk)).documents] == [CANARY_FILE]
    for address in (here, f"{here}files/{newer.pk}/"):
        assert CANARY_FILE not in body(browser.get(address))


def test_the_person_reads_nothing_of_later_versions_that_the_firm_gave(
    theirs_of_shared, draft_case, shared, dana, code
):
    url = reverse("portal:own_question", args=[draft_case.accesses.get(person=dana).pk, code])
    newer = services.replace(
        actor=fresh(draft_case.created_by), case_id=draft_case.pk, requirement="BP-03", document=shared,
        upload=pdf("secret-plan.pdf", b"firm 2"), name="secret-plan.pdf",
    )  # fmt: skip
    assert newer.number == 2
    for address in (url, f"{url}files/{shared.pk}/"):
        page = body(theirs_of_shared.get(address))
        assert "firm.pdf" in page
        assert "secret-plan.pdf" not in page


@pytest.fixture
def theirs_of_shared(shared, draft_case, dana, own_user, signed_in):
    consents.give_consent(actor=own_user, case_id=draft_case.pk, person=dana, language="kk")
    return signed_in(fresh(own_user))


def test_what_the_firm_said_of_a_shared_file_is_not_the_persons_to_change(
    theirs_of_shared, draft_case, shared, dana, own_user
):
    code = question_with_text(draft_case)[1].requirement.code
    part = draft_case.accesses.get(person=dana)
    here = reverse("portal:own_question", args=[part.pk, code])
    refused = theirs_of_shared.post(f"{here}files/{shared.pk}/", FACTS)
    assert refused.status_code == 422
    assert "so the firm alone says what it is" in body(refused)
    assert DocumentFacts.objects.count() == 0


def test_an_invited_person_gives_what_the_question_takes(theirs, draft_case, slotted, url, code, point):
    slot = Slot(kinds=("pdf", "png"), most_files=1)
    slotted(draft_case, {code: slot, "FP-07": slot})
    own_point = reverse("portal:own_point", args=[point_part(url), point.pk])
    for page in (url, own_point):
        before = body(theirs.get(page))
        assert "Kinds: PDF, PNG. Without passwords and macros." in before
        assert 'accept=".pdf,.png"' in before
        refused = theirs.post(page + "file/", {"files": files.upload("a.docx", files.docx())})
        words = "This question takes these kinds of file: PDF, PNG."
        assert (refused.status_code, body(refused).startswith(words)) == (422, True)
        announced = {"name": "a.docx", "size": 9, "declared_type": "", "mark": ""}
        assert theirs.post(page + "file/", announced).status_code == 422
        assert theirs.post(page + "file/", {"files": pdf("one.pdf")}).status_code == 201
        second = theirs.post(page + "file/", {"files": pdf("two.pdf")})
        assert (second.status_code, "takes 1 file, and it has it" in body(second)) == (422, True)
    assert held() == ["one.pdf", "one.pdf"]


def point_part(url):
    """The id of the part in the address of one of its questions."""
    return resolve(url).kwargs["part"]
