"""What takes seconds to make is made once a run, by the services; a test that needs it gets its rows again.

``prepared("submitted")`` writes the rows of a layer into the database of the test and gives the keys of what
was made. The layers: ``rulebooks``; upon it ``afsa_staff``, ``afm_staff`` and ``firm``; upon the firm
the cases ``filled``, ``submitted``, ``in_review`` (which needs ``afsa_staff`` too), ``filled_afm`` and
``submitted_afm``. The keys of these rows are above those that a test makes.
"""

import fcntl
import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from accounts.models import Firm, User
from applications.models import Application
from applications.samples.build import build_application
from regulators.models import LicenceType
from regulators.services import load_rulebooks
from tests.plugins import cases, files
from tests.plugins.undone import rolled_back

FIRST_KEY = 900_000_000
CUSTODY, NATIONAL = "providing-custody", "national-custody"
Rows = dict[str, bytes]  # by table, as PostgreSQL copies them out
Keys = dict[str, Any]
Layer = tuple[Rows, Keys]
Seen = dict[str, dict[str, str]]  # by table: the fingerprint of each row by its place


@pytest.fixture(scope="session")
def _layers(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> tuple[dict[str, Layer], Path]:
    """All layers, and the folder of their documents: made by the first worker that comes."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    kept, store = shared / "prepared.pickle", shared / "prepared"
    with (shared / "prepared.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not kept.exists():
            store.mkdir()
            with django_db_blocker.unblock(), _far_keys(), rolled_back(), _quickly(store):
                layers = _make_all()
            kept.write_bytes(pickle.dumps(layers))
    return pickle.loads(kept.read_bytes()), store


@pytest.fixture
def prepared(db: None, _layers: tuple[dict[str, Layer], Path]) -> Callable[[str], Keys]:
    """A function that writes the rows of a layer, and gives its keys."""

    def write(name: str) -> Keys:
        rows, keys = _layers[0][name]
        _write(rows)
        return keys

    return write


@pytest.fixture
def prepared_documents(document_store: Path, _layers: tuple[dict[str, Layer], Path]) -> Path:
    """The store of this test holds the files of the prepared cases."""
    shutil.copytree(_layers[1], document_store, dirs_exist_ok=True)
    return document_store


def _make_all() -> dict[str, Layer]:
    layers: dict[str, Layer] = {}

    def layer(name: str, keys: Keys, since: Seen) -> Seen:
        layers[name] = (_rows_since(since), keys)
        return _seen()

    empty = _seen()
    load_rulebooks(actor=cases.SHELL)
    books = layer("rulebooks", {}, empty)
    afsa_staff = cases.people_of_regulator(_licence_type(CUSTODY))
    known = layer("afsa_staff", _keys(afsa_staff), books)
    afm_staff = cases.people_of_regulator(_licence_type(NATIONAL))
    known = layer("afm_staff", _keys(afm_staff), known)
    firm = cases.new_firm(cases.new_applicant())
    founder = firm.memberships.first().user
    known = layer("firm", {"firm": firm.pk, "founder": founder.pk}, known)
    with rolled_back():
        case = _filled(firm, founder, CUSTODY)
        layer("filled", {"case": case.pk}, known)
        cases.submit(case, founder)
        layer("submitted", {"case": case.pk}, known)
        cases.accept(cases.fresh(case), afsa_staff.case_officer)
        layer("in_review", {"case": case.pk}, known)
    with rolled_back():
        case = _filled(firm, founder, NATIONAL)
        layer("filled_afm", {"case": case.pk}, known)
        cases.submit(case, founder)
        layer("submitted_afm", {"case": case.pk}, known)
    return layers


def _keys(people: Any) -> Keys:
    return {name: user.pk for name, user in vars(people).items()}


def _licence_type(code: str) -> LicenceType:
    return LicenceType.objects.select_related("regulator").get(code=code)


def _filled(firm: Firm, founder: User, licence_type: str) -> Application:
    return build_application(actor=cases.fresh(founder), firm=firm, licence_type=_licence_type(licence_type))


@contextmanager
def _quickly(store: Path) -> Iterator[None]:
    """Files lie in this folder and pass unscanned."""
    with override_settings(
        STORAGES=settings.STORAGES | files.two_stores(store),
        CLAMD_ADDRESS="",
    ):
        yield


@contextmanager
def _far_keys() -> Iterator[None]:
    """Keys are given out from FIRST_KEY on inside, and afterwards from where they were."""
    before = _as_owner(
        "SELECT schemaname || '.' || sequencename, coalesce(last_value, 1), last_value IS NOT NULL "
        "FROM pg_sequences WHERE schemaname = 'public'"
    )
    for name, _last, _used in before:
        _as_owner("SELECT setval(%s::regclass, %s)", [name, FIRST_KEY])
    try:
        yield
    finally:
        for name, last, used in before:
            _as_owner("SELECT setval(%s::regclass, %s, %s)", [name, last, used])


def _as_owner(query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        [(role,)] = cursor.fetchall()
        cursor.execute("SET ROLE NONE")
        cursor.execute(query, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute(f'SET ROLE "{role}"')
    return found


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    ours = {model._meta.db_table for model in models if model._meta.managed}
    return sorted(ours - {"django_content_type", "auth_permission", "django_migrations"})


@cache
def _columns(table: str) -> str:
    """Those that are written; what the database computes of them it computes again."""
    [model] = [m for m in apps.get_models(include_auto_created=True) if m._meta.db_table == table]
    return ", ".join(
        f'"{field.column}"' for field in model._meta.local_concrete_fields if not field.generated
    )


def _seen() -> Seen:
    found: Seen = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT ctid::text, md5(t::text) FROM "{table}" t')
            found[table] = dict(cursor.fetchall())
    return found


def _rows_since(seen: Seen) -> Rows:
    """The rows that came. A row that was there and reads differently now cannot be given again: an error."""
    rows: Rows = {}
    now = _seen()
    with connection.cursor() as cursor:
        for table, marks in now.items():
            before = set(seen.get(table, {}).values())
            lost = before - set(marks.values())
            assert not lost, f"{table}: {len(lost)} rows of a lower layer changed"
            came = [place for place, mark in marks.items() if mark not in before]
            if not came:
                continue
            places = ", ".join(f"'{place}'::tid" for place in came)
            with cursor.cursor.copy(
                f'COPY (SELECT {_columns(table)} FROM "{table}" WHERE ctid = ANY (ARRAY[{places}])) TO STDOUT'
            ) as copy:
                rows[table] = b"".join(bytes(part) for part in copy)
    return rows


def _write(rows: Rows) -> None:
    """References are checked at the end of the transaction, so the order of the tables is no matter."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, text in rows.items():
            with cursor.cursor.copy(f'COPY "{table}" ({_columns(table)}) FROM STDIN') as copy:
                copy.write(text)
