"""Clocks of one thing of a case, caps and extensions; the day of a deadline beside its instant."""

from django.db import migrations, models
from django.db.models import Q

DAYS = """
    update applications_deadline set due_on = (due_at at time zone 'Asia/Almaty')::date
"""

# After a way back. What an extension was is in its audit event; of which thing an entry is, in its clock.
LEDGER = """
    update applications_clockentry e set until = (v.data ->> 'until')::date, reason = v.reason
    from (
        select id, application_id, clock, row_number() over (partition by application_id, clock order by at, id) n
        from applications_clockentry where what = 'extend'
    ) o
    join (
        select subject, reason, data,
            row_number() over (partition by subject, data ->> 'clock' order by number) n
        from audit_event where kind = 'application.period_extended'
    ) v on v.subject = 'application:' || o.application_id and v.data ->> 'clock' = o.clock and v.n = o.n
    where e.id = o.id and e.until is null;
    update applications_clockentry
    set about = split_part(clock, '@', 2), clock = split_part(clock, '@', 1)
    where clock like '%@%'
"""
LEDGER_OF_BEFORE = """
    update applications_clockentry set clock = clock || '@' || about where about <> ''
"""


def forget_clocks_of_things(apps, schema_editor):
    """On the way back: before, a case had one deadline of a code. The ledger says how to count them again."""
    apps.get_model("applications", "Deadline").objects.exclude(about="").delete()


class Migration(migrations.Migration):
    dependencies = [("applications", "0041_kept_since"), ("audit", "0001_initial")]

    operations = [
        migrations.AddField("clockentry", "about", models.CharField(blank=True, default="", max_length=60)),
        migrations.AddField("clockentry", "until", models.DateField(blank=True, null=True)),
        migrations.AddField("clockentry", "reason", models.TextField(blank=True, default="")),
        migrations.RunSQL(LEDGER, LEDGER_OF_BEFORE),
        migrations.AlterField(
            "clockentry",
            "what",
            models.CharField(
                choices=[
                    ("start", "start"),
                    ("pause", "pause"),
                    ("resume", "resume"),
                    ("extend", "extend"),
                    ("stop", "stop"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            "clockentry",
            models.CheckConstraint(
                condition=Q(what="extend", until__isnull=False) | (~Q(what="extend") & Q(until=None)),
                name="applications_clock_extended_until",
            ),
        ),
        migrations.AddField("deadline", "about", models.CharField(blank=True, default="", max_length=60)),
        migrations.AddField("deadline", "pause_cap", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField("deadline", "due_on", models.DateField(null=True)),
        migrations.RunSQL(DAYS, migrations.RunSQL.noop),
        migrations.AlterField("deadline", "due_on", models.DateField()),
        migrations.RemoveConstraint("deadline", "applications_deadline_once"),
        migrations.AddConstraint(
            "deadline",
            models.UniqueConstraint(
                fields=("application", "code", "about"), name="applications_deadline_once"
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_clocks_of_things),
    ]
