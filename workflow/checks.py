"""System checks: every act names a rule that exists, and states that its model has."""

from typing import Any

import rules
from django.apps import apps
from django.core.checks import Error, register

from workflow.acts import acts_of
from workflow.models import Stateful


@register()
def acts_are_complete(app_configs: Any, **kwargs: Any) -> list[Error]:
    errors = []
    for model in apps.get_models():
        if not issubclass(model, Stateful):
            continue
        states = {value for value, _label in model._meta.get_field("state").choices or []}  # type: ignore[misc]
        for act in acts_of(model).values():
            where = f"{model._meta.label}.{act.name}"
            if not act.permission or not rules.perm_exists(act.permission):
                errors.append(
                    Error(f"{where} names no rule that exists: {act.permission!r}.", id="workflow.E001")
                )
            unknown = (set(act.sources) | set(act.targets)) - states
            if unknown:
                errors.append(Error(f"{where} names unknown states: {sorted(unknown)}.", id="workflow.E002"))
    return errors
