"""The page of one stage: where each of its questions stands, and what can be done with the stage."""

from typing import Any

import rules
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy

from applications.desk import acts, questions, submitted
from applications.desk.case_page import stage_rows
from applications.desk.pages.base import Page
from applications.desk.stage_list import Narrow, StageList, stage_list
from applications.desk.words import STAGE_TAGS, STAGE_WORDS
from applications.models import Stage
from applications.services.requests import why_not_asked
from applications.states import StageState as S
from regulators.rulebook import say
from workflow.queries import offers


class OfStage(Page):
    """What the page of a stage and that of one of its questions share."""

    title, permission = gettext_lazy("Stage"), "work_on_case"

    def load(self) -> None:
        prefetch_related_objects([self.case], "stages")
        stage = next((one for one in self.case.stages.all() if one.code == self.ids["code"]), None)
        if stage is None:
            raise Http404
        stage.application = self.case
        self.stage: Stage = stage
        self.asked = questions.load(self.case, stage.code)
        self.narrow = Narrow.of(self.request.GET)

    @property
    def stage_title(self) -> str:
        return say(self.stage.rule.title)

    def version(self) -> int:
        return self.stage.version

    def list(self, code: str = "", person: str = "") -> StageList:
        return stage_list(self.case, self.stage.code, self.asked, self.narrow, code=code, person=person)

    def context(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "stage_title": self.stage_title,
            "kind": STAGE_TAGS[S(self.stage.state)],
            "word": STAGE_WORDS[S(self.stage.state)],
            "snapshot": self.asked.latest,
            "before": self.asked.before,
            "submitted": submitted.tables(self.case, self.asked.latest),
            "may_ask": not why_not_asked(self.case)
            and rules.has_perm("applications.write_request", self.user, self.case),
        }


class StagePage(OfStage):
    name, path = "stage", "stage/<slug:code>/"
    methods = ("GET", "HEAD")
    template = "admin/applications/stage.html"

    def heading(self) -> str:
        return self.stage_title

    def get(self) -> Any:
        return self.render(None)

    def context(self) -> dict[str, Any]:
        return {
            **super().context(),
            "stages": stage_rows(self.case),
            "list": self.list(),
            "acts": acts.links(
                self.stage,
                [o for o in offers(self.stage, self.user) if o.act.name not in acts.STAGE_OF_THE_FIRM],
                lambda act: reverse("admin:applications_stage_act", args=[self.stage.pk, act.name]),
            ),
        }
