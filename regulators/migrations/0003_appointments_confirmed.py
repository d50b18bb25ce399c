from typing import Any

from django.db import migrations, models
from django.utils import timezone

ALWAYS_CONFIRMED = ("decision_maker", "administrator")


def keep_those_in_force(apps: Any, schema_editor: Any) -> None:
    """Who serves already goes on serving; what begins later has to be confirmed first."""
    begun = apps.get_model("regulators", "Staff").objects.filter(
        confirmed_by=None, valid_from__lte=timezone.localdate()
    )
    begun.exclude(role__in=ALWAYS_CONFIRMED).update(counts_unconfirmed=True)


class Migration(migrations.Migration):
    dependencies = [("regulators", "0002_legal_facts")]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="counts_unconfirmed",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddConstraint(
            model_name="staff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("counts_unconfirmed", False),
                    models.Q(("role__in", ALWAYS_CONFIRMED), _negated=True),
                    _connector="OR",
                ),
                name="regulators_staff_always_confirmed",
            ),
        ),
        migrations.RunPython(keep_those_in_force, migrations.RunPython.noop),
    ]
