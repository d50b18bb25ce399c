from django.db import migrations, models


def names_as_submitted(apps, schema_editor):
    """From the newest submission that names the person: nothing says better what was assessed."""
    IndividualApproval = apps.get_model("applications", "IndividualApproval")
    Snapshot = apps.get_model("applications", "Snapshot")
    for case in IndividualApproval.objects.order_by().values_list("application", flat=True).distinct():
        known = {}
        for people in (
            Snapshot.objects.filter(application=case).order_by("number").values_list("content__people", flat=True)
        ):
            known |= people or {}
        for one in IndividualApproval.objects.filter(application=case).only("pk", "person_id"):
            name = known.get(str(one.person_id), {}).get("name", "")
            IndividualApproval.objects.filter(pk=one.pk).update(name=name)


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0030_undone_conditions'),
    ]

    operations = [
        migrations.AddField(
            model_name='individualapproval',
            name='name',
            field=models.CharField(blank=True, editable=False, max_length=400),
        ),
        migrations.RunPython(names_as_submitted, migrations.RunPython.noop),
    ]
