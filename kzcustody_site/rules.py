"""Who may see how the service is: the administrators of the regulators."""

from typing import Any

import rules

from regulators.queries import is_administrator


@rules.predicate
def administers(user: Any) -> bool:
    return is_administrator(user)


rules.add_perm("kzcustody_site.view_health", administers)
