"""What the desk shows of keeping and destroying the documents of a case."""

from typing import Any

import rules
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.models import Application, Destruction
from applications.queries import retention as queries
from applications.states import ENDED
from look import words
from look.papers import pdf_links
from regulators.keeping import periods
from regulators.models import KeepingPeriod, Regulator
from regulators.queries import regulators_of


def kept(case: Application) -> str:
    """Until when the documents of a case that has ended are kept, in words; empty while it goes on."""
    if case.state not in ENDED:
        return ""
    if queries.ended_on(case) is None:
        return _("The documents are kept while the licence lives.")
    until = queries.kept_until(case)
    if until is None:
        return _("The documents are kept until the regulator sets a period.")
    return _("The documents are kept until %(day)s.") % {"day": words.day(until)}


def rules_in_words(user: Any) -> list[str]:
    """Of each regulator that this person serves, how long it keeps documents, and that a period waits for its
    second person. Three queries.
    """
    served = Regulator.objects.filter(pk__in=regulators_of(user)).order_by("name")
    counted = periods(timezone.localdate())
    unconfirmed = KeepingPeriod.objects.filter(confirmed_by=None).values_list("regulator", flat=True)
    waits = dict.fromkeys(unconfirmed, _("A period is entered, and waits for a second person."))
    return [
        f"{_rule(regulator, counted.get(regulator.pk))} {waits.get(regulator.pk, '')}".rstrip()
        for regulator in served
    ]


def _rule(regulator: Regulator, period: Any) -> str:
    if period is None:
        told = _("%(name)s: documents are kept until the regulator sets a period. Nothing is ever due.")
        return told % {"name": regulator.name}
    told = ngettext(
        "%(name)s: documents are kept for %(years)s year after the case ended (%(basis)s).",
        "%(name)s: documents are kept for %(years)s years after the case ended (%(basis)s).",
        period.years,
    )
    return told % {"name": regulator.name, "years": period.years, "basis": period.basis}


def holds_of(case: Application, user: Any) -> list[dict[str, Any]]:
    """Those that stand first. With the page on which each is lifted, for whoever may."""
    may_lift = rules.has_perm("applications.lift_hold", user, case)
    return [
        {
            "hold": hold,
            "url": reverse("admin:applications_legalhold_act", args=[hold.pk, "lift"])
            if may_lift and hold.state == hold.STANDING
            else "",
        }
        for hold in case.holds.select_related("placed_by").order_by("-state", "-pk")
    ]


def destructions_of(case: Application) -> list[dict[str, Any]]:
    return [
        {
            "destruction": one,
            "url": reverse("admin:applications_destruction_change", args=[one.pk]),
        }
        for one in case.destructions.select_related("certificate").order_by("-pk")
    ]


def page_of(destruction: Destruction) -> dict[str, Any]:
    """The files that it is about, and its certificate."""
    certificate = getattr(destruction, "certificate", None)
    taken = list(destruction.files.select_related("document"))
    url = reverse("admin:applications_destruction_certificate", args=[destruction.pk])
    return {
        "destruction": destruction,
        "kept": kept(destruction.application),
        "held": queries.is_held(destruction.application),
        "free": len(queries.free_of(destruction.application)) if destruction.state == "due" else None,
        "files": taken,
        "certificate": certificate,
        "pdfs": pdf_links(url) if certificate else [],
    }
