"""Every write to a licence: granting, acts, certificates. Readiness records too, which are no licences."""

from licences.services.granting import issue, record_readiness

__all__ = ["issue", "record_readiness"]
