"""Licences after grant, their public history and certificates; and readiness records."""

from licences.models.certificate import Certificate
from licences.models.licence import Licence, NumberSeries
from licences.models.notice import LicenceNotice, LicenceRepresentation
from licences.models.readiness import ReadinessRecord
from licences.models.register import RegisterEntry

__all__ = [
    "Certificate",
    "Licence",
    "LicenceNotice",
    "LicenceRepresentation",
    "NumberSeries",
    "ReadinessRecord",
    "RegisterEntry",
]
