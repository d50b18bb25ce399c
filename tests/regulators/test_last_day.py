"""A last day that is typed is a working day, as far as the calendar tells."""

from datetime import date

import pytest
from django import forms
from django.utils import translation

from applications.desk.act_forms import IndividualRefusalForm, ReturnForm
from applications.desk.condition_forms import InPrincipleForm
from applications.desk.pages.collecting import CollectForm
from applications.desk.pages.consultations import ConsultForm
from applications.desk.pages.extending import ExtendForm
from applications.desk.pages.requests import RequestForm
from applications.desk.pages.rounds import ExtensionForm
from applications.portal.request_forms import ExtensionForm as WishForm
from licences.desk.forms import ServiceForm
from regulators.last_day import LastDayField, NoDayOff, unchecked
from tests.regulators.conftest import on

TODAY = date(2026, 11, 30)
ASKED = {
    RequestForm: ["due_on"],
    CollectForm: ["due_on"],
    ExtensionForm: ["until"],
    WishForm: ["until"],
    ExtendForm: ["until"],
    ReturnForm: ["return_by"],
    IndividualRefusalForm: ["represent_until"],
    ConsultForm: ["due_on"],
    ServiceForm: ["until"],
}


class Typed(forms.Form):
    until = LastDayField(label="Last day", required=False)


def typed(day, latest=None):
    form = Typed(on(day, "until"))
    form.fields["until"].latest = latest
    return form


@pytest.fixture(autouse=True)
def monday(today):
    today(TODAY)


@pytest.mark.parametrize(
    ("day", "error"),
    [
        (date(2026, 12, 4), None),
        (
            date(2026, 12, 5),
            "Saturday 5 December 2026 is a day off. The next working day is Monday 7 December 2026.",
        ),
        (
            date(2026, 12, 16),
            "Wednesday 16 December 2026 is a day off. The next working day is Thursday 17 December 2026.",
        ),
        (
            date(2027, 1, 1),
            "Friday 1 January 2027 is a day off. The next working day is Tuesday 5 January 2027.",
        ),
    ],
)
def test_a_day_off_is_refused_with_the_next_working_day(day, error):
    assert typed(day).errors == ({"until": [error]} if error else {})


@pytest.mark.parametrize(
    ("language", "error"),
    [
        (
            "ru",
            "5 декабря 2026 г. (суббота) – нерабочий день. "
            "Следующий рабочий день: 7 декабря 2026 г. (понедельник).",
        ),
        (
            "kk",
            "2026 ж. 5 желтоқсан (сенбі) – жұмыс күні емес. "
            "Келесі жұмыс күні: 2026 ж. 7 желтоқсан (дүйсенбі).",
        ),
    ],
)
def test_it_is_said_in_the_language_of_the_reader(language, error):
    with translation.override(language):
        assert typed(date(2026, 12, 5)).errors["until"] == [error]


def test_a_weekend_day_that_is_worked_is_taken(new_calendar):
    new_calendar("2026.2", works=[date(2026, 12, 5)])
    assert typed(date(2026, 12, 5)).errors == {}


def test_where_the_next_is_too_late_the_one_before_is_named():
    latest = date(2026, 12, 6)
    assert typed(date(2026, 12, 5), latest).errors["until"] == [
        "Saturday 5 December 2026 is a day off. The last working day before it is Friday 4 December 2026."
    ]


def test_where_the_calendar_ends_no_next_day_is_guessed(new_calendar):
    new_calendar("2026.2", off=[date(2026, 12, 31)], until=2026)
    assert typed(date(2026, 12, 31)).errors["until"] == [
        "Thursday 31 December 2026 is a day off. "
        "The next working day is not known: the calendar of 2027 is not entered."
    ]


def test_a_year_that_is_missing_blocks_nothing_and_is_said(new_calendar):
    new_calendar("2026.2", until=2026)
    form = typed(date(2027, 1, 2))
    assert (form.errors, form.cleaned_data) == ({}, {"until": date(2027, 1, 2)})
    assert unchecked(form) == [
        "Whether Saturday 2 January 2027 is a day off could not be checked: "
        "the calendar of 2027 is not entered."
    ]
    assert unchecked(typed(date(2026, 12, 4))) == []


@pytest.mark.parametrize("day", [date(2026, 11, 29), None])
def test_a_day_that_is_not_ahead_is_left_to_the_act(day):
    form = typed(day) if day else Typed({})
    assert (form.errors, form.cleaned_data) == ({}, {"until": day})


@pytest.mark.parametrize(("form", "names"), ASKED.items())
def test_whoever_types_a_day_to_answer_by_types_a_working_day(form, names):
    found = [name for name, field in form.base_fields.items() if isinstance(field, NoDayOff)]
    assert found == names


def test_each_condition_is_to_be_met_on_a_working_day():
    fields = InPrincipleForm().fields
    found = {name for name, field in fields.items() if isinstance(field, NoDayOff)}
    assert found == {name for name in fields if name.startswith("due_on_")}
