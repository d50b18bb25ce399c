"""Applying a newer version of the rule book to a case in review."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.desk.pages.base import Page, posted_version
from applications.models import Application
from applications.queries import law
from applications.queries.versions import to_assess_anew
from applications.services import versions
from applications.states import ApplicationState as A
from look.fields import long_text
from regulators import differences


class VersionForm(forms.Form):
    to = forms.CharField(widget=forms.HiddenInput)
    reason = long_text(gettext_lazy("Reason, as the file will show it"))


class VersionPage(Page):
    name, path = "version", "version/"
    title, permission = gettext_lazy("Apply the newer rule book"), "apply_version"
    button, done = gettext_lazy("Apply"), gettext_lazy("The newer rule book is applied.")
    intro = gettext_lazy(
        "The case goes over to the newer version. Its answers stand under it as they were submitted; new "
        "questions, changed ones and those the version lists have to be assessed anew, and approved stages "
        "that hold them reopen. What the firm has to answer is asked by requesting changes to the stage."
    )
    template = "admin/applications/version.html"

    def load(self) -> None:
        self.later = law.newer(self.case)

    @property
    def possible(self) -> bool:
        return self.case.state == A.IN_REVIEW and law.demand(self.later) == law.REASSESS

    def form(self, data: Any = None) -> VersionForm:
        return VersionForm(data, initial={"to": self.later[-1].version if self.later else ""})

    def run(self, data: dict[str, Any]) -> Application:
        return versions.apply_version(
            actor=self.user,
            case=self.case,
            to_version=data["to"],
            expected_version=posted_version(self.request.POST),
            reason=data["reason"],
        )

    def context(self) -> dict[str, Any]:
        book = self.case.book
        facts = [(_("Rule book of the case"), f"{book.code} {book.version}")]
        if not self.possible:
            words = _("There is nothing to apply: no newer version asks to assess a case in this state anew.")
            return {"facts": facts, "form": None, "intro": words}
        newest = self.later[-1]
        anew = sorted(to_assess_anew(self.case, self.later))
        return {
            "facts": [
                *facts,
                (_("In effect now"), f"{newest.version}, {newest.effective_from:%d.%m.%Y}"),
                (_("Assessed anew"), ", ".join(anew) or _("none")),
            ],
            "found": differences.between(book, newest),
        }
