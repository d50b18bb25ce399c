"""Every door of the site, from the URL resolver, and how one knocks at it."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import get_resolver

from accounts.models import Firm
from accounts.services.firms import FIELDS
from applications.portal.views.declaring import declaration_of, mark_of
from regulators.models import LicenceType
from tests.plugins.cases import an_inspected, with_a_form

TABLE = Path(__file__).parent.parent / "tables" / "doors.csv"
CASE_AND_PARTS = ("application", "stage", "individualapproval", "legalhold", "destruction")
OF_CASES = tuple(f"desk/applications/{name}/" for name in CASE_AND_PARTS)
OF_ROWS = (
    "desk/accounts/", "desk/regulators/", "desk/applications/meetingrequest/", "desk/licences/",
    "desk/applications/destruction/",
)  # fmt: skip
STATES = ("draft", "review")
NOT_OURS = ("static", "media")  # served as files, to everybody
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:\[[^]]*\]|[^()[])*\)")
SIGN_IN = ("/accounts/login/", "/desk/login/")
FIRM = ("viewer", "editor", "signatory", "owner")
ADVISER = "adviser"  # edits, in the one stage that ``question`` belongs to
STAFF = ("officer", "specialist", "reviewer", "lead", "decider", "admin")
OTHERS = ("other_reviewer", "other_decider")
EVERYBODY = ("visitor", *FIRM, ADVISER, "stranger", "invited", *STAFF, *OTHERS)
GROUPS = (
    ("all", EVERYBODY),
    ("people", EVERYBODY[1:]),
    ("anystaff", (*STAFF, *OTHERS)),
    ("anyfirm", (*FIRM, ADVISER, "stranger", "invited")),
    ("firm", FIRM),
    ("staff", STAFF),
)


@dataclass(frozen=True)
class Door:
    name: str
    address: str

    @property
    def parameters(self) -> list[str]:
        return [one or two for one, two in PARAMETER.findall(self.address)]

    @property
    def is_of_a_case(self) -> bool:
        known = {"pk", "document", "part", "token"}
        of_portal = self.name.startswith("portal:") and not known.isdisjoint(self.parameters)
        on_desk = self.address.startswith(OF_CASES)
        return of_portal or (on_desk and bool(self.parameters))

    def url(self, values: dict[str, Any]) -> str:
        filled = PARAMETER.sub(lambda found: str(values[found[1] or found[2]]), self.address)
        return "/" + filled.replace("^", "").replace("$", "")


def gets_in(response: Any) -> bool:
    """A page, a download, a form with what is wrong with it, or a redirect. Not a redirect to the sign-in,
    nor one within the desk to its front: that is how the desk says that there is no such record. /health
    answers 503 while a part is away, to whom it answers at all.
    """
    if response.request["PATH_INFO"] == "/health":
        return response.status_code in (200, 503)
    if response.status_code in (301, 302):
        to = response["Location"]
        is_no_such_record = to == "/desk/" and response.request["PATH_INFO"].startswith("/desk/")
        return not to.startswith(SIGN_IN) and not is_no_such_record
    return response.status_code < 400 or response.status_code in (400, 409, 422)


def every_door() -> list[Door]:
    return [door for door in _walk(get_resolver(), "", "") if not door.address.startswith(NOT_OURS)]


def _walk(resolver: Any, namespace: str, before: str) -> Iterator[Door]:
    for pattern in resolver.url_patterns:
        address = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _walk(pattern, namespace + inner, address)
        else:
            yield Door(namespace + (pattern.name or ""), address)


def table() -> dict[tuple[str, str, str], str]:
    """What the file says: address, method, state ("" where no case is behind the door) to who gets in."""
    found: dict[tuple[str, str, str], str] = {}
    with TABLE.open(newline="") as file:
        lines = [line for line in file if line.strip() and not line.startswith("#")]
    for row in csv.DictReader(lines):
        for state in STATES if row["state"] == "both" else (row["state"],):
            key = row["address"], row["method"], state
            assert key not in found, f"listed twice: {key}"
            found[key] = row["who"]
    return found


def in_words(actors: Iterable[str]) -> str:
    """The shortest way to say who, always the same one."""
    left, said = set(actors), []
    for word, members in GROUPS:
        if left.issuperset(members):
            said.append(word)
            left.difference_update(members)
    return " ".join([*said, *(actor for actor in EVERYBODY if actor in left)]) or "nobody"


def _document_of(door: Door, here: Any, document: Any) -> Any:
    of = {
        "portal:point_": here.document_of_point,
        "portal:own_point_": here.document_of_own_point,
        "portal:own_": here.document_of_own_part,
    }
    return next((one for start, one in of.items() if door.name.startswith(start)), document)


def values_of(door: Door, side: SimpleNamespace, state: str) -> dict[str, Any]:
    """What to put into the address, so that it leads to the objects of this side."""
    here = getattr(side, state or "review")
    of_person = "<uuid:person>" in door.address or "<uuid:part>" in door.address
    question = here.question_of_person if of_person else here.question
    document = here.document_of_person if of_person else here.document
    return {
        "pk": _pk_of(door, side, here),
        "stage": question.requirement.stage,
        "requirement": an_inspected(here.case)
        if door.name.endswith("_inspection_new")
        else with_a_form(here.case)
        if door.name == "law:form"
        else question.requirement.code,
        "section": question.requirement.section,
        "sheet": 1,
        "meeting": side.meeting.pk,
        "person": here.person.pk,
        "function": here.refusal_of_person.function,
        "entity": here.holder.pk,
        "comment": here.comment.pk,
        "holding": here.holder.owns.get().pk,
        "letter": here.letter.pk,
        "letter_code": "request_information",
        "record": "decision",
        "period": "year1",
        "document": _document_of(door, here, document).pk,
        "size": "large",
        "notice": (side.staff_message if door.name == "admin:notice" else side.message).uuid,
        "point": here.point_of_person.pk if "<uuid:part>" in door.address else here.point.number,
        "number": _number_of(door, side),
        "code": side.licence.certificates.get().code
        if door.name == "register:check"
        else here.case.book.code
        if door.name.startswith(("law:", "before:"))
        else here.stage.code,
        "version": here.case.book.version,
        "pk_of": _row_of(door, side, here),
        "object_id": _id_of_object(door, side, here),
        "transition": _act_of(door),
        "firm_id": side.firm.pk,
        "membership": side.advising.pk,
        "membership_id": side.membership.pk,
        "invitation_id": side.invitation.pk,
        "token": here.invitation_token if door.name == "portal:invited" else side.token,
        "part": here.part.pk,
        "key": side.confirmation if door.name == "account_confirm_email" else "set-password",
        "export": side.export.pk,
        "uidb36": "1",
        "content_type_id": ContentType.objects.get_for_model(Firm).pk,
        "app_label": "applications",
        "url": "no-such-page/",
    }


def _pk_of(door: Door, side: SimpleNamespace, here: SimpleNamespace) -> Any:
    if door.name.startswith("mfa_"):
        return side.passkey.pk
    return object_of(door, side, here).pk if door.address.startswith(OF_ROWS) else here.case.pk


def _number_of(door: Door, side: SimpleNamespace) -> Any:
    """Request 1 is with the firm, request 2 is still being written."""
    if door.address.startswith(("register/", "applications/licences/")):
        return side.licence.number
    return 2 if door.name.endswith("_request_edit") else 1


def _row_of(door: Door, side: SimpleNamespace, here: SimpleNamespace) -> Any:
    if "licence" in door.name:
        return (side.said if door.name.endswith("_answer") else side.licence_notice).pk
    rows = {
        **{f"consultation{name}": here.consultation for name in ("", "_close", "_give")},
        "individual_answer": here.refusal_of_person,
        "change_notice": here.change,
        "service": here.notice,
        "representation": here.representation,
        "correction": here.correction,
    }
    if door.name.endswith("_correction_new"):
        return here.correction.record_pk
    return next((row.pk for name, row in rows.items() if door.name.endswith(f"_{name}")), 0)


def _act_of(door: Door) -> str:
    return {
        "licences_licence": "suspend",
        "applications_stage": "approve",
        "applications_individualapproval": "assess",
        "applications_legalhold": "lift",
        "applications_destruction": "destroy",
    }.get(door.name.removeprefix("admin:").removesuffix("_act"), "recommend")


def _id_of_object(door: Door, side: SimpleNamespace, here: SimpleNamespace) -> Any:
    if door.name == "admin:view_on_site":
        return side.firm.pk
    return object_of(door, side, here).pk if "object_id" in door.parameters else 0


def object_of(door: Door, side: SimpleNamespace, here: SimpleNamespace) -> Any:
    """The record that a page of the desk is about."""
    basis, post = side.licence.authority_basis, side.staff.reviewer.appointments.first()
    objects = {
        "accounts/user": side.staff.reviewer,
        "accounts/firm": side.firm,
        "accounts/membership": side.membership,
        "accounts/staffinvitation": side.staff_invitation,
        "accounts/firminvitation": side.invitation,
        "regulators/regulator": side.licence_type.regulator,
        "regulators/licencetype": side.licence_type,
        "regulators/rulebookversion": here.case.rulebook,
        "regulators/staff": post,
        "regulators/delegation": side.licence_type.delegations.first(),
        "regulators/reproving": side.reproving,
        "regulators/authoritybasis": basis,
        "regulators/legalvalue": side.figure,
        "regulators/keepingperiod": side.keeping_period,
        "regulators/citationcheck": side.check,
        "regulators/pendingchange": side.law_change,
        "notifications/message": side.message,
        "licences/licence": side.licence,
        "licences/readinessrecord": side.readiness,
        "applications/application": here.case,
        "applications/stage": here.stage,
        "applications/individualapproval": here.individual,
        "applications/legalhold": here.hold,
        "applications/destruction": here.destruction,
        "applications/meetingrequest": side.meeting,
    }
    return objects["/".join(door.address.split("/")[1:3])]


def typed(door: Door, side: SimpleNamespace, state: str) -> dict[str, Any]:
    """What a form needs to reach the question of who may: every portal form is sent filled in."""
    here = getattr(side, state or "review")
    version = str(here.case.version)
    stage = {"act": "edit_again" if state == "review" else "complete", "version": str(here.stage.version)}
    sentence = {"text": "In a few words", "version": version}
    forms: dict[str, dict[str, Any]] = {
        "meetings": {
            "firm": side.firm.pk,
            "licence_type": LicenceType.objects.exclude(pk=side.licence_type.pk).first().pk,
            "topics": "Our plan",
            "wished": "Any day",
            "spoken": "en",
        },
        "start": {"firm": side.firm.pk, "licence_type": side.licence_type.pk},
        "stage": stage,
        "question": {"version": "0", "act": "later"},
        "upload": {"version": "0"},
        "detach": {
            "version": "0",
            "document": (here.document_of_person if "<uuid:person>" in door.address else here.document).pk,
        },
        "pick": {"document": here.document.pk},
        "file": {"title": "Charter", "version": "0"},
        "person": PERSON | {"functions": [here.case.book.functions[0].code]},
        "ownership": {
            "owner": "new",
            "name": "Another LLP",
            "country": "KZ",
            "owned": here.applicant.pk,
            "economic": "10",
            "voting": "10",
            "kind": "own",
        },
        "capital": {"currency": "USD"},
        "groups": {str(here.holder.pk): "Family"},
        "accounts_rate": {
            "currency": "EUR",
            "rate": "2",
            "day_day": "1",
            "day_month": "2",
            "day_year": "2026",
            "source": "The bank",
        },
        "declare": {
            "role": "Director",
            "authority": "Director by the register",
            "agreed": "on",
            "version": version,
            "shown": mark_of(here.case, declaration_of(here.case)),
            "content": "0" * 64,
        },
        "withdraw": sentence,
        "change": sentence,
        "representation": sentence,
        "person_notice": {"text": "She is fit", "version": "0"},
        "discard": {"version": version},
        "version": {"version": version, "to": here.case.rulebook.version},
        "inside": {"act": "comment", "text": "Among ourselves"},
        "inside_section": {"act": "comment", "text": "Among ourselves"},
        "inside_comment": {"act": "save", "text": "Among ourselves"},
        "advisers": {"email": "x@example.test", "role": "viewer", "scope": ["aml"]},
        "firm_correct": {name: getattr(side.firm, name) or "" for name in FIELDS},
        "own_question": {"version": "0", "act": "save"},
        "own_point": {
            f"p{here.point_of_person.number}-version": "0",
            f"p{here.point_of_person.number}-text": "Yes",
        },
        "own_detach": {"document": str(here.document_of_own_part.pk), "version": "0"},
        "own_point_detach": {"document": str(here.document_of_own_point.pk)},
        "point_detach": {"document": str(here.document_of_point.pk)},
        "own_consent": {"agreed": "on"},
        "own_return": {"answers": "leave"},
        "person_invite": {"email": "somebody@example.test", "language": "kk"},
        "person_consent": {"language": "kk", "reference": "In the safe"},
        "licence_notice": {"text": "In a few words", "seen": "0"},
        "request": {f"p{here.point.number}-text": "An answer"},
    }
    return forms.get(door.name.removeprefix("portal:"), {})


PERSON = {
    "given_names": "Айгүл",
    "family_name": "Сынақова",
    "born_on_day": "1",
    "born_on_month": "2",
    "born_on_year": "1980",
    "citizenship": "IE",
    "residence": "KZ",
    "identifier_kind": "passport",
    "identifier": "N12345678",
}
