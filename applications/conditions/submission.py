"""What a case needs before it is submitted."""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from applications import asked, slots
from applications.conditions import FIRM, THE_FIRM, THE_REGULATOR, Data, Reasons, page
from applications.queries import drafts, law
from applications.queries.consents import last_consents
from applications.states import OPEN
from applications.states import ApplicationState as A
from applications.states import StageState as S
from regulators.rulebook import say
from workflow.errors import Reason

if TYPE_CHECKING:
    from applications.models import Application


def on_the_version_in_force(case: "Application", data: Data) -> Reasons:
    return law.has_to_move(case)


def stages_complete(case: "Application", data: Data) -> Reasons:
    found = []
    for stage in case.stages.all():
        if stage.state not in (S.COMPLETE, S.IN_REVIEW, S.APPROVED):
            title = say(case.book.stage(stage.code).title)
            url = reverse("portal:stage", args=[case.pk, stage.code])
            found.append(Reason(_("Complete the stage “%(stage)s”.") % {"stage": title}, url, by=THE_FIRM))
    return found


def asked_is_answered(case: "Application", data: Data) -> Reasons:
    return unanswered(case, drafts.load_draft(case, reader=FIRM), None)


def files_usable(case: "Application", data: Data) -> Reasons:
    return unusable(case, drafts.load_draft(case, reader=FIRM), None)


def consents_given(case: "Application", data: Data) -> Reasons:
    """Ours, not a rule on record: nobody's data go to the regulator without their consent."""
    last = last_consents(case)
    people = {
        post.person_id: post.person for post in case.posts.select_related("person").order_by(*drafts.BY_NAME)
    }
    found = []
    for pk, person in people.items():
        if pk in last and last[pk].given:
            continue
        words = _("%(name)s: the consent is withdrawn. Take the person out, or record a new consent.")
        if pk not in last:
            words = _("%(name)s: record the consent of this person.")
        url = reverse("portal:person_consent", args=[case.pk, pk])
        found.append(Reason(words % {"name": person.full_name}, url, by=THE_FIRM))
    return found


def no_other_open_case(case: "Application", data: Data) -> Reasons:
    same = type(case)._default_manager.filter(firm=case.firm_id, licence_type=case.licence_type_id)
    other = same.filter(state__in=OPEN).exclude(pk=case.pk).first()
    if other is None:
        return []
    words = _("The firm has an open case for this licence already: %(reference)s.")
    told = words % {"reference": other.reference}
    if case.state == A.REFUSED:  # the two people who remit it read this
        return [Reason(told, page(other, "change"), by=THE_REGULATOR)]
    return [Reason(told, reverse("portal:case", args=[other.pk]), by=THE_FIRM)]


def unanswered(case: "Application", draft: asked.Draft, stage: str | None) -> Reasons:
    questions = {q.key: q for q in asked.questions(draft, stage)}
    found = []
    for key, texts in asked.missing(draft, questions.values()).items():
        question = questions[key]
        url = reverse("portal:stage", args=[case.pk, question.requirement.stage])
        at = f"{url}#{question.requirement.code}"
        pages = _pages_of_files(case, question, draft.answer(key))
        found += [Reason(f"{question.title}: {text}", pages.get(text, at), by=THE_FIRM) for text in texts]
    return found


def _pages_of_files(case: "Application", question: asked.Question, given: asked.Given) -> dict[str, str]:
    """Where a file is described, by the words that ask for it."""
    lacking = slots.lacks(question.requirement.slot, given.documents) if given.documents else []
    return {text: _page_of_file(case, question, document) for document, text in lacking if document}


def _page_of_file(case: "Application", question: asked.Question, document: Any) -> str:
    rule, person = question.requirement, question.person_id
    place = {"pk": case.pk, "stage": rule.stage, "requirement": rule.code, "document": document.pk}
    return reverse("portal:file", kwargs=place | ({"person": person} if person else {}))


def unusable(case: "Application", draft: asked.Draft, stage: str | None) -> Reasons:
    found = []
    for question in asked.questions(draft, stage):
        given = draft.answer(question.key)
        names = [f"{d.called} — {d.get_status_display()}" for d in given.documents if not d.usable]
        if given.private in (asked.WAITING, asked.REJECTED):
            names.append(_("a file of the invited person is not ready"))
        url = reverse("portal:stage", args=[case.pk, question.requirement.stage])
        for name in names:
            at = f"{url}#{question.requirement.code}"
            found.append(Reason(f"{question.title}: {name}", at, by=THE_FIRM))
    return found
