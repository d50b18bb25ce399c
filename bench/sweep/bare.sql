-- Every date that somebody is to be told of today and was not, of firms and of staff, in one statement.
WITH near AS (
    SELECT * FROM unnest(%(days)s::date[], %(rules)s::text[], %(set_before)s::date[]) AS n (day, rule, set_before)
),
approved AS (
    SELECT application_id, max(at) FILTER (WHERE kind = 'approve_in_principle') AS first, max(at) AS last
    FROM applications_decision WHERE kind IN ('approve_in_principle', 'extend') GROUP BY application_id
),
files AS (
    SELECT min(f.id) AS id
    FROM applications_answerfile f
    JOIN applications_answer a ON a.id = f.answer_id
    JOIN applications_application c ON c.id = a.application_id
    JOIN applications_documentfacts d ON d.document_id = f.document_id
    WHERE f.removed_at IS NULL AND d.expires_on <= %(last)s
        AND d.expires_on >= (d.updated_at AT TIME ZONE 'Asia/Almaty')::date
        AND c.state NOT IN ('granted', 'refused', 'lapsed', 'withdrawn', 'discarded', 'not_accepted')
    GROUP BY a.application_id, f.document_id
),
due AS (
    SELECT 'request:' || r.id AS subject, coalesce(n.rule, 'overdue') AS rule, r.due_on AS day
    FROM applications_informationrequest r
    JOIN applications_application c ON c.id = r.application_id
    LEFT JOIN near n ON n.day = r.due_on
    WHERE r.status IN ('sent', 'part_answered') AND r.due_on <= %(last)s
        AND c.state NOT IN ('granted', 'refused', 'lapsed', 'withdrawn', 'discarded', 'not_accepted')
        AND (r.due_on < %(today)s OR (coalesce(r.due_set_at, r.sent_at, r.written_at)
            AT TIME ZONE 'Asia/Almaty')::date < n.set_before)
    UNION ALL
    SELECT 'application:' || c.id || ':return', coalesce(n.rule, 'overdue'), c.return_by
    FROM applications_application c
    LEFT JOIN near n ON n.day = c.return_by
    WHERE c.state = 'returned' AND c.return_by <= %(last)s
        AND (c.return_by < %(today)s OR (SELECT max(k.checked_at) FROM applications_completenesscheck k
            WHERE k.application_id = c.id) AT TIME ZONE 'Asia/Almaty' < n.set_before)
    UNION ALL
    SELECT CASE owner WHEN 'firm' THEN 'condition:' ELSE 'staff_condition:' END || o.id,
        coalesce(n.rule, 'overdue'), o.due_on
    FROM applications_condition o
    JOIN applications_application c ON c.id = o.application_id AND c.state = 'approved_in_principle'
    LEFT JOIN approved p ON p.application_id = o.application_id
    LEFT JOIN near n ON n.day = o.due_on
    WHERE o.verified_at IS NULL AND o.undone_at IS NULL AND o.due_on <= %(last)s
        AND (o.due_on < %(today)s OR (p.first AT TIME ZONE 'Asia/Almaty')::date < n.set_before)
    UNION ALL
    SELECT 'condition_over:' || o.id, 'to verify', o.due_on
    FROM applications_condition o
    JOIN applications_application c ON c.id = o.application_id AND c.state = 'approved_in_principle'
    WHERE o.verified_at IS NULL AND o.undone_at IS NULL AND o.owner = 'firm' AND o.due_on < %(today)s
    UNION ALL
    SELECT 'application:' || c.id || ':expiry', n.rule, c.expires_on
    FROM applications_application c
    JOIN near n ON n.day = c.expires_on
    LEFT JOIN approved p ON p.application_id = c.id
    WHERE c.state = 'approved_in_principle' AND (p.last AT TIME ZONE 'Asia/Almaty')::date < n.set_before
    UNION ALL
    SELECT 'application:' || c.id || ':draft', 'idle', (c.saved_at AT TIME ZONE 'Asia/Almaty')::date + 14
    FROM applications_application c
    WHERE c.state = 'draft' AND (c.saved_at AT TIME ZONE 'Asia/Almaty')::date <= %(today)s::date - 14
    UNION ALL
    SELECT 'application:' || c.id, 'deadline passed', coalesce(c.return_by, c.expires_on)
    FROM applications_application c
    WHERE (c.state = 'returned' AND c.return_by < %(today)s)
        OR (c.state = 'approved_in_principle' AND c.expires_on < %(today)s)
    UNION ALL
    SELECT 'file:' || f.id, coalesce(n.rule, 'overdue'), d.expires_on
    FROM files
    JOIN applications_answerfile f USING (id)
    JOIN applications_documentfacts d ON d.document_id = f.document_id
    LEFT JOIN near n ON n.day = d.expires_on
    WHERE d.expires_on < %(today)s OR (d.updated_at AT TIME ZONE 'Asia/Almaty')::date < n.set_before
    UNION ALL
    SELECT 'submitted_file:' || f.id, 'expired', d.expires_on
    FROM files
    JOIN applications_answerfile f USING (id)
    JOIN documents_document u ON u.id = f.document_id AND u.sealed
    JOIN applications_documentfacts d ON d.document_id = f.document_id
    JOIN applications_answer a ON a.id = f.answer_id
    JOIN applications_application c ON c.id = a.application_id AND c.submitted_at IS NOT NULL
    WHERE d.expires_on < %(today)s
    UNION ALL
    SELECT 'period:' || t.id, coalesce(n.rule, 'overdue'), t.due_on
    FROM applications_deadline t
    JOIN applications_application c ON c.id = t.application_id
    LEFT JOIN near n ON n.day = t.due_on
    WHERE t.met_at IS NULL AND t.code IN ('completeness', 'decision', 'permits_decision')
        AND c.paused_since IS NULL AND t.due_on <= %(last)s
        AND c.state IN ('submitted', 'returned', 'in_review', 'recommended', 'approved_in_principle',
            'refusal_proposed')
        AND (t.due_on < %(today)s OR t.starts_on < n.set_before)
    UNION ALL
    SELECT 'consultation:' || s.id || ':' || coalesce(s.specialist_id::text, ''), coalesce(n.rule, 'overdue'),
        s.due_on
    FROM applications_consultation s
    JOIN applications_application c ON c.id = s.application_id
    LEFT JOIN near n ON n.day = s.due_on AND n.rule <> 'due in 10'
    WHERE s.outcome = '' AND s.due_on <= %(last)s
        AND c.state NOT IN ('granted', 'refused', 'lapsed', 'withdrawn', 'discarded', 'not_accepted')
        AND (s.due_on < %(today)s
            OR (s.inside AND (s.asked_at AT TIME ZONE 'Asia/Almaty')::date < n.set_before))
    UNION ALL
    SELECT CASE WHEN o.representations_until < %(today)s THEN 'notice_over:' ELSE 'notice:' END || o.id,
        coalesce(n.rule, 'over'), o.representations_until
    FROM applications_refusalnotice o
    JOIN applications_application c ON c.id = o.application_id AND c.state = 'refusal_proposed'
    LEFT JOIN near n ON n.day = o.representations_until AND n.rule <> 'due in 10'
    WHERE o.representations_until <= %(last)s
        AND NOT EXISTS (SELECT FROM applications_refusalnotice later
            WHERE later.application_id = o.application_id AND later.proposed_at > o.proposed_at)
        AND (o.representations_until < %(today)s OR (o.served_on < n.set_before AND NOT EXISTS (
            SELECT FROM applications_representation said WHERE said.notice_id = o.id)))
    UNION ALL
    SELECT 'person_notice:' || i.id, n.rule, i.represent_until
    FROM applications_individualapproval i
    JOIN applications_application c ON c.id = i.application_id
    JOIN near n ON n.day = i.represent_until AND n.rule <> 'due in 10'
    WHERE i.state = 'refusal_proposed' AND i.representation = ''
        AND c.state IN ('submitted', 'returned', 'in_review', 'recommended', 'approved_in_principle',
            'refusal_proposed')
        AND (i.noticed_at AT TIME ZONE 'Asia/Almaty')::date < n.set_before
    UNION ALL
    SELECT 'stage:' || g.id, 'waits',
        (greatest(g.changed_at, c.accepted_at) AT TIME ZONE 'Asia/Almaty')::date
    FROM applications_stage g
    JOIN applications_application c ON c.id = g.application_id AND c.state = 'in_review'
    WHERE g.state = 'complete'
        AND (greatest(g.changed_at, c.accepted_at) AT TIME ZONE 'Asia/Almaty')::date < %(taken)s
)
SELECT * FROM due
WHERE (due.day >= %(today)s::date - 30 OR due.rule = 'expired') AND NOT EXISTS (
    SELECT FROM notifications_reminder told
    WHERE told.subject = due.subject AND told.rule = due.rule AND told.due_on = due.day
        AND told.taken_back_at IS NULL
)
