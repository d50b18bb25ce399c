"""Rows of “a question of this case, and a text about it”: points of a request."""

import re
from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Application
from applications.queries.law import requirement_of
from applications.queries.submissions import newest_submission
from regulators.rulebook import say

ROW = re.compile(r"(?:pick|text)_([1-9][0-9]{0,2})")
Choices = list[tuple[str, Any]]


def question_choices(case: Application, *, people: bool) -> Choices:
    """The questions of the newest submission by stage; with ``people``, one for each person asked."""
    submission = newest_submission(case)
    groups: dict[str, list[tuple[str, str]]] = {code: [] for code in case.book.stage_codes}
    seen = set()
    for question in submission.content["questions"] if submission else []:
        key = pick(question["requirement"], question["person"] if people else None)
        if key in seen:
            continue
        seen.add(key)
        title = say(requirement_of(case, question["requirement"]).title)
        who = f" ({question['person_name']})" if people and question["person_name"] else ""
        groups[question["stage"]].append((key, f"{question['requirement']} {title}{who}"))
    named = [(say(case.book.stage(code).title), found) for code, found in groups.items() if found]
    return [("", _("Choose")), *named]


def pick(code: str, person: str | None) -> str:
    return f"{code}|{person or ''}"


class Picked(forms.Form):
    """Rows to fill, as many as are wanted; an empty row is none, half a row is a mistake. Cleans to ``rows``:
    tuples of (requirement, person or None, text).
    """

    template_name_div = "admin/applications/picked.html"
    row_name = gettext_lazy("Row")
    EMPTY: ClassVar[int] = 4  # rows at first, and how many come with each press for more
    MOST: ClassVar[int] = 200
    TEXT: ClassVar[Any] = gettext_lazy("Text")

    def __init__(
        self, data: Any = None, *, choices: Choices, initial: dict[str, Any] | None = None, more: bool = False
    ) -> None:
        super().__init__(data, initial=initial)
        filled = _last_row(data if data is not None else initial or {})
        wanted = max(filled, self.EMPTY) if not more else filled + self.EMPTY
        self.count = min(wanted, self.MOST)
        for number in self.numbers:
            self.fields[f"pick_{number}"] = forms.ChoiceField(
                label=_("Question of the rule book, row %(number)s") % {"number": number},
                choices=choices,
                required=False,
            )
            self.fields[f"text_{number}"] = forms.CharField(
                label=str(self.TEXT), max_length=5000, required=False, widget=forms.Textarea({"rows": 3})
            )

    @property
    def numbers(self) -> range:
        return range(1, self.count + 1)

    @property
    def rows(self) -> list[tuple[int, Any, Any]]:
        return [(number, self[f"pick_{number}"], self[f"text_{number}"]) for number in self.numbers]

    @property
    def head(self) -> list[Any]:
        return [bound for bound in self if not bound.name.startswith(("pick_", "text_"))]

    def as_typed(self) -> "Picked":
        """The form with what was typed, before anybody says that it is finished."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        return self

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        found = []
        for number in self.numbers:
            key, text = data.get(f"pick_{number}", ""), data.get(f"text_{number}", "").strip()
            if key and not text:
                self.add_error(
                    f"text_{number}", _("Write the text for this question, or clear the question.")
                )
            elif text and not key and f"pick_{number}" not in self.errors:
                self.add_error(f"pick_{number}", _("Choose the question that this text is about."))
            elif key:
                code, _bar, person = key.partition("|")
                found.append((code, person or None, text))
        return {**data, "rows": found}


def _last_row(data: Any) -> int:
    """The number of the last row that was sent."""
    found = (ROW.fullmatch(name) for name in data)
    return max((int(match[1]) for match in found if match), default=0)
