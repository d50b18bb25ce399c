"""Where cases stood: a trigger on the audit record writes it; what was before comes from that record."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# An act is recorded when its case is kept as it stands; of several at once, the last one counts.
FOLLOW = """
    CREATE FUNCTION applications_stay_events() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE moved record;
    BEGIN
        FOR moved IN
            SELECT act.id, act.licence_type_id, act.day, act.here, stay.place FROM (
                SELECT DISTINCT ON (event.subject) filed.id, filed.licence_type_id,
                    (event.at AT TIME ZONE 'Asia/Almaty')::date AS day,
                    CASE WHEN filed.place_now = '' THEN '' WHEN filed.accepted_at IS NULL THEN 'intake'
                        ELSE filed.place_now END AS here
                FROM added AS event
                JOIN LATERAL (
                    SELECT id, licence_type_id, place_now, accepted_at FROM applications_application
                    WHERE id = substring(event.subject FROM 13)::uuid
                ) AS filed ON TRUE
                WHERE event.subject LIKE 'application:%' AND event.kind ~ '^(application|stage)[.][a-z_]+$'
                ORDER BY event.subject, event.number DESC
            ) AS act
            LEFT JOIN applications_stay AS stay ON stay.application_id = act.id AND stay.ended_on IS NULL
            WHERE act.here <> COALESCE(stay.place, '')
        LOOP
            UPDATE applications_stay SET ended_on = moved.day
                WHERE application_id = moved.id AND ended_on IS NULL;
            IF moved.here <> '' THEN
                INSERT INTO applications_stay (application_id, licence_type_id, place, began_on)
                VALUES (moved.id, moved.licence_type_id, moved.here, moved.day);
            END IF;
        END LOOP;
        RETURN NULL;
    END $$;
    CREATE TRIGGER applications_stay AFTER INSERT ON audit_event
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION applications_stay_events();
"""
NOT_FOLLOW = """
    DROP TRIGGER applications_stay ON audit_event;
    DROP FUNCTION applications_stay_events();
"""
NOT_FILLED = """
    DELETE FROM applications_tallychange WHERE what IN ('stood', 'stay');
    DELETE FROM applications_tally WHERE what IN ('stood', 'stay');
"""
# From the audit record, act by act: what a case was accepted, each stage approved or opened again, and its end.
FILL = """
    DO $$
    DECLARE
        event record; subject text := ''; state text; accepted boolean; approved text[]; stages text[];
        place text; here text; since date;
    BEGIN
        FOR event IN
            SELECT act.subject, act.kind, act.to_state, COALESCE(act.data->>'stage', '') AS stage,
                (act.at AT TIME ZONE 'Asia/Almaty')::date AS day, filed.id, filed.licence_type_id,
                LEAD(act.subject) OVER (ORDER BY act.subject, act.number) IS DISTINCT FROM act.subject AS is_last
            FROM audit_event AS act
            JOIN applications_application AS filed
                ON act.subject LIKE 'application:%' AND filed.id = substring(act.subject FROM 13)::uuid
            WHERE filed.submitted_at IS NOT NULL AND act.kind ~ '^(application|stage)[.]'
            ORDER BY act.subject, act.number
        LOOP
            IF event.subject <> subject THEN
                subject := event.subject; state := ''; accepted := FALSE; approved := '{}'; place := '';
                stages := ARRAY(
                    SELECT code FROM applications_stage WHERE application_id = event.id ORDER BY "order"
                );
            END IF;
            accepted := accepted OR event.kind = 'application.accept';
            IF event.stage = '' AND event.to_state <> '' THEN
                state := event.to_state;
            ELSIF event.stage <> '' AND event.to_state <> '' THEN
                approved := array_remove(approved, event.stage);
                IF event.to_state = 'approved' THEN
                    approved := approved || event.stage;
                END IF;
            END IF;
            here := CASE
                WHEN state NOT IN ('submitted', 'returned', 'in_review', 'recommended', 'approved_in_principle',
                    'refusal_proposed') THEN ''
                WHEN NOT accepted THEN 'intake'
                ELSE COALESCE((
                    SELECT code FROM unnest(stages) WITH ORDINALITY AS one (code, nr)
                    WHERE code <> ALL(approved) ORDER BY nr LIMIT 1
                ), 'approved')
            END;
            IF here <> place AND place <> '' THEN
                INSERT INTO applications_stay (application_id, licence_type_id, place, began_on, ended_on)
                VALUES (event.id, event.licence_type_id, place, since, event.day);
            END IF;
            IF here <> place THEN
                place := here; since := event.day;
            END IF;
            IF event.is_last AND place <> '' THEN
                INSERT INTO applications_stay (application_id, licence_type_id, place, began_on)
                VALUES (event.id, event.licence_type_id, place, since);
            END IF;
        END LOOP;
    END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0045_to_decide'),
        ('audit', '0001_initial'),
        ('regulators', '0006_keeping_period'),
    ]

    operations = [
        migrations.CreateModel(
            name='Stay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=30)),
                ('began_on', models.DateField()),
                ('ended_on', models.DateField(null=True)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='application',
            name='tally_update',
        ),
        migrations.AlterField(
            model_name='tally',
            name='what',
            field=models.CharField(choices=[('place', 'place'), ('age', 'age'), ('ended', 'ended'), ('time', 'time'), ('running', 'running'), ('step', 'step'), ('stood', 'stood'), ('stay', 'stay')], max_length=10),
        ),
        migrations.AlterField(
            model_name='tallychange',
            name='what',
            field=models.CharField(choices=[('place', 'place'), ('age', 'age'), ('ended', 'ended'), ('time', 'time'), ('running', 'running'), ('step', 'step'), ('stood', 'stood'), ('stay', 'stay')], max_length=10),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='tally_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."case_officer_id" IS DISTINCT FROM (NEW."case_officer_id") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."ended_at_now" IS DISTINCT FROM (NEW."ended_at_now") OR OLD."heard_until_now" IS DISTINCT FROM (NEW."heard_until_now") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."licence_type_id" IS DISTINCT FROM (NEW."licence_type_id") OR OLD."place_now" IS DISTINCT FROM (NEW."place_now") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."turn_now" IS DISTINCT FROM (NEW."turn_now"))', func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, days, officer_id, by)\n    SELECT what, licence_type_id, state, stage, turn, day, days, officer_id, SUM(by) FROM (\n        SELECT fact.*, by FROM (SELECT one.id, one.licence_type_id, one.state, one.place_now, one.turn_now, one.heard_until_now, one.ended_at_now, one.case_officer_id, one.submitted_at, one.decided_at, -1 AS by FROM (SELECT OLD.*) AS one UNION ALL SELECT one.id, one.licence_type_id, one.state, one.place_now, one.turn_now, one.heard_until_now, one.ended_at_now, one.case_officer_id, one.submitted_at, one.decided_at, 1 AS by FROM (SELECT NEW.*) AS one) AS row, LATERAL (VALUES\n            ('place', row.licence_type_id, row.state, row.place_now, row.turn_now, row.heard_until_now,\n                NULL::int, CASE WHEN row.turn_now <> '' THEN row.case_officer_id END),\n            ('age', CASE WHEN row.turn_now <> '' THEN row.licence_type_id END, '', '', '',\n                (row.submitted_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL),\n            ('ended', CASE WHEN row.ended_at_now <> '' THEN row.licence_type_id END, row.state,\n                row.ended_at_now, '', (row.decided_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL)\n        ) AS fact (what, licence_type_id, state, stage, turn, day, days, officer_id)\n        WHERE row.submitted_at IS NOT NULL AND fact.licence_type_id IS NOT NULL\n    ) AS counted\n    GROUP BY what, licence_type_id, state, stage, turn, day, days, officer_id HAVING SUM(by) <> 0;\nIF OLD.state IS DISTINCT FROM NEW.state OR OLD.licence_type_id IS DISTINCT FROM NEW.licence_type_id OR OLD.submitted_at IS DISTINCT FROM NEW.submitted_at OR OLD.decided_at IS DISTINCT FROM NEW.decided_at THEN \n    WITH gone AS (\n        DELETE FROM applications_passage WHERE application_id = OLD.id AND stage = '' RETURNING *\n    )\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, days, officer_id, by)\n    SELECT what, licence_type_id, outcome, '', '', date_trunc('month', ended_on)::date, took, NULL, -1\n    FROM gone, LATERAL (VALUES ('time', days), ('running', running)) AS measure (what, took)\n    WHERE counted;\n\n    INSERT INTO applications_passage\n        (application_id, licence_type_id, stage, outcome, began_on, ended_on, counted)\n    SELECT row.id, row.licence_type_id, '', row.state, (row.submitted_at AT TIME ZONE 'Asia/Almaty')::date,\n        (row.decided_at AT TIME ZONE 'Asia/Almaty')::date, FALSE\n    FROM (SELECT one.id, one.licence_type_id, one.state, one.place_now, one.turn_now, one.heard_until_now, one.ended_at_now, one.case_officer_id, one.submitted_at, one.decided_at, 1 AS by FROM (SELECT NEW.*) AS one) AS row\n    WHERE row.state IN ('granted', 'refused') AND row.submitted_at IS NOT NULL AND row.decided_at IS NOT NULL;\n END IF;RETURN NULL;", hash='be069b1f9cf24a5c54ba98f628e623260c63e66d', operation='UPDATE', pgid='pgtrigger_tally_update_ce9ca', table='applications_application', when='AFTER')),
        ),
        migrations.AddField(
            model_name='stay',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stays', to='applications.application'),
        ),
        migrations.AddField(
            model_name='stay',
            name='licence_type',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='regulators.licencetype'),
        ),
        migrations.AddIndex(
            model_name='stay',
            index=models.Index(fields=['application'], name='application_applica_463e60_idx'),
        ),
        migrations.AddIndex(
            model_name='stay',
            index=models.Index(condition=models.Q(('ended_on', None)), fields=['licence_type', 'place', 'began_on'], name='applications_stay_now'),
        ),
        migrations.AddConstraint(
            model_name='stay',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('application',), name='applications_stay_one_now'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stay',
            trigger=pgtrigger.compiler.Trigger(name='stay_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, days, officer_id, by)\n    SELECT what, licence_type_id, state, stage, turn, day, days, officer_id, SUM(by) FROM (\n        SELECT fact.*, row.by * sign AS by FROM (SELECT licence_type_id, place, began_on, ended_on, 1 AS by FROM added) AS row, LATERAL (VALUES\n            ('stood', row.licence_type_id, '', row.place, '', row.began_on, NULL::int, NULL::bigint, 1),\n            ('stood', row.licence_type_id, '', row.place, '', row.ended_on, NULL, NULL, -1),\n            ('stay', row.licence_type_id, '', row.place, '',\n                CASE WHEN row.ended_on IS NULL THEN row.began_on END, NULL, NULL, 1)\n        ) AS fact (what, licence_type_id, state, stage, turn, day, days, officer_id, sign)\n        WHERE fact.day IS NOT NULL\n    ) AS counted\n    GROUP BY what, licence_type_id, state, stage, turn, day, days, officer_id HAVING SUM(by) <> 0;\nRETURN NULL;", hash='e9e4292dda656d871e2b7253cdb8e19c3f600fbf', level='STATEMENT', operation='INSERT', pgid='pgtrigger_stay_insert_42c65', referencing='REFERENCING NEW TABLE AS added ', table='applications_stay', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stay',
            trigger=pgtrigger.compiler.Trigger(name='stay_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, days, officer_id, by)\n    SELECT what, licence_type_id, state, stage, turn, day, days, officer_id, SUM(by) FROM (\n        SELECT fact.*, row.by * sign AS by FROM (SELECT licence_type_id, place, began_on, ended_on, 1 AS by FROM added UNION ALL SELECT licence_type_id, place, began_on, ended_on, -1 AS by FROM gone) AS row, LATERAL (VALUES\n            ('stood', row.licence_type_id, '', row.place, '', row.began_on, NULL::int, NULL::bigint, 1),\n            ('stood', row.licence_type_id, '', row.place, '', row.ended_on, NULL, NULL, -1),\n            ('stay', row.licence_type_id, '', row.place, '',\n                CASE WHEN row.ended_on IS NULL THEN row.began_on END, NULL, NULL, 1)\n        ) AS fact (what, licence_type_id, state, stage, turn, day, days, officer_id, sign)\n        WHERE fact.day IS NOT NULL\n    ) AS counted\n    GROUP BY what, licence_type_id, state, stage, turn, day, days, officer_id HAVING SUM(by) <> 0;\nRETURN NULL;", hash='b3dfd6e658f28d8c1ae2402361ecc4cc3ef7e0e3', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_stay_update_1e23a', referencing='REFERENCING OLD TABLE AS gone  NEW TABLE AS added ', table='applications_stay', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stay',
            trigger=pgtrigger.compiler.Trigger(name='stay_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, days, officer_id, by)\n    SELECT what, licence_type_id, state, stage, turn, day, days, officer_id, SUM(by) FROM (\n        SELECT fact.*, row.by * sign AS by FROM (SELECT licence_type_id, place, began_on, ended_on, -1 AS by FROM gone) AS row, LATERAL (VALUES\n            ('stood', row.licence_type_id, '', row.place, '', row.began_on, NULL::int, NULL::bigint, 1),\n            ('stood', row.licence_type_id, '', row.place, '', row.ended_on, NULL, NULL, -1),\n            ('stay', row.licence_type_id, '', row.place, '',\n                CASE WHEN row.ended_on IS NULL THEN row.began_on END, NULL, NULL, 1)\n        ) AS fact (what, licence_type_id, state, stage, turn, day, days, officer_id, sign)\n        WHERE fact.day IS NOT NULL\n    ) AS counted\n    GROUP BY what, licence_type_id, state, stage, turn, day, days, officer_id HAVING SUM(by) <> 0;\nRETURN NULL;", hash='a6915e6dfe7f05ad19b69109f646beefc5f3e919', level='STATEMENT', operation='DELETE', pgid='pgtrigger_stay_delete_a208c', referencing='REFERENCING OLD TABLE AS gone ', table='applications_stay', when='AFTER')),
        ),
        migrations.RunSQL(FOLLOW, NOT_FOLLOW),
        migrations.RunSQL(FILL, NOT_FILLED),
    ]
