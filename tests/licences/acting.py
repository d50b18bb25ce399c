"""Acting on a licence in tests: proposed by one, noticed, confirmed by another."""

from datetime import timedelta

from django.utils import timezone

from licences import services
from licences.models import Licence, LicenceNotice
from workflow.services import perform

NOTICED = ("suspend", "revoke", "restrict", "wind_down", "vary")


def proposed(licence, name, actor, **data):
    now = Licence.objects.get(pk=licence.pk)
    if name in NOTICED and "firm_asked" not in data:
        data.setdefault("notice", f"We propose: {name}.")
    return services.propose(actor=actor, licence=now, act=name, expected_version=now.version, **data)


def confirmed(licence, name, actor):
    now = Licence.objects.get(pk=licence.pk)
    return perform(Licence, licence.pk, name, actor=actor, expected_version=now.version)


def serve(notice, actor, *, days=1):
    today = timezone.localdate()
    return services.record_service(
        actor=actor, notice=notice, served_on=today, how="By courier.", until=today + timedelta(days=days)
    )


def let_time_pass(notice, days=2):
    """As if the notice had been served so many days earlier."""
    notice.refresh_from_db()
    LicenceNotice.objects.filter(pk=notice.pk).update(
        served_on=notice.served_on - timedelta(days=days), until=notice.until - timedelta(days=days)
    )


def by_two(licence, name, first, second, **data):
    """The whole road of an act; nobody says anything to the notice."""
    proposed(licence, name, first, **data)
    notice = licence.notices.open_for(name).first()
    if notice and not notice.immediate:
        serve(notice, second)
        let_time_pass(notice)
    return confirmed(licence, name, second)
