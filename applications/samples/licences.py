"""What has happened to a sample licence since it was granted."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from applications.models import Application
from applications.samples.staff import Desk
from licences.models import Licence
from licences.services import propose, record_service
from workflow.acts import acts_of
from workflow.queries import proposal_of
from workflow.services import perform


def suspend_and_lift(case: Application, desk: Desk) -> None:
    """A suspension with immediate effect, whose notice is served afterwards, and its lifting; what of it is
    done already is left.
    """
    assert case.licence_id is not None
    _by_two(
        case.licence_id, desk, "suspend",
        reason="The key ceremony of the firm could not be shown to an inspector.",
        public_note="Suspended while the firm renews its signing keys.",
        notice="We suspend the licence until the firm has renewed its signing keys before a witness.",
        immediate="Keys that nobody can account for may sign for the assets of clients.",
    )  # fmt: skip
    today = timezone.localdate()
    notice = Licence.objects.get(pk=case.licence_id).notices.get()
    if notice.served_on is None:
        record_service(
            actor=desk.officer, notice=notice, served_on=today, until=today + timedelta(days=14),
            how="Handed over at the office of the firm, against a signature.",
        )  # fmt: skip
    _by_two(
        case.licence_id, desk, "lift",
        reason="The new keys were made before two inspectors.",
        public_note="The firm has renewed its signing keys.",
    )  # fmt: skip


def _by_two(pk: int, desk: Desk, act: str, **data: Any) -> None:
    licence = Licence.objects.get(pk=pk)
    if licence.history.filter(what=act).exists():
        return
    if proposal_of(licence, acts_of(Licence)[act]) is None:
        propose(actor=desk.decider, licence=licence, act=act, expected_version=licence.version, **data)
    perform(Licence, pk, act, actor=desk.second, expected_version=licence.version)
