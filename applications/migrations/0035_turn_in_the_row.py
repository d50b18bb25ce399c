from django.contrib.postgres.aggregates import JSONBAgg
from django.db import migrations, models
from django.db.models import Count, Exists, JSONField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

WITH_FIRM = ("sent", "part_answered")
STAGES_WITH_THE_FIRM = ("changes_requested", "in_progress")


def keep_whose_turn_it_is(apps, schema_editor):
    """As the services keep it from now on, for the cases that are there already."""

    def rows_of(name, **where):
        return apps.get_model("applications", name).objects.filter(application=OuterRef("pk"), **where)

    def first(rows, column):
        return Subquery(rows.values(column)[:1])

    asked = rows_of("InformationRequest", status__in=WITH_FIRM).order_by("due_on", "number")
    stages = rows_of("Stage", state__in=STAGES_WITH_THE_FIRM).order_by("order")
    conditions = rows_of("Condition", owner="firm", verified_at=None, undone_at=None).order_by("due_on")
    noticed = rows_of("IndividualApproval", state="refusal_proposed").exclude(represent_until=None)
    told = JSONObject(person="person_id", function="function", until="represent_until")
    told = noticed.order_by().values("application").annotate(
        told=JSONBAgg(told, order_by=("represent_until", "pk"))
    )
    count = asked.order_by().values("application").annotate(n=Count("pk")).values("n")
    apps.get_model("applications", "Application").objects.update(
        requests_now=Coalesce(Subquery(count), 0),
        asked_now=first(asked, "number"),
        asked_until_now=first(asked, "due_on"),
        returned_now=Coalesce(first(stages, "code"), Value("")),
        condition_until_now=first(conditions, "due_on"),
        people_noticed_now=Coalesce(Subquery(told.values("told")), Value([], JSONField())),
    )


def keep_whether_a_stage_is_returned(apps, schema_editor):
    stages = apps.get_model("applications", "Stage").objects
    with_firm = stages.filter(application=OuterRef("pk"), state__in=STAGES_WITH_THE_FIRM)
    apps.get_model("applications", "Application").objects.update(returned_now=Exists(with_firm))


def column(name, field):
    return migrations.AddField("application", name, field)


class Migration(migrations.Migration):
    dependencies = [("applications", "0034_answers_about_people")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, keep_whether_a_stage_is_returned),
        migrations.RemoveField("application", "returned_now"),
        column("returned_now", models.CharField(blank=True, default="", editable=False, max_length=30)),
        column("requests_now", models.PositiveIntegerField(default=0, editable=False)),
        column("asked_until_now", models.DateField(editable=False, null=True)),
        column("condition_until_now", models.DateField(editable=False, null=True)),
        column("people_noticed_now", models.JSONField(default=list, editable=False)),
        migrations.RunPython(keep_whose_turn_it_is, migrations.RunPython.noop),
    ]
