"""A browser at the desk, and small cases that stand where a test needs them."""

import itertools

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import (
    Application,
    Entity,
    Finding,
    Panel,
    PanelMember,
    Post,
    Recommendation,
    Snapshot,
    Stage,
)
from applications.services.snapshots import content_hash
from applications.services.standing import keep, keep_words
from applications.states import StageState
from regulators.rulebook import say
from tests.plugins.cases import fresh, new_applicant, new_firm, person_of

SERIAL = itertools.count(1)
HAS_JOINED = {"submitted": StageState.COMPLETE, "in_review": StageState.IN_REVIEW}


def at(name, case, *ids):
    return reverse(f"admin:applications_application_{name}", args=[case.pk, *ids])


def act(case, name):
    return reverse("admin:applications_application_act", args=[case.pk, name])


def stage_act(stage, name):
    return reverse("admin:applications_stage_act", args=[stage.pk, name])


def on(day, prefix):
    """A date as the three boxes of a page send it."""
    return {f"{prefix}_day": str(day.day), f"{prefix}_month": str(day.month), f"{prefix}_year": str(day.year)}


def all_there(browser, case, **marks):
    """What the page of the completeness check sends: everything there, but what ``marks`` say is missing."""
    page = browser.get(at("completeness", case))
    codes = [row.requirement.code for stage in page.context["stages"] for row in stage.rows]
    assert set(marks) <= set(codes)
    data = {"record": "1", "version": page.context["version"], "seen": page.context["seen"]}
    for code in codes:
        data |= {f"mark_{code}": "gap" if code in marks else "there", f"text_{code}": marks.get(code, "")}
    return data


def finding_data(*findings, outcome="met", note="", condition="", version=None):
    """What the stage page sends for these rows, as they stood when they were shown."""
    data = {}
    for finding in findings:
        prefix = f"f{finding.pk}"
        held = {"outcome": finding.outcome, "note": finding.note, "condition": finding.condition}
        data |= {f"initial-{prefix}-{name}": value for name, value in held.items()}
        data |= {f"{prefix}-outcome": outcome, f"{prefix}-note": note, f"{prefix}-condition": condition}
        data[f"{prefix}-version"] = str(finding.version if version is None else version)
    return data


def question_of(finding):
    """The page on which this finding is made."""
    case = finding.application
    return at("question", case, finding.stage, finding.requirement)


def asked(requirement, person=None):
    return {
        "requirement": requirement.code,
        "stage": requirement.stage,
        "section": requirement.section,
        "title": say(requirement.title),
        "source": requirement.source,
        "mandatory": requirement.mandatory,
        "due": requirement.due,
        "person": str(person.pk) if person else None,
        "person_name": person.full_name if person else "",
        "value": {"text": f"Answer to {requirement.code}."},
        "declined": "",
        "files": [],
    }


def new_person(case, number=1, function=None):
    """Somebody named for a function in the case: for this one, else for the first of its book."""
    person = person_of(case.firm, given_names=f"Person {number}")
    Post.objects.create(application=case, person=person, function=function or case.book.functions[0].code)
    return person


def sitting(case, *people, quorum=2, question="grant"):
    """A panel of these people that sits on the case; the first decision maker takes the chair."""
    by = people[0]
    recommended = case.recommendations.last() or Recommendation.objects.create(
        application=case, snapshot=case.snapshots.last(), outcome=case.recommended or "grant", reason="Read.",
        law={}, by=by, at=timezone.now(),
    )  # fmt: skip
    panel = Panel.objects.create(
        application=case, recommendation=recommended, number=case.panels.count() + 1, question=question,
        quorum=quorum, reason="A large case.", convened_by=by, convened_at=timezone.now(),
    )  # fmt: skip
    chair = next(user for user in people if "decision maker" in user.full_name)
    PanelMember.objects.bulk_create(
        PanelMember(panel=panel, user=user, human=user.human, is_chair=user == chair) for user in people
    )
    return panel


@pytest.fixture
def filed(rulebooks):
    """A function: a filed case of a new firm, in any state, with some questions of its first stage and, with
    ``people``, one that is asked about each of them.
    """

    def make(licence_type, *, state="in_review", questions=2, people=0, firm=None):
        firm = firm or new_firm(new_applicant(), name=f"Firm {next(SERIAL)} Ltd")
        now = timezone.now()
        case = Application.objects.create(
            reference=f"KZC-TEST-{next(SERIAL):04d}", firm=firm, licence_type=licence_type, state=state,
            rulebook=licence_type.rulebooks.latest("published_at"), submitted_at=now,
            created_by=firm.memberships.first().user,
            recommended="grant" if state in ("recommended", "approved_in_principle") else "",
        )  # fmt: skip
        Entity.objects.create(application=case, name=firm.name, is_applicant=True)
        book = case.book
        requirements = [r for r in book.requirements_of(book.stage_codes[0]) if not r.per_person][:questions]
        about = [(r, None) for r in requirements]
        of_each = next(r for r in book.requirements if r.per_person)
        about += [(of_each, new_person(case, number)) for number in range(people)]
        content = {"declaration": {}, "firm": {}, "people": {}, "holdings": [], "capital": [],
                   "questions": [asked(r, person) for r, person in about]}  # fmt: skip
        snapshot = Snapshot.objects.create(
            application=case, number=1, content=content, sha256=content_hash(content), law={},
            made_at=now, made_by_name="Firm",
        )  # fmt: skip
        for order, code in enumerate(book.stage_codes):
            stands = HAS_JOINED.get(state, StageState.APPROVED)
            Stage.objects.create(application=case, code=code, order=order, state=stands)
        for requirement, person in about:
            Finding.objects.create(
                application=case, snapshot=snapshot, stage=requirement.stage,
                requirement=requirement.code, due=requirement.due, person=person,
            )  # fmt: skip
        keep([case.pk])
        keep_words(case)
        return fresh(case)

    return make


@pytest.fixture
def case(filed, afsa):
    return filed(afsa)


@pytest.fixture
def english(signed_in):
    def make(user):
        browser = signed_in(fresh(user))
        browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return browser

    return make


@pytest.fixture
def browsers(afsa_staff, english):
    """A browser for each member of the AFSA's desk, by role."""

    class Browsers:
        def __getattr__(self, role):
            browser = english(getattr(afsa_staff, role))
            setattr(self, role, browser)
            return browser

    return Browsers()
