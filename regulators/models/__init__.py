"""Who decides, who works there with what powers, which law is on record and since when."""

from regulators.models.keeping import KeepingPeriod
from regulators.models.law import (
    AuthorityBasis,
    CalendarVersion,
    CitationCheck,
    LegalValue,
    PendingChange,
    RuleBookVersion,
)
from regulators.models.period import Period
from regulators.models.regulator import LicenceType, Regulator
from regulators.models.reproving import Reproving
from regulators.models.staff import Act, Delegation, Role, Staff

__all__ = [
    "Act",
    "AuthorityBasis",
    "CalendarVersion",
    "CitationCheck",
    "Delegation",
    "KeepingPeriod",
    "LegalValue",
    "LicenceType",
    "PendingChange",
    "Period",
    "Regulator",
    "Reproving",
    "Role",
    "RuleBookVersion",
    "Staff",
]
