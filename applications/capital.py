"""The lines of the capital computation, as a firm enters them and a reviewer reads them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LINES: dict[str, str | Promise] = {
    "paid_up_shares": _("Paid-up ordinary shares"),
    "share_premium": _("Share premium"),
    "retained_earnings": _("Retained earnings"),
    "other_reserves": _("Other reserves"),
    "intangibles": _("Intangible assets, to be deducted"),
    "other_deductions": _("Other deductions"),
    "liquid_assets": _("Liquid assets"),
    "annual_operating_expenditure": _("Operating expenditure of a year"),
}

PERIODS: dict[str, str | Promise] = {
    "now": _("Now"),
    "grant": _("At the grant"),
    "year1": _("End of year 1"),
    "year2": _("End of year 2"),
    "year3": _("End of year 3"),
    "stressed": _("Under stress"),
}
