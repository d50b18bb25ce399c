"""Keeping filters of the worklist under a name. A view is nobody's record: it leaves no audit event."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from applications.models import DefaultView, SavedView
from applications.queries.saved_views import views_for
from applications.services.guard import insist, same_version
from regulators.queries import regulators_of
from workflow.errors import Gone

MOST = 50


def save_view(
    *, actor: Any, name: str, filters: dict[str, str], shared: bool, regulator_id: int
) -> SavedView:
    """Keep the filters under a name that this person has not used yet; the same filters under the same name
    are the same press. Raises NotReady.
    """
    name = " ".join(name.split())
    with transaction.atomic():
        insist(regulator_id in regulators_of(actor), _("You do not work for this regulator."))
        insist(name, _("Give the view a name."))
        known = SavedView.objects.filter(owner=actor, name=name).first()
        if known and (known.filters, known.shared) == (filters, shared):
            return known
        insist(known is None, _("You have a view with this name already. Choose another."))
        insist(SavedView.objects.filter(owner=actor).count() < MOST, _("Remove a view first: 50 are kept."))
        try:
            with transaction.atomic():
                return SavedView.objects.create(
                    owner=actor, name=name, filters=filters, shared=shared, regulator_id=regulator_id
                )
        except IntegrityError:
            insist(False, _("You have a view with this name already. Choose another."))
            raise


def change_view(*, actor: Any, view: SavedView, expected_version: int, name: str, shared: bool) -> SavedView:
    """Rename one's own view, share it or stop sharing it; then it is no colleague's default any more. Raises
    Gone, Conflict or NotReady.
    """
    name = " ".join(name.split())
    with transaction.atomic():
        own = _locked(actor, view)
        same_version(own, expected_version)
        insist(name, _("Give the view a name."))
        taken = SavedView.objects.filter(owner=actor, name=name).exclude(pk=own.pk).exists()
        insist(not taken, _("You have a view with this name already. Choose another."))
        own.name, own.shared, own.version = name, shared, own.version + 1
        own.save(update_fields=["name", "shared", "version"])
        if not shared:
            DefaultView.objects.filter(view=own).exclude(user=actor).delete()
    return own


def remove_view(*, actor: Any, view: SavedView) -> None:
    """Remove one's own view; whose default it was has none any more. Raises Gone."""
    with transaction.atomic():
        _locked(actor, view).delete()


def open_with(*, actor: Any, view: SavedView | None) -> None:
    """The worklist of this person opens with this view from now on, their own or a shared one; None for what
    everybody begins with. Raises Gone.
    """
    with transaction.atomic():
        if view is None:
            DefaultView.objects.filter(user=actor).delete()
        elif not views_for(actor).filter(pk=view.pk).exists():
            raise Gone
        else:
            DefaultView.objects.update_or_create(user=actor, defaults={"view": view})


def _locked(actor: Any, view: SavedView) -> SavedView:
    own = SavedView.objects.select_for_update(of=("self",)).filter(owner=actor, pk=view.pk).first()
    if own is None:
        raise Gone
    return own
