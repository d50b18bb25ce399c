"""What follows from an act on a licence."""

from typing import Any

from django.utils import timezone

from licences.models import RegisterEntry
from licences.services.certifying import certify
from workflow.services import Change


def after_licence(change: Change) -> dict[str, Any]:
    """The handler of every act on a licence: writes the next line of its public history.

    Only ``public_note`` is shown to the public; the reason stays in the record of the case.
    """
    RegisterEntry.objects.create(
        licence=change.instance,
        what=change.act.name,
        from_state=change.from_state,
        to_state=change.to_state,
        at=timezone.now(),
        text=str(change.data.get("public_note", "")),
    )
    certify(change.instance)
    return {}
