"""Comments, assignments and sign-offs are the firm's own: who reads and writes them, and who never does."""

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from applications.models import Application, InsideNote, Snapshot
from applications.queries.inside import inside_of, inside_of_case
from applications.services import drafting
from applications.services import inside as services
from applications.services.inside import Place
from audit.models import Event
from notifications.models import Message
from tests.plugins.cases import fresh, new_applicant, new_firm, submit
from workflow.errors import Gone, NotAllowed, NotReady

pytestmark = pytest.mark.django_db
CANARY = "kanarienvogel"


@pytest.fixture
def join(firm_user, custody_firm):
    def make(name, *roles):
        user = new_applicant(name)
        token = accounts.invite_member(
            actor=firm_user, firm_id=custody_firm.pk, email=user.email, roles=roles
        )[1]
        accounts.accept_invitation(actor=user, token=token)
        return fresh(user)

    return make


@pytest.fixture
def stage(draft_case):
    found = draft_case.stages.get(code="business_plan")
    found.application = draft_case
    return found


@pytest.fixture
def place(stage):
    return Place(stage=stage, requirement="BP-01")


def test_members_who_work_on_it_write_viewers_read_and_others_find_nothing(
    firm_user, join, place, afsa_staff, draft_case
):
    note = services.comment(actor=firm_user, place=place, text=" Ask the bank. ")
    assert (note.text, note.by) == ("Ask the bank.", firm_user)
    stranger = new_applicant("Stranger")
    new_firm(stranger, "Theirs")
    Application.objects.filter(pk=draft_case.pk).update(submitted_at=timezone.now())
    filed = fresh(draft_case).stages.get(code="business_plan")
    for person in (fresh(stranger), afsa_staff.lead_reviewer, afsa_staff.decision_maker):
        assert inside_of(person, Place(stage=filed, requirement="BP-01")) is None
        assert not inside_of_case(person, filed.application, [filed])
        with pytest.raises(NotAllowed):
            services.comment(actor=person, place=Place(stage=filed), text="Here too.")
    for role, writes in (("owner", True), ("signatory", True), ("editor", True), ("viewer", False)):
        person = join(role.title(), role)
        seen = inside_of(person, place)
        assert ([one["note"].text for one in seen.comments][:1], seen.may_write) == (
            ["Ask the bank."],
            writes,
        )
        if not writes:
            with pytest.raises(NotAllowed):
                services.comment(actor=person, place=place, text="Me too.")


@pytest.mark.parametrize(("seconds", "changed"), [(-1, True), (0, False)])
def test_a_comment_is_changed_by_its_author_for_some_minutes(
    firm_user, join, stage, place, time_machine, seconds, changed
):
    note = services.comment(actor=firm_user, place=place, text="First")
    with pytest.raises(NotAllowed):
        services.edit_comment(actor=join("Other", "editor"), stage=stage, pk=note.pk, text="Not mine")
    time_machine.move_to(note.at + timedelta(minutes=15, seconds=seconds), tick=False)
    if changed:
        services.edit_comment(actor=firm_user, stage=stage, pk=note.pk, text="Second")
    else:
        with pytest.raises(NotReady):
            services.edit_comment(actor=firm_user, stage=stage, pk=note.pk, text="Second")
    assert fresh(note).text == ("Second" if changed else "First")


def test_a_deleted_comment_leaves_its_place_and_not_its_text(firm_user, join, stage, place):
    note = services.comment(actor=firm_user, place=place, text=CANARY)
    with pytest.raises(NotAllowed):
        services.delete_comment(actor=join("Other", "owner"), stage=stage, pk=note.pk)
    services.delete_comment(actor=firm_user, stage=stage, pk=note.pk)
    assert (fresh(note).text, fresh(note).closed_by) == ("", firm_user)
    assert len(inside_of(firm_user, place).comments) == 1
    with pytest.raises(Gone):
        services.delete_comment(actor=firm_user, stage=stage, pk=note.pk)


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_a_comment_has_words_and_not_too_many(firm_user, place, text):
    with pytest.raises(NotReady):
        services.comment(actor=firm_user, place=place, text=text)


def test_an_assignment_has_one_holder_and_is_on_the_page_of_the_case(
    firm_user, join, stage, place, signed_in
):
    first, second = join("First Holder", "editor"), join("Second Holder", "viewer")
    services.assign(actor=firm_user, place=place, to=first, due_on=date(2026, 12, 1))
    services.assign(actor=firm_user, place=place, to=second, due_on=date(2020, 12, 1))
    section = Place(stage=stage, section=stage.application.book.sections_of(stage.code)[0].code)
    services.assign(actor=firm_user, place=section, to=second)
    assert [one.closed_at is None for one in InsideNote.objects.order_by("pk")] == [False, True, True]
    found = inside_of_case(second, stage.application, [stage])
    assert [(row.note.due_on, row.is_late) for row in found.mine] == [
        (date(2020, 12, 1), True),
        (None, False),
    ]
    assert inside_of_case(first, stage.application, [stage]).mine == []
    page = signed_in(second).get(reverse("portal:case", args=[stage.application_id])).content.decode()
    assert "Assigned to you" in page
    assert reverse("portal:question", args=[stage.application_id, "business_plan", "BP-01"]) in page
    services.finish_assignment(actor=second, place=place)
    with pytest.raises(NotAllowed):
        services.finish_assignment(actor=join("Viewer", "viewer"), place=section)
    assert [row.note.section for row in inside_of_case(second, stage.application, [stage]).mine] == [
        section.section
    ]


def test_nothing_is_assigned_to_a_stranger_nor_by_a_viewer(firm_user, join, place, stage, afsa_staff):
    for person in (new_applicant("Stranger"), afsa_staff.reviewer):
        with pytest.raises(NotReady):
            services.assign(actor=firm_user, place=place, to=person)
    with pytest.raises(NotReady):
        services.assign(actor=firm_user, place=Place(stage=stage), to=firm_user)
    with pytest.raises(NotAllowed):
        services.assign(actor=join("Viewer", "viewer"), place=place, to=firm_user)
    assert InsideNote.objects.count() == 0


def test_what_was_signed_off_is_marked_when_its_stage_changes_and_no_other(
    firm_user, join, draft_case, stage
):
    signatory = join("Signatory", "signatory")
    capital = draft_case.stages.get(code="capital")
    for one in (stage, capital):
        services.sign_off(actor=signatory, stage=one)
    drafting.save_answer(
        actor=firm_user, case_id=draft_case.pk, requirement="BP-01", value={"text": "Another answer."}
    )
    signed = dict(InsideNote.objects.values_list("stage", "closed_by"))
    assert signed == {"business_plan": firm_user.pk, "capital": None}
    assert [note.closed_at is None for note in inside_of(signatory, Place(stage=stage)).signed] == [False]
    services.sign_off(actor=signatory, stage=stage)
    assert [note.closed_at for note in inside_of(signatory, Place(stage=stage)).signed] == [None]
    services.take_back_sign_off(actor=signatory, stage=stage)
    assert inside_of(signatory, Place(stage=stage)).signed == []
    with pytest.raises(NotAllowed):
        services.sign_off(actor=join("Viewer", "viewer"), stage=stage)


def test_the_notes_stay_with_a_discarded_draft(firm_user, draft_case, place):
    services.comment(actor=firm_user, place=place, text="Why we stop.")
    drafting.discard_application(actor=firm_user, case=draft_case, expected_version=draft_case.version)
    assert [one["note"].text for one in inside_of(firm_user, place).comments] == ["Why we stop."]


# --- pages


def test_a_comment_is_written_beside_the_question_and_read_there(firm_user, draft_case, signed_in):
    browser = signed_in(firm_user)
    question = reverse("portal:question", args=[draft_case.pk, "business_plan", "BP-01"])
    here = reverse("portal:inside", args=[draft_case.pk, "business_plan", "BP-01"])
    assert f'action="{here}"' in browser.get(question).content.decode()
    wrong = browser.post(here, {"act": "comment", "text": " "})
    assert (wrong.status_code, "Write the comment." in wrong.content.decode()) == (422, True)
    answer = browser.post(here, {"act": "comment", "text": "Ask <b>the</b> bank."})
    assert answer.url == f"{question}#inside"
    assert "Ask &lt;b&gt;the&lt;/b&gt; bank." in browser.get(question).content.decode()
    stage = browser.get(reverse("portal:stage", args=[draft_case.pk, "business_plan"])).content.decode()
    assert "1 comment stands beside a question of this stage." in stage
    note = InsideNote.objects.get()
    own = reverse("portal:inside_comment", args=[draft_case.pk, "business_plan", note.pk])
    assert browser.post(own, {"act": "save", "text": "Ask both banks."}).url == f"{question}#inside"
    assert "Ask both banks." in browser.get(question).content.decode()
    browser.post(own, {"act": "delete"})
    assert "The author deleted this comment." in browser.get(question).content.decode()
    assert browser.get(own).status_code == 404


def test_a_question_is_assigned_on_its_page_of_notes(firm_user, join, draft_case, signed_in):
    other, browser = join("Дана Қожахметова", "editor"), signed_in(firm_user)
    here = reverse("portal:inside", args=[draft_case.pk, "business_plan", "BP-01"])
    assert "Дана Қожахметова" in browser.get(here).content.decode()
    wrong = browser.post(here, {"act": "assign", "to": "", "due_on_day": "x"})
    assert (wrong.status_code, list(wrong.context["assign_form"].errors)) == (422, ["to", "due_on"])
    data = {"act": "assign", "to": other.pk, "due_on_day": 5, "due_on_month": 3, "due_on_year": 2027}
    done = browser.post(here, data, follow=True).content.decode()
    assert "Assigned to Дана Қожахметова by Friday 5 March 2027" in " ".join(done.split())
    assert browser.post(here, {"act": "assign", "to": "0"}).status_code == 422
    assert browser.post(here, {"act": "shout"}).status_code == 404


@pytest.mark.parametrize("comments", [1, 3])
def test_a_question_asks_the_database_no_more_for_three_comments_than_for_one(
    firm_user, place, draft_case, signed_in, django_assert_max_num_queries, comments
):
    for number in range(comments):
        services.comment(actor=firm_user, place=place, text=f"Comment {number}")
    browser = signed_in(firm_user)
    url = reverse("portal:question", args=[draft_case.pk, "business_plan", "BP-01"])
    browser.get(url)
    with django_assert_max_num_queries(11):
        browser.get(url)


# --- the regulator reads none of it


def test_nothing_of_it_is_submitted_recorded_or_mailed(firm_user, filled_afm_case, join, afm_staff):
    bird = join("Kanarienvogel Colleague", "editor")
    for stage in filled_afm_case.stages.all():
        services.comment(actor=firm_user, place=Place(stage=stage), text=f"{CANARY} of the stage")
        for requirement in stage.application.book.requirements_of(stage.code):
            place = Place(stage=stage, requirement=requirement.code)
            services.comment(actor=firm_user, place=place, text=f"{CANARY} beside it")
            services.assign(actor=firm_user, place=place, to=bird)
        services.sign_off(actor=bird, stage=stage)
    submit(fresh(filled_afm_case), firm_user)
    kept = [*Snapshot.objects.values_list("content", "law")]
    kept += Event.objects.exclude(subject__startswith="account:").values_list("data", "reason")
    said = [*Message.objects.filter(internal=True).values_list("subject", "body_text", "subject_ref")]
    said += [(letter.subject, letter.body) for letter in mail.outbox if "@staff" in str(letter.to)]
    assert (len(kept) > 1, len(said) > 0) == (True, True)
    assert [text for text in map(str, [*kept, *said]) if CANARY in text.casefold()] == []


def test_no_page_of_the_regulator_knows_the_notes():
    """Not the models, the queries or the services; nor what makes snapshots, letters, exports and mails."""
    base = Path(settings.BASE_DIR)
    rooms = [base / "applications" / "desk", base / "applications" / "pipeline"]
    files = [path for room in rooms for path in room.rglob("*.py")]
    files += [path for room in ("notifications", "licences", "regulators", "documents", "audit")
              for path in (base / room).rglob("*.py")]  # fmt: skip
    files += [*base.glob("applications/*.py"), *base.glob("applications/services/*.py")]
    files += [*base.glob("applications/queries/*.py")]
    own = {"applications/services/inside.py", "applications/queries/inside.py",
           "applications/services/drafting.py", "applications/services/files.py"}  # fmt: skip
    knowing = {str(path.relative_to(base)) for path in files if _knows(path)}
    assert knowing == own


def _knows(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            named = {alias.name for alias in node.names}
            if (node.module or "").endswith(".inside") or named & {"InsideNote", "inside"}:
                return True
        if isinstance(node, ast.Attribute) and node.attr in ("InsideNote", "insidenote_set"):
            return True
        if isinstance(node, ast.Constant) and str(node.value).lower() == "insidenote":
            return True
    return False


def test_nothing_leads_from_a_case_a_person_or_an_account_to_the_notes():
    for field in InsideNote._meta.get_fields():
        if field.is_relation:
            assert field.remote_field.hidden, field.name
