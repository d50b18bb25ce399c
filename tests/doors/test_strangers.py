"""What belongs to others: their ids lead nowhere, their names are nowhere, no form says more than it asks."""

import re
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import Membership, User
from applications.models import Application
from tests.doors import doors
from tests.doors.doors import Door
from tests.plugins.undone import rolled_back

Knock = Callable[..., Any]
pytestmark = pytest.mark.django_db

DOORS = doors.every_door()
LISTS = [
    door
    for door in DOORS
    if door.name.endswith("_changelist")
    or door.name in ("admin:index", "admin:app_list")
    or (door.name.startswith("pipeline:") and not door.name.endswith(("_xlsx", ":export")))  # files
]
IDS = {
    "pk",
    "person",
    "entity",
    "holding",
    "document",
    "firm_id",
    "membership_id",
    "invitation_id",
    "object_id",
    "pk_of",
    "meeting",
}
WITH_IDS = [
    door
    for door in DOORS
    if IDS.intersection(door.parameters)
    and not door.name.endswith(("_delete", ":"))
    and door.name.startswith(("portal:", "accounts:", "admin:applications_"))
]
MISSING = {
    **dict.fromkeys(IDS, uuid.UUID(int=4)),
    "membership_id": 10**8,
    "invitation_id": 10**8,
    "holding": 10**8,
    "pk_of": 10**8,
    "meeting": 10**8,
}
FORGED = {
    "state": "granted",
    "status": "closed",
    "decided_by": "1",
    "is_staff": "on",
    "is_active": "",
    "is_superuser": "on",
    "licence": "1",
    "reference": "KZC-1",
    "risk_score": "0",
    "due_at": "2030-01-01",
    "human": "x",
    "role": "owner",
    "created_by": "1",
    "submitted_at": "2020-01-01",
    "fee": "waived",
    "rulebook": "1",
    "sealed": "on",
}
CASE_FIELDS = (
    "firm_id",
    "state",
    "licence_type_id",
    "rulebook_id",
    "reference",
    "created_by_id",
    "submitted_at",
    "decided_at",
    "case_officer_id",
    "fee",
    "licence_id",
    "readiness_id",
    "recommended",
)


def names(door: Door) -> str:
    return door.address


def plain(response: Any, *ids: Any) -> str:
    """The page without what is new in every answer, and without the address that was asked for."""
    text = response.content.decode()
    for one in ids:
        text = text.replace(f"/{one}/", "/ID/")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


@pytest.mark.parametrize("door", WITH_IDS, ids=names)
def test_the_id_of_anothers_object_leads_nowhere(world: SimpleNamespace, knock: Knock, door: Door) -> None:
    who = DECIDES.get(door.name, "lead") if door.address.startswith("desk/") else "owner"
    method = "POST" if door.name in POST_ONLY else "GET"
    ours = doors.values_of(door, world.ours, "review")
    theirs = doors.values_of(door, world.theirs, "review")
    data = doors.typed(door, world.ours, "review")
    for one in IDS.intersection(door.parameters):
        answers = []
        for value in (theirs[one], _missing(door, one)):
            with rolled_back():
                response = knock(who, method, door.url({**ours, one: value}), data)
            answers.append((response.status_code, plain(response, value)))
        assert answers[0][0] == 404, one
        assert answers[0] == answers[1], one


ANSWERS = {f"admin:applications_meetingrequest_{name}": "officer" for name in ("offer", "decline")}
DECIDES = ANSWERS | {
    f"admin:applications_application_{name}": "decider" for name in ("service", "representation")
}
POST_ONLY = {
    "portal:archive",
    "admin:applications_application_number",
    "portal:copied_ownership",
    "portal:meeting_withdraw",
    "portal:capital_preview",
    "portal:ownership_preview",
    "portal:upload",
    "portal:detach",
    "portal:give",
    "portal:point_give",
    "portal:point_detach",
    "portal:own_give",
    "portal:own_detach",
    "portal:own_point_give",
    "portal:own_point_detach",
    "portal:holder_remove",
    "portal:holding_remove",
    "accounts:invite_again",
    "accounts:invite_member",
    "accounts:withdraw_invitation",
}


BY_NUMBER = tuple(
    f"desk/applications/{name}/"
    for name in ("stage", "meetingrequest", "individualapproval", "legalhold", "destruction")
)


def _missing(door: Door, one: str) -> Any:
    by_number = door.address.startswith(BY_NUMBER)
    return 10**8 if one in ("object_id", "pk") and by_number else MISSING[one]


@pytest.mark.parametrize("door", LISTS, ids=names)
def test_no_list_shows_what_is_the_other_regulators(world: SimpleNamespace, knock: Knock, door: Door) -> None:
    sides = (
        (("admin", "lead", "officer"), world.theirs, world.other_staff),
        (
            ("other_reviewer", "other_decider", "other_admin"),
            world.ours,
            world.staff,
        ),
    )
    url = door.url(doors.values_of(door, world.ours, ""))
    for people, hidden, hidden_staff in sides:
        canaries = [
            hidden.firm.name,
            *hidden_staff,
            hidden.licence.number,
            hidden.readiness.reference,
            hidden.review.case.reference,
            str(hidden.review.case.pk),
            hidden.message.subject_ref,
        ]
        for who in people:
            for query in ("", "?q=" + hidden.firm.name.split()[0].lower(), "?q=example"):
                response = knock(who, "GET", url + query)
                page = response.content.decode()
                assert [word for word in canaries if word in page] == [], (who, query)


def test_the_number_of_cases_on_the_list_is_that_of_the_own_regulator(
    world: SimpleNamespace, knock: Knock
) -> None:
    for who, side in (("officer", world.ours), ("other_reviewer", world.theirs)):
        page = knock(who, "GET", "/desk/applications/application/?whose=all").content.decode()
        assert re.findall(r'<a class="ref" href="[^"]*">([^<]+)</a>', page) == [side.review.case.reference]


FORMS = [
    door
    for door in DOORS
    if door.name
    in {
        "portal:question",
        "portal:upload",
        "portal:person",
        "portal:ownership",
        "portal:groups",
        "portal:capital",
        "portal:accounts_rate",
        "portal:change",
        "portal:request",
        "portal:start",
    }
]


@pytest.mark.parametrize("door", FORMS, ids=names)
@pytest.mark.parametrize("state", doors.STATES)
def test_a_forged_field_of_a_form_of_the_firm_is_ignored(
    world: SimpleNamespace, knock: Knock, door: Door, state: str
) -> None:
    forged = FORGED if door.name == "portal:start" else {**FORGED, "firm": world.other_firm.pk}
    before = _facts(world)
    with rolled_back():
        response = knock(
            "editor",
            "POST",
            door.url(doors.values_of(door, world.ours, state)),
            {**forged, **doors.typed(door, world.ours, state)},
        )
        assert response.status_code in (200, 302, 409, 422)
        assert _facts(world) == before


@pytest.mark.parametrize(("who", "name"), [("lead", "note_new"), ("officer", "assign"), ("lead", "stage")])
def test_a_forged_field_of_a_form_of_the_desk_is_ignored(
    world: SimpleNamespace, knock: Knock, who: str, name: str
) -> None:
    door = next(door for door in DOORS if door.name == f"admin:applications_application_{name}")
    before = _facts(world)
    with rolled_back():
        data = {**FORGED, "firm": world.other_firm.pk, "text": "A note"}
        knock(who, "POST", door.url(doors.values_of(door, world.ours, "review")), data)
        assert _facts(world) == before


def _facts(world: SimpleNamespace) -> Any:
    """What no form of these may change: of the cases that are there now, of people, of what they may do."""
    known = [side.case.pk for both in (world.ours, world.theirs) for side in (both.draft, both.review)]
    return (
        list(Application.objects.filter(pk__in=known).order_by("pk").values_list(*CASE_FIELDS)),
        list(
            User.objects.order_by("pk").values_list("is_staff", "is_active", "is_superuser", "human", "email")
        ),
        list(Membership.objects.order_by("pk").values_list("user", "firm", "role", "ended_at")),
    )


READ_ONLY = [door for door in DOORS if door.name.endswith("_changelist") and door.address.startswith("desk/")]


@pytest.mark.parametrize("door", READ_ONLY, ids=names)
def test_who_may_only_look_deletes_nothing_by_the_action_of_a_list(
    world: SimpleNamespace, knock: Knock, door: Door
) -> None:
    change = next(d for d in DOORS if d.name == door.name.replace("_changelist", "_change"))
    values = doors.values_of(change, world.ours, "review")
    data = {"action": "delete_selected", "_selected_action": str(values["object_id"]), "post": "yes"}
    for who in ("admin", "decider"):
        with rolled_back():
            response = knock(who, "POST", door.url(values), data)
            assert response.status_code in (200, 302, 403, 404, 405)
            model = type(doors.object_of(change, world.ours, world.ours.review))
            assert model._default_manager.filter(pk=values["object_id"]).exists()
