"""What each requirement cost the firms: triggers write which days are to be counted, at first all of them."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# What an act says of requirements, and what ends a wait for the firm.
ON_EVENTS = """
    CREATE FUNCTION applications_friction_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO applications_frictionchange (licence_type_id, day)
        SELECT DISTINCT filed.licence_type_id, (filed.submitted_at AT TIME ZONE 'Asia/Almaty')::date
        FROM added JOIN LATERAL (
            SELECT licence_type_id, submitted_at FROM applications_application
            WHERE id = substring(added.subject FROM 13)::uuid
        ) AS filed ON filed.submitted_at IS NOT NULL
        WHERE added.subject LIKE 'application:%' AND added.kind IN (
            'application.completeness', 'application.return_incomplete', 'application.submit',
            'application.finding', 'stage.request_changes', 'stage.complete'
        );
        RETURN NULL;
    END $$;
    CREATE TRIGGER applications_friction AFTER INSERT ON audit_event
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION applications_friction_events();
"""
NOT_ON_EVENTS = """
    DROP TRIGGER applications_friction ON audit_event;
    DROP FUNCTION applications_friction_events();
"""
ALL_DAYS = """
    INSERT INTO applications_frictionchange (licence_type_id, day)
    SELECT DISTINCT licence_type_id, (submitted_at AT TIME ZONE 'Asia/Almaty')::date
    FROM applications_application WHERE submitted_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("accounts", "0006_zones_and_languages"),
        ("applications", "0047_exports_and_reports"),
        ("licences", "0005_order_of_lines"),
        ("regulators", "0006_keeping_period"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FrictionCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("requirement", models.CharField(max_length=30)),
                ("requested", models.BooleanField()),
                ("returned", models.BooleanField()),
                ("deficient", models.BooleanField()),
                ("days", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="FrictionChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="FrictionDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("requirement", models.CharField(max_length=30)),
                ("cases", models.PositiveIntegerField()),
                ("requested", models.PositiveIntegerField()),
                ("returned", models.PositiveIntegerField()),
                ("deficient", models.PositiveIntegerField()),
                ("troubled", models.PositiveIntegerField()),
                ("waited", models.PositiveIntegerField()),
                ("days", models.PositiveBigIntegerField()),
                ("going_on", models.PositiveIntegerField()),
                ("counted_on", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="GuidanceTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("requirement", models.CharField(max_length=30)),
                ("period", models.CharField(max_length=10)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("figures", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("", "Task open"), ("done", "Task done"), ("declined", "Task declined")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="what was changed, or why nothing is")),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
            },
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                fields=["licence_type", "submitted_at", "id"], name="applications_by_submission"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="friction_moved",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."licence_type_id" IS DISTINCT FROM (NEW."licence_type_id") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at"))',
                    func="\n            INSERT INTO applications_frictionchange (licence_type_id, day)\n            SELECT DISTINCT row.licence_type_id, (row.submitted_at AT TIME ZONE 'Asia/Almaty')::date\n            FROM (SELECT OLD.* UNION ALL SELECT NEW.*) AS row WHERE row.submitted_at IS NOT NULL;\n            RETURN NULL;\n        ",
                    hash="ad438ea1f70855a45562ae1c6700a3e37a515ab2",
                    operation="UPDATE",
                    pgid="pgtrigger_friction_moved_d5e3d",
                    table="applications_application",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="finding",
            trigger=pgtrigger.compiler.Trigger(
                name="friction_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO applications_frictionchange (licence_type_id, day)\n    SELECT DISTINCT filed.licence_type_id, (filed.submitted_at AT TIME ZONE 'Asia/Almaty')::date\n    FROM (SELECT application_id FROM rows) AS written JOIN applications_application AS filed ON filed.id = written.application_id\n    WHERE filed.submitted_at IS NOT NULL;\nRETURN NULL;",
                    hash="025e14d142b4432d54aee9acc3626af8bf6edf5e",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_friction_insert_1c4ee",
                    referencing="REFERENCING NEW TABLE AS rows ",
                    table="applications_finding",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="finding",
            trigger=pgtrigger.compiler.Trigger(
                name="friction_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO applications_frictionchange (licence_type_id, day)\n    SELECT DISTINCT filed.licence_type_id, (filed.submitted_at AT TIME ZONE 'Asia/Almaty')::date\n    FROM (SELECT application_id FROM rows) AS written JOIN applications_application AS filed ON filed.id = written.application_id\n    WHERE filed.submitted_at IS NOT NULL;\nRETURN NULL;",
                    hash="3dc5795ae31b562cd0c0fa49aec79fd5f4f0959b",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_friction_delete_f16e4",
                    referencing="REFERENCING OLD TABLE AS rows ",
                    table="applications_finding",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="informationrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="friction_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO applications_frictionchange (licence_type_id, day)\n    SELECT DISTINCT filed.licence_type_id, (filed.submitted_at AT TIME ZONE 'Asia/Almaty')::date\n    FROM (SELECT application_id FROM rows WHERE sent_at IS NOT NULL) AS written JOIN applications_application AS filed ON filed.id = written.application_id\n    WHERE filed.submitted_at IS NOT NULL;\nRETURN NULL;",
                    hash="dbaa4facb7335caec4f77cf6ae095c8733c5b427",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_friction_update_74874",
                    referencing="REFERENCING NEW TABLE AS rows ",
                    table="applications_informationrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="requestpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="friction_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO applications_frictionchange (licence_type_id, day)\n    SELECT DISTINCT filed.licence_type_id, (filed.submitted_at AT TIME ZONE 'Asia/Almaty')::date\n    FROM (\n    SELECT request.application_id FROM rows\n    JOIN applications_informationrequest AS request ON request.id = rows.request_id\n    WHERE request.sent_at IS NOT NULL\n) AS written JOIN applications_application AS filed ON filed.id = written.application_id\n    WHERE filed.submitted_at IS NOT NULL;\nRETURN NULL;",
                    hash="cc51b15316d179408aad86574b9457f3b7b41d97",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_friction_insert_67398",
                    referencing="REFERENCING NEW TABLE AS rows ",
                    table="applications_requestpoint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="requestpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="friction_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO applications_frictionchange (licence_type_id, day)\n    SELECT DISTINCT filed.licence_type_id, (filed.submitted_at AT TIME ZONE 'Asia/Almaty')::date\n    FROM (\n    SELECT request.application_id FROM rows\n    JOIN applications_informationrequest AS request ON request.id = rows.request_id\n    WHERE request.sent_at IS NOT NULL\n) AS written JOIN applications_application AS filed ON filed.id = written.application_id\n    WHERE filed.submitted_at IS NOT NULL;\nRETURN NULL;",
                    hash="76041c9aacdddaa8a3d71f76db4196b9ff387fa7",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_friction_update_9a996",
                    referencing="REFERENCING NEW TABLE AS rows ",
                    table="applications_requestpoint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="requestpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="friction_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO applications_frictionchange (licence_type_id, day)\n    SELECT DISTINCT filed.licence_type_id, (filed.submitted_at AT TIME ZONE 'Asia/Almaty')::date\n    FROM (\n    SELECT request.application_id FROM rows\n    JOIN applications_informationrequest AS request ON request.id = rows.request_id\n    WHERE request.sent_at IS NOT NULL\n) AS written JOIN applications_application AS filed ON filed.id = written.application_id\n    WHERE filed.submitted_at IS NOT NULL;\nRETURN NULL;",
                    hash="70aaa54c0626c3acc1773b5df1a66270f26c8b96",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_friction_delete_3d7f3",
                    referencing="REFERENCING OLD TABLE AS rows ",
                    table="applications_requestpoint",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="frictioncase",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="frictions",
                to="applications.application",
            ),
        ),
        migrations.AddField(
            model_name="frictioncase",
            name="licence_type",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regulators.licencetype",
            ),
        ),
        migrations.AddField(
            model_name="frictionchange",
            name="licence_type",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regulators.licencetype",
            ),
        ),
        migrations.AddField(
            model_name="frictionday",
            name="licence_type",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regulators.licencetype",
            ),
        ),
        migrations.AddField(
            model_name="guidancetask",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="guidancetask",
            name="closed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="guidancetask",
            name="licence_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="guidance_tasks",
                to="regulators.licencetype",
            ),
        ),
        migrations.AddField(
            model_name="guidancetask",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="guidance_tasks",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="frictioncase",
            index=models.Index(
                fields=["licence_type", "requirement", "day"], name="application_licence_fa5305_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="frictionchange",
            index=models.Index(fields=["licence_type", "day"], name="application_licence_9f9b5f_idx"),
        ),
        migrations.AddIndex(
            model_name="frictionday",
            index=models.Index(
                condition=models.Q(("going_on__gt", 0)),
                fields=["counted_on"],
                name="applications_friction_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="frictionday",
            constraint=models.UniqueConstraint(
                fields=("licence_type", "day", "requirement"), name="applications_frictionday_once"
            ),
        ),
        migrations.AddIndex(
            model_name="guidancetask",
            index=models.Index(fields=["owner", "outcome"], name="application_owner_i_34cabb_idx"),
        ),
        migrations.AddConstraint(
            model_name="guidancetask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "")),
                fields=("licence_type", "requirement"),
                name="applications_guidance_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="guidancetask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("closed_at", None), ("closed_by", None), ("outcome", "")),
                    models.Q(
                        models.Q(("outcome", ""), _negated=True),
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="applications_guidance_closed_with_words",
            ),
        ),
        migrations.RunSQL(ON_EVENTS, NOT_ON_EVENTS),
        migrations.RunSQL(ALL_DAYS, migrations.RunSQL.noop),
    ]
