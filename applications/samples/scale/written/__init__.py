"""What one case leaves in the tables: for each step the rows that the acts and services would have written.

It leaves out what a sample case lacks (docs/decisions/0077-scale-data.md): files, consents, letters, messages,
and all questions of a stage but one.
"""

from applications.samples.scale.steps import Step
from applications.samples.scale.written.acts import ActRows
from applications.samples.scale.written.notes import NoteRows
from applications.samples.scale.written.requests import RequestRows
from applications.samples.scale.written.standing import standing_of
from workflow.acts import DECIDE, EXAMINE

TAKES = {
    "application.completeness": (EXAMINE, "check_completeness"),
    "application.finding": (EXAMINE, "assess"),
    "application.condition": (EXAMINE, "verify_condition"),
    "application.representation_answered": (DECIDE, "answer_representation"),
    "request.write": (EXAMINE, "write_request"),
    "request.send": (EXAMINE, "send_request"),
    "request.reply": (EXAMINE, "reply_about_point"),
    "request.close": (EXAMINE, "close_request"),
    "request.extension_granted": (EXAMINE, "answer_extension"),
    "request.extension_declined": (EXAMINE, "answer_extension"),
}  # what takes a side and is no act


class Written(ActRows, NoteRows, RequestRows):
    """The rows of one case as they stand after the steps taken so far."""

    def take(self, step: Step) -> None:
        act = step.act
        if act and step.after:
            self._act(step)
            return
        if step.kind in TAKES:
            self.ledger.take_side(step, *TAKES[step.kind])
        if act:
            self._proposed(step)
        else:
            getattr(self, f"_{step.kind.replace('.', '_')}")(step)

    def close(self) -> None:
        """The head of the chain, and what the row of the case keeps of where it stands."""
        self.case |= {**self.ledger.close(), **standing_of(self)}
