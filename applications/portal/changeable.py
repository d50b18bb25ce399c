"""What of a case may be written now."""

from applications import asked
from applications.models import Application, Stage
from applications.queries.law import home_of
from applications.queries.returned import kind_is_open, returned_of
from applications.states import DECIDED, STAGES_WITH_THE_FIRM
from applications.states import ApplicationState as A
from applications.states import StageState as S


def is_editable(stage: Stage) -> bool:
    """Answers of the stage may be written now."""
    state = stage.application.state
    if state in DECIDED:
        return False
    if stage.state in STAGES_WITH_THE_FIRM:
        return True
    return bool(stage.state == S.NOT_STARTED and state == A.DRAFT)


def kind_may_change(case: Application, kind: str) -> bool:
    """People, ownership or capital may be written now: one query."""
    stage = case.stages.filter(code=home_of(case, kind)).first()
    if stage is None:
        return False
    stage.application = case
    return is_editable(stage) and kind_is_open(stage, kind)


def is_open(stage: Stage, key: asked.Key) -> bool:
    """The answer to this question may be written now."""
    return is_editable(stage) and returned_of(stage).is_open(key)
