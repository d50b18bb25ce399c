"""Holds and destructions on the desk: one list of what is due, acts of two people, and the certificate."""

import hashlib
import io

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from applications.models import Destruction, DestructionCertificate, LegalHold
from applications.queries.files_of_case import files_of_case
from applications.services import destruction, holds, retention
from applications.services.archive import Archive
from documents.models import Document
from tests.applications.test_copying import withdrawn
from tests.desk.conftest import at
from tests.plugins.cases import fresh
from tests.plugins.destroyed import destruction_of, documents, ended, perform, propose, years_ago

pytestmark = pytest.mark.django_db
LIST = "admin:applications_destruction_changelist"


@pytest.fixture
def ended_case(submitted_afm_case, firm_user):
    return ended(withdrawn(submitted_afm_case, firm_user), years_ago(days=1))


@pytest.fixture
def open_as(afm_staff, signed_in):
    """A function: the page as a member of staff sees it."""

    def get(who, url, **data):
        return signed_in(getattr(afm_staff, who)).get(url, data)

    return get


def text(response):
    return response.content.decode()


def test_without_a_period_the_pages_say_that_everything_is_kept(ended_case, open_as, afm):
    page = text(open_as("reviewer", reverse(LIST)))
    assert f"{afm.regulator.name}: documents are kept until the regulator sets a period." in page
    assert "The documents are kept until the regulator sets a period." in text(
        open_as("reviewer", at("change", ended_case))
    )


def test_the_list_names_what_is_due_and_what_is_held(ended_case, keeping_rule, open_as, afm_staff):
    keeping_rule()
    retention.find_due()
    page = text(open_as("reviewer", reverse(LIST)))
    assert ended_case.reference in page
    assert "documents are kept for 5 years after the case ended (Order 7, Line 12)." in page
    assert ">Held<" not in page
    holds.place_hold(actor=afm_staff.lead_reviewer, case=ended_case, reason="A suit.")
    assert ">Held<" in text(open_as("reviewer", reverse(LIST)))


def test_a_hold_is_placed_on_its_page_and_lifted_by_two(ended_case, afm_staff, signed_in):
    lead, decider = signed_in(afm_staff.lead_reviewer), signed_in(afm_staff.decision_maker)
    url = at("hold_new", ended_case)
    assert lead.post(url, {"reason": ""}).status_code == 422
    assert lead.post(url, {"reason": "A suit."}).status_code == 302
    hold = LegalHold.objects.get()
    page = text(decider.get(at("change", ended_case)))
    assert ("A suit." in page, "Legal hold" in page) == (True, True)
    act = reverse("admin:applications_legalhold_act", args=[hold.pk, "lift"])
    assert act in page
    assert act not in text(signed_in(afm_staff.reviewer).get(at("change", ended_case)))
    assert lead.post(act, {"version": 0, "reason": "Over."}).status_code == 302
    assert fresh(hold).state == "standing"
    assert lead.post(act, {"version": fresh(hold).version}).status_code == 403
    assert decider.post(act, {"version": fresh(hold).version}).status_code == 302
    assert fresh(hold).state == "lifted"


def test_the_firm_learns_nothing_of_a_hold(ended_case, afm_staff, firm_user, signed_in):
    firm = signed_in(firm_user)
    pages = [reverse("portal:home"), reverse("portal:case", args=[ended_case.pk])]
    before = [text(firm.get(url)) for url in pages]
    holds.place_hold(actor=afm_staff.lead_reviewer, case=ended_case, reason="kanarienvogel")
    after = [text(firm.get(url)) for url in pages]
    assert [page for page in after if "kanarienvogel" in page or "legal hold" in page.lower()] == []
    assert [len(page) for page in after] == [len(page) for page in before]


def test_the_firm_learns_of_no_destruction_that_a_hold_stopped(
    ended_case, keeping_rule, afm_staff, firm_user, signed_in, english
):
    given = ended_case.snapshots.get().content["questions"]
    one = next(one for one in given if one["files"] and not one["person"])
    firm = english(firm_user)
    addresses = [
        reverse("portal:question", args=[ended_case.pk, one["stage"], one["requirement"]]),
        reverse("portal:document", args=[one["files"][0]["document"]]),
    ]
    told = "This file cannot be opened at the moment."
    keeping_rule()
    retention.find_due()
    found = Destruction.objects.get()
    propose(found, afm_staff.lead_reviewer)
    perform(found, afm_staff.decision_maker)
    destruction._take_up(found.pk)
    for answer in map(firm.get, addresses):
        page = text(answer)
        assert (told in page, "destr" in page.lower(), "legal hold" in page.lower()) == (True, False, False)
    holds.place_hold(actor=afm_staff.lead_reviewer, case=ended_case, reason="A suit.")
    assert [told in text(firm.get(url)) for url in addresses] == [True, True]
    assert destruction.carry_out(destruction_id=found.pk)
    page = text(firm.get(addresses[0]))
    assert (told in page, "destr" in page.lower(), "legal hold" in page.lower()) == (False, False, False)
    assert firm.get(addresses[1]).status_code == 200


def test_two_people_destroy_at_the_desk_and_the_certificate_is_there(
    ended_case,
    keeping_rule,
    afm_staff,
    signed_in,
    firm_user,
):
    keeping_rule()
    retention.find_due()
    found = Destruction.objects.get()
    lead, decider = signed_in(afm_staff.lead_reviewer), signed_in(afm_staff.decision_maker)
    act = reverse("admin:applications_destruction_act", args=[found.pk, "destroy"])
    page_url = reverse("admin:applications_destruction_change", args=[found.pk])
    certificate_url = reverse("admin:applications_destruction_certificate", args=[found.pk])
    assert lead.post(act, {"version": 0}).status_code == 302
    assert lead.post(act, {"version": 0}).status_code == 403  # nobody confirms their own
    assert lead.get(certificate_url).status_code == 404
    assert decider.post(act, {"version": 0}).status_code == 302
    assert fresh(found).state == "confirmed"
    names = [one.name for one in documents(ended_case)]

    assert destruction.carry_out(destruction_id=found.pk)

    page = text(signed_in(afm_staff.reviewer).get(page_url))
    made = DestructionCertificate.objects.get()
    assert (made.sha256 in page, "Order 7, Line 12" in page) == (True, True)
    assert [name for name in names if name in page] == []
    for language, word in (("en", "Certificate of destruction"), ("ru", "унич"), ("kk", "жой")):
        answer = lead.get(certificate_url, {"language": language})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        pdf = "".join(part.extract_text() for part in PdfReader(io.BytesIO(answer.content)).pages)
        assert word.lower() in pdf.lower()
        assert made.content["reference"] in pdf
        assert made.sha256 in pdf.replace("\n", "")
        assert [name for name in [*names, firm_user.full_name, ended_case.firm.name] if name in pdf] == []
    lines = "".join(
        f"{one['document']} {one['sha256']} {one['size']} {one['type']}\n" for one in made.content["files"]
    )
    assert hashlib.sha256(lines.encode()).hexdigest() == made.sha256


def test_a_file_that_is_gone_is_named_as_such_to_both_sides(
    ended_case, keeping_rule, afm_staff, signed_in, firm_user
):
    given = ended_case.snapshots.get().content["questions"]
    question = next(one for one in given if one["files"] and not one["person"])
    document = Document.objects.get(pk=question["files"][0]["document"])
    keeping_rule()
    retention.find_due()
    found = Destruction.objects.get()
    propose(found, afm_staff.lead_reviewer)
    perform(found, afm_staff.decision_maker)
    destruction.carry_out(destruction_id=found.pk)
    words = "was destroyed on"

    desk = signed_in(afm_staff.reviewer)
    answer = desk.get(at("question", ended_case, question["stage"], question["requirement"]))
    assert (answer.status_code, words in text(answer)) == (200, True)
    opened = desk.get(at("document", ended_case, document.pk))
    assert (opened.status_code >= 400, words in text(opened)) == (True, True)
    firm = signed_in(firm_user)
    theirs = firm.get(
        reverse("portal:question", args=[ended_case.pk, question["stage"], question["requirement"]])
    )
    assert (theirs.status_code, words in text(theirs)) == (200, True)
    handed = firm.get(reverse("portal:document", args=[document.pk]))
    assert (handed.status_code >= 400, handed["Content-Type"].startswith("text/html")) == (True, True)
    archive = Archive(actor=afm_staff.reviewer, case=ended_case, files=files_of_case(ended_case))
    assert words.encode() in b"".join(archive)  # its line in the index says why it is left out


@pytest.mark.parametrize("role", ["case_officer", "specialist", "administrator"])
def test_who_may_not_act_reads_and_finds_no_act(ended_case, keeping_rule, afm_staff, signed_in, role):
    keeping_rule()
    retention.find_due()
    found = Destruction.objects.get()
    browser = signed_in(getattr(afm_staff, role))
    page = browser.get(reverse("admin:applications_destruction_change", args=[found.pk]))
    act = reverse("admin:applications_destruction_act", args=[found.pk, "destroy"])
    assert (page.status_code, act in text(page)) == (200, False)
    assert browser.post(act, {"version": 0}).status_code == 403
    assert browser.get(at("hold_new", ended_case)).status_code == 403


def test_staff_of_another_regulator_and_the_firm_find_nothing(
    ended_case, keeping_rule, afsa_staff, firm_user, signed_in
):
    keeping_rule()
    retention.find_due()
    found = Destruction.objects.get()
    own = reverse("admin:applications_destruction_change", args=[found.pk])
    other = signed_in(afsa_staff.decision_maker)
    assert ended_case.reference not in text(other.get(reverse(LIST)))
    assert other.get(own).status_code in (302, 404)
    assert signed_in(firm_user).get(own).status_code == 404
    assert signed_in(firm_user).get(reverse(LIST)).status_code == 404


def test_the_list_asks_as_much_for_one_as_for_three(ended_case, afm_staff, signed_in):
    browser, counts = signed_in(afm_staff.lead_reviewer), []
    browser.get(reverse(LIST))
    for rows in (1, 2, 3):
        over(destruction_of(ended_case, afm_staff.administrator))
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(reverse(LIST))
        assert len(page.context["cl"].result_list) == rows
        counts.append(len(asked))
    assert counts[0] == counts[2]


def over(made):
    """Past the guard: another one of the same case can follow."""
    with pgtrigger.ignore("applications.Destruction:state_guard"):
        Destruction.objects.filter(pk=made.pk).update(state="over")
