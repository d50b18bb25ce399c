"""Who may see the outbox and send again: the administrators of the regulators."""

from typing import Any

import rules

from regulators.queries import is_administrator


@rules.predicate
def administers(user: Any) -> bool:
    return is_administrator(user)


rules.add_perm("notifications.view_message", administers)
rules.add_perm("notifications.resend_message", administers)
