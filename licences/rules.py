"""Who may do what with a licence: decision makers of its regulator, within the power given to them."""

from typing import Any

import rules
from django.utils import timezone

from accounts.models import Firm
from accounts.queries import firm_roles, memberships_ever, names
from licences.models import Licence
from regulators.models import Act, Role
from regulators.queries import may_decide, regulators_of, staff_roles


@rules.predicate
def serves_its_regulator(user: Any, licence: Licence | None) -> bool:
    """Of any regulator where no licence is at hand: the lists hold those of the own ones only."""
    served = regulators_of(user)
    return bool(served) if licence is None else licence.licence_type.regulator_id in served


@rules.predicate
def decides_for_its_regulator(user: Any, licence: Licence | None) -> bool:
    if licence is None:
        return False
    return Role.DECISION_MAKER in staff_roles(user, licence.licence_type.regulator_id)


@rules.predicate
def may_suspend(user: Any, licence: Licence | None) -> bool:
    return _empowered(user, licence, Act.SUSPEND)


@rules.predicate
def may_revoke(user: Any, licence: Licence | None) -> bool:
    return _empowered(user, licence, Act.REVOKE)


@rules.predicate
def may_grant(user: Any, licence: Licence | None) -> bool:
    return _empowered(user, licence, Act.GRANT)


@rules.predicate
def handles_notices(user: Any, licence: Licence | None) -> bool:
    if licence is None:
        return False
    roles = staff_roles(user, licence.licence_type.regulator_id)
    return bool(roles & {Role.CASE_OFFICER, Role.DECISION_MAKER})


@rules.predicate
def is_no_part_of_the_firm(user: Any, licence: Licence | None) -> bool:
    """The human never acted for the firm and is none of the people it put into its applications, under any
    account; of an unknown human nobody can say that. Remembered on the licence, since a page asks for each
    of its acts; an act locks a fresh one.
    """
    if licence is None or not user.human:
        return False
    remembered: dict[str, bool] = vars(licence).setdefault("_no_part", {})
    if user.human not in remembered:
        acted = memberships_ever(licence.firm_id, user.human).exists()
        named = Firm.objects.filter(names("people__human", user.human), pk=licence.firm_id).exists()
        remembered[user.human] = not (acted or named)
    return remembered[user.human]


@rules.predicate
def signs_for_the_firm(user: Any, licence: Licence | None) -> bool:
    return licence is not None and "signatory" in firm_roles(user, licence.firm_id)


def _empowered(user: Any, licence: Licence | None, act: Act) -> bool:
    return licence is not None and may_decide(user, licence.licence_type_id, act, timezone.localdate())


decides = decides_for_its_regulator & is_no_part_of_the_firm

rules.add_perm("licences.view_licence", serves_its_regulator)
# What is proposed among staff is not for who is of the firm; the register is open to them as to everybody.
rules.add_perm("licences.read_at_the_desk", serves_its_regulator & is_no_part_of_the_firm)
rules.add_perm("licences.act_on_licence", decides)
rules.add_perm("licences.suspend_licence", decides & may_suspend)
rules.add_perm("licences.lift_suspension", decides & may_suspend)
rules.add_perm("licences.revoke_licence", decides & may_revoke)
# What a licence says is varied, and put right, by those who may grant it; winding down leads to its end: our
# policy, not law.
rules.add_perm("licences.vary_licence", decides & may_grant)
rules.add_perm("licences.restrict_licence", decides & may_suspend)
rules.add_perm("licences.wind_down_licence", decides & may_revoke)
rules.add_perm("licences.correct_register", decides & may_grant)
rules.add_perm("licences.serve_notice", handles_notices & is_no_part_of_the_firm)
rules.add_perm("licences.answer_representation", decides)
rules.add_perm("licences.make_representation", signs_for_the_firm)
rules.add_perm("licences.accept_surrender", decides)
rules.add_perm("licences.expire_licence", decides)
