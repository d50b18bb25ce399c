"""The page on which a meeting, an interview, a call or a site visit is entered."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from applications.desk.pages.base import Page, corrected
from applications.models import Meeting, Person
from applications.presses import newest, posted_seen
from applications.queries.meeting_log import people_on
from applications.queries.submitted_people import facts_of_people
from applications.services.meeting_log import log_meeting
from look import words
from look.fields import DayMonthYearField, long_text
from regulators.queries import serving


class MeetingForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What it was"),
        choices=Meeting.KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what it was.")},
    )
    held_on = DayMonthYearField(label=gettext_lazy("Day"))
    place = forms.CharField(
        label=gettext_lazy("Place, or how it was held"),
        max_length=300,
        error_messages={"required": gettext_lazy("Write the place, or how it was held.")},
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=300,
        error_messages={"required": gettext_lazy("Write the subject.")},
    )
    person = forms.ModelChoiceField(
        label=gettext_lazy("Whom it is about, where it is about one person"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=gettext_lazy("Choose"),
    )
    staff = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who took part of us"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who took part of the people of the application"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = long_text(
        gettext_lazy("Who else took part"),
        rows=2,
        required=False,
        help_text=gettext_lazy("One name a line, with the firm or body."),
    )
    minutes = long_text(gettext_lazy("Minutes"), rows=10)
    actions = long_text(gettext_lazy("What was agreed: who does what by when"), rows=4, required=False)

    def __init__(self, case: Any, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["person"].queryset = fields["people"].queryset = people_on(case)
        names = facts_of_people(case)
        for name in ("person", "people"):
            fields[name].label_from_instance = lambda one: (
                names.get(str(one.pk), {}).get("name") or one.full_name
            )
        fields["staff"].queryset = serving(frozenset({case.regulator_id}))
        fields["staff"].label_from_instance = lambda user: user.full_name

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        if not (data.get("staff") or data.get("people") or data.get("others", "").strip()):
            self.add_error("staff", _("Say who took part."))
        return data


class MeetingPage(Page):
    """``?corrects=`` begins with the entry of that number, ``?person=`` with that person."""

    name, path = "meeting_new", "meetings/new/"
    title, permission = gettext_lazy("Enter a meeting or an interview"), "log_meeting"
    button, done = gettext_lazy("Enter"), gettext_lazy("The entry is in the log.")
    intro = gettext_lazy(
        "Not visible to the firm. An entry stays as it is: a mistake is mended by a further one."
    )

    def load(self) -> None:
        self.corrects: Meeting | None = corrected(self.request, self.case.meetings)

    def form(self, data: Any = None) -> MeetingForm:
        return MeetingForm(self.case, data, initial=self._begun())

    def _begun(self) -> dict[str, Any]:
        old = self.corrects
        if old is None:
            person = self.request.GET.get("person", "")
            kind = Meeting.INTERVIEW if person else None
            return {"person": person, "people": [person] if person else [], "kind": kind}
        names = ("kind", "held_on", "place", "subject", "others", "minutes", "actions", "people", "person")
        staff = serving(frozenset({self.case.regulator_id})).filter(full_name__in=old.staff)
        return {name: getattr(old, name) for name in names} | {"staff": staff}

    def run(self, data: dict[str, Any]) -> Meeting:
        people = [one.pk for one in data.pop("people")]
        return log_meeting(
            actor=self.user, case=self.case, corrects=self.corrects, people=people,
            seen=posted_seen(self.request.POST), **data,
        )  # fmt: skip

    def seen(self) -> int:
        return newest(self.case.meetings.order_by("-pk")[:1])

    def context(self) -> dict[str, Any]:
        old = self.corrects
        if old is None:
            return {}
        what = f"{old.number}: {old.get_kind_display()}, {words.day(old.held_on)}, {old.subject}"
        return {"facts": [(_("Corrects entry"), what)]}
