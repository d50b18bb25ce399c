"""Whether somebody opened what the firm had to give: nobody recommends or decides on files none has seen.

No law on record asks it in these words; it is our policy. A file counts as opened where a member of staff,
not of the deciding side, opened it or its large preview, by the audit chain of the case.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.models import User
from applications.conditions import Data, Reasons, page
from applications.queries.submissions import newest_submission
from applications.remembered import remembered
from audit.models import Event
from workflow.acts import DECIDE
from workflow.errors import Reason
from workflow.models import Duty

if TYPE_CHECKING:
    from applications.models import Application

OPENINGS = ("document.opened", "document.previewed")  # events of the chain of a case


def documents_were_opened(case: "Application", data: Data) -> Reasons:
    """Each file of a mandatory requirement, as submitted last."""
    words = _("%(code)s: nobody has opened “%(name)s”.")
    return [
        Reason(
            words % {"code": code, "name": name},
            page(case, "document", document),
            by="assess_stage",
            about=_("Files that nobody has opened"),
        )
        for document, (code, name) in unopened(case).items()
    ]


def to_grant_documents_were_opened(case: "Application", data: Data) -> Reasons:
    """A refusal can be recommended before everything was read; a grant cannot."""
    return documents_were_opened(case, data) if data.get("outcome", "grant") == "grant" else []


def unopened(case: "Application") -> dict[str, tuple[str, str]]:
    """By document: the requirement that it was given for, and its name."""
    found: dict[str, tuple[str, str]] = remembered(case, "unopened", lambda: _unopened(case))
    return found


def _unopened(case: "Application") -> dict[str, tuple[str, str]]:
    snapshot = newest_submission(case)
    questions = snapshot.content["questions"] if snapshot else []
    given = {
        file["document"]: (question["requirement"], file["name"])
        for question in questions
        if question["mandatory"]
        for file in question["files"]
    }
    seen = opened_by_examiners(case) if given else frozenset()
    return {document: said for document, said in given.items() if document not in seen}


def opened_by_examiners(case: "Application") -> frozenset[str]:
    """The documents that staff who do not decide on the case have opened; the firm's openings are none."""
    openings = Event.objects.filter(subject=case.audit_subject, kind__in=OPENINGS)
    found = list(openings.values_list("actor_id", "data__document"))
    deciders = Duty.objects.filter(case=case.duty_case, side=DECIDE).values("human")
    staff = User.objects.filter(pk__in={actor for actor, _document in found if actor}, is_staff=True)
    examiners = {str(pk) for pk in staff.exclude(human__in=deciders).values_list("pk", flat=True)}
    return frozenset(document for actor, document in found if actor in examiners)
