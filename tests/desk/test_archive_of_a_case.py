"""All files of a case as one ZIP: what is in it, what is left out and why, and what goes on record."""

import csv
import io
import uuid
import zipfile
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.desk.timeline import timeline_of
from applications.queries.files_of_case import GivenFile, files_of_case
from applications.services import drafting, files
from applications.services.archive import Archive
from applications.services.conflicts import declare_conflict
from applications.services.copying import copy_application
from applications.services.evidence import open_evidence
from applications.services.snapshots import take_snapshot
from audit.models import Event
from documents.models import Document
from documents.storage import store
from tests.desk.conftest import at
from tests.plugins.cases import fresh
from tests.plugins.files import pdf, upload

pytestmark = pytest.mark.django_db(transaction=True)


def taken_apart(response):
    """Path and content of each file, and the lines of the index after its head."""
    assert response.status_code == 200, response.content
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    return content, list(csv.reader(io.StringIO(content.pop("index.csv").decode("utf-8-sig"))))[1:]


@pytest.fixture
def with_files(afm_draft_case, firm_user):
    """A filed case, with the document of each name. ``twice.pdf`` is given for two questions."""
    case = afm_draft_case
    rules = [r for r in case.book.requirements if "documents" in r.evidence and not r.per_person][:2]
    places = [{"actor": firm_user, "case_id": case.pk, "requirement": rule.code} for rule in rules]
    made = {
        name: drafting.attach(**places[0], upload=upload(name, pdf(name.encode())), name=name).document
        for name in ("twice.pdf", "=план.pdf", "gone.pdf", "infected.pdf")
    }
    files.pick(**places[1], document_id=made["twice.pdf"].pk)
    with transaction.atomic():
        take_snapshot(fresh(case), actor=firm_user, declaration={"text": "True."})
    type(case).objects.filter(pk=case.pk).update(submitted_at="2026-03-01T00:00Z", reference="AFM-1")
    return fresh(case), rules, made


def opened(case):
    found = Event.objects.filter(subject=case.audit_subject, kind="document.opened").order_by("number")
    return [(event.data["document"], event.reason) for event in found]


def document_reads(asked):
    by_key = 'FROM "documents_document" WHERE "documents_document"."id"'
    return [one["sql"] for one in asked if by_key in one["sql"]]


def test_each_file_comes_once_in_the_folder_of_its_question_and_each_opening_is_on_record(
    with_files, afm_staff, english
):
    case, rules, made = with_files
    browser = english(afm_staff.reviewer)
    content, index = taken_apart(browser.post(at("archive", case)))

    stage = f"{case.book.stage_codes.index(rules[0].stage) + 1} "
    paths = sorted(name for name in content if name.startswith(stage))
    folder = paths[0].rpartition("/")[0]
    assert folder.endswith(f"/{rules[0].code}")
    assert paths == sorted(f"{folder}/{name}" for name in made)
    assert {name: content[f"{folder}/{name}"] for name in made} == {n: pdf(n.encode()) for n in made}
    papers = sorted(set(content) - set(paths))
    assert papers == ["AFM-1-1-en.pdf"]
    assert content[papers[0]].startswith(b"%PDF")

    of_twice = [row for row in index if row[1] == "twice.pdf"]
    assert [row[0] for row in of_twice] == [f"{folder}/twice.pdf"] * 2
    assert [row[2].split()[0] for row in of_twice] == [rules[0].code, rules[1].code]
    assert {row[6] for row in of_twice} == {made["twice.pdf"].sha256}
    assert [row[1] for row in index if "план" in row[1]] == ["'=план.pdf"]
    assert sorted(opened(case)) == sorted((str(document.pk), "zip") for document in made.values())


def test_a_download_is_one_line_of_what_happened_and_names_its_files(with_files, afm_staff, english):
    case, _rules, made = with_files
    browser = english(afm_staff.reviewer)
    for _download in range(2):
        taken_apart(browser.post(at("archive", case)))
    single = made["twice.pdf"]
    assert browser.get(at("document", case, single.pk)).status_code == 200

    lines = [line for line in timeline_of(fresh(case)) if line.files or line.what == "Document opened"]
    assert [(line.what, line.detail) for line in lines] == [
        ("Document opened", "twice.pdf"),
        ("Files taken as a ZIP", "4 files"),
        ("Files taken as a ZIP", "4 files"),
    ]
    assert [sorted(line.files) for line in lines] == [[], sorted(made), sorted(made)]
    assert {line.who for line in lines} == {afm_staff.reviewer.audit_name}
    assert len(opened(case)) == 2 * len(made) + 1  # the record has each of them
    page = browser.get(reverse("admin:applications_application_change", args=[case.pk])).content.decode()
    assert page.count("Files taken as a ZIP") == 2
    assert page.count("=план.pdf") == 2


def test_a_download_that_broke_off_names_what_it_reached(with_files, afm_staff):
    case, _rules, _made = with_files
    sent = iter(Archive(actor=fresh(afm_staff.reviewer), case=case, files=files_of_case(case)))
    next(sent)
    [line] = [line for line in timeline_of(case) if line.files]
    assert (line.detail, line.files) == ("1 file", [files_of_case(case)[0].name])


def test_each_document_is_read_by_its_opening_alone(with_files, afm_staff):
    case, _rules, made = with_files
    archive = Archive(actor=fresh(afm_staff.reviewer), case=case, files=files_of_case(case))
    with CaptureQueriesContext(connection) as asked:
        b"".join(archive)
    reads = document_reads(asked)
    with CaptureQueriesContext(connection) as alone:
        open_evidence(actor=fresh(afm_staff.reviewer), document_id=made["gone.pdf"].pk, case=case)[1].close()
    assert len(reads) == 1 + len(made) * len(document_reads(alone))


def test_what_may_not_be_opened_is_left_out_and_the_index_says_why(with_files, afm_staff, english):
    case, _rules, made = with_files
    store().delete(made["gone.pdf"].key)
    Document.objects.filter(pk=made["infected.pdf"].pk).update(status="infected")

    content, index = taken_apart(english(afm_staff.reviewer).post(at("archive", case)))

    assert [name.rpartition("/")[2] for name in content if "/" in name] == ["twice.pdf", "=план.pdf"]
    why = {row[1]: row[7] for row in index if row[7]}
    assert sorted(why) == ["gone.pdf", "infected.pdf"]
    assert {row[0] for row in index if row[7]} == {""}
    assert "virus" in why["infected.pdf"].lower()
    assert Document.objects.get(pk=made["gone.pdf"].pk).damaged_at is not None


def test_two_files_of_one_name_in_one_folder_are_both_there(afm_draft_case, firm_user, afm_staff, english):
    case = afm_draft_case
    rule = next(r for r in case.book.requirements if "documents" in r.evidence and not r.per_person)
    place = {"actor": firm_user, "case_id": case.pk, "requirement": rule.code}
    made = [
        drafting.attach(**place, upload=upload("a.pdf", pdf(b)), name="a.pdf").document for b in (b"1", b"2")
    ]
    with transaction.atomic():
        take_snapshot(fresh(case), actor=firm_user, declaration={"text": "True."})
    type(case).objects.filter(pk=case.pk).update(submitted_at="2026-03-01T00:00Z", reference="AFM-1")

    content, _index = taken_apart(english(afm_staff.reviewer).post(at("archive", case)))
    names = sorted(name.rpartition("/")[2] for name in content if "/" in name)
    later = names[0].removeprefix("a-").removesuffix(".pdf")
    assert names == [f"a-{later}.pdf", "a.pdf"]
    assert later in {document.pk.hex[:8] for document in made}


def test_names_that_one_system_takes_for_the_same_or_for_a_device_lie_apart(afm_draft_case, firm_user):
    archive = Archive(actor=firm_user, case=afm_draft_case, files=())
    named = [("a.pdf", "Aida"), ("A.PDF", "Aida"), ("a.pdf", "Aux"), ("a.pdf", "..."), ("a.pdf", "../x")]
    documents = [uuid.UUID(int=number) for number in range(len(named))]
    for document, (name, person) in zip(documents, named, strict=True):
        file = GivenFile(document=document, name=name, folder=("BP-03", person), what_for="BP-03")
        archive.paths[document] = archive._path_of(file)
    assert list(archive.paths.values()) == [
        "BP-03/Aida/a.pdf", "BP-03/Aida/A-00000000.PDF", "BP-03/_Aux/a.pdf", "BP-03/-/a.pdf", "BP-03/x/a.pdf",
    ]  # fmt: skip
    taken = uuid.UUID(int=9)
    archive.paths[taken] = "BP-03/Aida/a-00000000.pdf"
    later = GivenFile(document=documents[0], name="a.pdf", folder=("BP-03", "Aida"), what_for="BP-03")
    assert archive._path_of(later) == "BP-03/Aida/a-00000000-00000000.pdf"


def test_the_index_says_the_day_of_here(afm_draft_case, firm_user, document_store, time_machine):
    case = afm_draft_case
    rule = next(r for r in case.book.requirements if "documents" in r.evidence and not r.per_person)
    at_night = datetime(2026, 12, 4, 22, tzinfo=UTC)  # the next day already in Kazakhstan
    time_machine.move_to(at_night, tick=False)
    place = {"actor": firm_user, "case_id": case.pk, "requirement": rule.code}
    drafting.attach(**place, upload=upload("a.pdf", pdf()), name="a.pdf")
    archive = Archive(actor=fresh(firm_user), case=case, files=files_of_case(case), papers=[("all.pdf", b"")])
    assert b"".join(archive).startswith(b"PK")
    assert [(row[1], str(row[4])) for row in archive.rows] == [
        ("all.pdf", "2026-12-05"), ("a.pdf", "2026-12-05"),
    ]  # fmt: skip


def test_a_conflict_that_is_declared_while_it_is_sent_shuts_what_is_left(with_files, afm_staff):
    case, _rules, _made = with_files
    sent = iter(Archive(actor=fresh(afm_staff.reviewer), case=case, files=files_of_case(case)))
    received = [next(sent)]
    declare_conflict(actor=fresh(afm_staff.reviewer), case=case, text="A cousin.")
    with zipfile.ZipFile(io.BytesIO(b"".join([*received, *sent]))) as archive:
        names = archive.namelist()
    assert (len(names), names[-1], len(opened(case))) == (2, "index.csv", 1)


def test_of_a_file_that_an_earlier_case_has_too_the_opening_is_on_record_where_it_was_opened(
    with_files, firm_user, afm_staff, english
):
    case, _rules, made = with_files
    for state in ("submitted", "withdrawn"):
        type(case).objects.filter(pk=case.pk).update(state=state)
    copy = copy_application(actor=fresh(firm_user), source=fresh(case))
    with transaction.atomic():
        take_snapshot(fresh(copy), actor=firm_user, declaration={"text": "True."})
    type(case).objects.filter(pk=copy.pk).update(submitted_at="2026-03-02T00:00Z", reference="AFM-2")
    content, _index = taken_apart(english(afm_staff.reviewer).post(at("archive", fresh(copy))))
    assert len([name for name in content if "/" in name]) == len(made)
    assert (len(opened(copy)), len(opened(case))) == (len(made), 0)
    page = english(afm_staff.reviewer).get(at("document", fresh(copy), made["twice.pdf"].pk))
    assert page.status_code == 200
    assert (len(opened(copy)), len(opened(case))) == (len(made) + 1, 0)


def test_the_page_says_how_many_files_there_are_and_records_nothing(with_files, afm_staff, english):
    case, _rules, _made = with_files
    page = english(afm_staff.reviewer).get(at("archive", case)).content.decode()
    assert "4 files as last submitted or sent in answers, the whole application, and an index." in page
    assert "That you open each of them goes on the record." in page
    assert opened(case) == []
    change = english(afm_staff.reviewer).get(reverse("admin:applications_application_change", args=[case.pk]))
    assert f'href="{at("archive", case)}">All files as a ZIP</a>' in change.content.decode()


def test_staff_of_another_regulator_and_the_firm_find_nothing(with_files, afsa_staff, firm_user, english):
    case, _rules, _made = with_files
    for user in (afsa_staff.reviewer, firm_user):
        assert english(user).post(at("archive", case)).status_code in (302, 404)
    assert opened(case) == []


def test_the_firm_has_its_files_too_before_and_after_it_submits(afm_draft_case, firm_user, english):
    case = afm_draft_case
    rule = next(r for r in case.book.requirements if "documents" in r.evidence and not r.per_person)
    place = {"actor": firm_user, "case_id": case.pk, "requirement": rule.code}
    first = drafting.attach(**place, upload=upload("first.pdf", pdf()), name="first.pdf").document
    browser, url = english(firm_user), reverse("portal:archive", args=[case.pk])
    page = browser.get(reverse("portal:paper", args=[case.pk])).content.decode()
    assert f'<form method="post" action="{url}"' in page
    assert "The files as they stand now, with the answers and an index." in page

    content, _index = taken_apart(browser.post(url))
    assert [name.rpartition("/")[2] for name in content if "/" in name] == ["first.pdf"]
    assert opened(case) == [(str(first.pk), "zip")]

    with transaction.atomic():
        take_snapshot(fresh(case), actor=firm_user, declaration={"text": "True."})
    drafting.attach(**place, upload=upload("later.pdf", pdf(b"2")), name="later.pdf")
    content, _index = taken_apart(browser.post(url))
    assert [name.rpartition("/")[2] for name in content if "/" in name] == ["first.pdf"]
