"""What must be so before an act: each function lists what is missing, in words, with where to mend it.

They take the case or the stage, and the data of the act; ``{}`` when a page only asks what stands in the way.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from workflow.errors import Reason

FIRM = AnonymousUser()  # the reasons are read by everybody of the firm: nothing private is in them
Data = dict[str, Any]
Reasons = list[Reason]

# Who mends a reason, where it is nobody whom a permission lets: ``Reason.by``.
THE_FIRM, THE_REGULATOR, TIME, THE_BOOK = "firm", "regulator", "time", "book"
FORM = "form"  # what is typed into the form of the act itself


def page(case: Any, name: str, *ids: Any) -> str:
    """The page of a case at the desk where something is mended."""
    return reverse(f"admin:applications_application_{name}", args=[case.pk, *ids])


def act_page(case: Any, act: str) -> str:
    return page(case, "act", act)
