-- The numbers of the overview for one regulator, counted anew: what stands where, what ended, what was done.
SELECT state, place_now, turn_now, case_officer_id, count(*)
FROM applications_application AS filed JOIN regulators_licencetype AS kind ON kind.id = licence_type_id
WHERE kind.regulator_id = %(regulator)s AND submitted_at IS NOT NULL
GROUP BY 1, 2, 3, 4;

SELECT state, ended_at_now, count(*)
FROM applications_application AS filed JOIN regulators_licencetype AS kind ON kind.id = licence_type_id
WHERE kind.regulator_id = %(regulator)s AND ended_at_now <> '' AND decided_at >= %(since)s
GROUP BY 1, 2;

SELECT event.kind, event.data->>'stage', count(*)
FROM audit_event AS event
JOIN applications_application AS filed ON event.subject = 'application:' || filed.id
JOIN regulators_licencetype AS kind ON kind.id = filed.licence_type_id
WHERE kind.regulator_id = %(regulator)s AND event.kind ~ '^(application|stage)[.]' AND event.at >= %(since)s
GROUP BY 1, 2;
