-- What the database keeps, against what it should be: a check an entity, over a batch of ids. The rules
-- are those of the schema's own functions; where a trigger counts by differences, the count is taken anew.

-- name: rows
-- How many rows there are to look at.
SELECT (SELECT count(*) FROM companies) + (SELECT count(*) FROM contacts) + (SELECT count(*) FROM conversations)
    + (SELECT count(*) FROM touchpoints);

-- name: companies_after
-- The next ids.
SELECT c.id FROM companies AS c WHERE c.id > %(after)s ORDER BY c.id LIMIT %(limit)s;

-- name: contacts_after
-- The next ids.
SELECT c.id FROM contacts AS c WHERE c.id > %(after)s ORDER BY c.id LIMIT %(limit)s;

-- name: conversations_after
-- The next ids.
SELECT v.id FROM conversations AS v WHERE v.id > %(after)s ORDER BY v.id LIMIT %(limit)s;

-- name: touchpoints_after
-- The next ids.
SELECT t.id FROM touchpoints AS t WHERE t.id > %(after)s ORDER BY t.id LIMIT %(limit)s;

-- name: companies
-- Contacts, active conversations, and the main domain among a company's domains.
SELECT 'companies' AS entity, c.id::text AS id, d.name AS "column", d.stored, d.expected
FROM companies AS c
CROSS JOIN LATERAL (SELECT count(*) AS total FROM contacts AS p WHERE p.company_id = c.id) AS people
CROSS JOIN LATERAL (SELECT count(*) AS total FROM conversations AS v WHERE v.company_id = c.id AND v.status = 'active') AS talks
LEFT JOIN company_domains AS o ON o.domain = c.domain AND o.company_id = c.id
CROSS JOIN LATERAL (
    VALUES
    ('total_contacts', c.total_contacts::text, people.total::text),
    ('active_conversations', c.active_conversations::text, talks.total::text),
    ('company_domains', o.domain, c.domain)
) AS d (name, stored, expected)
WHERE c.id = ANY (%(ids)s) AND d.stored IS DISTINCT FROM d.expected
ORDER BY c.id, d.name;

-- name: contacts
-- Touchpoints, and the engagement state: logarithms to a millionth, the score to what that leaves open.
SELECT 'contacts' AS entity, c.id::text AS id, d.name AS "column", d.stored, d.expected
FROM contacts AS c
LEFT JOIN engagement_from_events(%(ids)s) AS f ON f.contact_id = c.id
CROSS JOIN LATERAL (
    SELECT count(t.id) AS total
    FROM conversations AS v INNER JOIN touchpoints AS t ON t.conversation_id = v.id AND t.sent_at IS NOT NULL
    WHERE v.contact_id = c.id
) AS sent
CROSS JOIN LATERAL (
    VALUES
    ('total_touchpoints', c.total_touchpoints::text, sent.total::text, c.total_touchpoints = sent.total),
    (
        'engagement_light', c.engagement_light::text, f.light::text,
        coalesce(abs(c.engagement_light - f.light) < 1e-6, c.engagement_light IS NULL AND f.light IS NULL)
    ),
    (
        'engagement_deep', c.engagement_deep::text, f.deep::text,
        coalesce(abs(c.engagement_deep - f.deep) < 1e-6, c.engagement_deep IS NULL AND f.deep IS NULL)
    ),
    (
        'engagement_score', c.engagement_score::text, coalesce(engagement_score(f.light, f.deep, f.last_at), 0)::text,
        c.engagement_score BETWEEN coalesce(engagement_score(f.light - 1e-6, f.deep - 1e-6, f.last_at), 0)
        AND coalesce(engagement_score(f.light + 1e-6, f.deep + 1e-6, f.last_at), 0)
    ),
    ('engagement_excluded', c.engagement_excluded, f.excluded, c.engagement_excluded IS NOT DISTINCT FROM f.excluded),
    ('last_engaged_at', c.last_engaged_at::text, f.last_at::text, c.last_engaged_at IS NOT DISTINCT FROM f.last_at)
) AS d (name, stored, expected, is_right)
WHERE c.id = ANY (%(ids)s) AND NOT d.is_right
ORDER BY c.id, d.name;

-- name: conversations
-- Touchpoints and replies, and closed_at by the status.
SELECT 'conversations' AS entity, v.id::text AS id, d.name AS "column", d.stored, d.expected
FROM conversations AS v
INNER JOIN replies_of(%(ids)s) AS r ON r.id = v.id
CROSS JOIN LATERAL (
    SELECT count(t.sent_at) AS total, max(t.sent_at) AS last_at FROM touchpoints AS t WHERE t.conversation_id = v.id
) AS sent
CROSS JOIN LATERAL (
    VALUES
    ('touchpoint_count', v.touchpoint_count::text, sent.total::text),
    ('last_touchpoint_at', v.last_touchpoint_at::text, sent.last_at::text),
    ('response_count', v.response_count::text, r.responses::text),
    ('last_response_at', v.last_response_at::text, r.last_at::text),
    ('avg_response_time_hours', v.avg_response_time_hours::text, r.hours::text),
    (
        'closed_at', v.closed_at::text,
        CASE WHEN v.status IN ('closed', 'won', 'lost') THEN coalesce(v.closed_at::text, 'the time it was closed') END
    )
) AS d (name, stored, expected)
WHERE v.id = ANY (%(ids)s) AND d.stored IS DISTINCT FROM d.expected
ORDER BY v.id, d.name;

-- name: touchpoints
-- The first time of each kind of event.
SELECT 'touchpoints' AS entity, t.id::text AS id, d.name AS "column", d.stored::text, d.expected::text
FROM touchpoints AS t
INNER JOIN first_times(%(ids)s) AS f ON f.id = t.id
CROSS JOIN LATERAL (
    VALUES
    ('sent_at', t.sent_at, f.sent_at), ('delivered_at', t.delivered_at, f.delivered_at), ('opened_at', t.opened_at, f.opened_at),
    ('clicked_at', t.clicked_at, f.clicked_at), ('replied_at', t.replied_at, f.replied_at), ('bounced_at', t.bounced_at, f.bounced_at),
    ('failed_at', t.failed_at, f.failed_at)
) AS d (name, stored, expected)
WHERE t.id = ANY (%(ids)s) AND d.stored IS DISTINCT FROM d.expected
ORDER BY t.id, d.name;

-- name: events
-- Who acted, by all that is known of these messages.
SELECT 'events' AS entity, e.id::text AS id, d.name AS "column", d.stored, d.expected
FROM classify_events(%(ids)s) AS c
INNER JOIN events AS e ON e.id = c.id
CROSS JOIN LATERAL (
    VALUES ('actor', e.actor, c.actor), ('actor_reason', e.actor_reason, c.actor_reason)
) AS d (name, stored, expected)
WHERE d.stored IS DISTINCT FROM d.expected
ORDER BY e.id, d.name;
