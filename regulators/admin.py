"""The desk's pages on regulators. Rows are for reading: what changes, changes by a service, on a page of
its own (``regulators/desk``) for those whose role it is.
"""

from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.admin import StaffInvitationAdmin, UserAdmin
from accounts.models import StaffInvitation, User
from regulators.desk import changes, citations, figures, keeping, people, powers, reproving
from regulators.desk.base import Page, show
from regulators.desk.second import two_people
from regulators.models import (
    AuthorityBasis,
    CitationCheck,
    Delegation,
    KeepingPeriod,
    LegalValue,
    LicenceType,
    PendingChange,
    Regulator,
    Reproving,
    RuleBookVersion,
    Staff,
)
from regulators.queries import (
    administered_by,
    colleagues,
    invitations_from,
    is_administrator,
    regulators_of,
    serving_as,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows of the regulators that the member of staff serves, never to be changed from here."""

    of_regulator = "regulator"

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super().get_queryset(request).filter(**{f"{self.of_regulator}__in": regulators_of(request.user)})
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(regulators_of(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WithPages(admin.ModelAdmin):
    """A list and its rows with what an administrator can do there."""

    pages: tuple[type[Page], ...] = ()
    change_list_template = "admin/regulators/change_list.html"
    change_form_template = "admin/regulators/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/{page.name}/" if page.regulator else f"{page.name}/",
                self.admin_site.admin_view(partial(show, self, page)),
                name=self._url_name(page),
            )
            for page in self.pages
        ]
        return [*own, *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> Any:
        """With a column of acts for whoever may do any of them to a row: second, to be in sight."""
        if not any(page.regulator and serving_as(request.user, page.roles) for page in self.pages):
            return self.list_display

        @admin.display(description=_("What you can do"))
        def acts_of_row(row: Any) -> str:
            links = self.links(request.user, row)
            return format_html_join(" ", '<a href="{}">{}</a>', ((act["url"], act["label"]) for act in links))

        first, *others = self.list_display
        return [first, acts_of_row, *others]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        two = next((page.roles for page in self.pages if page.names_two), None)
        about = {
            "title": capfirst(self.opts.verbose_name_plural),
            "acts": self.links(request.user),
            "two_people": two_people(request.user, two) if two else [],
        }
        return super().changelist_view(request, {**about, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        acts = {"acts": self.links(request.user, row) if row else []}
        return super().change_view(request, object_id, form_url, {**acts, **(extra_context or {})})

    def links(self, user: Any, row: Any = None) -> list[dict[str, Any]]:
        """What this person can do with the row, or with the list where there is none."""
        ids = [] if row is None else [row.pk]
        return [
            {"label": page.label, "url": reverse(f"admin:{self._url_name(page)}", args=ids)}
            for page in self.pages
            if bool(page.regulator) is (row is not None)
            and page.may_use(user, row)
            and page.is_useful(user, row)
        ]

    def _url_name(self, page: type[Page]) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page.name}"


class OfTwoPeople(WithPages, ReadOnlyAdmin):
    @admin.display(description=_("Confirmed by"), ordering="confirmed_by")
    def second(self, row: Any) -> str:
        return str(row.confirmed_by or _("Waits for a second person"))


class ForAdministrators(WithPages, ReadOnlyAdmin):
    def get_queryset(self, request: HttpRequest) -> Any:
        """Nothing of another regulator, which this person serves and does not administer."""
        administered = administered_by(request.user)
        return super().get_queryset(request).filter(**{f"{self.of_regulator}__in": administered})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request.user)


@admin.register(Regulator)
class RegulatorAdmin(ReadOnlyAdmin):
    of_regulator = "pk"
    list_display = ("code", "name")


@admin.register(LicenceType)
class LicenceTypeAdmin(ReadOnlyAdmin):
    list_display = ("code", "title", "regulator")


@admin.register(RuleBookVersion)
class RuleBookVersionAdmin(ReadOnlyAdmin):
    of_regulator = "licence_type__regulator"
    list_display = ("code", "version", "licence_type", "published_at", "sha256")


@admin.register(Staff)
class StaffAdmin(ForAdministrators):
    pages = (people.AppointPage, people.ConfirmAppointmentPage, people.EndAppointmentPage)
    list_display = ("user", "regulator", "role", "valid_from", "valid_until", "granted_by", "confirmed_by")
    list_filter = ("role",)
    list_select_related = ("user", "regulator", "granted_by", "confirmed_by")


@admin.register(Delegation)
class DelegationAdmin(ForAdministrators):
    pages = (powers.DelegatePage, powers.ConfirmDelegationPage, powers.EndDelegationPage)
    of_regulator = "staff__regulator"
    list_display = (
        "staff", "licence_type", "act", "valid_from", "valid_until", "granted_by", "confirmed_by",
    )  # fmt: skip
    list_select_related = (
        "staff__user", "staff__regulator", "licence_type", "granted_by", "confirmed_by",
    )  # fmt: skip


@admin.register(Reproving)
class ReprovingAdmin(ForAdministrators):
    pages = (reproving.ConfirmReprovingPage,)
    list_display = ("user", "regulator", "entered_at", "entered_by", "confirmed_at", "confirmed_by")
    list_select_related = ("user", "regulator", "entered_by", "confirmed_by")


@admin.register(AuthorityBasis)
class AuthorityBasisAdmin(WithPages, ReadOnlyAdmin):
    pages = (powers.EnterBasisPage, powers.ConfirmBasisPage)
    of_regulator = "licence_type__regulator"
    list_display = (
        "act", "article", "licence_type", "valid_from", "valid_until", "entered_by", "confirmed_by",
    )  # fmt: skip
    list_select_related = ("licence_type__regulator", "entered_by", "confirmed_by")


@admin.register(LegalValue)
class LegalValueAdmin(OfTwoPeople):
    pages = (figures.EnterFigurePage, figures.ConfirmFigurePage)
    of_regulator = "licence_type__regulator"
    list_display = (
        "figure", "shown", "licence_type", "valid_from", "act", "provision", "entered_by", "second",
    )  # fmt: skip
    list_select_related = ("licence_type__regulator", "entered_by", "confirmed_by")

    @admin.display(description=_("Figure"), ordering="code")
    def figure(self, row: LegalValue) -> str:
        return figures.title_of(row)

    @admin.display(description=_("Amount"))
    def shown(self, row: LegalValue) -> str:
        return figures.amount_of(row)


@admin.register(KeepingPeriod)
class KeepingPeriodAdmin(OfTwoPeople):
    pages = (keeping.EnterKeepingPage, keeping.ConfirmKeepingPage)
    list_display = ("regulator", "years", "valid_from", "act", "provision", "entered_by", "second")
    list_select_related = ("regulator", "entered_by", "confirmed_by")


@admin.register(CitationCheck)
class CitationCheckAdmin(OfTwoPeople):
    pages = (citations.RecordCheckPage, citations.ConfirmCheckPage)
    list_display = (
        "act", "provision", "regulator", "result", "read_in_full", "applies", "checked_on", "look_again_on",
        "entered_by", "second",
    )  # fmt: skip
    list_filter = ("result",)
    list_select_related = ("regulator", "entered_by", "confirmed_by")

    def get_urls(self) -> list[URLPattern]:
        due = self.admin_site.admin_view(partial(citations.show_due, self))
        return [path("due/", due, name="regulators_citationcheck_due"), *super().get_urls()]

    def links(self, user: Any, row: Any = None) -> list[dict[str, Any]]:
        url = reverse("admin:regulators_citationcheck_due")
        due = [] if row else [{"label": _("Checks that are due"), "url": url}]
        return due + super().links(user, row)


@admin.register(PendingChange)
class PendingChangeAdmin(WithPages, ReadOnlyAdmin):
    pages = (changes.AnnouncePage, changes.HandOverPage, changes.SettlePage)
    of_regulator = "licence_type__regulator"
    list_display = ("title", "licence_type", "announced_on", "in_force_on", "owner", "settled_on")
    list_select_related = ("licence_type__regulator", "owner")


# The room of accounts cannot know who serves which regulator: its lists of staff are narrowed here.
admin.site.unregister([User, StaffInvitation])


@admin.register(User)
class ColleagueAdmin(WithPages, UserAdmin):
    pages = (reproving.ReprovePage,)
    list_display = ["full_name", "email", "is_active", "date_joined"]
    list_filter = ["is_active"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return colleagues(administered_by(request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(StaffInvitation)
class ColleagueInvitationAdmin(WithPages, StaffInvitationAdmin):
    pages = (people.InvitePage,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return invitations_from(administered_by(request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
