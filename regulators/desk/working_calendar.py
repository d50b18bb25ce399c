"""The page of the working calendar in force: which days count, and up to when that is known."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from regulators.calendars import Calendar, kazakhstan
from regulators.models import CalendarVersion

METHODS = ("GET", "HEAD")


@dataclass(frozen=True, kw_only=True)
class YearShown:
    number: int
    forecast: bool
    days_off: list[date]
    worked: list[date]
    working: int


def page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    calendar = kazakhstan()
    context = {
        **site.each_context(request),
        "title": _("Working calendar"),
        "calendar": calendar,
        "on_record": CalendarVersion.objects.filter(code=calendar.code, sha256=calendar.sha256).first(),
        "years": years_of(calendar),
        **reach_of(calendar),
    }
    return TemplateResponse(request, "admin/regulators/working_calendar.html", context)


def years_of(calendar: Calendar) -> list[YearShown]:
    """The newest first."""
    return [
        YearShown(
            number=number,
            forecast=year.forecast,
            days_off=sorted(year.days_off),
            worked=sorted(year.worked),
            working=sum(day.year == number for day in calendar.working),
        )
        for number, year in sorted(calendar.years.items(), reverse=True)
    ]


def reach_of(calendar: Calendar) -> dict[str, Any]:
    """The last day that is known, and the last one of an official calendar: None where there is none."""
    official = [number for number, year in calendar.years.items() if not year.forecast]
    return {
        "known_until": date(max(calendar.years), 12, 31),
        "official_until": date(max(official), 12, 31) if official else None,
    }
