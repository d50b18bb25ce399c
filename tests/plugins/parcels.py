"""A model with a state, for tests of the workflow alone: a parcel that is looked at, closed, or burnt by
two people.
"""

import uuid
from typing import Any

import pytest
import rules
from django.conf import settings
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django_fsm import FSMField

from workflow.acts import DECIDE, EXAMINE, act
from workflow.admin import StatefulAdmin
from workflow.errors import Reason
from workflow.models import Stateful


@rules.predicate
def is_staff(user: Any, parcel: Any) -> bool:
    return bool(user.is_staff)


@rules.predicate
def is_not_sealed(user: Any, parcel: Any) -> bool:
    return parcel is None or parcel.title != "sealed"


for name in ("view_parcel", "change_parcel"):
    rules.add_perm(f"sample.{name}", is_staff & is_not_sealed)
for name in ("look", "close", "burn", "carry"):
    rules.add_perm(f"sample.{name}", is_staff)
rules.add_perm("sample.keep", rules.always_deny)


def has_an_address(parcel: Any, data: dict[str, Any]) -> list[Reason]:
    return [] if parcel.address else [Reason("The parcel has no address.", url="/where-to-write-it")]


class Parcel(Stateful):
    STATES = [("open", "Open"), ("looked", "Looked at"), ("closed", "Closed"), ("burnt", "Burnt")]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=100, blank=True)
    marks = models.JSONField(default=list, blank=True)
    state = FSMField(choices=STATES, default="open", protected=True)

    class Meta:
        app_label = "sample"

    def __str__(self) -> str:
        return f"Parcel {self.title}"

    @property
    def audit_subject(self) -> str:
        return f"parcel:{self.pk}"

    @act(field=state, sources=("open",), to="looked", permission="sample.look", label="Look", duty=EXAMINE)
    def look(self, **data: Any) -> None:
        self.marks.append("looked")

    @act(
        field=state, sources=("looked",), to="closed", permission="sample.close", label="Close", duty=DECIDE,
        needs=("reason",), requires=(has_an_address,),
    )  # fmt: skip
    def close(self, **data: Any) -> None:
        self.title = f"{self.title} (closed)"

    @act(
        field=state, sources=("open",), to="burnt", permission="sample.burn", label="Burn", two_people=True,
        needs=("reason",),
    )  # fmt: skip
    def burn(self, **data: Any) -> None:
        pass

    @act(field=state, sources=("open",), to="looked", permission="sample.keep", label="Keep")
    def keep(self, **data: Any) -> None:
        pass

    @act(field=state, sources=("open",), to="closed", permission="sample.carry", label="Carry")
    def carry(self, **data: Any) -> None:
        pass


class SampleSite(admin.AdminSite):
    def get_app_list(self, request: Any, app_label: str | None = None) -> list[Any]:
        return []


class ParcelAdmin(StatefulAdmin):
    fields = ("title", "address", "state", "version")
    hidden_acts = frozenset({"carry"})


site = SampleSite(name="sample")
site.register(Parcel, ParcelAdmin)


@pytest.fixture(scope="session")
def _parcel_table(django_db_setup: None, django_db_blocker: Any) -> None:
    role = connection.ops.quote_name(settings.DATABASE_APP_ROLE)
    with django_db_blocker.unblock():
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
            cursor.execute("DROP TABLE IF EXISTS sample_parcel")
        with connection.schema_editor() as editor:
            editor.create_model(Parcel)
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON sample_parcel TO {role}")
        connection.close()


@pytest.fixture
def parcels(_parcel_table: None) -> type[Parcel]:
    """The model, with its table. Rows made in a committing test stay: count your own, by key."""
    ContentType.objects.clear_cache()  # the last test's type was rolled back
    return Parcel
