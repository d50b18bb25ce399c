"""Making certificates."""

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from audit.services import record
from licences.certificates.code import new_code
from licences.certificates.content import content_of
from licences.models import Certificate, Licence
from workflow.services import lock


def certify(licence: Licence) -> Certificate:
    """The certificate that states what the licence says now: the last one, or a new one where anything it
    states has changed. Part of the act that changed it, which holds the licence and records the event.
    """
    content = content_of(licence)
    last = licence.certificates.last()
    if last is not None and last.content == content:
        return last
    return Certificate.objects.create(
        licence=licence,
        code=new_code(),
        made_at=timezone.now(),
        entries=licence.history.count(),
        content=content,
    )


def issue_missing_certificates(*, actor: Actor) -> Iterator[Certificate]:
    """The certificate of each licence that has none, of before they were made; each in its own transaction.

    Effects in order for each: lock the licence; the certificate of what it says now; audit event. What an act
    made meanwhile is left as it is.
    """
    without = Licence.objects.filter(certificates=None).order_by("pk").values_list("pk", flat=True)
    for pk in list(without):
        with transaction.atomic():
            licence = lock(Licence, pk)
            if licence.certificates.exists():
                continue
            certificate = certify(licence)
            data = {"certificate": certificate.pk}
            record(subject=licence.audit_subject, kind="licence.certificate", actor=actor, data=data)
        yield certificate
