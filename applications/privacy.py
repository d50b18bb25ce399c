"""What a person is told before they agree to the use of their data. The wording is ours: no form that a law
prescribes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from look import countries
from regulators.rulebook import say

if TYPE_CHECKING:
    from applications.models import Application, Person

TEXT_VERSION = "2026-11-28"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The parts of the notice, in one language. ``text`` is all of it, as it is shown and kept."""

    version: str
    language: str
    operator: str
    operator_bin: str
    term: str
    third_parties: list[str]
    cross_border: bool
    data: list[str]
    rows: list[tuple[str, str]]
    agreed: str

    @property
    def text(self) -> str:
        return "\n".join([*(f"{head}: {words}" for head, words in self.rows), self.agreed])


def notice_for(case: "Application", person: "Person", language: str) -> Notice:
    """The notice for this person in their language."""
    with translation.override(language):
        firm, regulator = case.firm, say(case.book.regulator_name)
        operator = _("%(firm)s, BIN %(bin)s") if firm.bin else _("%(firm)s, which has no BIN")
        abroad = firm.country != "KZ"
        crossing = (
            _("Yes: the operator is registered in another country (%(country)s).")
            % {"country": countries.name(firm.country)}
            if abroad
            else _(
                "No. The operator names Kazakhstan as its country, and the regulator has its office there."
            )
        )
        term = _(
            "While the application is prepared and decided, and afterwards as long as the operator and the "
            "regulator have to keep the file. How long a law sets for that is not on record in this service."
        )
        data = [
            _("names in each alphabet, date of birth, citizenship, country of residence"),
            _("number of the IIN or passport"),
            _("posts and shares in the firm"),
            _("answers and documents about fitness and propriety that the application asks for"),
        ]
        rows = [
            (_("Whose data"), person.full_name),
            (_("Who collects and uses them (the operator)"), operator % {"firm": firm.name, "bin": firm.bin}),
            (_("What for"), _("The application of the firm: %(title)s") % {"title": say(case.book.title)}),
            (_("Which data"), "; ".join(data)),
            (_("Who else gets them"), regulator),
            (_("Do they cross the border"), crossing),
            (_("How long"), term),
            (
                _("How to withdraw"),
                _(
                    "At any time, on your own page in this service or by a letter to the operator. "
                    "Then nothing more is recorded about you, and the application cannot be submitted "
                    "with you in it. What the regulator has received by then stays in its file."
                ),
            ),
        ]
        agreed = _("I have read this, and I agree to the collection and use of these data as it says.")
        return Notice(
            version=TEXT_VERSION, language=language, operator=firm.name, operator_bin=firm.bin or "",
            term=term,
            third_parties=[regulator], cross_border=abroad, data=data, rows=rows, agreed=agreed,
        )  # fmt: skip
