"""Where a page leads back to that was opened from the check of the answers. A closed list: no address that
somebody typed is ever followed.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.asked import Question
from regulators.rulebook import Requirement

CHECK, CHECK_STAGE = "check", "check-stage"


@dataclass(frozen=True)
class Back:
    code: str
    url: str
    text: str


def back_of(
    request: HttpRequest, case: Any, question: Question | None = None, *, kind: str = ""
) -> Back | None:
    """The page to return to, at the line of this question, or of the first that asks for this kind of typed
    records; None where the page was opened in another way.
    """
    code = _code(request)
    if not code:
        return None
    rule = question.requirement if question else _first_asking(case, kind)
    if code == CHECK_STAGE and rule is not None:
        url = reverse("portal:check_stage", args=[case.pk, rule.stage])
    else:
        url = reverse("portal:check", args=[case.pk])
    line = anchor_of(question) if question else rule.code if rule else ""
    return Back(code, f"{url}#{line}" if line else url, _("Back to your answers"))


def _first_asking(case: Any, kind: str) -> Requirement | None:
    return next((rule for rule in case.book.requirements if kind in rule.evidence), None)


def anchor_of(question: Question) -> str:
    code = question.requirement.code
    return f"{code}-{question.person_id}" if question.person_id else code


def carried(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """After a save that leads on to another page, that page knows the way back too."""
    code = _code(request)
    if code and request.method == "POST" and isinstance(response, HttpResponseRedirect):
        path, mark, anchor = response.url.partition("#")
        if "?" not in path and "/check/" not in path:
            response["Location"] = f"{path}?back={code}{mark}{anchor}"
    return response


def _code(request: HttpRequest) -> str:
    code = request.POST.get("back") or request.GET.get("back") or ""
    return code if code in (CHECK, CHECK_STAGE) else ""
