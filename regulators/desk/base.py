"""Pages of work on a regulator's people and law: GET asks, POST calls a service. What they share."""

import logging
from operator import attrgetter
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.second_factor import demand
from look.fields import DayMonthYearField
from regulators.desk.second import two_people
from regulators.models import Regulator, Role
from regulators.queries import regulators_of, serving_as
from workflow.errors import NotAllowed, Reason, Refused

security = logging.getLogger("kzcustody.security")
METHODS = ("GET", "HEAD", "POST")


class Page:
    """One page of work, about one row or (``regulator`` left empty) about none yet."""

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    title: ClassVar[str | Promise]
    button: ClassVar[str | Promise]
    done: ClassVar[str | Promise] = ""
    intro: ClassVar[str | Promise] = ""
    fresh_factor: ClassVar[bool] = False  # opened and sent only after a second factor
    regulator: ClassVar[str] = ""
    roles: ClassVar[frozenset[Role]] = frozenset({Role.ADMINISTRATOR})
    refusal: ClassVar[str | Promise] = gettext_lazy("Only an administrator of the regulator may do this.")
    names_two: ClassVar[bool] = False  # one of the roles enters, another confirms: the page says who

    def __init__(self, model_admin: Any, request: HttpRequest, row: Any) -> None:
        self.admin, self.request, self.row = model_admin, request, row
        self.user: Any = request.user

    @classmethod
    def regulator_of(cls, row: Any) -> Regulator:
        found: Regulator = attrgetter(cls.regulator)(row)
        return found

    @classmethod
    def may_see(cls, user: Any, row: Any) -> bool:
        return row is None or cls.regulator_of(row).pk in regulators_of(user)

    @classmethod
    def may_use(cls, user: Any, row: Any) -> bool:
        where = serving_as(user, cls.roles)
        return bool(where) if row is None else cls.regulator_of(row).pk in where

    @classmethod
    def is_useful(cls, user: Any, row: Any) -> bool:
        """Whether lists offer it to this person; the service has the last word."""
        return True

    def form(self, data: Any = None) -> forms.Form:
        return forms.Form(data)

    def run(self, data: dict[str, Any]) -> Any:
        raise NotImplementedError

    def facts(self) -> list[tuple[str, Any]]:
        return []

    def tell(self, result: Any) -> None:
        messages.success(self.request, str(self.done))

    # --- what every page does

    def get(self) -> HttpResponse:
        return self.render(self.form())

    def post(self) -> HttpResponse:
        form = self.form(self.request.POST)
        if not form.is_valid():
            return self.render(form, status=422)
        try:
            result = self.run(form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self.render(form, status=422)
        except Refused as refusal:
            return self.refused(refusal, form)
        self.tell(result)
        return HttpResponseRedirect(list_url(self.admin, self.request))

    def refused(self, refusal: Refused, form: forms.Form | None) -> HttpResponse:
        """The same page, with the reasons and what was typed."""
        status = 422
        if isinstance(refusal, NotAllowed):
            status = 403
            log_refusal(self.request, self.admin, self.name, self.row)
        return self.render(form, status=status, reasons=refusal.reasons)

    def render(
        self, form: forms.Form | None, *, status: int = 200, reasons: list[Reason] | None = None
    ) -> HttpResponse:
        context = {
            **self.admin.admin_site.each_context(self.request),
            "opts": self.admin.opts,
            "title": self.title,
            "intro": self.intro,
            "two_people": two_people(self.user, self.roles) if self.names_two else [],
            "button": self.button,
            "facts": self.facts() if form else [],
            "form": form,
            "reasons": reasons,
            "list_url": list_url(self.admin, self.request),
        }
        return TemplateResponse(self.request, "admin/regulators/work.html", context, status=status)


class ConfirmPage(Page):
    """Of an appointment or a delegation: for whoever neither made it nor gets it."""

    name, label = "confirm", gettext_lazy("Confirm")

    @classmethod
    def is_useful(cls, user: Any, row: Any) -> bool:
        is_over = row.valid_until is not None and row.valid_until < timezone.localdate()
        return row.needs_confirmation and not is_over and user.human not in (row.granted_human, row.human)


class EndPage(Page):
    name, label = "end", gettext_lazy("End")

    @classmethod
    def is_useful(cls, user: Any, row: Any) -> bool:
        return row.valid_until is None or row.valid_until > timezone.localdate()

    def form(self, data: Any = None) -> forms.Form:
        return EndForm(data)


def show(model_admin: Any, page: type[Page], request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Unknown, or of another regulator: 404. Without the role there: 403. Another method: 405."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    row = None if pk is None else model_admin.model.objects.filter(pk=pk).first()
    if (pk is not None and row is None) or not page.may_see(request.user, row):
        raise Http404
    made = page(model_admin, request, row)
    if not page.may_use(request.user, row):
        return made.refused(NotAllowed([str(page.refusal)]), None)
    if page.fresh_factor:
        confirmation = demand(request, facts=[(_("Act"), page.title), *made.facts()])
        if confirmation is not None:
            return confirmation
    return made.post() if request.method == "POST" else made.get()


def list_url(model_admin: Any, request: HttpRequest) -> str:
    """The list that the page belongs to, or the first page for whoever may not see the list."""
    if not model_admin.has_view_permission(request):
        return reverse("admin:index")
    return reverse(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist")


def log_refusal(request: HttpRequest, model_admin: Any, name: str, row: Any) -> None:
    security.warning(
        "refused: user=%s %s=%s page=%s",
        request.user.pk, model_admin.opts.model_name, getattr(row, "pk", None), name,
    )  # fmt: skip


def text(label: Any, *, most: int, rows: int = 3) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea({"rows": rows}))


class DeskForm(forms.Form):
    """A form whose empty fields are called by their names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            words = gettext_lazy("Fill in “%(label)s”.")
            if isinstance(field, forms.ChoiceField):
                words = gettext_lazy("Choose something under “%(label)s”.")
            if not isinstance(field, DayMonthYearField):
                field.error_messages["required"] = words % {"label": field.label}


class PeriodForm(DeskForm):
    valid_from = DayMonthYearField(label=gettext_lazy("First day"), initial=timezone.localdate)
    valid_until = DayMonthYearField(
        label=gettext_lazy("Last day, if it is known"),
        required=False,
        help_text=gettext_lazy("This day still counts. Leave it empty if the end is open."),
    )

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day cannot be before the first day."))
        return data


class EndForm(DeskForm):
    last_day = DayMonthYearField(
        label=gettext_lazy("Last day"),
        initial=timezone.localdate,
        help_text=gettext_lazy("This day still counts."),
    )
    reason = text(gettext_lazy("Reason"), most=2000)
