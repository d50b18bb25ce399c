"""What a case writes to a person is in that person's language, whoever acted."""

from types import SimpleNamespace

from django.utils import translation

from applications.services.effects import STAGE
from notifications.models import Message
from regulators.rulebook import say


def test_a_finished_stage_is_named_in_the_language_of_its_reader(draft_case, firm_user):
    firm_user.language = "ru"
    firm_user.save()
    stage = draft_case.stages.first()
    with translation.override("en"):
        STAGE["approve"](SimpleNamespace(instance=stage))
        english = say(stage.rule.title)
    with translation.override("ru"):
        russian = say(stage.rule.title)
    message = Message.objects.get(template="stage_approved")
    assert russian != english
    assert f"этап «{russian}» завершён" in message.subject
    assert english not in message.subject + message.body_text + message.body_html
