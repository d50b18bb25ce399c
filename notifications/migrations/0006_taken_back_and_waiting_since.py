"""A reminder that never went counts as none, and a message says since when it is to be sent."""

import django.utils.timezone
from django.db import migrations, models

# Two of one key can be there by then: those that were taken back are told apart by their rule.
NAMED_APART = """
UPDATE notifications_reminder SET rule = left(rule, 70) || ', taken back: ' || id WHERE taken_back_at IS NOT NULL
"""
SINCE_WRITTEN = "UPDATE notifications_message SET waits_since = created_at"


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0005_about_cases"),
    ]

    operations = [
        migrations.AddField(
            model_name="reminder",
            name="taken_back_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="taken back"),
        ),
        migrations.RemoveConstraint(model_name="reminder", name="notifications_reminder_once"),
        migrations.RunSQL(migrations.RunSQL.noop, NAMED_APART),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_at", None)),
                fields=("subject", "rule", "due_on"),
                name="notifications_reminder_once",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="waits_since",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="to be sent since"
            ),
        ),
        migrations.RunSQL(SINCE_WRITTEN, migrations.RunSQL.noop),
    ]
