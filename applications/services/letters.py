"""Issuing letters: word for word, in every language they must exist in, and only on powers that stand."""

import hashlib
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.letter_text import render
from applications.models import Application, IssuedLetter
from applications.queries.law import as_at_today
from applications.queries.letters import KINDS, Facts, standing_of, to_word, wants_day
from applications.services import tell
from applications.services.guard import insist, locked_case, take_side
from audit.services import record
from regulators.calendars import reach
from regulators.letters import Power
from regulators.periods import not_computable
from regulators.rulebook import Letter, say
from workflow.errors import Conflict, NotReady


@transaction.atomic
def issue_letter(
    *,
    actor: Any,
    case: Application,
    code: str,
    about: str,
    wording: dict[str, dict[str, str]] | None = None,
    until: date | None = None,
) -> list[IssuedLetter]:
    """Write the letter and tell the firm. ``about`` is what the person saw that it tells of; ``wording`` has,
    by language, what staff wrote in one language and the letter needs in several; ``until`` the last day
    where the case has none yet.

    Effects in order: lock the case; the side of the case; one row for each language; a message to everybody
    who acts for the firm; the audit event with the hash of each text.

    Raises NotReady, with each missing power by its name, where the law does not carry the letter or the case
    is not there yet; NotAllowed for a role that may not; Conflict where it would tell of something else now.
    """
    case = locked_case(case.pk, actor=actor, permission="applications.work_on_case")
    letter = case.book.letter(code)
    if letter is None:
        raise NotReady([_("The rule book has no such letter.")])
    standing = standing_of(case, letter, actor)
    if standing.refusal:
        raise standing.refusal
    if standing.blocked:
        raise NotReady(standing.blocked)
    facts = standing.facts
    assert facts is not None
    if facts.about != about:
        words = _("The case has moved on while your page was open: the letter would say something else now.")
        raise Conflict([words], current=case)
    asked = to_word(letter, facts)
    worded = {
        language: {name: text for name, text in texts.items() if name in asked}
        for language, texts in (wording or {}).items()
    }
    _complete(letter, facts, worded)
    last_day = _last_day(case, letter, facts, until)
    if KINDS[code].side:
        take_side(case, actor=actor, side=KINDS[code].side, act="issue_letter")
    rows = [
        _write(case, letter, facts, standing.powers, language, worded.get(language, {}), last_day, actor)
        for language in letter.languages
    ]
    tell.firm(case, "letter", key=f"letter:{code}:{about}")
    record(
        subject=case.audit_subject,
        kind="application.letter",
        actor=actor,
        data={
            "letter": code,
            "about": about,
            "law": as_at_today(case),
            "sha256": {row.language: hashlib.sha256(row.text.encode()).hexdigest() for row in rows},
        },
    )
    return rows


def _complete(letter: Letter, facts: Facts, wording: dict[str, dict[str, str]]) -> None:
    """Every text that staff wrote stands in every language of the letter, and not twice in the same words."""
    for name in to_word(letter, facts):
        given = [wording.get(language, {}).get(name, "").strip() for language in letter.languages]
        insist(all(given), _("Write every text in each language of the letter."))
        insist(len(set(given)) == len(given), _("A text is the same in two languages: translate it."))


def _last_day(case: Application, letter: Letter, facts: Facts, until: date | None) -> date | None:
    if not wants_day(letter, facts):
        return facts.until
    insist(until, _("Give the last day that the letter names."))
    insist(until and until > timezone.localdate(), _("The last day must be after today."))
    if letter.code == "preliminary_notice":
        period = reach(case.book.clock("representations"), timezone.localdate())
        if period.missing_year:
            insist(False, not_computable(period.missing_year))
        words = _("By the rule book the firm may make representations until %(day)s at least.")
        if period.day:
            insist(until and until >= period.day, words % {"day": period.day.strftime("%d.%m.%Y")})
    return until


def _write(
    case: Application,
    letter: Letter,
    facts: Facts,
    powers: list[Power],
    language: str,
    wording: dict[str, str],
    until: date | None,
    actor: Any,
) -> IssuedLetter:
    today, book = timezone.localdate(), case.book
    return IssuedLetter.objects.create(
        application=case,
        code=letter.code,
        about=facts.about,
        language=language,
        title=letter.title.get(language) or say(letter.title),
        text=render(
            letter, facts, case=case, language=language, wording=wording, until=until, day=today,
            officer=actor.full_name,
        ),
        notice=(book.notice.get(language) or book.notice["en"]) if book.notice else "",
        powers=[
            {
                "mark": power.citation.kind,
                "act": power.citation.act,
                "provision": power.citation.provision,
                "url": power.citation.url,
                "by": power.stands_by,
                "check": power.check.pk if power.check else None,
            }
            for power in powers
        ],
        law=as_at_today(case),
        by=actor,
        at=timezone.now(),
    )  # fmt: skip
