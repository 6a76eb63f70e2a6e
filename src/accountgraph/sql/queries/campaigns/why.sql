-- Why somebody was written to, or was not.

-- name: contact
-- A contact by id or address.
SELECT c.id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, '') AS name, c.email FROM contacts AS c
WHERE c.id = coalesce((SELECT m.contact_id FROM merged_contacts AS m WHERE m.id = %(id)s), %(id)s, contact_of(%(email)s))
LIMIT 1;

-- name: enrolments
-- A contact's enrolments (in one campaign, where that is asked for), the latest first.
SELECT
    e.id, p.name AS campaign, e.is_live, e.state, e.reason, e.paused_until, e.step_key, e.track, e.touch_count,
    greatest(e.next_due_at, q.opens_at) AS next_due_at, e.zone, e.zone_source, s.address AS sender, e.started_at, e.finished_at
FROM enrolments AS e
INNER JOIN campaigns AS p ON p.id = e.campaign_id
LEFT JOIN queues AS q ON q.id = e.queue_id
LEFT JOIN senders AS s ON s.id = e.sender_id
WHERE e.contact_id = %(contact_id)s AND (%(campaign_id)s::uuid IS NULL OR e.campaign_id = %(campaign_id)s)
ORDER BY e.started_at DESC, e.id;

-- name: story
-- What was decided and what happened to each enrolment (of one campaign, where that is asked for), in order; of what happened at the same
-- moment, what led to the other first.
SELECT w.enrolment_id, w.at, w.kind, w.step_key, w.rule, w.reason, w.until, w.count
FROM (
    SELECT
        d.enrolment_id, d.last_at AS at, d.verdict AS kind, d.step_key, d.rule, d.reason, d.until, d.count,
        CASE d.verdict WHEN 'defer' THEN 1 ELSE 3 END AS nth
    FROM decisions AS d INNER JOIN enrolments AS e ON e.id = d.enrolment_id WHERE e.contact_id = %(contact_id)s
    UNION ALL
    SELECT
        i.enrolment_id, coalesce(i.settled_at, i.called_at, i.planned_at), i.state, i.step_key, i.channel,
        concat_ws(' ', '"' || coalesce(i.subject, left(i.content, 60)) || '"', 'to ' || i.address, '(' || i.detail || ')'), NULL, 1, 4
    FROM intents AS i INNER JOIN enrolments AS e ON e.id = i.enrolment_id WHERE e.contact_id = %(contact_id)s
    UNION ALL
    SELECT
        a.enrolment_id, coalesce(a.decided_at, a.created_at), 'approval ' || a.state, a.step_key, a.channel,
        concat_ws(' ', '"' || coalesce(a.subject, left(a.content, 60)) || '"', 'by ' || a.decided_by), NULL, 1, 2
    FROM approvals AS a INNER JOIN enrolments AS e ON e.id = a.enrolment_id WHERE e.contact_id = %(contact_id)s
    UNION ALL
    SELECT
        d.enrolment_id, coalesce(d.settled_at, d.asked_at), 'draft ' || d.state, d.step_key, coalesce(d.model, ''),
        coalesce(d.detail, '"' || coalesce(d.subject, left(d.content, 60)) || '"', ''), NULL, 1, 2
    FROM drafts AS d INNER JOIN enrolments AS e ON e.id = d.enrolment_id WHERE e.contact_id = %(contact_id)s AND d.state <> 'wanted'
    UNION ALL
    SELECT
        coalesce(t.enrolment_id, i.enrolment_id), coalesce(t.closed_at, t.created_at), 'task ' || t.state, i.step_key, t.kind,
        concat_ws(' ', t.title, '(' || t.outcome || ')', t.note, CASE WHEN t.closed_by IS NOT NULL THEN 'by ' || t.closed_by END), NULL, 1, 4
    FROM tasks AS t LEFT JOIN intents AS i ON i.id = t.intent_id WHERE t.contact_id = %(contact_id)s
    UNION ALL
    SELECT
        NULL, coalesce(m.settled_at, m.called_at), 'answer ' || m.state, NULL, 'email',
        concat_ws(' ', m.subject, 'to', m.address, 'by', m.written_by, '(' || m.detail || ')'), NULL, 1, 4
    FROM manual_messages AS m WHERE m.contact_id = %(contact_id)s
    UNION ALL
    SELECT
        NULL, g.at, 'signal', NULL, g.kind,
        concat_ws(' ', nullif(concat_ws(' ', n.first_name, n.last_name), ''), '(' || g.source || ')') || coalesce(': ' || did.said, ''),
        NULL, 1, 0
    FROM signals AS g
    LEFT JOIN contacts AS n ON n.id = g.contact_id
    LEFT JOIN LATERAL (
        SELECT string_agg(coalesce('the enrolment in ' || p.name || substr(f.said, 47), f.said), '; ' ORDER BY f.nth) AS said
        FROM jsonb_array_elements_text(g.effects) WITH ORDINALITY AS f (said, nth)
        LEFT JOIN enrolments AS e ON e.contact_id = %(contact_id)s AND f.said LIKE 'enrolment ' || e.id || ' %%'
        LEFT JOIN campaigns AS p ON p.id = e.campaign_id
        WHERE f.said NOT LIKE 'enrolment %%' OR e.id IS NOT NULL
    ) AS did ON true
    WHERE g.contact_id = %(contact_id)s OR g.company_id = (SELECT c.company_id FROM contacts AS c WHERE c.id = %(contact_id)s)
) AS w
WHERE %(campaign_id)s::uuid IS NULL OR w.enrolment_id IS NULL
    OR w.enrolment_id IN (SELECT e.id FROM enrolments AS e WHERE e.campaign_id = %(campaign_id)s AND e.contact_id = %(contact_id)s)
ORDER BY w.at, w.nth, w.kind
LIMIT 2000;

-- name: barriers
-- What stands in the way of writing to a contact, whatever the campaign.
SELECT 'suppressed' AS kind, s.channel AS what, s.reason, s.created_at AS since, NULL::timestamptz AS until FROM suppressions_of(%(contact_id)s) AS s
UNION ALL
SELECT 'hold', h.scope, h.reason, h.created_at, h.until
FROM holds AS h
WHERE h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s) AND (
    h.scope = 'workspace' OR h.contact_id = %(contact_id)s
    OR h.company_id = (SELECT c.company_id FROM contacts AS c WHERE c.id = %(contact_id)s)
)
ORDER BY since;

-- name: conflicts
-- What keeps a campaign from approaching people who are under way in it.
SELECT k.contact_id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, '') AS name, k.kind, k.detail
FROM (
    SELECT e.contact_id, 'elsewhere' AS kind, string_agg(DISTINCT p.name, ', ') AS detail
    FROM enrolments AS e
    INNER JOIN enrolments AS o ON o.contact_id = e.contact_id AND o.campaign_id <> e.campaign_id AND o.is_live = e.is_live
    INNER JOIN campaigns AS p ON p.id = o.campaign_id
    WHERE e.campaign_id = %(campaign_id)s AND e.state NOT IN ('finished', 'failed') AND o.state NOT IN ('finished', 'failed')
    GROUP BY e.contact_id
    UNION ALL
    SELECT e.contact_id, 'live_thread', 'answered at ' || max(v.last_response_at)
    FROM enrolments AS e INNER JOIN conversations AS v ON v.contact_id = e.contact_id
    WHERE e.campaign_id = %(campaign_id)s AND e.state NOT IN ('finished', 'failed') AND v.id IS DISTINCT FROM e.conversation_id
        AND v.last_response_at > %(now)s::timestamptz - make_interval(days => %(live_days)s)
    GROUP BY e.contact_id
    UNION ALL
    SELECT e.contact_id, 'suppressed', string_agg(s.channel || ': ' || s.reason, ', ')
    FROM enrolments AS e CROSS JOIN LATERAL suppressions_of(e.contact_id) AS s
    WHERE e.campaign_id = %(campaign_id)s AND e.state NOT IN ('finished', 'failed')
    GROUP BY e.contact_id
    UNION ALL
    SELECT e.contact_id, 'hold', string_agg(h.scope || ': ' || h.reason, ', ')
    FROM enrolments AS e INNER JOIN holds AS h ON h.contact_id = e.contact_id OR h.company_id = e.company_id OR h.scope = 'workspace'
    WHERE e.campaign_id = %(campaign_id)s AND e.state NOT IN ('finished', 'failed')
        AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s)
    GROUP BY e.contact_id
) AS k INNER JOIN contacts AS c ON c.id = k.contact_id
ORDER BY name, k.kind;

-- name: behind
-- What was decided about one step of somebody's, in order, with the facts it was decided by and the version that decided.
SELECT
    d.id, d.version_id, v.number AS version, d.verdict, d.rule, d.reason, d.until, d.count, d.first_at, d.last_at, d.inputs::text AS facts
FROM decisions AS d INNER JOIN campaign_versions AS v ON v.id = d.version_id
WHERE d.enrolment_id = %(enrolment_id)s AND d.step_key = %(step_key)s
ORDER BY d.id
LIMIT %(limit)s;
