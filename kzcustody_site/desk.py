from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar, cast

import rules
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Desk(AdminSite):
    """For staff only. Everybody else who is signed in finds no page here; a visitor is asked to sign in."""

    site_header = _("Licensing desk")
    site_title = _("Licensing desk")
    index_title = _("My work")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # The site is made before the models are.
        from applications.desk import notices
        from kzcustody_site import health_page
        from regulators.desk import working_calendar

        calendar = self.admin_view(partial(working_calendar.page, self))
        health = self.admin_view(partial(health_page.page, self))
        return [
            path("health/", health, name="health"),
            *notices.urls(self),
            path("calendar/", calendar, name="calendar"),
            *super().get_urls(),
        ]

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def for_staff(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            self._hide_from_others(request)
            if not request.user.is_authenticated and request.method == "POST":
                from applications.portal import typed  # the site is made before the models are

                return typed.signed_out(request)
            return inner(request, *args, **kwargs)

        return cast(View, for_staff)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        # The site is made before the models are.
        from applications.desk.my_work import my_work
        from applications.queries.staff_notices import unread_of_staff
        from regulators.queries import notices_for

        told = {
            "my_work": my_work(request.user),
            "notices": notices_for(request.user),
            "new_notices": unread_of_staff(request.user),
            "may_see_health": rules.has_perm("kzcustody_site.view_health", request.user),
        }
        return super().index(request, {**(extra_context or {}), **told})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """In one order in every language, by what the code calls them."""
        found = super().get_app_list(request, app_label)
        for app in found:
            app["models"].sort(key=lambda model: model["object_name"])
        return sorted(found, key=lambda app: app["app_label"])

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in for all: the accounts room's."""
        self._hide_from_others(request)
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def _hide_from_others(self, request: HttpRequest) -> None:
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404
