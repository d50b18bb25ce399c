"""Making certificates."""

from django.utils import timezone

from licences.certificates.code import new_code
from licences.certificates.content import content_of
from licences.models import Certificate, Licence


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
