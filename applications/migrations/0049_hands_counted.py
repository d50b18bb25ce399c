"""Stages in hand and to be taken are counted by triggers, as is where cases stood, by week; what there is comes first."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# A case counts once for each of its stages, and once whatever number of them: under an empty stage.
COUNT = """
    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, officer_id, by)
    SELECT what, licence_type_id, '', stage, '', officer_id, COUNT(*) FROM (
        SELECT DISTINCT CASE it.state WHEN 'in_review' THEN 'hand' ELSE 'take' END AS what, one.licence_type_id,
            fact.stage, CASE it.state WHEN 'in_review' THEN it.taken_by_id END AS officer_id, one.id
        FROM applications_application AS one
        JOIN applications_stage AS it ON it.application_id = one.id AND it.state IN ('in_review', 'complete')
        CROSS JOIN LATERAL (VALUES (it.code), ('')) AS fact (stage)
        WHERE one.state = 'in_review'
    ) AS counted
    GROUP BY what, licence_type_id, stage, officer_id
"""
# Where cases stood is counted by week: by day there were seven times as many, of which a page shows the weeks.
STOOD = """
    DELETE FROM applications_tallychange WHERE what = 'stood';
    DELETE FROM applications_tally WHERE what = 'stood';
    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, by)
    SELECT 'stood', licence_type_id, '', place, '', {day}, SUM(by)
    FROM applications_stay, LATERAL (VALUES (began_on, 1), (ended_on, -1)) AS moved (on_day, by)
    WHERE on_day IS NOT NULL
    GROUP BY licence_type_id, place, {day} HAVING SUM(by) <> 0;
"""
DAY, WEEK = "on_day", "on_day - (EXTRACT(ISODOW FROM on_day)::int - 1)"
NOT_COUNTED = """
    DELETE FROM applications_tallychange WHERE what IN ('hand', 'take');
    DELETE FROM applications_tally WHERE what IN ('hand', 'take');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_zones_and_languages'),
        ('applications', '0048_friction'),
        ('licences', '0005_order_of_lines'),
        ('regulators', '0006_keeping_period'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='application',
            name='tally_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='application',
            name='tally_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='application',
            name='tally_update',
        ),
        migrations.RemoveIndex(
            model_name='application',
            name='applications_open_by_due',
        ),
        migrations.RemoveIndex(
            model_name='passage',
            name='application_licence_0856b4_idx',
        ),
        migrations.AlterField(
            model_name='tally',
            name='what',
            field=models.CharField(choices=[('place', 'place'), ('age', 'age'), ('ended', 'ended'), ('time', 'time'), ('running', 'running'), ('step', 'step'), ('stood', 'stood'), ('stay', 'stay'), ('hand', 'hand'), ('take', 'take')], max_length=10),
        ),
        migrations.AlterField(
            model_name='tallychange',
            name='what',
            field=models.CharField(choices=[('place', 'place'), ('age', 'age'), ('ended', 'ended'), ('time', 'time'), ('running', 'running'), ('step', 'step'), ('stood', 'stood'), ('stay', 'stay'), ('hand', 'hand'), ('take', 'take')], max_length=10),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state__in', ['approved_in_principle', 'in_review', 'recommended', 'refusal_proposed', 'returned', 'submitted'])), fields=['licence_type', 'due_order', 'id'], include=('submitted_at',), name='applications_open_by_due'),
        ),
        migrations.AddIndex(
            model_name='passage',
            index=models.Index(fields=['licence_type', 'stage', 'ended_on', 'application'], name='applications_passage_newest'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='tally_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, days, officer_id, by)\n    SELECT what, licence_type_id, state, stage, turn, day, days, officer_id, SUM(by) FROM (\n        SELECT fact.*, by FROM (SELECT one.id, one.licence_type_id, one.state, one.place_now, one.turn_now, one.heard_until_now, one.ended_at_now, one.case_officer_id, one.submitted_at, one.decided_at, 1 AS by FROM written AS one) AS row, LATERAL (VALUES\n            ('place', row.licence_type_id, row.state, row.place_now, row.turn_now, row.heard_until_now,\n                NULL::int, CASE WHEN row.turn_now <> '' THEN row.case_officer_id END),\n            ('age', CASE WHEN row.turn_now <> '' THEN row.licence_type_id END, '', '', '',\n                (row.submitted_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL),\n            ('ended', CASE WHEN row.ended_at_now <> '' THEN row.licence_type_id END, row.state,\n                row.ended_at_now, '', (row.decided_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL)\n        ) AS fact (what, licence_type_id, state, stage, turn, day, days, officer_id)\n        WHERE row.submitted_at IS NOT NULL AND fact.licence_type_id IS NOT NULL\n    ) AS counted\n    GROUP BY what, licence_type_id, state, stage, turn, day, days, officer_id HAVING SUM(by) <> 0;\n\n    INSERT INTO applications_passage\n        (application_id, licence_type_id, stage, outcome, began_on, ended_on, counted)\n    SELECT row.id, row.licence_type_id, '', row.state, (row.submitted_at AT TIME ZONE 'Asia/Almaty')::date,\n        (row.decided_at AT TIME ZONE 'Asia/Almaty')::date, FALSE\n    FROM (SELECT one.id, one.licence_type_id, one.state, one.place_now, one.turn_now, one.heard_until_now, one.ended_at_now, one.case_officer_id, one.submitted_at, one.decided_at, 1 AS by FROM written AS one) AS row\n    WHERE row.state IN ('granted', 'refused') AND row.submitted_at IS NOT NULL AND row.decided_at IS NOT NULL;\n\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, officer_id, by)\n    SELECT what, licence_type_id, '', stage, '', officer_id, SUM(by) FROM (\n        SELECT DISTINCT fact.*, row.licence_type_id, row.application_id, row.by\n        FROM (\n        SELECT it.application_id, one.licence_type_id, it.code, it.state, it.taken_by_id, 1 AS by\n        FROM written AS one JOIN applications_stage AS it ON it.application_id = one.id\n        WHERE one.state = 'in_review'\n    ) AS row, LATERAL (VALUES\n            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, row.code,\n                CASE row.state WHEN 'in_review' THEN row.taken_by_id END),\n            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, '',\n                CASE row.state WHEN 'in_review' THEN row.taken_by_id END)\n        ) AS fact (what, stage, officer_id)\n        WHERE row.state IN ('in_review', 'complete')\n    ) AS counted\n    GROUP BY what, licence_type_id, stage, officer_id HAVING SUM(by) <> 0;\nRETURN NULL;", hash='dc9452f46bf0c905da79d23e8434a824c6ff8e3b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_insert_6e107', referencing='REFERENCING NEW TABLE AS written ', table='applications_application', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='tally_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."case_officer_id" IS DISTINCT FROM (NEW."case_officer_id") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."ended_at_now" IS DISTINCT FROM (NEW."ended_at_now") OR OLD."heard_until_now" IS DISTINCT FROM (NEW."heard_until_now") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."licence_type_id" IS DISTINCT FROM (NEW."licence_type_id") OR OLD."place_now" IS DISTINCT FROM (NEW."place_now") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."turn_now" IS DISTINCT FROM (NEW."turn_now"))', func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, days, officer_id, by)\n    SELECT what, licence_type_id, state, stage, turn, day, days, officer_id, SUM(by) FROM (\n        SELECT fact.*, by FROM (SELECT one.id, one.licence_type_id, one.state, one.place_now, one.turn_now, one.heard_until_now, one.ended_at_now, one.case_officer_id, one.submitted_at, one.decided_at, -1 AS by FROM (SELECT OLD.*) AS one UNION ALL SELECT one.id, one.licence_type_id, one.state, one.place_now, one.turn_now, one.heard_until_now, one.ended_at_now, one.case_officer_id, one.submitted_at, one.decided_at, 1 AS by FROM (SELECT NEW.*) AS one) AS row, LATERAL (VALUES\n            ('place', row.licence_type_id, row.state, row.place_now, row.turn_now, row.heard_until_now,\n                NULL::int, CASE WHEN row.turn_now <> '' THEN row.case_officer_id END),\n            ('age', CASE WHEN row.turn_now <> '' THEN row.licence_type_id END, '', '', '',\n                (row.submitted_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL),\n            ('ended', CASE WHEN row.ended_at_now <> '' THEN row.licence_type_id END, row.state,\n                row.ended_at_now, '', (row.decided_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL)\n        ) AS fact (what, licence_type_id, state, stage, turn, day, days, officer_id)\n        WHERE row.submitted_at IS NOT NULL AND fact.licence_type_id IS NOT NULL\n    ) AS counted\n    GROUP BY what, licence_type_id, state, stage, turn, day, days, officer_id HAVING SUM(by) <> 0;\nIF OLD.state IS DISTINCT FROM NEW.state OR OLD.licence_type_id IS DISTINCT FROM NEW.licence_type_id OR OLD.submitted_at IS DISTINCT FROM NEW.submitted_at OR OLD.decided_at IS DISTINCT FROM NEW.decided_at THEN \n    WITH gone AS (\n        DELETE FROM applications_passage WHERE application_id = OLD.id AND stage = '' RETURNING *\n    )\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, days, officer_id, by)\n    SELECT what, licence_type_id, outcome, '', '', date_trunc('month', ended_on)::date, took, NULL, -1\n    FROM gone, LATERAL (VALUES ('time', days), ('running', running)) AS measure (what, took)\n    WHERE counted;\n\n    INSERT INTO applications_passage\n        (application_id, licence_type_id, stage, outcome, began_on, ended_on, counted)\n    SELECT row.id, row.licence_type_id, '', row.state, (row.submitted_at AT TIME ZONE 'Asia/Almaty')::date,\n        (row.decided_at AT TIME ZONE 'Asia/Almaty')::date, FALSE\n    FROM (SELECT one.id, one.licence_type_id, one.state, one.place_now, one.turn_now, one.heard_until_now, one.ended_at_now, one.case_officer_id, one.submitted_at, one.decided_at, 1 AS by FROM (SELECT NEW.*) AS one) AS row\n    WHERE row.state IN ('granted', 'refused') AND row.submitted_at IS NOT NULL AND row.decided_at IS NOT NULL;\n END IF;IF OLD.state IS DISTINCT FROM NEW.state OR OLD.licence_type_id IS DISTINCT FROM NEW.licence_type_id THEN \n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, officer_id, by)\n    SELECT what, licence_type_id, '', stage, '', officer_id, SUM(by) FROM (\n        SELECT DISTINCT fact.*, row.licence_type_id, row.application_id, row.by\n        FROM (\n        SELECT it.application_id, one.licence_type_id, it.code, it.state, it.taken_by_id, -1 AS by\n        FROM (SELECT OLD.*) AS one JOIN applications_stage AS it ON it.application_id = one.id\n        WHERE one.state = 'in_review'\n     UNION ALL \n        SELECT it.application_id, one.licence_type_id, it.code, it.state, it.taken_by_id, 1 AS by\n        FROM (SELECT NEW.*) AS one JOIN applications_stage AS it ON it.application_id = one.id\n        WHERE one.state = 'in_review'\n    ) AS row, LATERAL (VALUES\n            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, row.code,\n                CASE row.state WHEN 'in_review' THEN row.taken_by_id END),\n            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, '',\n                CASE row.state WHEN 'in_review' THEN row.taken_by_id END)\n        ) AS fact (what, stage, officer_id)\n        WHERE row.state IN ('in_review', 'complete')\n    ) AS counted\n    GROUP BY what, licence_type_id, stage, officer_id HAVING SUM(by) <> 0;\n END IF;RETURN NULL;", hash='e6881d53efea38d93314a993979ef077f544f2b4', operation='UPDATE', pgid='pgtrigger_tally_update_ce9ca', table='applications_application', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='tally_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, days, officer_id, by)\n    SELECT what, licence_type_id, state, stage, turn, day, days, officer_id, SUM(by) FROM (\n        SELECT fact.*, by FROM (SELECT one.id, one.licence_type_id, one.state, one.place_now, one.turn_now, one.heard_until_now, one.ended_at_now, one.case_officer_id, one.submitted_at, one.decided_at, -1 AS by FROM written AS one) AS row, LATERAL (VALUES\n            ('place', row.licence_type_id, row.state, row.place_now, row.turn_now, row.heard_until_now,\n                NULL::int, CASE WHEN row.turn_now <> '' THEN row.case_officer_id END),\n            ('age', CASE WHEN row.turn_now <> '' THEN row.licence_type_id END, '', '', '',\n                (row.submitted_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL),\n            ('ended', CASE WHEN row.ended_at_now <> '' THEN row.licence_type_id END, row.state,\n                row.ended_at_now, '', (row.decided_at AT TIME ZONE 'Asia/Almaty')::date, NULL, NULL)\n        ) AS fact (what, licence_type_id, state, stage, turn, day, days, officer_id)\n        WHERE row.submitted_at IS NOT NULL AND fact.licence_type_id IS NOT NULL\n    ) AS counted\n    GROUP BY what, licence_type_id, state, stage, turn, day, days, officer_id HAVING SUM(by) <> 0;\n\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, officer_id, by)\n    SELECT what, licence_type_id, '', stage, '', officer_id, SUM(by) FROM (\n        SELECT DISTINCT fact.*, row.licence_type_id, row.application_id, row.by\n        FROM (\n        SELECT it.application_id, one.licence_type_id, it.code, it.state, it.taken_by_id, -1 AS by\n        FROM written AS one JOIN applications_stage AS it ON it.application_id = one.id\n        WHERE one.state = 'in_review'\n    ) AS row, LATERAL (VALUES\n            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, row.code,\n                CASE row.state WHEN 'in_review' THEN row.taken_by_id END),\n            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, '',\n                CASE row.state WHEN 'in_review' THEN row.taken_by_id END)\n        ) AS fact (what, stage, officer_id)\n        WHERE row.state IN ('in_review', 'complete')\n    ) AS counted\n    GROUP BY what, licence_type_id, stage, officer_id HAVING SUM(by) <> 0;\nRETURN NULL;", hash='2a1fa6bcbfbe576ee5ac3b1db2e081b4650e3004', level='STATEMENT', operation='DELETE', pgid='pgtrigger_tally_delete_6ad46', referencing='REFERENCING OLD TABLE AS written ', table='applications_application', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stage',
            trigger=pgtrigger.compiler.Trigger(name='tally_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, officer_id, by)\n    SELECT what, licence_type_id, '', stage, '', officer_id, SUM(by) FROM (\n        SELECT DISTINCT fact.*, row.licence_type_id, row.application_id, row.by\n        FROM (\n    SELECT it.application_id, one.licence_type_id, it.code, it.state, it.taken_by_id, it.by\n    FROM (SELECT *, 1 AS by FROM (SELECT id, application_id, code, state, taken_by_id FROM applications_stage WHERE application_id IN (SELECT application_id FROM (SELECT id, application_id, code, state, taken_by_id FROM added) AS written)) AS now UNION ALL SELECT *, -1 FROM (SELECT id, application_id, code, state, taken_by_id FROM applications_stage WHERE application_id IN (SELECT application_id FROM (SELECT id, application_id, code, state, taken_by_id FROM added) AS written) AND id NOT IN (SELECT id FROM added)) AS before) AS it\n    JOIN applications_application AS one ON one.id = it.application_id AND one.state = 'in_review'\n) AS row, LATERAL (VALUES\n            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, row.code,\n                CASE row.state WHEN 'in_review' THEN row.taken_by_id END),\n            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, '',\n                CASE row.state WHEN 'in_review' THEN row.taken_by_id END)\n        ) AS fact (what, stage, officer_id)\n        WHERE row.state IN ('in_review', 'complete')\n    ) AS counted\n    GROUP BY what, licence_type_id, stage, officer_id HAVING SUM(by) <> 0;\n RETURN NULL;", hash='9f16e5883c3c13284d350fa8116d10272065a54e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_tally_insert_28151', referencing='REFERENCING NEW TABLE AS added ', table='applications_stage', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stage',
            trigger=pgtrigger.compiler.Trigger(name='tally_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, officer_id, by)\n    SELECT what, licence_type_id, '', stage, '', officer_id, SUM(by) FROM (\n        SELECT DISTINCT fact.*, row.licence_type_id, row.application_id, row.by\n        FROM (\n    SELECT it.application_id, one.licence_type_id, it.code, it.state, it.taken_by_id, it.by\n    FROM (SELECT *, 1 AS by FROM (SELECT id, application_id, code, state, taken_by_id FROM applications_stage WHERE application_id IN (SELECT application_id FROM (SELECT id, application_id, code, state, taken_by_id FROM gone UNION ALL SELECT id, application_id, code, state, taken_by_id FROM added) AS written)) AS now UNION ALL SELECT *, -1 FROM (SELECT id, application_id, code, state, taken_by_id FROM applications_stage WHERE application_id IN (SELECT application_id FROM (SELECT id, application_id, code, state, taken_by_id FROM gone UNION ALL SELECT id, application_id, code, state, taken_by_id FROM added) AS written) AND id NOT IN (SELECT id FROM added) UNION ALL SELECT id, application_id, code, state, taken_by_id FROM gone) AS before) AS it\n    JOIN applications_application AS one ON one.id = it.application_id AND one.state = 'in_review'\n) AS row, LATERAL (VALUES\n            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, row.code,\n                CASE row.state WHEN 'in_review' THEN row.taken_by_id END),\n            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, '',\n                CASE row.state WHEN 'in_review' THEN row.taken_by_id END)\n        ) AS fact (what, stage, officer_id)\n        WHERE row.state IN ('in_review', 'complete')\n    ) AS counted\n    GROUP BY what, licence_type_id, stage, officer_id HAVING SUM(by) <> 0;\n RETURN NULL;", hash='7ffa3c84f90e3c1a50fe967bc5dbe8771024fa01', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_tally_update_c1da0', referencing='REFERENCING OLD TABLE AS gone  NEW TABLE AS added ', table='applications_stage', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stage',
            trigger=pgtrigger.compiler.Trigger(name='tally_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, officer_id, by)\n    SELECT what, licence_type_id, '', stage, '', officer_id, SUM(by) FROM (\n        SELECT DISTINCT fact.*, row.licence_type_id, row.application_id, row.by\n        FROM (\n    SELECT it.application_id, one.licence_type_id, it.code, it.state, it.taken_by_id, it.by\n    FROM (SELECT *, 1 AS by FROM (SELECT id, application_id, code, state, taken_by_id FROM applications_stage WHERE application_id IN (SELECT application_id FROM (SELECT id, application_id, code, state, taken_by_id FROM gone) AS written)) AS now UNION ALL SELECT *, -1 FROM (SELECT id, application_id, code, state, taken_by_id FROM applications_stage WHERE application_id IN (SELECT application_id FROM (SELECT id, application_id, code, state, taken_by_id FROM gone) AS written) UNION ALL SELECT id, application_id, code, state, taken_by_id FROM gone) AS before) AS it\n    JOIN applications_application AS one ON one.id = it.application_id AND one.state = 'in_review'\n) AS row, LATERAL (VALUES\n            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, row.code,\n                CASE row.state WHEN 'in_review' THEN row.taken_by_id END),\n            (CASE row.state WHEN 'in_review' THEN 'hand' ELSE 'take' END, '',\n                CASE row.state WHEN 'in_review' THEN row.taken_by_id END)\n        ) AS fact (what, stage, officer_id)\n        WHERE row.state IN ('in_review', 'complete')\n    ) AS counted\n    GROUP BY what, licence_type_id, stage, officer_id HAVING SUM(by) <> 0;\n RETURN NULL;", hash='9fe1e022090d55f07eea538dd8c14452d4823468', level='STATEMENT', operation='DELETE', pgid='pgtrigger_tally_delete_b4547', referencing='REFERENCING OLD TABLE AS gone ', table='applications_stage', when='AFTER')),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='stay',
            name='stay_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='stay',
            name='stay_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='stay',
            name='stay_delete',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stay',
            trigger=pgtrigger.compiler.Trigger(name='stay_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, days, officer_id, by)\n    SELECT what, licence_type_id, state, stage, turn, day, days, officer_id, SUM(by) FROM (\n        SELECT fact.*, row.by * sign AS by FROM (SELECT licence_type_id, place, began_on, ended_on, 1 AS by FROM added) AS row, LATERAL (VALUES\n            ('stood', row.licence_type_id, '', row.place, '', row.began_on - (EXTRACT(ISODOW FROM row.began_on)::int - 1), NULL::int,\n                NULL::bigint, 1),\n            ('stood', row.licence_type_id, '', row.place, '', row.ended_on - (EXTRACT(ISODOW FROM row.ended_on)::int - 1), NULL, NULL, -1),\n            ('stay', row.licence_type_id, '', row.place, '',\n                CASE WHEN row.ended_on IS NULL THEN row.began_on END, NULL, NULL, 1)\n        ) AS fact (what, licence_type_id, state, stage, turn, day, days, officer_id, sign)\n        WHERE fact.day IS NOT NULL\n    ) AS counted\n    GROUP BY what, licence_type_id, state, stage, turn, day, days, officer_id HAVING SUM(by) <> 0;\nRETURN NULL;", hash='d8f0a794eda97cfa5d50ecfbb52886eea5219a84', level='STATEMENT', operation='INSERT', pgid='pgtrigger_stay_insert_42c65', referencing='REFERENCING NEW TABLE AS added ', table='applications_stay', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stay',
            trigger=pgtrigger.compiler.Trigger(name='stay_update', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, days, officer_id, by)\n    SELECT what, licence_type_id, state, stage, turn, day, days, officer_id, SUM(by) FROM (\n        SELECT fact.*, row.by * sign AS by FROM (SELECT licence_type_id, place, began_on, ended_on, 1 AS by FROM added UNION ALL SELECT licence_type_id, place, began_on, ended_on, -1 AS by FROM gone) AS row, LATERAL (VALUES\n            ('stood', row.licence_type_id, '', row.place, '', row.began_on - (EXTRACT(ISODOW FROM row.began_on)::int - 1), NULL::int,\n                NULL::bigint, 1),\n            ('stood', row.licence_type_id, '', row.place, '', row.ended_on - (EXTRACT(ISODOW FROM row.ended_on)::int - 1), NULL, NULL, -1),\n            ('stay', row.licence_type_id, '', row.place, '',\n                CASE WHEN row.ended_on IS NULL THEN row.began_on END, NULL, NULL, 1)\n        ) AS fact (what, licence_type_id, state, stage, turn, day, days, officer_id, sign)\n        WHERE fact.day IS NOT NULL\n    ) AS counted\n    GROUP BY what, licence_type_id, state, stage, turn, day, days, officer_id HAVING SUM(by) <> 0;\nRETURN NULL;", hash='c179e08bcdfd116dd2a282b67c6d2fad213cdc5f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_stay_update_1e23a', referencing='REFERENCING OLD TABLE AS gone  NEW TABLE AS added ', table='applications_stay', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stay',
            trigger=pgtrigger.compiler.Trigger(name='stay_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    INSERT INTO applications_tallychange (what, licence_type_id, state, stage, turn, day, days, officer_id, by)\n    SELECT what, licence_type_id, state, stage, turn, day, days, officer_id, SUM(by) FROM (\n        SELECT fact.*, row.by * sign AS by FROM (SELECT licence_type_id, place, began_on, ended_on, -1 AS by FROM gone) AS row, LATERAL (VALUES\n            ('stood', row.licence_type_id, '', row.place, '', row.began_on - (EXTRACT(ISODOW FROM row.began_on)::int - 1), NULL::int,\n                NULL::bigint, 1),\n            ('stood', row.licence_type_id, '', row.place, '', row.ended_on - (EXTRACT(ISODOW FROM row.ended_on)::int - 1), NULL, NULL, -1),\n            ('stay', row.licence_type_id, '', row.place, '',\n                CASE WHEN row.ended_on IS NULL THEN row.began_on END, NULL, NULL, 1)\n        ) AS fact (what, licence_type_id, state, stage, turn, day, days, officer_id, sign)\n        WHERE fact.day IS NOT NULL\n    ) AS counted\n    GROUP BY what, licence_type_id, state, stage, turn, day, days, officer_id HAVING SUM(by) <> 0;\nRETURN NULL;", hash='e83e3efe0e0f6a7562d2b9184cc6b692592f0fb4', level='STATEMENT', operation='DELETE', pgid='pgtrigger_stay_delete_a208c', referencing='REFERENCING OLD TABLE AS gone ', table='applications_stay', when='AFTER')),
        ),
        migrations.RunSQL(COUNT, NOT_COUNTED),
        migrations.RunSQL(STOOD.format(day=WEEK), STOOD.format(day=DAY)),
    ]
