"""Forms of the acts on a case. What they clean is what the services take."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.desk.words import outcome_words
from applications.models import Application, Recommendation, Stage
from look.fields import DayMonthYearField, long_text
from regulators.last_day import LastDayField
from regulators.rulebook import say


class ReturnStageForm(forms.Form):
    """What the firm may change, of the questions of one stage."""

    stage: ClassVar[Stage | None] = None

    reason = long_text(_("Reason, which the firm reads"))
    items = forms.MultipleChoiceField(
        label=_("Questions that are returned"),
        required=False,
        help_text=_("The firm changes these alone. Choose none to open the whole stage."),
        widget=forms.SelectMultiple({"size": 12}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.stage:
            rules = self.stage.application.book.requirements_of(self.stage.code)
            field: Any = self.fields["items"]
            field.choices = [(rule.code, f"{rule.code} {say(rule.title)}") for rule in rules]


class ReturnForm(forms.Form):
    return_by = LastDayField(label=_("Day by which the firm has to submit again"))


class Departing(forms.Form):
    """Of a decision that is not what was recommended or voted. The act asks whether it has to be filled."""

    departs = long_text(
        _("Why you depart from the recommendation or the vote of the panel"),
        required=False,
        help_text=_("Kept with the decision, and not visible to the firm."),
    )


class WithGrounds(forms.Form):
    """Grounds are picked from the rule book of the case; a ground that cannot be relied on says so."""

    case: ClassVar[Application | None] = None

    grounds = forms.MultipleChoiceField(
        label=_("Grounds"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["grounds"]
        field.choices = [(code, words) for code, words in self.known()] if self.case else []

    def known(self) -> list[tuple[str, str]]:
        assert self.case is not None
        return [
            (ground.code, say(ground.title) if ground.quotable else f"{say(ground.title)} ({self.weak})")
            for ground in self.case.book.grounds
        ]

    weak = _("not fully read and in force: cannot ground a refusal")


class RecommendForm(WithGrounds):
    outcome = forms.ChoiceField(
        label=_("Recommendation"),
        choices=Recommendation.OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you recommend")},
    )
    grounds = forms.MultipleChoiceField(
        label=_("Grounds, where you recommend to refuse"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = long_text(_("Reason, as the file will show it"))
    field_order = ("outcome", "grounds", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case:
            field: Any = self.fields["outcome"]
            field.choices = outcome_words(self.case)


class ExtendForm(forms.Form):
    expires_on = DayMonthYearField(label=_("New day of expiry"))
    reason = long_text(_("Reason"))


class ProposeRefusalForm(WithGrounds):
    evidence = long_text(_("Evidence for each ground"))
    notice = long_text(_("Text of the preliminary notice, as the firm will be served it"), rows=10)


class IndividualRefusalForm(forms.Form):
    reason = long_text(_("Reasons, for the file"))
    notice = long_text(_("Notice, as the firm will read it"), rows=8)
    represent_until = LastDayField(
        label=_("Last day for what the firm says to it"),
        help_text=_(
            "Where the rule book has no period on record, it is at least 10 working days, by our policy."
        ),
    )


class IndividualRefuseForm(forms.Form):
    reason = long_text(_("Reasons, for the file"))
    our_answer = long_text(
        _("Our answer to what the firm said"),
        required=False,
        help_text=_("The firm reads it. Needed where the firm said something to the notice."),
    )


class RefuseForm(WithGrounds):
    reason = long_text(_("Reason, as the firm will read it"))

    def known(self) -> list[tuple[str, str]]:
        """Only what the preliminary notice named."""
        assert self.case is not None
        notice = self.case.refusal_notices.last()
        noticed = set(notice.grounds) if notice else set()
        return [(code, words) for code, words in super().known() if code in noticed]


class RemitForm(forms.Form):
    appeal = forms.CharField(label=_("The appeal: body, number and day of its decision"), max_length=500)
    reason = long_text(_("Reason"))
