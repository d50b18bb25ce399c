"""What each bench fills in alike, past the services: firms with their people, snapshots, documents."""

import uuid

from django.db import connection, transaction

from accounts.actors import System
from accounts.models import Firm, Membership, User
from applications.models import Application, Snapshot
from documents.models import Document
from regulators.models import LicenceType
from regulators.services import load_rulebooks

BATCH = 1000
SHELL = System("bench")


def licence_type():
    return LicenceType.objects.select_related("regulator").get(code="providing-custody")


def fill_in_batches(cases, *, staff, batch):
    """Up to so many cases: rule books and ``staff()`` first, then ``batch(numbers)`` each with fresh
    statistics: in one transaction PostgreSQL plans for tables that it knows small, and takes seconds for what
    takes milliseconds. Whether there was nothing before.
    """
    have = Application.objects.count()
    if not have:
        load_rulebooks(actor=SHELL)
        staff()
    for start in range(have, cases, BATCH):
        with transaction.atomic():
            batch(range(start, min(start + BATCH, cases)))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return not have


def firms_of(numbers):
    """The number, the founder, who may do everything, and the firm, of each."""
    users = User.objects.bulk_create(
        User(email=f"firm{n}@bench.test", full_name=f"Founder {n}", human=f"{n:064d}", password="!")
        for n in numbers
    )
    firms = Firm.objects.bulk_create(
        Firm(name=f"Custody Firm {n} Ltd", legal_form="aifc_private", no_bin_reason="not_yet")
        for n in numbers
    )
    Membership.objects.bulk_create(
        Membership(user=user, firm=firm, role=role)
        for user, firm in zip(users, firms, strict=True)
        for role in ("owner", "editor", "signatory")
    )
    return list(zip(numbers, users, firms, strict=True))


def empty_snapshots(cases, *, made_at):
    """The first of each, without an answer in it."""
    content = {"declaration": {}, "firm": {}, "questions": [], "people": {}}
    return Snapshot.objects.bulk_create(
        Snapshot(
            application=case, number=1, content=content, sha256="0" * 64, law={}, made_at=made_at,
            made_by_name="Founder",
        )
        for case in cases
    )  # fmt: skip


def clean_document(user, *, extension, content_type, **facts):
    key = uuid.uuid4()
    return Document(
        id=key, key=f"bench/{key}", name=f"{key}.{extension}", size=1000, sha256=key.hex * 2,
        content_type=content_type, extension=extension, status="clean", uploaded_by=user,
        uploaded_by_name=user.audit_name, **facts,
    )  # fmt: skip
