"""Every form is the same: label, hint, error beside the field and in the summary; the browser is silent."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.test import SimpleTestCase

from look.fields import DayMonthYearField, MoneyField


class Sample(forms.Form):
    name = forms.CharField(
        label="Name", help_text="As in the register", error_messages={"required": "Enter the name"}
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    group = forms.ChoiceField(label="Group", choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect)
    day = DayMonthYearField(label="Day")
    paid = MoneyField(label="Paid", currency="USD")
    agreed = forms.BooleanField(label="Agreed", error_messages={"required": "Tick the box"})
    paper = forms.FileField(label="Paper", required=False)
    country = forms.ChoiceField(label="Country", choices=[("KZ", "Kazakhstan")])

    def clean(self) -> None:
        raise forms.ValidationError("The two answers contradict each other")


def test_no_control_has_the_required_attribute() -> None:
    html = str(Sample()) + str(Sample({}))
    assert re.findall(r"<(?:input|select|textarea)[^>]*\srequired", html) == []


def test_optional_is_said_in_words_and_only_there() -> None:
    optional = [name for name, field in Sample().fields.items() if not field.required]
    assert optional == ["note", "paper"]
    assert str(Sample()).count("(optional)") == len(optional)


def test_an_error_stands_beside_its_field_and_is_bound_to_it() -> None:
    bound = Sample({})["name"]
    html = bound.as_field_group()
    assert '<label for="id_name">Name</label>' in html
    assert '<p class="hint" id="id_name_helptext">As in the register</p>' in html
    assert 'id="id_name_error"><li><span class="vh">Error:</span> Enter the name.</li>' in html
    assert 'aria-invalid="true" aria-describedby="id_name_helptext id_name_error"' in html
    assert 'class="field field--err"' in html


def test_a_group_of_choices_is_a_fieldset_with_its_question_as_legend() -> None:
    html = Sample({})["group"].as_field_group()
    assert '<fieldset aria-describedby="id_group_error">' in html
    assert "<legend>Group</legend>" in html
    assert '<label for="id_group_0">Yes</label>' in html


def test_the_summary_leads_to_the_first_control_of_each_field() -> None:
    html = Template("{% error_summary form %}").render(Context({"form": Sample({})}))
    assert re.findall(r'<a href="#([^"]*)">', html) == [
        "id_name",
        "id_group_0",
        "id_day_0",
        "id_paid",
        "id_agreed",
        "id_country",
    ]
    page = str(Sample({}))
    for target in re.findall(r'<a href="#([^"]*)">', html):
        assert page.count(f'id="{target}"') == 1


def test_the_summary_has_the_words_of_the_field_and_the_errors_of_the_whole_form_first() -> None:
    html = Template("{% error_summary form %}").render(Context({"form": Sample({})}))
    said = re.findall(r"<li>(?:<a[^>]*>)?([^<]*)", html)
    assert said[:2] == ["The two answers contradict each other.", "Enter the name."]
    assert '<h2 id="problem">There is a problem</h2>' in html


def test_the_summary_of_a_good_form_is_empty() -> None:
    good = forms.Form({})
    assert good.is_valid()
    assert Template("{% error_summary form %}").render(Context({"form": good})).strip() == ""


def test_a_field_with_a_requirement_shows_its_source() -> None:
    from kzcustody_site.parts import citation

    form = Sample()
    form.fields["name"].requirement = citation("rule", "Sample act", "3.2")
    assert '<span class="cite cite--rule"><b>Rule</b>' in form["name"].as_field_group()


def boxes(day: str, month: str, year: str) -> list[str]:
    return [day, month, year]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (boxes("5", "3", "2026"), date(2026, 3, 5)),
        (boxes("05", "03", "2026"), date(2026, 3, 5)),
        (boxes(" 29 ", "2", "2028"), date(2028, 2, 29)),
    ],
)
def test_a_date_in_three_boxes(typed: list[str], value: date) -> None:
    assert DayMonthYearField().clean(typed) == value


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (boxes("", "", ""), "required"),
        (boxes("5", "3", ""), "part"),
        (boxes("29", "2", "2026"), "unreal"),
        (boxes("3", "27", "2026"), "unreal"),
        (boxes("5", "3", "26"), "unreal"),
        (boxes("5", "March", "2026"), "unreal"),
        (boxes("٥", "3", "2026"), "unreal"),
        (boxes("0", "3", "2026"), "unreal"),
        (boxes("99999999999999999999", "1", "2027"), "unreal"),
        (boxes("1", "2147483648", "2027"), "unreal"),
    ],
)
def test_a_date_that_is_none_says_how_to_mend_it(typed: list[str], code: str) -> None:
    with pytest.raises(forms.ValidationError) as refused:
        DayMonthYearField().clean(typed)
    assert refused.value.code == code
    assert "for example 27 3 2026" in refused.value.messages[0]


def test_the_three_boxes_keep_what_was_typed_and_have_labels() -> None:
    html = str(Sample({"day_day": "31", "day_month": "2", "day_year": "2026"})["day"])
    assert re.findall(r'name="(\w+)" value="(\d+)"', html) == [
        ("day_day", "31"),
        ("day_month", "2"),
        ("day_year", "2026"),
    ]
    assert re.findall(r'<label for="(\w+)">(\w+)</label>', html) == [
        ("id_day_0", "Day"),
        ("id_day_1", "Month"),
        ("id_day_2", "Year"),
    ]


def test_a_stored_date_fills_the_boxes() -> None:
    html = str(Sample(initial={"day": date(2026, 3, 5)})["day"])
    assert re.findall(r'value="(\d+)"', html) == ["5", "3", "2026"]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("500000", "500000"),
        ("500 000", "500000"),
        ("500\u00a0000", "500000"),
        ("500,000", "500000"),
        ("12,345", "12345"),
        ("12 345", "12345"),
        ("1.234.567", "1234567"),
        ("12.345,50", "12345.50"),
        ("1,234,567.89", "1234567.89"),
        ("1.234.567,89", "1234567.89"),
        ("1 234 567,89", "1234567.89"),
        ("0,5", "0.5"),
        ("12.50", "12.50"),
        ("0", "0"),
    ],
)
def test_an_amount_takes_spaces_comma_and_point(typed: str, value: str) -> None:
    assert MoneyField(currency="USD").clean(typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed", ["250 млн ₸", "1,23,456", "12.345,6789", "1.2.3", "5e3", "USD 5", "NaN", "-5", "--5", "5-"]
)
def test_what_is_no_amount_is_refused_in_words(typed: str) -> None:
    with pytest.raises(forms.ValidationError) as refused:
        MoneyField(currency="USD").clean(typed)
    assert refused.value.messages[0].startswith("Enter an amount")


@pytest.mark.parametrize("typed", ["12.345", " 12.345 ", "-12.345"])
def test_three_digits_after_a_single_point_are_refused_with_both_readings(typed: str) -> None:
    with pytest.raises(forms.ValidationError) as refused:
        MoneyField(currency="USD").clean(typed)
    assert refused.value.messages == [
        "This can be read in two ways. Write 12 345 for thousands, or 12.34 with two digits for a fraction."
    ]


def test_the_currency_stands_beside_the_box() -> None:
    SimpleTestCase().assertInHTML("<span>USD</span>", str(Sample()["paid"]))


class Nameless(forms.Form):
    """A form that leaves the words of its errors to Django."""

    name = forms.CharField(label="Family name")
    agreed = forms.ChoiceField(label="Held", choices=[("own", "For itself")])
    paid = MoneyField(label="Paid", currency="USD")


def test_away_from_its_field_an_error_names_the_field_and_ends_with_a_full_stop() -> None:
    form = Nameless({"agreed": "no", "paid": "1" * 21})
    html = Template("{% error_summary form %}").render(Context({"form": form}))
    assert re.findall(r"<li><a[^>]*>([^<]*)", html) == [
        "Fill this in: Family name.",
        "Held: Select a valid choice. no is not one of the available choices.",
        "Paid: Enter a number of at most 20 digits.",
    ]


def test_what_is_missing_is_said_in_the_same_words_beside_the_field() -> None:
    html = Nameless({"agreed": "own", "paid": "1"})["name"].as_field_group()
    assert 'id="id_name_error"><li><span class="vh">Error:</span> Fill this in: Family name.</li>' in html
    assert "This field is required" not in html
