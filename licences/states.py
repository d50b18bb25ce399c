"""The states of a licence."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LicenceState(models.TextChoices):
    ACTIVE = "active", _("In force")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")
    SURRENDERED = "surrendered", _("Surrendered")
    EXPIRED = "expired", _("Expired")


IN_FORCE = (LicenceState.ACTIVE, LicenceState.SUSPENDED)
# The kind of tag that shows the state: shape and colour, beside the word.
TAGS = {
    LicenceState.ACTIVE: "ok",
    LicenceState.SUSPENDED: "act",
    LicenceState.REVOKED: "bad",
    LicenceState.SURRENDERED: "done",
    LicenceState.EXPIRED: "done",
}


class Change(models.TextChoices):
    """What a line of the public history says: the grant, or the act by its name."""

    GRANTED = "granted", _("Granted")
    SUSPEND = "suspend", _("Suspended")
    LIFT = "lift", _("Suspension lifted")
    REVOKE = "revoke", _("Revoked")
    SURRENDER = "surrender", _("Surrendered")
    EXPIRE = "expire", _("Expired")
    VARY = "vary", _("Varied")
    RESTRICT = "restrict", _("Restricted")
    LIFT_RESTRICTION = "lift_restriction", _("Restriction lifted")
    WIND_DOWN = "wind_down", _("Winding down")
    END_WINDING_DOWN = "end_winding_down", _("Winding down ended")
    CORRECT = "correct", _("Entry corrected")
