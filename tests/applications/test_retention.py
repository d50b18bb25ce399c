"""Documents of cases that ended: kept until their time is over, and never destroyed under a hold."""

import json
import threading
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from applications import tasks
from applications.models import (
    AnswerFile,
    Application,
    DestroyedFile,
    Destruction,
    DestructionCertificate,
    DocumentFacts,
    LegalHold,
)
from applications.paper import destroyed
from applications.queries import retention as queries
from applications.services import destruction, holds, retention
from applications.services.copying import copy_application
from applications.services.destroyed import digest
from applications.services.standing import keep
from audit.models import Event
from documents import storage
from documents.models import Document
from documents.services.keeping import record_damage
from licences.models import Licence, RegisterEntry
from regulators import services as regulators
from regulators.keeping import last_day
from regulators.models import AuthorityBasis
from tests.applications.test_copying import withdrawn
from tests.plugins.cases import fresh, new_staff
from tests.plugins.destroyed import YEARS, documents, ended, perform, propose, years_ago
from workflow import services as workflow
from workflow.errors import NotAllowed, NotReady, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(submitted_afm_case, firm_user):
    """Withdrawn, and its last day was yesterday, once there is a rule."""
    return ended(withdrawn(submitted_afm_case, firm_user), years_ago(days=1))


@pytest.fixture
def due(case, keeping_rule):
    """The destruction that the night finds."""
    keeping_rule()
    assert retention.find_due() == 1
    return Destruction.objects.get()


@pytest.fixture
def decided(due, afm_staff):
    """A function: two people decide on it."""

    def confirm(found=due):
        propose(found, afm_staff.lead_reviewer)
        return perform(found, afm_staff.decision_maker)

    return confirm


def lift(hold, proposer, confirmer):
    workflow.propose(
        LegalHold, hold.pk, "lift", actor=proposer, expected_version=fresh(hold).version,
        reason="The suit is over.",
    )  # fmt: skip
    return workflow.perform(LegalHold, hold.pk, "lift", actor=confirmer, expected_version=fresh(hold).version)


def stored(store):
    return {path.relative_to(store).as_posix() for path in Path(store).rglob("*") if path.is_file()}


# --- which cases are due


def test_without_a_period_nothing_is_ever_due(case):
    ended(case, date(2001, 1, 1))

    assert retention.find_due() == 0
    assert queries.kept_until(fresh(case)) is None


@pytest.mark.parametrize(("days", "found"), [(0, 0), (1, 1)])
def test_the_last_day_still_counts(case, keeping_rule, days, found):
    keeping_rule()
    case = ended(case, years_ago(days=days))
    assert queries.kept_until(case) == timezone.localdate() - timedelta(days=days)

    assert retention.find_due() == found


def test_a_period_that_nobody_confirmed_does_not_count(case, afm, afm_staff):
    regulators.enter_keeping_period(
        actor=afm_staff.administrator, regulator=afm.regulator, years=1, valid_from=date(2020, 1, 1), act="A",
        provision="1",
    )  # fmt: skip

    assert retention.find_due() == 0


def test_the_period_of_another_regulator_does_not_count(case, keeping_rule, afsa, afsa_staff):
    keeping_rule(1, afsa.regulator, afsa_staff)

    assert retention.find_due() == 0


def test_a_case_is_found_once(case, due):
    assert retention.find_due() == 0
    assert (due.application, due.ended_on, due.state) == (case, years_ago(days=1), "due")
    event = Event.objects.get(kind="destruction.found")
    assert (event.subject, event.actor_name) == (case.audit_subject, "system: document retention")


def test_a_case_that_goes_on_is_not_due(submitted_afm_case, keeping_rule):
    keeping_rule(1)
    case = ended(submitted_afm_case, date(2001, 1, 1))  # a day of a decision that was undone

    assert (queries.ended_on(case), case.kept_since, retention.find_due()) == (None, None, 0)


@pytest.mark.parametrize("state", ["refused", "lapsed", "not_accepted", "granted"])
def test_every_end_of_a_case_counts(case, keeping_rule, state):
    """A case that was granted without a licence, as one that ends in readiness, counts from its decision."""
    keeping_rule()
    with without_triggers():
        Application.objects.filter(pk=case.pk).update(state=state)
    keep([case.pk])

    assert retention.find_due() == 1


def test_a_discarded_draft_never_came_to_the_regulator(case, keeping_rule):
    keeping_rule()
    with without_triggers():
        Application.objects.filter(pk=case.pk).update(state="discarded")
    keep([case.pk])

    assert (queries.ended_on(fresh(case)), retention.find_due()) == (None, 0)


def without_triggers():
    import pgtrigger

    return pgtrigger.ignore("applications.Application:state_guard")


@pytest.fixture
def licensed(case, afm, afm_staff):
    """The case as granted long ago, with a licence that is in force."""
    basis = AuthorityBasis.objects.create(
        licence_type=afm, act="Act", article="1", scope="All", entered_by=afm_staff.administrator,
        entered_human=afm_staff.administrator.human, confirmed_by=afm_staff.second_administrator,
        confirmed_human=afm_staff.second_administrator.human, valid_from=date(2001, 1, 1),
    )  # fmt: skip
    licence = Licence.objects.create(
        number="T-1", firm=case.firm, firm_name="F", licence_type=afm, regulator="AFM", rulebook_version="1",
        authority_basis=basis, granted_at=timezone.make_aware(datetime(2010, 1, 1)),
        case_reference=case.reference,
    )  # fmt: skip
    with without_triggers():
        Application.objects.filter(pk=case.pk).update(state="granted", licence=licence)
    return ended(case, date(2001, 1, 1))


def test_while_the_licence_lives_nothing_is_due(licensed, keeping_rule):
    keeping_rule()

    assert (queries.ended_on(licensed), licensed.kept_since, retention.find_due()) == (None, None, 0)


@pytest.mark.parametrize(("days", "found"), [(0, 0), (1, 1)])
def test_a_granted_case_counts_from_the_day_its_licence_ended(licensed, keeping_rule, days, found):
    keeping_rule()
    day = years_ago(days=days)
    at = timezone.make_aware(datetime.combine(day, time(23)))
    entry = {"licence": licensed.licence, "at": at}
    RegisterEntry.objects.create(**entry, what="suspend", to_state="suspended")
    RegisterEntry.objects.create(**entry, what="revoke", to_state="revoked")
    later = {"licence": licensed.licence, "at": timezone.now()}
    RegisterEntry.objects.create(**later, what="correct", to_state="revoked")  # ends nothing again
    keep([licensed.pk])

    assert (queries.ended_on(licensed), fresh(licensed).kept_since) == (day, day)
    assert retention.find_due() == found


def test_an_act_that_ends_a_licence_begins_the_period(licensed, keeping_rule, afm_staff):
    from audit.services import record

    RegisterEntry.objects.create(
        licence=licensed.licence, what="revoke", to_state="revoked", at=timezone.now()
    )
    with transaction.atomic():
        record(subject="licence:T-1", kind="licence.revoke", actor=afm_staff.decision_maker)

    assert fresh(licensed).kept_since == timezone.localdate()


# --- what happens to what was found


def test_two_people_decide_and_the_worker_destroys(case, decided, document_store, firm_user):
    held = list(documents(case))
    DocumentFacts.objects.update_or_create(
        document=held[0], defaults={"title": "Mine", "updated_by": firm_user}
    )
    keys = {document.key for document in held}
    assert keys <= stored(document_store)

    found = decided()
    assert destruction.carry_out(destruction_id=found.pk)

    assert keys & stored(document_store) == set()
    after = list(documents(case))
    assert {(one.name, one.usable) for one in after} == {("", False)}
    assert {(one.pk, one.sha256, one.size) for one in after} == {
        (one.pk, one.sha256, one.size) for one in held
    }
    assert not DocumentFacts.objects.filter(document__in=held).exists()
    assert fresh(found).state == "over"
    assert (fresh(case).cleared_at is None, fresh(case).kept_since) == (False, None)
    assert (retention.find_due(), destruction.carry_out(destruction_id=found.pk)) == (0, True)


def test_the_certificate_says_what_by_whom_and_by_which_rule_and_names_nobody_of_the_firm(
    case, decided, afm_staff
):
    held = {str(one.pk): one for one in documents(case)}
    names = [one.name for one in held.values()]
    people = [case.firm.name, *(person.full_name for person in case.firm.people.all()), *names]
    people += [membership.user.full_name for membership in case.firm.memberships.all()]
    found = decided()
    destruction.carry_out(destruction_id=found.pk)

    certificate = DestructionCertificate.objects.get()
    content = certificate.content
    assert (content["reference"], content["proposed_by"], content["confirmed_by"]) == (
        case.reference, afm_staff.lead_reviewer.full_name, afm_staff.decision_maker.full_name,
    )  # fmt: skip
    assert content["rule"] == {
        "years": YEARS, "valid_from": "2020-01-01", "act": "Order 7", "provision": "Line 12", "url": "",
        "entered_by": afm_staff.administrator.full_name,
        "confirmed_by": afm_staff.second_administrator.full_name,
    }  # fmt: skip
    ended_on = years_ago(days=1)
    assert (content["ended_on"], content["kept_until"]) == (
        ended_on.isoformat(), last_day(ended_on, YEARS).isoformat(),
    )  # fmt: skip
    assert {one["document"]: (one["sha256"], one["size"], one["type"]) for one in content["files"]} == {
        pk: (one.sha256, one.size, one.content_type) for pk, one in held.items()
    }
    whole = json.dumps(content, ensure_ascii=False)
    assert [text for text in people if text in whole] == []
    event = Event.objects.get(kind="destruction.finish")
    assert (event.subject, event.data["sha256"], event.data["files"]) == (
        case.audit_subject, digest(content["files"]), len(held),
    )  # fmt: skip
    assert certificate.sha256 == digest(content["files"])


def test_what_was_gone_before_is_certified_as_that(case, decided, document_store):
    lost, *_others = documents(case)
    storage.destroy(lost.key)
    record_damage(document=lost, found="missing")
    destruction.carry_out(destruction_id=decided().pk)
    certificate = DestructionCertificate.objects.get()
    since = {one["document"]: one["damaged_at"] for one in certificate.content["files"]}
    damaged_at = fresh(lost).damaged_at
    assert since == {**dict.fromkeys(since, ""), str(lost.pk): damaged_at.isoformat()}
    printed = [one for one in destroyed._data(certificate, "en")["files"] if "found missing" in one["about"]]
    assert [one["id"] for one in printed] == [str(lost.pk)]


def test_a_claim_of_confidentiality_outlives_the_version_it_was_made_of(case, decided, firm_user):
    newest = documents(case)[0]
    said = {"title": "Keys", "confidential": True, "confidential_why": "Keys", "updated_by": firm_user}
    DocumentFacts.objects.update_or_create(document=newest, defaults=said)
    destruction.carry_out(destruction_id=decided().pk)
    kept = DocumentFacts.objects.get(document=newest)
    assert (kept.title, kept.confidential, kept.confidential_why) == ("", True, "-")


def test_texts_answers_snapshots_and_events_stay(case, decided):
    before = (
        list(case.answers.order_by("pk").values()),
        list(case.snapshots.order_by("pk").values()),
        list(AnswerFile.objects.order_by("pk").values()),
    )
    events = Event.objects.count()

    destruction.carry_out(destruction_id=decided().pk)

    assert before == (
        list(case.answers.order_by("pk").values()),
        list(case.snapshots.order_by("pk").values()),
        list(AnswerFile.objects.order_by("pk").values()),
    )
    assert Event.objects.count() > events


def test_one_human_does_not_decide_alone_from_whatever_account(due, afm_staff):
    lead = afm_staff.lead_reviewer
    with pytest.raises(NotReady, match="Nobody has proposed it yet"):
        perform(due, lead)
    propose(due, lead)
    with pytest.raises(NotAllowed, match="another person has to confirm"):
        perform(due, lead)
    other = fresh(afm_staff.decision_maker)
    other.human = lead.human
    with pytest.raises(NotAllowed, match="another person has to confirm"):
        perform(due, other)
    assert fresh(due).state == "due"


@pytest.mark.parametrize("who", ["case_officer", "reviewer", "specialist", "administrator"])
def test_staff_without_the_power_neither_propose_nor_confirm_nor_hold(case, due, afm_staff, who):
    actor = getattr(afm_staff, who)
    with pytest.raises(NotAllowed):
        propose(due, actor)
    propose(due, afm_staff.lead_reviewer)
    with pytest.raises(NotAllowed):
        perform(due, actor)
    with pytest.raises(NotAllowed):
        holds.place_hold(actor=actor, case=case, reason="A suit.")


def test_the_firm_and_another_regulator_have_no_say(case, due, firm_user, afsa_staff, afm_staff):
    hold = None
    for actor in (firm_user, afsa_staff.decision_maker, afsa_staff.lead_reviewer, new_staff("Nobody")):
        for attempt in (
            lambda actor=actor: propose(due, actor),
            lambda actor=actor: holds.place_hold(actor=actor, case=case, reason="A suit."),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    hold = holds.place_hold(actor=afm_staff.lead_reviewer, case=case, reason="A suit.")
    with pytest.raises(NotAllowed):
        lift(hold, firm_user, afsa_staff.decision_maker)


def test_nobody_but_the_worker_ends_a_destruction(due, decided, afm_staff):
    found = decided()
    for act in ("finish", "drop"):
        with pytest.raises(NotAllowed):
            workflow.perform(
                Destruction, found.pk, act, actor=afm_staff.decision_maker,
                expected_version=fresh(found).version,
            )  # fmt: skip


# --- holds


def test_a_hold_needs_a_reason_and_is_lifted_by_two_with_a_reason(case, afm_staff):
    lead, decider = afm_staff.lead_reviewer, afm_staff.decision_maker
    with pytest.raises(NotReady, match="Write why"):
        holds.place_hold(actor=lead, case=case, reason="  ")
    hold = holds.place_hold(actor=lead, case=case, reason="A suit.")
    assert queries.is_held(case)
    with pytest.raises(NotReady, match="missing"):
        workflow.propose(LegalHold, hold.pk, "lift", actor=lead, expected_version=0, reason="")
    with pytest.raises(NotAllowed, match="another person has to confirm"):
        lift(hold, lead, lead)
    assert queries.is_held(case)
    workflow.perform(LegalHold, hold.pk, "lift", actor=decider, expected_version=fresh(hold).version)
    assert (queries.is_held(case), fresh(hold).lifted_at is None) == (False, False)
    kinds = list(
        Event.objects.filter(subject=case.audit_subject).order_by("number").values_list("kind", flat=True)
    )
    assert kinds[-3:] == ["application.hold", "legalhold.lift.propose", "legalhold.lift"]


def test_two_holds_stand_for_themselves(case, afm_staff):
    first, second = (holds.place_hold(actor=afm_staff.lead_reviewer, case=case, reason=why) for why in "ab")
    lift(first, afm_staff.lead_reviewer, afm_staff.decision_maker)
    assert queries.is_held(case)
    lift(second, afm_staff.lead_reviewer, afm_staff.decision_maker)
    assert not queries.is_held(case)


def test_what_is_held_is_found_and_nobody_can_decide_on_it(case, keeping_rule, afm_staff):
    keeping_rule()
    hold = holds.place_hold(actor=afm_staff.lead_reviewer, case=case, reason="A suit.")
    assert retention.find_due() == 1
    found = Destruction.objects.get()
    with pytest.raises(NotReady, match="legal hold stands"):
        propose(found, afm_staff.lead_reviewer)
    lift(hold, afm_staff.lead_reviewer, afm_staff.decision_maker)
    propose(found, afm_staff.lead_reviewer)
    assert perform(found, afm_staff.decision_maker).state == "confirmed"


def test_a_hold_between_the_two_people_undoes_the_proposal(case, due, afm_staff):
    propose(due, afm_staff.lead_reviewer)
    hold = holds.place_hold(actor=afm_staff.decision_maker, case=case, reason="A suit.")
    with pytest.raises(NotReady, match="legal hold stands"):
        propose(due, afm_staff.lead_reviewer)
    lift(hold, afm_staff.lead_reviewer, afm_staff.decision_maker)
    with pytest.raises(Refused):  # what was proposed before the hold is not confirmed after it
        perform(due, afm_staff.decision_maker)
    propose(due, afm_staff.lead_reviewer)
    assert perform(due, afm_staff.decision_maker).state == "confirmed"


def test_a_hold_after_the_decision_keeps_everything_and_its_lifting_destroys_nothing(
    case, decided, afm_staff, document_store
):
    found, before = decided(), stored(document_store)
    hold = holds.place_hold(actor=afm_staff.lead_reviewer, case=case, reason="A suit.")
    lift(hold, afm_staff.lead_reviewer, afm_staff.decision_maker)

    assert destruction.carry_out(destruction_id=found.pk)

    assert stored(document_store) == before
    assert (fresh(found).state, DestroyedFile.objects.count()) == ("over", 0)
    assert not DestructionCertificate.objects.exists()
    assert retention.find_due() == 1  # and two people decide anew


def test_a_hold_half_way_keeps_what_is_there_and_certifies_what_is_gone(case, decided, afm_staff):
    found = decided()
    destruction._take_up(found.pk)
    ids = list(found.files.values_list("pk", flat=True))
    for pk in ids[:3]:
        destruction._settle(pk)
    holds.place_hold(actor=afm_staff.lead_reviewer, case=case, reason="A suit.")

    assert destruction.carry_out(destruction_id=found.pk)

    gone = set(found.files.filter(destroyed_at__isnull=False).values_list("pk", flat=True))
    assert (gone, len(ids) > 3) == (set(ids[:3]), True)
    rest = Document.objects.filter(pk__in=found.files.exclude(pk__in=gone).values("document"))
    assert {(one.usable, storage.is_there(one)) for one in rest} == {(True, True)}
    assert len(DestructionCertificate.objects.get().content["files"]) == 3
    assert fresh(case).cleared_at is None
    assert retention.find_due() == 1  # what is left is listed again, as held


def test_the_database_lists_no_file_of_a_held_case(case, decided, afm_staff):
    found, document = decided(), documents(case).first()
    LegalHold.objects.create(application=case, reason="A suit.", placed_by=afm_staff.lead_reviewer)
    with pytest.raises(IntegrityError, match="under a legal hold"), transaction.atomic():
        DestroyedFile.objects.create(destruction=found, document=document)


# --- crashes


class Crash(BaseException):
    """As a kill: nothing catches it."""


def crash_at(monkeypatch, where, name, times):
    """The call after so many of ``where.name`` never returns; whether it did its work is the caller's."""
    real, count = getattr(where, name), iter(range(10_000))

    def call(*args, **kwargs):
        if next(count) == times:
            raise Crash
        return real(*args, **kwargs)

    monkeypatch.setattr(where, name, call)


@pytest.mark.parametrize(
    ("where", "name", "times"),
    [
        (destruction.destroying, "announce", 0),
        (destruction, "_settle", 0),
        (destruction, "_settle", 2),
        (destruction.destroying, "destroy", 1),
        (storage, "destroy", 0),
        (storage, "destroy", 3),
        (destruction, "_finish", 0),
        (destruction, "certify", 0),
    ],
)
def test_a_crash_anywhere_is_gone_on_from(case, decided, document_store, monkeypatch, where, name, times):
    found, held = decided(), list(documents(case))
    with monkeypatch.context() as broken:
        crash_at(broken, where, name, times)
        with pytest.raises(Crash):
            destruction.carry_out(destruction_id=found.pk)
    for document in Document.objects.filter(pk__in=[one.pk for one in held]):
        is_there = storage.is_there(document)
        assert not (document.destroyed_at and is_there)  # none is called destroyed that lies there
        assert is_there or document.destroying_at  # none is gone of which no record speaks

    assert tasks.carry_out_all() == 0

    assert {one.key for one in held} & stored(document_store) == set()
    assert len(DestructionCertificate.objects.get().content["files"]) == len(held)
    assert Event.objects.filter(kind="document.destroyed").count() == len(held)
    assert fresh(found).state == "over"


def test_a_crash_after_bytes_went_and_before_it_was_said(case, decided, monkeypatch):
    found = decided()
    with monkeypatch.context() as broken:
        crash_at(broken, destruction.destroying, "record", 0)
        with pytest.raises(Crash):
            destruction.carry_out(destruction_id=found.pk)
    [gone] = [one for one in documents(case) if not storage.is_there(one)]
    assert (gone.destroyed_at, gone.usable) == (None, False)
    hold = holds.place_hold(actor=found.confirmed_by, case=case, reason="A suit.")

    assert destruction.carry_out(destruction_id=found.pk)

    assert fresh(gone).destroyed_at is not None
    assert [one["document"] for one in DestructionCertificate.objects.get().content["files"]] == [
        str(gone.pk)
    ]
    assert queries.is_held(hold.application)


def test_a_store_that_fails_is_tried_again_and_the_others_do_not_wait(case, decided, monkeypatch):
    found, first = decided(), []
    real = storage.destroy

    def failing(key):
        first.append(key)
        return key != first[0] and real(key)

    with monkeypatch.context() as broken:
        broken.setattr(storage, "destroy", failing)
        assert tasks.carry_out_all() == 1
    left = Document.objects.get(key=first[0])
    assert (left.destroyed_at, left.destroying_at is None, fresh(found).state) == (None, False, "confirmed")
    assert found.files.filter(destroyed_at=None).count() == 1
    assert not DestructionCertificate.objects.exists()

    assert tasks.carry_out_all() == 0

    assert (fresh(left).destroyed_at is None, fresh(found).state) == (False, "over")


# --- documents of several cases


def test_a_shared_document_stays_while_another_case_keeps_it(case, keeping_rule, firm_user, afm_staff):
    copied = copy_application(actor=firm_user, source=case)
    shared = set(documents(copied).values_list("pk", flat=True))
    own = set(documents(case).values_list("pk", flat=True)) - shared
    assert shared
    keeping_rule()
    retention.find_due()
    found = Destruction.objects.get()
    propose(found, afm_staff.lead_reviewer)
    perform(found, afm_staff.decision_maker)

    assert destruction.carry_out(destruction_id=found.pk)

    assert {one.pk for one in Document.objects.filter(destroyed_at__isnull=False)} == own
    assert {one.usable for one in Document.objects.filter(pk__in=shared)} == {True}
    assert (fresh(case).cleared_at, retention.find_due()) == (None, 0)  # it waits for the other


def test_it_goes_when_the_last_case_is_due(case, keeping_rule, firm_user, afm_staff, afm):
    copied = copy_application(actor=firm_user, source=case)
    shared = set(documents(copied).values_list("pk", flat=True))
    keeping_rule()
    with without_triggers():
        Application.objects.filter(pk=copied.pk).update(
            state="withdrawn", reference="T-2", submitted_at=timezone.now()
        )
    ended(copied, years_ago(days=0))
    assert retention.find_due() == 1
    assert not queries.free_of(case) & shared
    ended(copied, years_ago(days=1))
    assert queries.free_of(case) >= shared
    hold = holds.place_hold(actor=afm_staff.lead_reviewer, case=fresh(copied), reason="A suit.")
    assert not queries.free_of(case) & shared
    lift(hold, afm_staff.lead_reviewer, afm_staff.decision_maker)
    retention.find_due()

    for found in Destruction.objects.all():
        propose(found, afm_staff.lead_reviewer)
        perform(found, afm_staff.decision_maker)
    assert tasks.carry_out_all() == 0

    assert not Document.objects.filter(pk__in=shared, destroyed_at=None).exists()
    listed = [
        one["document"] for made in DestructionCertificate.objects.all() for one in made.content["files"]
    ]
    assert len(listed) == len(set(listed)) == documents(case).count()
    assert {fresh(one).cleared_at is None for one in (case, copied)} == {False}


def test_a_discarded_draft_keeps_nothing(case, keeping_rule, firm_user):
    from tests.plugins.cases import fresh as again

    copied = copy_application(actor=firm_user, source=case)
    keeping_rule()
    workflow.perform(
        Application, copied.pk, "discard", actor=firm_user, expected_version=again(copied).version
    )

    assert queries.free_of(case) == set(documents(case).values_list("pk", flat=True))


def test_what_is_destroyed_is_not_copied(case, decided, firm_user):
    destruction.carry_out(destruction_id=decided().pk)

    copied = copy_application(actor=firm_user, source=fresh(case))

    assert documents(copied).count() == 0
    assert copied.answers.exists()


# --- what changes before anybody decided


def test_a_case_that_goes_on_is_dropped(case, due):
    Application.objects.filter(pk=case.pk).update(decided_at=timezone.now())
    keep([case.pk])

    tasks.find_due_for_destruction()

    assert fresh(due).state == "over"
    assert not DestructionCertificate.objects.exists()


def test_a_longer_period_takes_back_what_was_found_and_confirmed(case, decided, keeping_rule, afm_staff):
    found = decided()
    keeping_rule(YEARS + 1)

    assert destruction.carry_out(destruction_id=found.pk)

    assert (fresh(found).state, documents(case).filter(destroyed_at__isnull=False).count()) == ("over", 0)
    assert retention.find_due() == 0


def test_a_case_without_a_document_is_not_looked_at_again(case, keeping_rule):
    AnswerFile.objects.filter(answer__application=case).delete()
    keeping_rule()

    assert retention.find_due() == 0

    assert (fresh(case).kept_since, fresh(case).cleared_at is None) == (None, False)
    assert Event.objects.filter(kind="application.nothing_to_destroy").count() == 1
    assert not Destruction.objects.exists()


def test_the_night_asks_as_much_for_none_as_for_many(case, keeping_rule, django_assert_num_queries):
    """What costs is what is due: cases that are not are not read."""
    with django_assert_num_queries(4):  # the periods, a transaction, one page of nothing
        retention.find_due()


# --- at the same time


@pytest.mark.django_db(transaction=True)
def test_after_a_hold_is_placed_nothing_more_goes(case, decided, afm_staff, monkeypatch):
    """It waits for the one file that is on its way, and for no other."""
    found, on_its_way, go_on, real = decided(), threading.Event(), threading.Event(), storage.destroy

    def slow(key):
        on_its_way.set()
        assert go_on.wait(30)
        return real(key)

    monkeypatch.setattr(storage, "destroy", slow)
    worker = in_a_thread(lambda: destruction.carry_out(destruction_id=found.pk))
    assert on_its_way.wait(30)
    holder = in_a_thread(lambda: holds.place_hold(actor=afm_staff.lead_reviewer, case=case, reason="A suit."))
    holder.join(0.5)
    assert (holder.is_alive(), LegalHold.objects.count()) == (True, 0)
    go_on.set()
    holder.join(30)
    worker.join(30)

    placed_at = LegalHold.objects.get().placed_at
    gone = [one.destroyed_at for one in found.files.all() if one.destroyed_at]
    assert gone
    assert max(gone) < placed_at
    assert found.files.filter(spared_at__isnull=False).count() == found.files.count() - len(gone) > 0
    assert {storage.is_there(one) for one in documents(case).filter(destroyed_at=None)} == {True}


@pytest.mark.django_db(transaction=True)
def test_two_workers_destroy_each_file_once(case, decided):
    found = decided()
    workers = [in_a_thread(lambda: destruction.carry_out(destruction_id=found.pk)) for _two in range(2)]
    for worker in workers:
        worker.join(60)

    assert fresh(found).state == "over"
    assert len(DestructionCertificate.objects.get().content["files"]) == documents(case).count()
    assert Event.objects.filter(kind="document.destroyed").count() == documents(case).count()


def in_a_thread(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
