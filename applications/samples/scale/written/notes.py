"""What is noted on a case beside its acts."""

from django.utils import timezone

from applications.models import (
    Answer,
    AnswerRevision,
    Application,
    CompletenessCheck,
    Entity,
    FeeEntry,
    Gap,
    Note,
    Representation,
    Stage,
)
from applications.samples.scale.steps import Step
from applications.samples.scale.written.base import CaseRows
from applications.services import notice_clocks
from applications.states import ApplicationState as A
from applications.states import StageState as S
from regulators.rulebook import PAYMENT


class NoteRows(CaseRows):
    def _application_start(self, step: Step) -> None:
        firm, who, at = self.applicant.firm, step.who.pk, step.at
        self.case = self.new(
            Application, id=self.ledger.case_id, firm_id=firm["id"],
            licence_type_id=self.arrival.desk.licence_type.pk, rulebook_id=self.arrival.desk.pin_on(at.date()).pk,
            state=A.DRAFT.value, created_by_id=who, created_at=at, saved_at=at, saved_by_id=who,
            reference=None, submitted_at=None, case_officer_id=None,
        )  # fmt: skip
        for order, code in enumerate(self.book.stage_codes, start=1):
            self.stages[code] = self.new(
                Stage, application_id=self.case["id"], code=code, order=order, state=S.NOT_STARTED.value
            )
        self.new(Entity, id=self.ledger.uuid(), application_id=self.case["id"], name=firm["name"],
                 country=firm["country"], is_applicant=True)  # fmt: skip
        self.applicant.put_up(self.new, self.case["id"])
        data = {"book": self.book.code, "version": self.book.version}
        self.ledger.event(step.kind, step, "", A.DRAFT, data=data)

    def _answer(self, step: Step) -> None:
        code, value, who = step.data["requirement"], step.data["value"], step.who.pk
        if code not in self.answers:
            self.answers[code] = self.new(Answer, application_id=self.case["id"], requirement=code)
        row = self.answers[code]
        row |= {
            "value": value,
            "version": row.get("version", 0) + 1,
            "updated_at": step.at,
            "updated_by_id": who,
        }
        self.new(
            AnswerRevision,
            application_id=self.case["id"],
            requirement=code,
            value=value,
            by_id=who,
            at=step.at,
        )
        self.case |= {"saved_at": step.at, "saved_by_id": who}

    def _application_assign(self, step: Step) -> None:
        officer = step.data["officer"]
        self._next_version(case_officer_id=officer.pk)
        self.record(step, data={"to": officer.name})

    def _application_fee(self, step: Step) -> None:
        fee, reason, day = step.data["fee"], step.data["reason"], timezone.localdate(step.at)
        self.new(
            FeeEntry, application_id=self.case["id"], what=fee, on=day, reason=reason, by_id=step.who.pk,
            by_name=step.who.name, at=step.at,
        )  # fmt: skip
        if fee == FeeEntry.PAID:
            self.ledger.start(step.at, PAYMENT, on=day)
        self._next_version(fee=fee)
        self.record(step, reason=reason, data={"fee": fee, "on": day.isoformat()})

    def _application_completeness(self, step: Step) -> None:
        gaps = step.data["gaps"]
        self.check = self.new(
            CompletenessCheck, application_id=self.case["id"], snapshot_id=self.snapshots[-1]["id"],
            passed=not gaps, checked_by_id=step.who.pk, checked_at=step.at,
        )  # fmt: skip
        for code, text in gaps.items():
            self.new(Gap, check_made_id=self.check["id"], requirement=code, text=text)
        self.record(step, data={"passed": not gaps, "gaps": sorted(gaps)})

    def _application_note(self, step: Step) -> None:
        row = self.new(
            Note, application_id=self.case["id"], text=step.data["text"], author_id=step.who.pk, at=step.at
        )
        self.record(step, data={"note": row["id"]})

    def _application_finding(self, step: Step) -> None:
        data = step.data
        row = self.findings[data["requirement"]]
        row |= {"outcome": data["outcome"], "note": data["note"], "condition": data["condition"], "affected": False,
                "assessed_by_id": step.who.pk, "assessed_at": step.at, "version": row["version"] + 1}  # fmt: skip
        told = {"requirement": data["requirement"], "outcome": data["outcome"], "person": ""}
        self.record(step, reason=data["note"], data=told)

    def _application_condition(self, step: Step) -> None:
        number, evidence = step.data["number"], step.data["evidence"]
        verified = {"evidence": evidence, "verified_by_id": step.who.pk, "verified_at": step.at}
        self.conditions[number - 1] |= verified
        self.record(step, reason=evidence, data={"number": number})

    def _application_notice_served(self, step: Step) -> None:
        served, until = step.data["served_on"], step.data["until"]
        self.notice |= {"served_on": served, "served_how": step.data["how"], "representations_until": until}
        about = notice_clocks.about(notice_clocks.REFUSAL, self.notice["id"])
        codes = notice_clocks.STARTED_BY[notice_clocks.REFUSAL]
        self.ledger.start_about(step.at, about, codes, on=served)
        self.record(step, data={"served_on": served.isoformat(), "until": until.isoformat()})

    def _application_representation(self, step: Step) -> None:
        self.representation = self.new(
            Representation, notice_id=self.notice["id"], text=step.data["text"], made_by_id=step.who.pk,
            made_at=step.at,
        )  # fmt: skip
        self.record(step, data={"id": self.representation["id"]})

    def _application_representation_answered(self, step: Step) -> None:
        words = {"our_answer": step.data["our_answer"], "accepted": step.data["accepted"]}
        self.representation |= {**words, "answered_by_id": step.who.pk, "answered_at": step.at}
        told = {"id": self.representation["id"], "accepted": step.data["accepted"]}
        self.record(step, reason=step.data["our_answer"], data=told)
