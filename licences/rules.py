"""Who may do what with a licence: decision makers of its regulator, within the power given to them."""

from typing import Any

import rules
from django.utils import timezone

from accounts.queries import firm_roles
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
def signs_for_the_firm(user: Any, licence: Licence | None) -> bool:
    return licence is not None and "signatory" in firm_roles(user, licence.firm_id)


def _empowered(user: Any, licence: Licence | None, act: Act) -> bool:
    return licence is not None and may_decide(user, licence.licence_type_id, act, timezone.localdate())


rules.add_perm("licences.view_licence", serves_its_regulator)
rules.add_perm("licences.act_on_licence", decides_for_its_regulator)
rules.add_perm("licences.suspend_licence", decides_for_its_regulator & may_suspend)
rules.add_perm("licences.lift_suspension", decides_for_its_regulator & may_suspend)
rules.add_perm("licences.revoke_licence", decides_for_its_regulator & may_revoke)
# What a licence says is varied by those who may grant it; winding down leads to its end: our policy, not law.
rules.add_perm("licences.vary_licence", decides_for_its_regulator & may_grant)
rules.add_perm("licences.restrict_licence", decides_for_its_regulator & may_suspend)
rules.add_perm("licences.wind_down_licence", decides_for_its_regulator & may_revoke)
rules.add_perm("licences.correct_register", decides_for_its_regulator)
rules.add_perm("licences.serve_notice", handles_notices)
rules.add_perm("licences.answer_representation", decides_for_its_regulator)
rules.add_perm("licences.make_representation", signs_for_the_firm)
rules.add_perm("licences.accept_surrender", decides_for_its_regulator)
rules.add_perm("licences.expire_licence", decides_for_its_regulator)
