"""What the acts on a case and its stages leave: the changed row, what follows from the act, its event."""

from applications.models import Condition, Decision, Finding, Recommendation, RefusalNotice
from applications.samples.scale.steps import Step
from applications.samples.scale.tables import Row
from applications.samples.scale.written.base import CaseRows
from applications.services import notice_clocks
from applications.services.clocks import ASSESSMENT
from applications.states import DECIDED
from applications.states import ApplicationState as A
from applications.states import StageState as S
from licences.models import Licence, ReadinessRecord, RegisterEntry
from licences.states import Change as History
from licences.states import LicenceState
from licences.terms import carried_over
from licences.text import searchable
from regulators.rulebook import READINESS
from workflow.models import Proposal


class ActRows(CaseRows):
    def _act(self, step: Step) -> None:
        assert step.act is not None
        model, name = step.kind.split(".")
        of_stage = model == "stage"
        row = self.stages[step.data["stage"]] if of_stage else self.case
        row["state"] = step.after
        row["version"] = row.get("version", 0) + 1
        changes = getattr(self, f"_{model}_{name}", None)
        if of_stage:
            row["changed_at"] = step.at
        if step.act.duty:
            self.ledger.take_side(step, step.act.duty, name)
        noted = (changes(step) if changes else None) or {}
        if step.after in DECIDED and not of_stage:
            self.ledger.stop(step.at, name)
        if step.act.two_people:
            noted |= self._confirmed(step)
        if of_stage:
            noted = {"stage": step.data["stage"], **noted}
        of = f"applications.{model}:{row['id']}"
        self.record(
            step, reason=step.data.get("reason", ""), data={**noted, "version": row["version"], "of": of},
        )  # fmt: skip

    def _proposed(self, step: Step) -> None:
        assert step.act is not None
        self.proposal = self.new(
            Proposal, model="applications.application", object_pk=str(self.case["id"]), transition=step.act.name,
            object_version=self.case["version"], data=dict(step.data), proposed_by_id=step.who.pk,
            proposed_human=step.who.human, proposed_at=step.at,
        )  # fmt: skip
        self.proposer = step.who.name
        self.ledger.event(
            step.kind, step, self.case["state"], "", reason=step.data.get("reason", ""),
            data={"of": f"applications.application:{self.case['id']}"},
        )  # fmt: skip

    def _confirmed(self, step: Step) -> Row:
        self.proposal |= {"confirmed_human": step.who.human, "confirmed_at": step.at}
        return {"proposed_by": self.proposer}

    # --- the case

    def _application_submit(self, step: Step) -> Row:
        self.case["reference"] = self.case["reference"] or step.data["reference"]
        self.case |= {"submitted_at": step.at, "return_by": None}
        snapshot = self._snapshot(step, step.data["declaration"])
        self.ledger.start(step.at, "receipt")
        self.ledger.stop(step.at, "submit", ("registration",))
        return {"snapshot": snapshot["number"], "sha256": snapshot["sha256"]}

    def _application_withdraw(self, step: Step) -> None:
        self.case["decided_at"] = step.at

    _application_refuse_to_consider = _application_withdraw

    def _application_accept(self, step: Step) -> None:
        self.case["accepted_at"] = step.at
        self.case["case_officer_id"] = self.case["case_officer_id"] or step.who.pk
        self.ledger.start(step.at, "acceptance")
        self.ledger.stop(step.at, "accept", ("completeness",))

    def _application_return_incomplete(self, step: Step) -> Row:
        self.case["return_by"] = step.data["return_by"]
        self.ledger.stop(step.at, "return", ("completeness",))
        gaps = step.data["gaps"]
        for code in step.data["back"]:
            own = [f"{c}: {text}" for c, text in sorted(gaps.items()) if self.book.by_code[c].stage == code]
            stage, reason = self.stages[code], "\n".join(own)
            stage |= {"state": S.CHANGES_REQUESTED, "version": stage["version"] + 1, "changed_at": step.at,
                      "note_to_firm": reason, "returned_items": sorted(gaps)}  # fmt: skip
            data = {"stage": code, "items": sorted(gaps), "version": stage["version"],
                    "of": f"applications.stage:{stage['id']}"}  # fmt: skip
            self.ledger.event(
                "stage.request_changes", step, S.COMPLETE, S.CHANGES_REQUESTED, reason=reason, data=data
            )
        return {"gaps": sorted(gaps)}

    def _application_recommend(self, step: Step) -> Row:
        data, law = step.data, self._law(step.at)
        self.case["recommended"] = data["outcome"]
        self.new(Recommendation, application_id=self.case["id"], snapshot_id=self.snapshots[-1]["id"],
                 outcome=data["outcome"], grounds=data["grounds"], reason=data["reason"], law=law,
                 by_id=step.who.pk, at=step.at)  # fmt: skip
        return {"outcome": data["outcome"], "law": law}

    def _undo_approval(self, step: Step) -> int:
        standing = [row for row in self.conditions if row.get("undone_at") is None]
        for row in standing:
            row["undone_at"] = step.at
        return len(standing)

    def _application_send_back(self, step: Step) -> None:
        if self.notice:
            about = notice_clocks.about(notice_clocks.REFUSAL, self.notice["id"])
            self.ledger.stop_about(step.at, about, "send_back")
        self._undo_approval(step)
        self.case["recommended"] = ""
        self.ledger.assess_again(step.at, "send_back")

    def _application_approve_in_principle(self, step: Step) -> Row:
        data, decision = step.data, self._decide(step)
        self.case["expires_on"] = data["expires_on"]
        self.ledger.stop(step.at, "approve_in_principle", ASSESSMENT)
        for condition in data["conditions"]:
            number = len(self.conditions) + 1
            row = self.new(Condition, application_id=self.case["id"], number=number, **condition)
            self.conditions.append(row)
        return {
            "law": decision["law"],
            "conditions": len(data["conditions"]),
            "expires_on": str(data["expires_on"]),
        }

    def _application_extend(self, step: Step) -> Row:
        self.case["expires_on"] = step.data["expires_on"]
        return {"law": self._decide(step)["law"]}

    def _application_reopen(self, step: Step) -> Row:
        self.case |= {"recommended": "", "expires_on": None}
        self.ledger.assess_again(step.at, "reopen")
        return {"law": self._decide(step)["law"], "conditions_undone": self._undo_approval(step)}

    def _application_lapse(self, step: Step) -> Row:
        self.case["decided_at"] = step.at
        return {"law": self._decide(step)["law"]}

    def _application_remit(self, step: Step) -> Row:
        self.case |= {"decided_at": None, "recommended": ""}
        self.ledger.assess_again(step.at, "remit")
        self._undo_approval(step)
        appeal = step.data["appeal"]
        self._decide(step)["reason"] = f"{appeal}\n\n{step.data['reason']}"
        return {"appeal": appeal}

    def _application_propose_refusal(self, step: Step) -> Row:
        data, decision = step.data, self._decide(step)
        self.notice = self.new(
            RefusalNotice, application_id=self.case["id"], grounds=data["grounds"], evidence=data["evidence"],
            text=data["notice"], proposed_by_id=step.who.pk, proposed_at=step.at,
        )  # fmt: skip
        return {"law": decision["law"], "grounds": data["grounds"], "notice": self.notice["id"]}

    def _application_refuse(self, step: Step) -> Row:
        self.case["decided_at"] = step.at
        decision = self._decide(step)
        return {"law": decision["law"], "grounds": decision["grounds"]}

    def _application_grant(self, step: Step) -> Row:
        self.case["decided_at"] = step.at
        noted: Row = {"law": self._decide(step)["law"]}
        about = {"firm_id": self.case["firm_id"], "licence_type_id": self.case["licence_type_id"],
                 "regulator": self.arrival.desk.code,
                 "rulebook_version": f"{self.book.code} {self.book.version}"}  # fmt: skip
        told = {"case": self.case["reference"], "firm": str(self.case["firm_id"])}
        if self.book.outcome == READINESS:
            noted["readiness"] = self._readiness(step, about, told)
        else:
            noted["licence"] = self._licence(step, about, told)
        return noted

    def _readiness(self, step: Step, about: Row, told: Row) -> str:
        reference = f"READY-{self.case['reference']}"
        found = self.snapshots[-1]["sha256"]
        row = self.new(ReadinessRecord, reference=reference, content_hash=found, recorded_at=step.at,
                       recorded_by_name=step.who.name, **about)  # fmt: skip
        self.case["readiness_id"] = row["id"]
        self.ledger.alone(
            f"readiness:{reference}", "readiness.record", step, data={**told, "content_hash": found}
        )
        return reference

    def _licence(self, step: Step, about: Row, told: Row) -> str:
        """Its number is the case's, so that cases can be written in any order: no two are alike."""
        basis = self.arrival.desk.basis
        assert basis is not None
        number = f"{self.arrival.desk.code}-{step.at.year}-{self.arrival.number + 1:06d}"
        firm = self.applicant.firm
        names = [firm["name"], firm["name_kk"], firm["name_ru"], firm["bin"] or "", number]
        subject = [row["condition"] for row in self.findings.values() if row["outcome"] == Finding.SUBJECT]
        row = self.new(
            Licence, number=number, firm_name=firm["name"], bin=firm["bin"] or "", authority_basis_id=basis.pk,
            conditions=carried_over([text for text in subject if text]), granted_at=step.at, case_reference=self.case["reference"],
            state=LicenceState.ACTIVE.value, search_text=searchable(" ".join(names)), **about,
        )  # fmt: skip
        self.new(RegisterEntry, licence_id=row["id"], what=History.GRANTED.value,
                 to_state=LicenceState.ACTIVE.value, at=step.at)  # fmt: skip
        self.case["licence_id"] = row["id"]
        told |= {"authority_basis": basis.pk, "rulebook_version": about["rulebook_version"]}
        self.ledger.alone(
            f"licence:{number}", "licence.issue", step, after=LicenceState.ACTIVE.value, data=told
        )
        return number

    def _decide(self, step: Step) -> Row:
        assert step.act is not None
        return self.new(
            Decision, application_id=self.case["id"], snapshot_id=self.snapshots[-1]["id"], kind=step.act.name,
            grounds=step.data.get("grounds", []), reason=step.data.get("reason", ""), law=self._law(step.at),
            by_id=step.who.pk, at=step.at,
        )  # fmt: skip

    # --- acts of a stage

    def _stage_take(self, step: Step) -> None:
        self.stages[step.data["stage"]]["taken_by_id"] = step.who.pk

    def _stage_release(self, step: Step) -> None:
        self.stages[step.data["stage"]]["taken_by_id"] = None

    def _stage_complete(self, step: Step) -> None:
        self.stages[step.data["stage"]] |= {"note_to_firm": "", "returned_items": []}
        if self.case["submitted_at"] and self.case["state"] not in (A.RETURNED, *DECIDED):
            last = self.snapshots[-1]
            declaration = {
                **last["content"]["declaration"],
                "amended_by": step.who.name,
                "amends": last["number"],
            }
            self._snapshot(step, declaration)

    def _stage_request_changes(self, step: Step) -> Row:
        items = sorted(step.data["items"])
        self.stages[step.data["stage"]] |= {"note_to_firm": step.data["reason"], "returned_items": items}
        return {"items": items}

    def _stage_reopen(self, step: Step) -> Row:
        return {"reopened_with_it": []}
