"""The parts of the look, in every state. Outside production only: for the eye, for screenshots and axe."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from look.fields import DayMonthYearField, MoneyField
from regulators.rulebook import BENCHMARK, GUIDANCE, READ_FULL, RULE, Citation
from workflow.errors import Reason

TAGS = (
    ("", "Not started"),
    ("work", "In progress"),
    ("done", "Complete"),
    ("look", "In review"),
    ("act", "Change requested"),
    ("ok", "Approved"),
    ("bad", "Refused"),
)
LONG_TAGS = (
    ("act", "Запрошены изменения"),
    ("work", "Вирустарға тексерілуде"),
    ("bad", "Тексеру мүмкін болмады"),
)


class SampleForm(forms.Form):
    group = forms.ChoiceField(
        label=_("Is the firm part of a financial group?"),
        choices=[("yes", _("Yes, and group accounts are attached")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )
    chains = forms.MultipleChoiceField(
        label=_("Which networks will you hold assets on?"),
        choices=[("btc", "Bitcoin"), ("eth", "Ethereum")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    paid_up = MoneyField(
        label=_("Paid-up capital"),
        currency="USD",
        help_text=_("Ordinary shares and premium on the balance date."),
    )
    balance_date = DayMonthYearField(label=_("Balance date"), help_text=_("For example, 27 3 2026"))
    origin = forms.CharField(
        label=_("Where does the capital come from?"),
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Explain where the capital comes from")},
    )
    rate = forms.CharField(label=_("Which exchange rate source do you use?"), required=False)
    country = forms.ChoiceField(
        label=_("Country of registration"), choices=[("KZ", _("Kazakhstan")), ("AE", _("Other"))]
    )
    statement = forms.FileField(
        label=_("Bank statement"), help_text=_("PDF, PNG or JPEG, up to 50 MB."), required=False
    )
    agreed = forms.BooleanField(label=_("I have read the declaration above"))


def citation(kind: str, act: str, provision: str, *, in_force: bool | None = True, url: str = "") -> Citation:
    return Citation(
        act=act,
        provision=provision,
        kind=kind,
        applies=True,
        read=READ_FULL,
        in_force=in_force,
        as_at=date(2026, 10, 2),
        checked_by=("A. Sample",),
        confidence="V",
        url=url,
    )


def sample() -> dict[str, object]:
    typed = {
        "paid_up": "250 млн ₸",
        "balance_date_day": "31",
        "balance_date_month": "2",
        "balance_date_year": "2026",
    }
    return {
        "blank": SampleForm(prefix="blank"),
        "form": SampleForm({**typed, "country": "KZ"}),
        "tags": TAGS,
        "long_tags": LONG_TAGS,
        "citations": (
            citation(RULE, "Sample act", "3.2(1)", url="https://example.test/act"),
            citation(GUIDANCE, "Sample guide", "6.1(g)"),
            citation(BENCHMARK, "Sample benchmark", "A.5"),
            citation(RULE, "Old sample act", "12", in_force=False),
        ),
        "reasons": [
            Reason("Origin of capital is not met", "#form"),
            Reason("Request 2 is open, due 8 December 2026", ""),
        ],
        "day": date(2026, 3, 5),
        "moment": datetime(2026, 3, 5, 9, 7, tzinfo=UTC),
        "amount": Decimal("1234567.89"),
        "tabs": [
            {"url": "#", "text": _("Tasks"), "current": True},
            {"url": "#", "text": _("Requests"), "count": 1},
        ],
    }


@require_GET
def portal(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Saved at 14:05."))
    messages.error(request, _("Not saved: this page was changed by another person."))
    return render(request, "site/parts_portal.html", sample())


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "site/parts_desk.html", {**sample(), "form": None})


urlpatterns = [
    path("", portal, name="parts"),
    path("desk/", desk, name="parts_desk"),
]
