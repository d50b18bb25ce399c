"""Every write to a licence: granting, acts, certificates. Readiness records too, which are no licences."""

from licences.services.acts import propose
from licences.services.certifying import issue_missing_certificates
from licences.services.granting import issue, record_readiness
from licences.services.notices import (
    answer_representation,
    make_representation,
    record_representation,
    record_service,
    withdraw_notice,
)

__all__ = [
    "answer_representation",
    "issue",
    "issue_missing_certificates",
    "make_representation",
    "propose",
    "record_readiness",
    "record_representation",
    "record_service",
    "withdraw_notice",
]
