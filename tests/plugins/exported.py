"""Lists that left as a file, and what is said of them."""

import csv
import io
from datetime import timedelta

from django.utils import timezone
from openpyxl import load_workbook

from applications.models import Export
from applications.pipeline import services
from audit.models import Event

BAD = '=HYPERLINK("http://example.test")'
EXPORTS, XLSX, CSV = "/pipeline/exports/", "/pipeline/cases.xlsx", "/pipeline/cases.csv"


def ask(owner, *, form="csv", what="cases", query="", rows=3):
    return services.ask_for_export(owner=owner, what=what, form=form, query=query, words=[], rows=rows)


def dismiss(user):
    yesterday = timezone.localdate() - timedelta(days=1)
    user.appointments.update(valid_from=yesterday, valid_until=yesterday)


def fresh(export):
    return Export.objects.get(pk=export.pk)


def content(response):
    return b"".join(response) if response.streaming else response.content


def book(data):
    return load_workbook(io.BytesIO(data))


def rows_of(data):
    return list(csv.reader(data.decode().removeprefix("\ufeff").splitlines()))


def kinds():
    found = Event.objects.filter(kind__startswith="pipeline.").order_by("number")
    return list(found.values_list("kind", flat=True))
