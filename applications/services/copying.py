"""A new application from a past one: what was given before is given again, marked until it is checked."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Firm
from accounts.queries import firm_roles
from applications.models import (
    AccountsRate,
    Answer,
    AnswerFile,
    AnswerRevision,
    Application,
    CapitalFigure,
    CopiedFact,
    Entity,
    Holding,
    Post,
)
from applications.queries.copying import plan_of
from applications.queries.drafts import draft_of
from applications.queries.law import home_of
from applications.queries.retention import documents_of
from applications.services.drafting import note_saved, start_application, start_stage
from applications.services.guard import insist
from audit.services import record
from documents.services import destroying
from regulators import rulebook as rb
from workflow.errors import NotAllowed


def copy_application(*, actor: Any, source: Application, language: str = "en") -> Application:
    """Open a draft for the same licence under the rule book of today, with what the source can give.

    Effects in order: lock the firm and the files of the source; start the application; note its source; copy
    answers with their files, people with their posts, the chart of ownership and the capital; mark each as
    copied; start the stages that have something; note who saved; audit event with the reference of the
    source. Declarations, consents and whatever each person answers are given anew. Raises NotAllowed unless
    the actor is an editor of the firm, or NotReady where the firm has a draft for this licence.
    """
    if "editor" not in firm_roles(actor, source.firm_id):
        raise NotAllowed([_("Only an editor of the firm can start an application for it.")])
    with transaction.atomic():
        Firm.objects.select_for_update().get(pk=source.firm_id)
        insist(
            draft_of(source.firm, source.licence_type) is None,
            _("The firm has a draft of this kind already. Finish it, or discard it first."),
        )
        case = start_application(
            actor=actor, firm=source.firm, licence_type=source.licence_type, language=language
        )
        case.copied_from = source
        case.save(update_fields=["copied_from"])
        destroying.lock(documents_of([source.pk]).get(source.pk, ()))  # none is destroyed while it is copied
        facts = [
            *_answers(case, source, actor),
            *_people(case, source),
            *_ownership(case, source),
            *_capital(case, source),
        ]
        CopiedFact.objects.bulk_create(facts)
        _start(case, facts, actor)
        note_saved(case, actor)
        record(
            subject=case.audit_subject,
            kind="application.copy",
            actor=actor,
            data={"source": source.reference or str(source.pk), "facts": len(facts)},
        )
    return case


def _answers(case: Application, source: Application, actor: Any) -> list[CopiedFact]:
    now, facts = timezone.now(), []
    plan = plan_of(source)
    for before in plan.answers:
        answer = Answer.objects.create(
            application=case, requirement=before.requirement, value=before.value, declined=before.declined,
            declined_as=before.declined_as,
            version=1, updated_by=actor,
        )  # fmt: skip
        AnswerRevision.objects.create(
            application_id=case.pk, requirement=answer.requirement, person_id=None, value=answer.value,
            declined=answer.declined, declined_as=answer.declined_as, by_id=actor.pk, at=now,
        )  # fmt: skip
        AnswerFile.objects.bulk_create(
            AnswerFile(answer=answer, document=file.document, added_by=actor)
            for file in plan.files_of(before)
        )
        facts.append(CopiedFact(application=case, kind=CopiedFact.ANSWER, code=answer.requirement))
    return facts


def _people(case: Application, source: Application) -> list[CopiedFact]:
    known = {function.code for function in case.book.functions}
    posts = list(source.posts.filter(function__in=known).order_by("pk"))
    Post.objects.bulk_create(
        Post(application=case, person_id=post.person_id, function=post.function) for post in posts
    )
    people = dict.fromkeys(post.person_id for post in posts)
    return [CopiedFact(application=case, kind=CopiedFact.PERSON, person_id=person) for person in people]


def _ownership(case: Application, source: Application) -> list[CopiedFact]:
    entities = {source.entities.get(is_applicant=True).pk: case.entities.get(is_applicant=True)}
    for one in source.entities.filter(is_applicant=False):
        entities[one.pk] = Entity.objects.create(
            application=case, person_id=one.person_id, name=one.name, country=one.country,
            registration=one.registration, acts_with=one.acts_with,
        )  # fmt: skip
    holdings = [
        Holding(
            application=case, owner=entities[one.owner_id], owned=entities[one.owned_id], kind=one.kind,
            held_for=entities[one.held_for_id] if one.held_for_id else None, economic=one.economic,
            voting=one.voting, control_how=one.control_how,
        )
        for one in source.holdings.order_by("pk")
    ]  # fmt: skip
    Holding.objects.bulk_create(holdings)
    has_some = len(entities) > 1 or holdings
    return [CopiedFact(application=case, kind=CopiedFact.OWNERSHIP)] if has_some else []


def _capital(case: Application, source: Application) -> list[CopiedFact]:
    rules = case.book.capital
    lines = [line.code for line in rules.lines]
    figures = list(source.capital.filter(line__in=lines, currency=rules.currency).order_by("pk"))
    CapitalFigure.objects.bulk_create(
        CapitalFigure(
            application=case, line=one.line, period=one.period, amount=one.amount, currency=one.currency
        )
        for one in figures
    )
    rate = AccountsRate.objects.filter(application=source).first()
    if rate and figures:
        AccountsRate.objects.create(
            application=case, currency=rate.currency, rate=rate.rate, day=rate.day, source=rate.source
        )
    periods = dict.fromkeys(one.period for one in figures)
    return [CopiedFact(application=case, kind=CopiedFact.CAPITAL, code=period) for period in periods]


def _start(case: Application, facts: list[CopiedFact], actor: Any) -> None:
    kinds = {CopiedFact.PERSON: rb.PEOPLE, CopiedFact.OWNERSHIP: rb.OWNERSHIP, CopiedFact.CAPITAL: rb.CAPITAL}
    stages = {
        case.book.by_code[one.code].stage if one.kind == CopiedFact.ANSWER else home_of(case, kinds[one.kind])
        for one in facts
    }
    for stage in case.stages.filter(code__in=stages).order_by("order"):
        start_stage(actor=actor, stage=stage, expected_version=stage.version)
