"""Whom a case's news goes to, and under which key, so that nothing is told twice."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.models import Firm, User
from accounts.queries import people_of
from applications.addresses import question_url_of
from notifications.choices import off_for
from notifications.services import tell
from regulators.models import Role
from regulators.queries import people_with_role

if TYPE_CHECKING:
    from applications.models import (
        Answer,
        Application,
        IndividualApproval,
        InformationRequest,
        RefusalNotice,
    )


def firm(case: "Application", template: str, *, key: str, url: str = "", **context: Any) -> None:
    """One message for each person who acts for the firm today; ``url`` where it leads elsewhere than to the
    case.
    """
    people: Any = people_of(case.firm).annotate(off=off_for("user", template))
    for one in {m.user_id: m for m in people}.values():
        _tell(case, one.user, template, key, context, internal=False, url=url, firm=case.firm, off=one.off)


def invited(case: "Application", person_id: Any, template: str, *, key: str, **context: Any) -> None:
    """One message for the person who writes their own part, with the address of that part."""
    held = case.accesses.filter(person=person_id, accepted_at__isnull=False, ended_at=None)
    for access in held.select_related("user"):
        assert access.user is not None
        url = settings.BASE_URL + reverse("portal:own", args=[access.pk])
        _tell(case, access.user, template, key, context, internal=False, url=url)


def person(
    case: "Application", user: User, template: str, *, key: str, url: str = "", **context: Any
) -> None:
    """One message for a member of staff."""
    _tell(case, user, template, key, context, internal=True, url=url)


def desk(case: "Application", template: str, *, key: str, **context: Any) -> None:
    """One message for the case officer; where there is none, for each lead reviewer."""
    if case.case_officer:
        person(case, case.case_officer, template, key=key, **context)
    else:
        role(case, Role.LEAD_REVIEWER, template, key=key, **context)


def role(case: "Application", code: str, template: str, *, key: str, **context: Any) -> None:
    """One message for each member of the regulator's staff with this role today."""
    for user in people_with_role(case.regulator_id, code):
        _tell(case, user, template, key, context, internal=True)


def case_url(case: "Application", *, internal: bool) -> str:
    """The full address of the case: at the desk for staff, in the portal for the firm."""
    name = "admin:applications_application_change" if internal else "portal:case"
    return settings.BASE_URL + reverse(name, args=[case.pk])


def request_url(request: "InformationRequest", *, internal: bool) -> str:
    """The full address of a request for information: at the desk for staff, in the portal for the firm."""
    name = "admin:applications_application_request" if internal else "portal:request"
    return settings.BASE_URL + reverse(name, args=[request.application_id, request.number])


def notice_url(notice: "RefusalNotice") -> str:
    """Where the firm reads the notice of a refusal and replies to it."""
    return settings.BASE_URL + reverse("portal:representation", args=[notice.application_id])


def person_notice_url(approval: "IndividualApproval") -> str:
    """Where the firm reads the notice that a person is to be refused, and replies to it."""
    where = [approval.application_id, approval.person_id, approval.function]
    return settings.BASE_URL + reverse("portal:person_notice", args=where)


def question_url(answer: "Answer") -> str:
    """The full address of the question in the portal; where the book asks it no more, of the case."""
    rule = answer.application.book.by_code.get(answer.requirement)
    if rule is None:
        return case_url(answer.application, internal=False)
    return settings.BASE_URL + question_url_of(answer.application_id, rule.stage, rule.code, answer.person_id)


def name_for(user: User, case: "Application") -> str:
    """The reference; a draft, which has none, is named in the language of the reader."""
    with translation.override(user.language):
        return str(case)


def _tell(
    case: "Application",
    user: User,
    template: str,
    key: str,
    context: dict[str, Any],
    *,
    internal: bool,
    url: str = "",
    firm: Firm | None = None,
    off: bool | None = None,
) -> None:
    tell(
        to=user,
        template=template,
        context=context,
        subject_ref=name_for(user, case),
        key=f"case:{case.pk}:{key}:{user.pk}",
        about=case.audit_subject,
        internal=internal,
        url=url or case_url(case, internal=internal),
        is_draft=not case.reference,
        firm=firm,
        off=off,
    )
