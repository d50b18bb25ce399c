"""Everything that a firm has given in one case, as plain data: what a submission keeps and a paper shows."""

import hashlib
import json
from typing import Any

from django.utils import timezone

from accounts.identifiers import mask
from applications import asked
from applications.asked import Draft
from applications.capital import figures_of
from applications.models import Application, Person
from applications.queries import capital, ownership
from applications.queries.files import facts_as_given
from regulators.rulebook import say

Content = dict[str, Any]


def content_of(case: Application, draft: Draft) -> Content:
    """Every question that applies, as it is asked in the reader's language, with its answer; and the people,
    the holdings and the capital with what they come to today. A fixed number of queries.
    """
    return {
        "firm": {"name": case.firm.name, "bin": case.firm.bin, "legal_form": case.firm.legal_form},
        "questions": [_as_asked(question, draft) for question in asked.questions(draft)],
        "people": _people(draft),
        **_ownership(case),
        **_capital(case),
    }


def content_hash(content: Content) -> str:
    """SHA-256 over the content as sorted, unspaced UTF-8 JSON."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_asked(question: asked.Question, draft: Draft) -> Content:
    given = draft.answer(question.key)
    requirement = question.requirement
    return {
        "requirement": requirement.code,
        "stage": requirement.stage,
        "section": requirement.section,
        "title": say(requirement.title),
        "source": requirement.source,
        "mandatory": requirement.mandatory,
        "due": requirement.due,
        "person": str(question.person_id) if question.person_id else None,
        "person_name": question.person_name,
        "value": given.value,
        "declined": given.declined,
        "declined_as": given.declined_as,
        "files": [
            {
                "document": str(d.pk),
                "name": d.name,
                "sha256": d.sha256,
                "size": d.size,
                **facts_as_given(d),
            }
            for d in given.documents
        ],
    }


def _people(draft: Draft) -> Content:
    """Who is proposed. The firm's record of a person is shared by its cases and changes later, so what
    identifies the human is kept here; of the number only its keyed hash and its last characters.
    """
    records = Person.objects.in_bulk(list(draft.people))
    return {
        str(pk): {
            "name": name,
            "other_name": draft.other_names.get(pk, ""),
            "posts": sorted(draft.posts[pk]),
            "human": records[pk].human,
            "number": mask(records[pk].identifier),
            "born_on": records[pk].born_on.isoformat(),
            "citizenship": records[pk].citizenship,
            "residence": records[pk].residence,
        }
        for pk, name in draft.people.items()
    }


def _ownership(case: Application) -> Content:
    """The direct holdings, and what they come to today."""
    holdings = ownership.holdings_of(case)
    return {
        "holdings": [
            {
                "owner": h.owner.name,
                "owned": h.owned.name,
                "kind": h.kind,
                "held_for": h.held_for.name if h.held_for else "",
                "economic": str(h.economic),
                "voting": str(h.voting),
                "control_how": h.control_how,
            }
            for h in sorted(holdings, key=lambda h: h.pk)
        ],
        "structure": ownership.structure_of(case, ownership.entities_of(case), holdings),
    }


def _capital(case: Application) -> Content:
    """The figures, the rate they were turned at, and what is required and comes out today: a figure of the
    law that is entered later does not change it.
    """
    figures = figures_of(case)
    return {
        "capital": [
            {"line": f.line, "period": f.period, "amount": str(f.amount), "currency": f.currency}
            for f in figures
        ],
        "accounts_rate": capital.rate_of(case),
        "capital_tests": capital.tests_of(case, figures, timezone.localdate()),
    }
