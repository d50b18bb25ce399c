"""What was written about a case, and what of the outbox a member of staff may read."""

from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from applications.models import Application, Snapshot
from licences.models import Licence
from notifications.models import Message
from notifications.queries import with_bounces
from regulators.queries import in_their_care, regulators_of

# They tell the firm of what it has not submitted, which is not for the regulator. A mail that has such a line
# among others is on the page of the case, which shows no text of it.
OF_WHAT_IS_NOT_SUBMITTED = ("draft_idle", "file_rejected", "file_expires", "file_expired")
DIGEST = "digest"


class IsNamed(Func):
    """Whether a case is among the audit subjects that a message is about."""

    template = "%(expressions)s) AS named))"
    arg_joiner = " = ANY(ARRAY(SELECT substring(named FROM '^application:([0-9a-f-]+)$')::uuid FROM unnest("
    output_field = BooleanField()


class Among(Func):
    """Whether a subject is one of those that a message is about."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def told_of(case: Application) -> QuerySet[Message]:
    """The messages about a filed case, newest first: to the firm, to staff, to people with an own part. Not
    what the firm was told of its draft, or of files that it has not submitted.
    """
    filed_at = _first_filed(case.pk).values("made_at")
    told = _of_what_is_submitted(Message.objects.filter(about__contains=[case.audit_subject]))
    told = told.filter(created_at__gte=filed_at).select_related("recipient")
    return with_bounces(told).defer("context", "body_text", "body_html").order_by("-pk")


def readable_by(user: Any, messages: QuerySet[Message]) -> QuerySet[Message]:
    """Those about cases all of which were filed with the reader by then, or about licences of the reader's
    regulator; not what tells the firm of its draft, or of files that it has not submitted, as ``told_of``.
    Of those about neither, what went to the colleagues whom the reader looks after, and to addresses that are
    nobody's; what an account was told of its own safety is for its regulator alone.
    """
    filed_at = Subquery(_first_filed(OuterRef("pk")).values("made_at"))
    cases = Application.objects.filter(IsNamed(F("pk"), OuterRef("about"))).annotate(filed_at=filed_at)
    elsewhere = ~Q(pk__in=Application.objects.filed_with(user).values("pk"))
    cases = cases.filter(elsewhere | Q(filed_at=None) | Q(filed_at__gt=OuterRef("created_at")))
    licences = Licence.objects.filter(Among(Concat(Value("licence:"), F("number")), OuterRef("about")))
    licences = licences.exclude(licence_type__regulator__in=regulators_of(user))
    of_nobody = Q(recipient=None, firm=None) & ~Q(template__startswith="security_")
    ours = ~Q(about=[]) | Q(recipient__in=in_their_care(regulators_of(user))) | of_nobody
    for kind in OF_WHAT_IS_NOT_SUBMITTED:
        messages = messages.exclude(template=DIGEST, context__rows__contains=[{"kind": kind}])
    found = _of_what_is_submitted(messages).filter(ours)
    return found.exclude(Exists(cases)).exclude(Exists(licences))


def _first_filed(case: Any) -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(application=case, number=1)


def _of_what_is_submitted(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.exclude(template__in=OF_WHAT_IS_NOT_SUBMITTED)
