from django.db import migrations, models

APPROVED = "application.approve_in_principle"
UNDONE = ("application.reopen", "application.send_back", "application.remit")


def conditions_of_undone_approvals(apps, schema_editor):
    """The record of each case says how many conditions an approval set, and when it was undone."""
    Condition = apps.get_model("applications", "Condition")
    Event = apps.get_model("audit", "Event")
    for case in Condition.objects.order_by().values_list("application", flat=True).distinct():
        conditions = Condition.objects.filter(application=case, undone_at=None)
        events = Event.objects.filter(subject=f"application:{case}", kind__in=(APPROVED, *UNDONE))
        made = 0
        for kind, data, at in events.order_by("number").values_list("kind", "data", "at"):
            if kind == APPROVED:
                made += data["conditions"]
            else:
                conditions.filter(number__lte=made).update(undone_at=at)


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0029_gates'),
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='condition',
            name='undone_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(conditions_of_undone_approvals, migrations.RunPython.noop, elidable=True),
    ]
