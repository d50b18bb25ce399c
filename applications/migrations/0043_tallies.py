"""What the pipeline counts: a trigger writes the changes of a case, and one on the events those of an act."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

COLUMNS = "what, licence_type_id, state, stage, turn, day, days, officer_id"
# An event before the first submission is no act on a filed case.
EVENTS = """
    SELECT 'step', filed.licence_type_id, event.kind,
        COALESCE(event.data->>'stage', ''), '',
        (event.at AT TIME ZONE 'Asia/Almaty')::date, NULL::int, NULL::bigint, COUNT(*)
    FROM {events} AS event
    JOIN LATERAL (
        SELECT licence_type_id FROM applications_application WHERE id = substring(event.subject FROM 13)::uuid
    ) AS filed ON TRUE
    WHERE event.subject LIKE 'application:%' AND event.kind ~ '^(application|stage)[.][a-z_]+$'
        AND EXISTS (
            SELECT FROM audit_event AS first WHERE first.subject = event.subject
                AND first.kind = 'application.submit' AND first.number <= event.number
        )
    GROUP BY 2, 3, 4, 6
"""
# A stage had its turn when the case was accepted, or the stage before it approved.
STAGES = """
    INSERT INTO applications_passage
        (application_id, licence_type_id, stage, outcome, began_on, ended_on, counted)
    SELECT filed.id, filed.licence_type_id, event.data->>'stage', 'approved',
        (before.at AT TIME ZONE 'Asia/Almaty')::date, (event.at AT TIME ZONE 'Asia/Almaty')::date, FALSE
    FROM {events} AS event
    JOIN LATERAL (
        SELECT id, licence_type_id FROM applications_application
        WHERE id = substring(event.subject FROM 13)::uuid
    ) AS filed ON TRUE
    JOIN LATERAL (
        SELECT at FROM audit_event WHERE subject = event.subject AND number < event.number
            AND kind IN ('application.accept', 'stage.approve')
        ORDER BY number DESC LIMIT 1
    ) AS before ON TRUE
    WHERE event.subject LIKE 'application:%' AND event.kind = 'stage.approve' AND event.data ? 'stage'
"""
ON_EVENTS = f"""
    CREATE FUNCTION applications_tally_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO applications_tallychange ({COLUMNS}, by) {EVENTS.format(events="added")};
        {STAGES.format(events="added")};
        RETURN NULL;
    END $$;
    CREATE TRIGGER applications_tally AFTER INSERT ON audit_event
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION applications_tally_events();
"""
NOT_ON_EVENTS = """
    DROP TRIGGER applications_tally ON audit_event;
    DROP FUNCTION applications_tally_events();
"""
FILL_STEPS = f"INSERT INTO applications_tallychange ({COLUMNS}, by) {EVENTS.format(events='audit_event')}"
# ruff: noqa: S608
FILL_STAGES = STAGES.format(events="audit_event")
FILL_PASSAGES = """
    INSERT INTO applications_passage
        (application_id, licence_type_id, stage, outcome, began_on, ended_on, counted)
    SELECT id, licence_type_id, '', state, (submitted_at AT TIME ZONE 'Asia/Almaty')::date,
        (decided_at AT TIME ZONE 'Asia/Almaty')::date, FALSE
    FROM applications_application
    WHERE state IN ('granted', 'refused') AND submitted_at IS NOT NULL AND decided_at IS NOT NULL
"""
FILL_CASES = f"""
    INSERT INTO applications_tallychange ({COLUMNS}, by)
    SELECT {COLUMNS}, COUNT(*) FROM (
        SELECT fact.* FROM applications_application AS row, LATERAL (VALUES
            ('place', row.licence_type_id, row.state, row.place_now, row.turn_now, row.heard_until_now,
                NULL::int, CASE WHEN row.turn_now <> '' THEN row.case_officer_id END),
            ('age', CASE WHEN row.turn_now <> '' THEN row.licence_type_id END, '', '', '',
                (row.submitted_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL),
            ('ended', CASE WHEN row.ended_at_now <> '' THEN row.licence_type_id END, row.state,
                row.ended_at_now, '', (row.decided_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL)
        ) AS fact ({COLUMNS})
        WHERE row.submitted_at IS NOT NULL AND fact.licence_type_id IS NOT NULL
    ) AS counted
    GROUP BY {COLUMNS}
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0042_clocks_of_things"),
        ("audit", "0001_initial"),
        ("regulators", "0006_keeping_period"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Passage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stage", models.CharField(blank=True, max_length=30)),
                ("outcome", models.CharField(max_length=30)),
                ("began_on", models.DateField()),
                ("ended_on", models.DateField()),
                ("counted", models.BooleanField(default=False)),
                ("days", models.IntegerField(null=True)),
                ("running", models.IntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("place", "place"),
                            ("age", "age"),
                            ("ended", "ended"),
                            ("time", "time"),
                            ("running", "running"),
                            ("step", "step"),
                        ],
                        max_length=10,
                    ),
                ),
                ("state", models.CharField(blank=True, max_length=50)),
                ("stage", models.CharField(blank=True, max_length=30)),
                ("turn", models.CharField(blank=True, max_length=10)),
                ("day", models.DateField(null=True)),
                ("days", models.IntegerField(null=True)),
                ("cases", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="TallyChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("place", "place"),
                            ("age", "age"),
                            ("ended", "ended"),
                            ("time", "time"),
                            ("running", "running"),
                            ("step", "step"),
                        ],
                        max_length=10,
                    ),
                ),
                ("state", models.CharField(blank=True, max_length=50)),
                ("stage", models.CharField(blank=True, max_length=30)),
                ("turn", models.CharField(blank=True, max_length=10)),
                ("day", models.DateField(null=True)),
                ("days", models.IntegerField(null=True)),
                ("by", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="application",
            name="ended_at_now",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(
                            ("state__in", ["granted", "lapsed", "not_accepted", "refused", "withdrawn"]),
                            _negated=True,
                        ),
                        then=models.Value(""),
                    ),
                    models.When(accepted_at=None, then=models.Value("intake")),
                    models.When(models.Q(("stage_now", ""), _negated=True), then="stage_now"),
                    default=models.Value("approved"),
                ),
                output_field=models.CharField(max_length=30),
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="heard_until_now",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(
                            ("served_now__isnull", False),
                            ("state", "refusal_proposed"),
                            ("until_now__isnull", False),
                        ),
                        then="until_now",
                    )
                ),
                output_field=models.DateField(),
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="place_now",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(
                            (
                                "state__in",
                                [
                                    "approved_in_principle",
                                    "in_review",
                                    "recommended",
                                    "refusal_proposed",
                                    "returned",
                                    "submitted",
                                ],
                            ),
                            _negated=True,
                        ),
                        then=models.Value(""),
                    ),
                    models.When(models.Q(("stage_now", ""), _negated=True), then="stage_now"),
                    default=models.Value("approved"),
                ),
                output_field=models.CharField(max_length=30),
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="turn_now",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(
                            (
                                "state__in",
                                [
                                    "approved_in_principle",
                                    "in_review",
                                    "recommended",
                                    "refusal_proposed",
                                    "returned",
                                    "submitted",
                                ],
                            ),
                            _negated=True,
                        ),
                        then=models.Value(""),
                    ),
                    models.When(state="returned", then=models.Value("firm")),
                    models.When(state="submitted", then=models.Value("us")),
                    models.When(state="recommended", then=models.Value("decision")),
                    models.When(
                        models.Q(
                            ("served_now__isnull", False),
                            ("state", "refusal_proposed"),
                            ("until_now__isnull", False),
                        ),
                        then=models.Value("heard"),
                    ),
                    models.When(state="refusal_proposed", then=models.Value("us")),
                    models.When(
                        models.Q(
                            ("asked_now__isnull", False),
                            models.Q(("returned_now", ""), _negated=True),
                            _connector="OR",
                        ),
                        then=models.Value("firm"),
                    ),
                    models.When(
                        answered_now=None,
                        conditions_now=0,
                        state="approved_in_principle",
                        then=models.Value("decision"),
                    ),
                    default=models.Value("us"),
                ),
                output_field=models.CharField(max_length=10),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="tally_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func=(
                        "\n"
                        "    INSERT INTO applications_tallychange (what, licence_type_id, "
                        "state, stage, turn, day, days, officer_id, by)\n"
                        "    SELECT what, licence_type_id, state, stage, turn, day, days, "
                        "officer_id, SUM(by) FROM (\n"
                        "        SELECT fact.*, by FROM (SELECT one.id, one.licence_type_id, "
                        "one.state, one.place_now, one.turn_now, one.heard_until_now, "
                        "one.ended_at_now, one.case_officer_id, one.submitted_at, "
                        "one.decided_at, 1 AS by FROM written AS one) AS row, LATERAL (VALUES\n"
                        "            ('place', row.licence_type_id, row.state, row.place_now, "
                        "row.turn_now, row.heard_until_now,\n"
                        "                NULL::int, CASE WHEN row.turn_now <> '' THEN "
                        "row.case_officer_id END),\n"
                        "            ('age', CASE WHEN row.turn_now <> '' THEN "
                        "row.licence_type_id END, '', '', '',\n"
                        "                (row.submitted_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL),\n"
                        "            ('ended', CASE WHEN row.ended_at_now <> '' THEN "
                        "row.licence_type_id END, row.state,\n"
                        "                row.ended_at_now, '', (row.decided_at AT TIME ZONE "
                        "'Asia/Almaty')::date, NULL, NULL)\n"
                        "        ) AS fact (what, licence_type_id, state, stage, turn, day, "
                        "days, officer_id)\n"
                        "        WHERE row.submitted_at IS NOT NULL AND fact.licence_type_id IS NOT NULL\n"
                        "    ) AS counted\n"
                        "    GROUP BY what, licence_type_id, state, stage, turn, day, days, "
                        "officer_id HAVING SUM(by) <> 0;\n"
                        "\n"
                        "    INSERT INTO applications_passage\n"
                        "        (application_id, licence_type_id, stage, outcome, began_on, "
                        "ended_on, counted)\n"
                        "    SELECT row.id, row.licence_type_id, '', row.state, "
                        "(row.submitted_at AT TIME ZONE 'Asia/Almaty')::date,\n"
                        "        (row.decided_at AT TIME ZONE 'Asia/Almaty')::date, FALSE\n"
                        "    FROM (SELECT one.id, one.licence_type_id, one.state, "
                        "one.place_now, one.turn_now, one.heard_until_now, one.ended_at_now, "
                        "one.case_officer_id, one.submitted_at, one.decided_at, 1 AS by FROM "
                        "written AS one) AS row\n"
                        "    WHERE row.state IN ('granted', 'refused') AND row.submitted_at IS "
                        "NOT NULL AND row.decided_at IS NOT NULL;\n"
                        "RETURN NULL;"
                    ),
                    hash="76385ef7439314a772db261bcf3fd12d204a042a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_tally_insert_6e107",
                    referencing="REFERENCING NEW TABLE AS written ",
                    table="applications_application",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="tally_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition=(
                        'WHEN (OLD."case_officer_id" IS DISTINCT FROM (NEW."case_officer_id") '
                        'OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR '
                        'OLD."ended_at_now" IS DISTINCT FROM (NEW."ended_at_now") OR '
                        'OLD."heard_until_now" IS DISTINCT FROM (NEW."heard_until_now") OR '
                        'OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."licence_type_id" IS '
                        'DISTINCT FROM (NEW."licence_type_id") OR OLD."place_now" IS DISTINCT '
                        'FROM (NEW."place_now") OR OLD."state" IS DISTINCT FROM (NEW."state") '
                        'OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR '
                        'OLD."turn_now" IS DISTINCT FROM (NEW."turn_now"))'
                    ),
                    func=(
                        "\n"
                        "    INSERT INTO applications_tallychange (what, licence_type_id, "
                        "state, stage, turn, day, days, officer_id, by)\n"
                        "    SELECT what, licence_type_id, state, stage, turn, day, days, "
                        "officer_id, SUM(by) FROM (\n"
                        "        SELECT fact.*, by FROM (SELECT one.id, one.licence_type_id, "
                        "one.state, one.place_now, one.turn_now, one.heard_until_now, "
                        "one.ended_at_now, one.case_officer_id, one.submitted_at, "
                        "one.decided_at, -1 AS by FROM (SELECT OLD.*) AS one UNION ALL SELECT "
                        "one.id, one.licence_type_id, one.state, one.place_now, one.turn_now, "
                        "one.heard_until_now, one.ended_at_now, one.case_officer_id, "
                        "one.submitted_at, one.decided_at, 1 AS by FROM (SELECT NEW.*) AS one) "
                        "AS row, LATERAL (VALUES\n"
                        "            ('place', row.licence_type_id, row.state, row.place_now, "
                        "row.turn_now, row.heard_until_now,\n"
                        "                NULL::int, CASE WHEN row.turn_now <> '' THEN "
                        "row.case_officer_id END),\n"
                        "            ('age', CASE WHEN row.turn_now <> '' THEN "
                        "row.licence_type_id END, '', '', '',\n"
                        "                (row.submitted_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL),\n"
                        "            ('ended', CASE WHEN row.ended_at_now <> '' THEN "
                        "row.licence_type_id END, row.state,\n"
                        "                row.ended_at_now, '', (row.decided_at AT TIME ZONE "
                        "'Asia/Almaty')::date, NULL, NULL)\n"
                        "        ) AS fact (what, licence_type_id, state, stage, turn, day, "
                        "days, officer_id)\n"
                        "        WHERE row.submitted_at IS NOT NULL AND fact.licence_type_id IS NOT NULL\n"
                        "    ) AS counted\n"
                        "    GROUP BY what, licence_type_id, state, stage, turn, day, days, "
                        "officer_id HAVING SUM(by) <> 0;\n"
                        "\n"
                        "    WITH gone AS (\n"
                        "        DELETE FROM applications_passage WHERE application_id = "
                        "OLD.id AND stage = '' RETURNING *\n"
                        "    )\n"
                        "    INSERT INTO applications_tallychange (what, licence_type_id, "
                        "state, stage, turn, day, days, officer_id, by)\n"
                        "    SELECT what, licence_type_id, outcome, '', '', "
                        "date_trunc('month', ended_on)::date, took, NULL, -1\n"
                        "    FROM gone, LATERAL (VALUES ('time', days), ('running', running)) "
                        "AS measure (what, took)\n"
                        "    WHERE counted;\n"
                        "\n"
                        "    INSERT INTO applications_passage\n"
                        "        (application_id, licence_type_id, stage, outcome, began_on, "
                        "ended_on, counted)\n"
                        "    SELECT row.id, row.licence_type_id, '', row.state, "
                        "(row.submitted_at AT TIME ZONE 'Asia/Almaty')::date,\n"
                        "        (row.decided_at AT TIME ZONE 'Asia/Almaty')::date, FALSE\n"
                        "    FROM (SELECT one.id, one.licence_type_id, one.state, "
                        "one.place_now, one.turn_now, one.heard_until_now, one.ended_at_now, "
                        "one.case_officer_id, one.submitted_at, one.decided_at, 1 AS by FROM "
                        "(SELECT NEW.*) AS one) AS row\n"
                        "    WHERE row.state IN ('granted', 'refused') AND row.submitted_at IS "
                        "NOT NULL AND row.decided_at IS NOT NULL;\n"
                        "RETURN NULL;"
                    ),
                    hash="2633717cb82bf60c602ae0d0e57aaad49a7a270a",
                    operation="UPDATE",
                    pgid="pgtrigger_tally_update_ce9ca",
                    table="applications_application",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="tally_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func=(
                        "\n"
                        "    INSERT INTO applications_tallychange (what, licence_type_id, "
                        "state, stage, turn, day, days, officer_id, by)\n"
                        "    SELECT what, licence_type_id, state, stage, turn, day, days, "
                        "officer_id, SUM(by) FROM (\n"
                        "        SELECT fact.*, by FROM (SELECT one.id, one.licence_type_id, "
                        "one.state, one.place_now, one.turn_now, one.heard_until_now, "
                        "one.ended_at_now, one.case_officer_id, one.submitted_at, "
                        "one.decided_at, -1 AS by FROM written AS one) AS row, LATERAL (VALUES\n"
                        "            ('place', row.licence_type_id, row.state, row.place_now, "
                        "row.turn_now, row.heard_until_now,\n"
                        "                NULL::int, CASE WHEN row.turn_now <> '' THEN "
                        "row.case_officer_id END),\n"
                        "            ('age', CASE WHEN row.turn_now <> '' THEN "
                        "row.licence_type_id END, '', '', '',\n"
                        "                (row.submitted_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL),\n"
                        "            ('ended', CASE WHEN row.ended_at_now <> '' THEN "
                        "row.licence_type_id END, row.state,\n"
                        "                row.ended_at_now, '', (row.decided_at AT TIME ZONE "
                        "'Asia/Almaty')::date, NULL, NULL)\n"
                        "        ) AS fact (what, licence_type_id, state, stage, turn, day, "
                        "days, officer_id)\n"
                        "        WHERE row.submitted_at IS NOT NULL AND fact.licence_type_id IS NOT NULL\n"
                        "    ) AS counted\n"
                        "    GROUP BY what, licence_type_id, state, stage, turn, day, days, "
                        "officer_id HAVING SUM(by) <> 0;\n"
                        "RETURN NULL;"
                    ),
                    hash="eed1c941dfa86a7f973b8070d99a1b71f3ce126a",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_tally_delete_6ad46",
                    referencing="REFERENCING OLD TABLE AS written ",
                    table="applications_application",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="passage",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="passages",
                to="applications.application",
            ),
        ),
        migrations.AddField(
            model_name="passage",
            name="licence_type",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regulators.licencetype",
            ),
        ),
        migrations.AddField(
            model_name="tally",
            name="licence_type",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regulators.licencetype",
            ),
        ),
        migrations.AddField(
            model_name="tally",
            name="officer",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="tallychange",
            name="licence_type",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="regulators.licencetype",
            ),
        ),
        migrations.AddField(
            model_name="tallychange",
            name="officer",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="passage",
            index=models.Index(
                condition=models.Q(("counted", False)), fields=["id"], name="applications_passage_to_count"
            ),
        ),
        migrations.AddIndex(
            model_name="passage",
            index=models.Index(
                fields=["licence_type", "stage", "ended_on"], name="application_licence_0856b4_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="passage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stage", "")),
                fields=("application",),
                name="applications_passage_one_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.UniqueConstraint(
                fields=("what", "licence_type", "day", "state", "stage", "turn", "days", "officer"),
                name="applications_tally_once",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(ON_EVENTS, NOT_ON_EVENTS),
        *(
            migrations.RunSQL(fill, migrations.RunSQL.noop)
            for fill in (FILL_STEPS, FILL_STAGES, FILL_CASES, FILL_PASSAGES)
        ),
    ]
