"""The moments at which a firm computes its capital. The lines are the rule book's."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PERIODS: dict[str, str | Promise] = {
    "now": _("Now"),
    "grant": _("At the grant"),
    "year1": _("End of year 1"),
    "year2": _("End of year 2"),
    "year3": _("End of year 3"),
    "stressed": _("Under stress"),
}
