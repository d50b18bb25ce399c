"""The log for process mining: each act once and in its order, nobody's name, and true to its form."""

import csv
import io
import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from django.core.management import CommandError, call_command

from accounts.actors import System
from applications.pipeline import event_log
from audit.models import Event
from audit.services import record
from tests.plugins.cases import new_staff

pytestmark = pytest.mark.django_db
XES = "{http://www.xes-standard.org/}"


@pytest.fixture
def acts(afsa, afm, add_case):
    """Two cases of one regulator with acts of two people and of the system, and one of another."""
    cases = [add_case(afsa, name="Secret & Co"), add_case(afsa, submitted=date(2026, 10, 5)), add_case(afm)]
    people = [new_staff("Qanary Name"), new_staff("Another Name")]
    for case, actor, kind, data in (
        (cases[0], people[0], "application.accept", {}),
        (cases[0], people[1], "stage.approve", {"stage": "business_plan"}),
        (cases[0], people[0], "application.note", {}),  # no act
        (cases[1], people[1], "application.withdraw", {}),
        (cases[2], people[0], "application.accept", {}),
    ):
        record(subject=case.audit_subject, kind=kind, actor=actor, reason="a secret reason", data=data)
    return cases


def written(form="xes", **asked):
    out = io.StringIO()
    asked = {"regulator": "AFSA", "first": None, "last": None} | asked
    done = event_log.write(out, form=form, actor=System("test"), **asked)
    return out.getvalue(), done


def test_xes_has_each_act_once_and_in_order(acts):
    text, done = written()
    assert done == (2, 5)
    root = ET.fromstring(text.encode())
    assert (root.tag, root.attrib) == (f"{XES}log", {"xes.version": "1849-2016"})
    traces = [
        (_value(trace, "concept:name"), [
            tuple(_value(event, key) for key in ("concept:name", "org:resource", "stage"))
            for event in trace.iter(f"{XES}event")
        ])
        for trace in root.iter(f"{XES}trace")
    ]  # fmt: skip
    assert traces == [
        (acts[0].reference, [
            ("application.submit", "system", None), ("application.accept", "person 1", None),
            ("stage.approve", "person 2", "business_plan"),
        ]),
        (acts[1].reference, [
            ("application.submit", "system", None), ("application.withdraw", "person 2", None),
        ]),
    ]  # fmt: skip
    stamps = [one.get("value") for one in root.iter(f"{XES}date")]
    assert len(stamps) == 5
    assert all(re.fullmatch(r"2026-11-23T12:00:00\.\d{3}\+05:00", stamp) for stamp in stamps)


def _value(element, key):
    return next((one.get("value") for one in element if one.get("key") == key), None)


def test_csv_has_the_same_rows(acts):
    text, done = written(form="csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert done == (2, len(rows)) == (2, 5)
    assert [(row["case"], row["activity"], row["resource"]) for row in rows][1:3] == [
        (acts[0].reference, "application.accept", "person 1"),
        (acts[0].reference, "stage.approve", "person 2"),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["xes", "csv"])
def test_it_says_no_name_no_firm_and_no_reason(acts, form):
    text, _done = written(form=form)
    assert not {word for word in ("Qanary", "Another", "Secret", "secret") if word in text}


@pytest.mark.parametrize(("asked", "cases"), [
    ({"first": date(2026, 11, 2)}, 1), ({"first": date(2026, 11, 3)}, 0),
    ({"last": date(2026, 10, 5)}, 1), ({"last": date(2026, 10, 4)}, 0),
    ({"first": date(2026, 10, 5), "last": date(2026, 11, 2)}, 2), ({"regulator": "AFM"}, 1),
])  # fmt: skip
def test_days_and_regulator_narrow_it(acts, asked, cases):
    assert written(**asked)[1][0] == cases


def test_it_is_read_in_batches_and_recorded(acts, monkeypatch):
    whole = written()[0]
    monkeypatch.setattr(event_log, "TRACES", 1)
    assert written()[0] == whole
    kept = Event.objects.filter(kind="pipeline.export").values_list("data__filters", "data__rows")
    assert set(kept) == {("regulator=AFSA&from=&to=&form=xes", 5)}


def test_the_command_writes_a_file_and_over_none(acts, tmp_path):
    out = tmp_path / "log.xes"
    call_command("event_log", "AFSA", out=out)
    assert len(ET.parse(out).getroot().findall(f"{XES}trace")) == 2
    with pytest.raises(CommandError, match="is there already"):
        call_command("event_log", "AFSA", out=out)
    with pytest.raises(CommandError, match="There is no regulator SEC"):
        call_command("event_log", "SEC")
    for option, day in (("--to", "9999-12-31"), ("--from", "0001-01-01"), ("--to", "2026-13-01")):
        with pytest.raises(CommandError, match=day if day[:2] != "20" else "invalid"):
            call_command("event_log", "AFSA", option, day)
