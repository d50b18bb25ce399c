"""Publishing rule books, and putting the legal basis of a licence on record."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from audit.services import record
from regulators import books, rules
from regulators.loader import RuleBookError
from regulators.models import AuthorityBasis, LicenceType, Regulator, RuleBookVersion
from regulators.rulebook import Book
from regulators.services.entered import confirm
from workflow.errors import NotAllowed


@transaction.atomic
def load_rulebooks(
    *, actor: Actor, found: Sequence[Book] | None = None
) -> list[tuple[RuleBookVersion, bool]]:
    """Publish the books of the files; may be run again at any time.

    Effects in order, for each book: the regulator and the licence type, named as the file names them; the
    pin of the version with the hash of its file; the audit event of a new version. Returns each pin, and
    whether it is new.

    Raises RuleBookError where a published version's file was changed or is gone; then nothing is done.
    """
    all_found = books.all_books() if found is None else found
    _refuse_lost_files(all_found)
    return [_publish(book, actor) for book in all_found]


def _publish(book: Book, actor: Actor) -> tuple[RuleBookVersion, bool]:
    regulator, _made = Regulator.objects.update_or_create(
        code=book.regulator, defaults={"name": book.regulator_name["en"]}
    )
    licence_type, _made = LicenceType.objects.update_or_create(
        code=book.licence_type,
        defaults={"regulator": regulator, "title": book.licence_type_title["en"]},
    )
    pin, is_new = RuleBookVersion.objects.get_or_create(
        code=book.code,
        version=book.version,
        defaults={"licence_type": licence_type, "sha256": book.sha256},
    )
    if pin.sha256 != book.sha256:
        raise RuleBookError(books.CHANGED.format(file=f"{book.code}-{book.version}.toml"))
    if is_new:
        data = {"version": book.version, "sha256": book.sha256}
        record(subject=f"rulebook:{book.code}", kind="rulebook.publish", actor=actor, data=data)
    return pin, is_new


def _refuse_lost_files(found: Sequence[Book]) -> None:
    there = {(book.code, book.version) for book in found}
    for code, version in RuleBookVersion.objects.values_list("code", "version"):
        if (code, version) not in there:
            raise RuleBookError(
                f"{code}-{version}.toml: this version was published and its file is gone. Put the file back."
            )


@transaction.atomic
def enter_authority_basis(
    *,
    actor: User,
    licence_type: LicenceType,
    act: str,
    article: str,
    scope: str,
    valid_from: date,
    valid_until: date | None = None,
) -> AuthorityBasis:
    """An administrator puts on record by what law the regulator grants this licence type.

    Effects in order: the basis, which does not count yet; the audit event.
    """
    _administers(actor, licence_type)
    basis = AuthorityBasis(
        licence_type=licence_type,
        act=act.strip(),
        article=article.strip(),
        scope=scope.strip(),
        valid_from=valid_from,
        valid_until=valid_until,
        entered_by=actor,
        entered_human=actor.human,
    )
    basis.full_clean(exclude=["entered_human"])
    basis.save()
    record(
        subject=f"licence-type:{licence_type.code}",
        kind="authority_basis.enter",
        actor=actor,
        data={"basis": basis.pk, "act": basis.act, "article": basis.article, "scope": basis.scope},
    )
    return basis


@transaction.atomic
def confirm_authority_basis(*, actor: User, basis: AuthorityBasis) -> AuthorityBasis:
    """A second administrator confirms the basis: from now on licences can be granted on it.

    Effects in order: lock the basis; who confirmed it; the audit event.
    """
    locked = (
        AuthorityBasis.objects.select_for_update(of=("self",)).select_related("licence_type").get(pk=basis.pk)
    )
    _administers(actor, locked.licence_type)
    confirm(
        locked,
        actor=actor,
        subject=f"licence-type:{locked.licence_type.code}",
        kind="authority_basis.confirm",
        data={"basis": locked.pk},
        again=_("This legal basis is confirmed already."),
        own=_("You entered this legal basis, so someone else has to confirm it."),
    )
    return locked


def _administers(actor: User, licence_type: LicenceType) -> None:
    if not rules.is_administrator(actor, licence_type.regulator) or not actor.human:
        raise NotAllowed([_("Only an administrator of the regulator may do this.")])
