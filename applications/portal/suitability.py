"""Which track a firm's plan belongs to, and whether it is custody at all: asked before anybody signs in.

Nothing of it is kept: the answers stand in the address of the page. What is decided here is only which page
to show; the ways of holding or controlling are those of DAA 3.1-1(3), as the AFSA's rule book cites them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

Words = Any  # text, or text to be translated
NONE = "none"
AFSA, AFM, NBK = "providing-custody", "national-custody", "exchange-operator"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question. ``several``: any number of the answers, but the last one alone."""

    name: str
    title: Words
    hint: Words
    choices: tuple[tuple[str, Words], ...]
    missing: Words
    several: bool = False

    def chosen(self, data: Any) -> list[str]:
        """The valid answers in the address; none where they contradict each other."""
        known = [code for code, _words in self.choices]
        found = [code for code in known if code in data.getlist(self.name)]
        return [] if len(found) > 1 and (NONE in found or not self.several) else found

    def form(self, data: Any = None) -> forms.Form:
        many = {"widget": forms.CheckboxSelectMultiple} if self.several else {"widget": forms.RadioSelect}
        kind = forms.MultipleChoiceField if self.several else forms.ChoiceField
        form = forms.Form(data)
        form.use_required_attribute = False
        form.fields[self.name] = kind(
            label=self.title, help_text=self.hint, choices=self.choices,
            error_messages={"required": self.missing}, **many,
        )  # fmt: skip
        return form


HOLD = Asked(
    name="hold",
    title=_("How will other people's digital assets be with you?"),
    hint=_("Tick everything that is true. These are the ways of holding or controlling that the rules name."),
    choices=(
        ("direct", _("directly, in our own account or wallet")),
        ("name", _("in an account or wallet in our name, kept by somebody else")),
        ("entity", _("with or in the name of an entity that we control")),
        ("keys", _("we hold or control the private keys or the seed phrase")),
        (NONE, _("none of these")),
    ),
    missing=_("Tick how the assets will be with you, or “none of these” alone."),
    several=True,
)
WHOSE = Asked(
    name="whose",
    title=_("Whose assets are they?"),
    hint=_(
        "Assets of the firm itself, of its shareholders or of its staff as such are not those of clients."
    ),
    choices=(("clients", _("clients', or other people's")), ("own", _("only our own"))),
    missing=_("Choose whose assets they are."),
)
PLACE = Asked(
    name="place",
    title=_("Where will the firm carry on this activity?"),
    hint=_("Choose where the firm is, or is going to be, set up for it."),
    choices=(
        ("aifc", _("in or from the Astana International Financial Centre")),
        ("national", _("in Kazakhstan, outside the Centre")),
        ("abroad", _("from abroad, without a firm or branch in Kazakhstan")),
    ),
    missing=_("Choose where the firm will carry on this activity."),
)
ACTIVITY = Asked(
    name="activity",
    title=_("What will the firm do there?"),
    hint=_("If it does both, prepare both files."),
    choices=(
        ("custody", _("hold assets for others only")),
        ("exchange", _("operate an exchange of digital assets")),
    ),
    missing=_("Choose what the firm will do there."),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Where the answers lead. ``licence_type`` is empty on a page that stops."""

    code: str
    licence_type: str = ""


def path_of(data: Any) -> tuple[dict[str, list[str]], Asked | None, Outcome | None]:
    """The answers so far, the next question, and the outcome where there is none to ask any more."""
    answers: dict[str, list[str]] = {}

    def answer(asked: Asked) -> list[str]:
        answers[asked.name] = asked.chosen(data)
        return answers[asked.name]

    for asked, stops_at in ((HOLD, NONE), (WHOSE, "own")):
        given = answer(asked)
        if not given:
            return answers, asked, None
        if given == [stops_at]:
            return answers, None, Outcome(code=f"{asked.name}-{stops_at}")
    place = answer(PLACE)
    if not place:
        return answers, PLACE, None
    if place == ["abroad"]:
        return answers, None, Outcome(code="place-abroad")
    if place == ["aifc"]:
        return answers, None, Outcome(code="afsa", licence_type=AFSA)
    activity = answer(ACTIVITY)
    if not activity:
        return answers, ACTIVITY, None
    national = Outcome(code="afm", licence_type=AFM)
    return answers, None, national if activity == ["custody"] else Outcome(code="nbk", licence_type=NBK)


def given_so_far(answers: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """Each answered question in words, with the address that asks it again and keeps those before it."""
    rows: list[dict[str, Any]] = []
    before: list[tuple[str, str]] = []
    for asked in (HOLD, WHOSE, PLACE, ACTIVITY):
        codes = answers.get(asked.name)
        if codes:
            words = dict(asked.choices)
            said = [words[code] for code in codes]
            rows.append({"title": asked.title, "answers": said, "again": f"?{urlencode(before)}"})
            before += [(asked.name, code) for code in codes]
    return rows
