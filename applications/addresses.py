"""Where a question is answered in the portal: one place for all who lead there."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

if TYPE_CHECKING:
    from applications.asked import Question

NO_CASE = UUID(int=0)  # stands for any case, in an address that is worked out once


def question_url(case_pk: Any, question: "Question") -> str:
    requirement = question.requirement
    return question_url_of(case_pk, requirement.stage, requirement.code, question.person_id)


@lru_cache(maxsize=5000)
def question_url_of(case_pk: Any, stage: str, requirement: str, person: UUID | None) -> str:
    place = [case_pk, stage, requirement]
    return reverse("portal:question", args=[*place, person] if person else place)
