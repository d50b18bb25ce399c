"""Requests for information: their points, answers, rounds and ends."""

from typing import Any

from applications.models import ExtensionRequest, InformationRequest, PointMessage, RequestPoint
from applications.samples.scale.steps import Step
from applications.samples.scale.tables import Row
from applications.samples.scale.written.base import CaseRows


class RequestRows(CaseRows):
    def _request_write(self, step: Step) -> None:
        data = step.data
        number = data["number"]
        self.requests[number] = self.new(
            InformationRequest, application_id=self.case["id"], number=number, status=InformationRequest.DRAFT,
            due_on=data["due_on"], written_by_id=step.who.pk, written_at=step.at, version=0,
            pauses_clock=any(clock.pausable for clock in self.book.clocks),
        )  # fmt: skip
        for n, question in enumerate(data["questions"], start=1):
            self.points[number, n] = self.new(
                RequestPoint, request_id=self.requests[number]["id"], number=n, requirement=data["requirement"],
                question=question, version=0,
            )  # fmt: skip
        self.record(step, data={"number": number})

    def _request_send(self, step: Step) -> None:
        row = self._moved(step, InformationRequest.SENT, sent_at=step.at, due_set_at=step.at)
        if row["pauses_clock"]:
            self.ledger.pause(step.at, f"request {row['number']}")
        self.record(step, data={"number": row["number"]})

    def _point_answer(self, step: Step) -> None:
        row = self.points[step.data["number"], step.data["point"]]
        given = {"answer": step.data["text"], "answered_by_id": step.who.pk, "answered_at": step.at}
        row |= {**given, "version": row["version"] + 1}

    def _request_answer(self, step: Step) -> None:
        number, points, left = step.data["number"], step.data["points"], step.data["left"]
        for point in points:
            self.points[number, point]["sent_at"] = step.at
        status = InformationRequest.PART_ANSWERED if left else InformationRequest.ANSWERED
        self._moved(step, status, answered_at=None if left else step.at)
        self._resume(step, f"request {number} answered")
        self.record(step, data={"number": number, "points": points, "left": left})

    def _request_close(self, step: Step) -> None:
        note = step.data["note"]
        row = self._moved(step, InformationRequest.CLOSED, closed_at=step.at, closed_note=note)
        self._resume(step, f"request {row['number']} closed")
        self.record(step, reason=note, data={"number": row["number"], "was_sent": True})

    def _moved(self, step: Step, status: str, **changes: Any) -> Row:
        row = self.requests[step.data["number"]]
        row |= {"status": status, "version": row["version"] + 1, **changes}
        return row

    def _resume(self, step: Step, cause: str) -> None:
        with_firm = InformationRequest.WITH_FIRM
        if not any(row["status"] in with_firm and row["pauses_clock"] for row in self.requests.values()):
            self.ledger.resume(step.at, cause)

    def _request_question(self, step: Step) -> None:
        number, point = step.data["number"], step.data["point"]
        from_firm = self.last_words[number, point] = step.kind == "request.question"
        self.new(PointMessage, point_id=self.points[number, point]["id"], from_firm=from_firm,
                 text=step.data["text"], by_id=step.who.pk, at=step.at)  # fmt: skip
        self.record(step, data={"number": number, "point": point})

    _request_reply = _request_question

    def _request_extension_asked(self, step: Step) -> None:
        self.extension = self.new(
            ExtensionRequest, request_id=self.requests[step.data["number"]]["id"], until=step.data["until"],
            reason=step.data["reason"], asked_by_id=step.who.pk, asked_at=step.at,
        )  # fmt: skip
        self.record(step, data={"number": step.data["number"]})

    def _request_extension_granted(self, step: Step) -> None:
        row, until = self.requests[step.data["number"]], step.data["until"]
        self._answer_extension(step, ExtensionRequest.GRANTED, granted_until=until)
        told = {"number": row["number"], "before": row["due_on"].isoformat(), "until": until.isoformat()}
        row |= {"due_on": until, "due_set_at": step.at, "version": row["version"] + 1}
        self.record(step, reason=step.data["answer"], data=told)

    def _request_extension_declined(self, step: Step) -> None:
        self._answer_extension(step, ExtensionRequest.DECLINED)
        self.record(step, reason=step.data["answer"], data={"number": step.data["number"]})

    def _answer_extension(self, step: Step, outcome: str, **more: Any) -> None:
        self.extension |= {"outcome": outcome, "answer": step.data["answer"], "decided_by_id": step.who.pk,
                           "decided_at": step.at, **more}  # fmt: skip
