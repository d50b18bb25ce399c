"""People, holdings and the capital computation: typed records, since rules compute with them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.identifiers import check_has_iin, check_identifier, check_iin, human_hash
from applications.models import (
    AccountsRate,
    Application,
    CapitalFigure,
    CapitalPeriod,
    CopiedFact,
    Entity,
    Holding,
    Person,
    Post,
)
from applications.services.checking import note_checked
from applications.services.drafting import note_saved, open_stage_of
from applications.services.guard import insist, insist_on_consent, locked_case, same_version
from applications.services.private import delete_answers, end_of_removed
from look.countries import is_country
from regulators import rulebook as rb
from workflow.errors import NotReady, Reason

NAMES = ("latin_family_name", "latin_given_names", "family_name", "given_names", "patronymic")
PERSON_FIELDS = (
    *NAMES, "born_on", "citizenship", "residence",
    "identifier_kind", "identifier",
)  # fmt: skip


def save_person(
    *,
    actor: Any,
    case_id: Any,
    functions: Iterable[str],
    person: Person | None = None,
    expected_version: int | None = None,
    **fields: Any,
) -> Person:
    """Enter or change one human of the firm, and the functions that they are proposed for in this case.

    ``fields`` are PERSON_FIELDS; of NAMES those that the person has. The same human entered twice is one
    record. ``expected_version`` is that of the record that the page was built on, 0 for one who is new to
    this case. Effects in order: open the people stage; write the person with the next version; make their
    posts in this case exactly ``functions``. Raises NotReady with the reason for a wrong IIN or passport
    number, an unknown function or none; Conflict.
    """
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission="applications.edit_application")
        open_stage_of(case, rb.PEOPLE, actor)
        wanted = set(functions)
        unknown = wanted - {f.code for f in case.book.functions}
        insist(wanted, _("Tick at least one function for this person."))
        insist(not unknown, _("Unknown function: %(codes)s.") % {"codes": ", ".join(sorted(unknown))})
        fields.update({name: " ".join(str(fields.get(name, "")).split()) for name in NAMES})
        insist(
            fields["given_names"] or fields["latin_given_names"],
            _("Write the given names in Cyrillic, in Latin letters, or both."),
        )
        _insist_on_countries(fields["citizenship"], fields["residence"])
        kind, citizenship = fields["identifier_kind"], fields["citizenship"]
        _refuse(check_has_iin, citizenship=citizenship, kind=kind, field="identifier")
        check = check_iin if kind == "iin" else check_identifier
        fields["identifier"] = _refuse(check, fields["identifier"])
        human = human_hash(fields["identifier"])
        if person is None:
            person = Person.objects.filter(firm=case.firm, human=human).first() or Person(firm=case.firm)
            is_known = case.posts.filter(person=person.pk).exists()
        else:
            person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
            is_known = True
        if expected_version is not None and is_known:
            same_version(person, expected_version)
        insist(person.firm_id == case.firm_id, _("This person belongs to another firm."))
        insist_on_consent(case, person if is_known else None)
        same = Person.objects.filter(firm=case.firm, human=human).exclude(pk=person.pk)
        insist(
            not same.exists(), _("Another person of the firm has this number. Change that record instead.")
        )
        for name in PERSON_FIELDS:
            setattr(person, name, fields[name])
        person.human = human
        person.edited(actor)
        person.save()
        case.posts.filter(person=person).exclude(function__in=wanted).delete()
        Post.objects.bulk_create(
            [Post(application=case, person=person, function=code) for code in sorted(wanted)],
            ignore_conflicts=True,
        )
        note_checked(case, CopiedFact.PERSON, actor, person=person)
        note_saved(case, actor)
    return person


def remove_person(*, actor: Any, case_id: Any, person: Person) -> None:
    """Take a person out of this case: their posts, their own access to it, and in a draft the answers given
    for them with their files. Answers that were submitted stay with their files, which are evidence; they
    are asked no more. A place in the chart of ownership stays, and so does the firm's record of the person.
    """
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission="applications.edit_application")
        open_stage_of(case, rb.PEOPLE, actor)
        if case.submitted_at is None:
            delete_answers(case, person, actor)
        case.posts.filter(person=person).delete()
        end_of_removed(case, person, actor)
        note_saved(case, actor)


def save_entity(
    *,
    actor: Any,
    case_id: Any,
    name: str,
    country: str = "",
    registration: str = "",
    person: Person | None = None,
) -> Entity:
    """Add a holder to the chart: a body, or a person who has a record. The same person added again is
    the same entity.
    """
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission="applications.edit_application")
        open_stage_of(case, rb.OWNERSHIP, actor)
        if person:
            insist(person.firm_id == case.firm_id, _("This person belongs to another firm."))
            entity, _made = Entity.objects.get_or_create(
                application=case,
                person=person,
                defaults={"name": person.full_name, "country": person.residence},
            )
        else:
            insist(name.strip(), _("Write the name of the holder."))
            _insist_on_countries(*([country] if country else []))
            entity = Entity.objects.create(
                application=case, name=name.strip(), country=country, registration=registration
            )
        note_saved(case, actor)
    return entity


def save_holding(
    *,
    actor: Any,
    case_id: Any,
    owner: Entity,
    owned: Entity,
    economic: Decimal,
    voting: Decimal,
    kind: str = Holding.OWN,
    held_for: Entity | None = None,
    control_how: str = "",
    changed: Holding | None = None,
    expected_version: int | None = None,
) -> Holding:
    """Enter a direct holding, in percent, or change the one that was opened to be ``changed``. What one
    holder has in a body for itself, as nominee and as trustee, and for each whom it is held for, are
    holdings of their own; no two are the same. ``expected_version`` is that of the holding to change as the
    page showed it. Raises NotAllowed, NotReady or Conflict.
    """
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission="applications.edit_application")
        open_stage_of(case, rb.OWNERSHIP, actor)
        bodies = [owner, owned, *([held_for] if held_for else [])]
        insist(
            all(body.application_id == case.pk for body in bodies), _("These bodies are not in one chart.")
        )
        insist(owner != owned, _("A body cannot hold itself directly."))
        insist(kind in dict(Holding.KINDS), _("Say whether it is held for itself, as nominee or as trustee."))
        insist(
            held_for is None or kind != Holding.OWN,
            _("What somebody holds for another, they hold as nominee or as trustee."),
        )
        insist(held_for not in (owner, owned), _("It is held for somebody else than these two."))
        for percent in (economic, voting):
            insist(0 <= percent <= 100, _("Enter percentages from 0 to 100."))
        place = {"owner": owner, "owned": owned, "kind": kind, "held_for": held_for}
        holding = _holding_to_write(case, changed)
        if changed and expected_version is not None:
            same_version(holding, expected_version)
        _insist_on_one_holding(case, holding, place)
        for name, value in place.items():
            setattr(holding, name, value)
        holding.economic, holding.voting, holding.control_how = economic, voting, control_how.strip()
        holding.edited(actor)
        holding.save()
        note_checked(case, CopiedFact.OWNERSHIP, actor)
        note_saved(case, actor)
    return holding


def _holding_to_write(case: Application, changed: Holding | None) -> Holding:
    if changed is None:
        return Holding(application=case)
    found = case.holdings.filter(pk=changed.pk).first()
    insist(found, _("This holding was taken out in the meantime. Enter it again if it is still right."))
    assert found is not None
    return found


def _insist_on_one_holding(case: Application, holding: Holding, place: dict[str, Any]) -> None:
    same = case.holdings.filter(**place).exclude(pk=holding.pk).first()
    if same is None:
        return
    words = _("%(owner)s already holds a part of %(owned)s in this way. Change that holding instead.")
    url = f"{reverse('portal:ownership', args=[case.pk])}?change={same.pk}"
    raise NotReady([Reason(words % {"owner": same.owner.name, "owned": same.owned.name}, url)])


def remove_holding(*, actor: Any, case_id: Any, holding: Holding) -> None:
    """Take one direct holding out. Its holder stays in the chart."""
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission="applications.edit_application")
        open_stage_of(case, rb.OWNERSHIP, actor)
        insist(holding.application_id == case.pk, _("These bodies are not in one chart."))
        holding.delete()
        note_checked(case, CopiedFact.OWNERSHIP, actor)
        note_saved(case, actor)


def confirm_ownership(*, actor: Any, case_id: Any) -> None:
    """Say that the chart, which was copied from another application, is still right."""
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission="applications.edit_application")
        open_stage_of(case, rb.OWNERSHIP, actor)
        note_checked(case, CopiedFact.OWNERSHIP, actor)
        note_saved(case, actor)


def save_groups(*, actor: Any, case_id: Any, groups: Mapping[Any, str]) -> None:
    """Say which holders act together: the name of the group by the key of the holder, empty for none."""
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission="applications.edit_application")
        open_stage_of(case, rb.OWNERSHIP, actor)
        holders = {entity.pk: entity for entity in case.entities.filter(is_applicant=False)}
        insist(groups.keys() <= holders.keys(), _("These bodies are not in one chart."))
        for key, name in groups.items():
            holders[key].acts_with = name.strip()
        Entity.objects.bulk_update([holders[key] for key in groups], ["acts_with"])
        note_checked(case, CopiedFact.OWNERSHIP, actor)
        note_saved(case, actor)


def remove_entity(*, actor: Any, case_id: Any, entity: Entity) -> None:
    """Take a holder out of the chart, with its holdings. The firm itself cannot be taken out."""
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission="applications.edit_application")
        open_stage_of(case, rb.OWNERSHIP, actor)
        insist(
            entity.application_id == case.pk and not entity.is_applicant,
            _("The firm stays in its own chart."),
        )
        entity.delete()
        note_checked(case, CopiedFact.OWNERSHIP, actor)
        note_saved(case, actor)


def save_capital(
    *,
    actor: Any,
    case_id: Any,
    period: str,
    currency: str,
    amounts: dict[str, Decimal | None],
    expected_version: int | None = None,
) -> list[CapitalFigure]:
    """Enter the capital lines of one period; a line given as None is taken out. ``expected_version`` is that
    of the period as the page showed it. Raises NotAllowed, NotReady or Conflict.
    """
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission="applications.edit_application")
        open_stage_of(case, rb.CAPITAL, actor)
        insist(period in dict(CapitalFigure.PERIODS), _("Unknown period."))
        rules = case.book.capital
        unknown = set(amounts) - {line.code for line in rules.lines}
        insist(
            not unknown,
            _("The rule book has no such line: %(codes)s.") % {"codes": ", ".join(sorted(unknown))},
        )
        insist(currency == rules.currency, _("Enter amounts in %(currency)s.") % {"currency": rules.currency})
        moment = CapitalPeriod.objects.filter(application=case, period=period).first()
        moment = moment or CapitalPeriod(application=case, period=period)
        if expected_version is not None:
            same_version(moment, expected_version)
        moment.edited(actor)
        moment.save()
        kept = []
        for line, amount in amounts.items():
            if amount is None:
                case.capital.filter(line=line, period=period).delete()
                continue
            figure, _made = CapitalFigure.objects.update_or_create(
                application=case, line=line, period=period, defaults={"amount": amount, "currency": currency}
            )
            kept.append(figure)
        note_checked(case, CopiedFact.CAPITAL, actor, code=period)
        note_saved(case, actor)
    return kept


def save_rate(
    *, actor: Any, case_id: Any, currency: str, rate: Decimal, day: date, source: str
) -> AccountsRate:
    """Record at what rate the accounts, kept in another currency, were turned into that of the book."""
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission="applications.edit_application")
        open_stage_of(case, rb.CAPITAL, actor)
        insist(
            currency != case.book.capital.currency,
            _("Amounts are entered in %(currency)s: no rate is needed for it.") % {"currency": currency},
        )
        insist(rate > 0, _("Enter a rate above 0."))
        insist(day <= timezone.localdate(), _("Enter a day that is not in the future."))
        insist(source.strip(), _("Say where the rate is from."))
        found, _made = AccountsRate.objects.update_or_create(
            application=case,
            defaults={"currency": currency, "rate": rate, "day": day, "source": source.strip()},
        )
        note_saved(case, actor)
    return found


def remove_rate(*, actor: Any, case_id: Any) -> None:
    """The accounts are in the currency of the book: no rate was used."""
    with transaction.atomic():
        case = locked_case(case_id, actor=actor, permission="applications.edit_application")
        open_stage_of(case, rb.CAPITAL, actor)
        AccountsRate.objects.filter(application=case).delete()
        note_saved(case, actor)


def _insist_on_countries(*codes: str) -> None:
    insist(all(is_country(code) for code in codes), _("Choose a country from the list"))


def _refuse(check: Callable[..., Any], *text: str, **named: str) -> Any:
    """What the check gives; its refusal in words."""
    try:
        return check(*text, **named)
    except ValidationError as error:
        raise NotReady([str(message) for message in error.messages]) from error


def person_of(case: Application, pk: Any) -> Person | None:
    """A person of the firm of this case, or None."""
    return Person.objects.filter(firm=case.firm_id, pk=pk).first()
