"""Letters to the firm: which can be sent, which cannot and why, and those that were."""

from typing import Any

import rules
from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page, page_url
from applications.letter_text import corrected, pdf_response, render, shown
from applications.models import Correction, IssuedLetter
from applications.queries.letters import (
    Standing,
    issued_letters,
    standing_of,
    standings,
    to_word,
    wants_day,
)
from applications.services.letters import issue_letter
from look import words
from look.fields import long_text
from regulators.last_day import LastDayField
from regulators.rulebook import say
from workflow.errors import Conflict, NotReady

READ = ("GET", "HEAD")


class LettersPage(Page):
    name, path, methods = "letters", "letters/", READ
    title, permission = gettext_lazy("Letters"), "work_on_case"
    template = "admin/applications/letters.html"

    def context(self) -> dict[str, Any]:
        return {
            "letters": [
                {
                    "title": say(standing.letter.title),
                    "standing": standing,
                    "reasons": standing.refusal.reasons if standing.refusal else [],
                    "url": page_url(self.case, "letter_new", standing.letter.code),
                }
                for standing in standings(self.case, self.user)
            ],
            "issued": [
                {
                    "letter": letter,
                    "language": language_name(letter.language),
                    "url": page_url(self.case, "letter", letter.pk),
                    "pdf_url": page_url(self.case, "letter_pdf", letter.pk),
                }
                for letter in issued_letters(self.case)
            ],
        }


class LetterForm(forms.Form):
    """What a person must add: a last day that is not on record, and what staff wrote in each language."""

    about = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        letter, facts = standing.letter, standing.facts
        if facts is None:
            return
        fields = vars(self)["fields"]
        fields["about"].initial = facts.about
        if wants_day(letter, facts):
            fields["until"] = LastDayField(label=_("Last day that the letter names"))
        self.names = [(language, name) for name in to_word(letter, facts) for language in letter.languages]
        for language, name in self.names:
            label = _("%(text)s, in this language: %(language)s")
            told = {"text": text_name(name), "language": language_name(language)}
            fields[f"{name}_{language}"] = long_text(label % told, rows=4)

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        wording: dict[str, dict[str, str]] = {}
        for language, name in getattr(self, "names", []):
            wording.setdefault(language, {})[name] = data.pop(f"{name}_{language}", "")
        return {**data, "wording": wording}


class IssuePage(Page):
    name, path = "letter_new", "letters/new/<slug:letter_code>/"
    fresh_factor = True
    title, permission = gettext_lazy("Issue a letter"), "work_on_case"
    button = gettext_lazy("Issue the letter")
    done = gettext_lazy("The letter is issued. The firm is told.")
    intro = gettext_lazy(
        "The letter takes what the case has on record. What is issued cannot be changed or taken back."
    )

    def load(self) -> None:
        letter = self.case.book.letter(self.ids["letter_code"])
        if letter is None:
            raise Http404
        self.standing = standing_of(self.case, letter, self.user)

    def heading(self) -> str:
        return say(self.standing.letter.title)

    def form(self, data: Any = None) -> LetterForm:
        return LetterForm(data, standing=self.standing)

    def get(self) -> HttpResponse:
        standing = self.standing
        if standing.refusal or standing.blocked:
            return self.refused(standing.refusal or NotReady(standing.blocked), self.form())
        return super().get()

    def post(self) -> HttpResponse:
        return super().post() if self.standing.ready else self.get()

    def refused(self, refusal: Any, form: forms.Form) -> HttpResponse:
        """A page without the form, unless what was typed can be mended."""
        mends = self.standing.ready and not isinstance(refusal, Conflict)
        return super().refused(refusal, form if mends else None)  # type: ignore[arg-type]

    def run(self, data: dict[str, Any]) -> list[IssuedLetter]:
        return issue_letter(actor=self.user, case=self.case, code=self.standing.letter.code, **data)

    def done_url(self, result: list[IssuedLetter]) -> str:
        return page_url(self.case, "letters")

    def context(self) -> dict[str, Any]:
        letter, facts = self.standing.letter, self.standing.facts
        if not self.standing.ready or facts is None:
            return {}
        powers = "\n".join(f"{power.mark}: {power.name}" for power in self.standing.powers)
        rows = [(_("It rests on"), powers)]
        rows += [
            (_("%(text)s, as it is on record") % {"text": text_name(name)}, text)
            for name, text in to_word(letter, facts).items()
        ]
        if not to_word(letter, facts) and not wants_day(letter, facts):
            rows += [(_("The letter"), self._preview(language)) for language in letter.languages]
        return {"facts": rows}

    def _preview(self, language: str) -> str:
        letter, facts = self.standing.letter, self.standing.facts
        assert facts is not None
        return render(
            letter, facts, case=self.case, language=language, wording={}, until=facts.until,
            day=timezone.localdate(), officer=self.user.full_name,
        )  # fmt: skip


class OfOneLetter(Page):
    methods = READ
    title, permission = gettext_lazy("Letter"), "work_on_case"
    template = "admin/applications/letter.html"

    def load(self) -> None:
        found = self.case.letters.select_related("by").filter(pk=self.ids["letter"]).first()
        if found is None:
            raise Http404
        self.letter: IssuedLetter = found


class LetterPage(OfOneLetter):
    name, path = "letter", "letters/<int:letter>/"

    def heading(self) -> str:
        return f"{self.letter.title}, {words.moment(self.letter.at)}"

    def context(self) -> dict[str, Any]:
        url = page_url(self.case, "letter_pdf", self.letter.pk)
        return {
            **shown(self.letter),
            "corrections": corrected(self.letter),
            "correct_url": page_url(self.case, "correction_new", Correction.LETTER, self.letter.pk)
            if rules.has_perm("applications.correct_record", self.user, self.case)
            else "",
            "pdf_url": url,
            "back_url": page_url(self.case, "letters"),
        }


class LetterPdfPage(OfOneLetter):
    name, path = "letter_pdf", "letters/<int:letter>/pdf/"

    def get(self) -> HttpResponse:
        return pdf_response(self.letter)


def language_name(code: str) -> str:
    return str(dict(settings.LANGUAGES)[code])


def text_name(name: str) -> str:
    if name == "reason":
        return _("Reason")
    return _("Point %(number)s") % {"number": name.removeprefix("point_")}
