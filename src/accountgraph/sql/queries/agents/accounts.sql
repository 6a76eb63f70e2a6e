-- What an agent has to know of an account.

-- name: kept_from
-- Who of an account, or whether one contact, is not to be written to now, and why: suppressed, not to be contacted, unreachable,
-- on hold, in a campaign, or with a message that waits.
WITH people AS MATERIALIZED (
    SELECT
        c.id, c.company_id, concat_ws(' ', c.first_name, c.last_name) AS name, c.email, c.title, c.status,
        c.communication_preferences AS wishes
    FROM contacts AS c WHERE c.company_id = %(company_id)s OR c.id = %(contact_id)s
), barred AS (
    SELECT a.person AS id, 'suppressed' AS kind, concat_ws(': ', s.channel, s.reason) AS detail
    FROM suppressions_among(ARRAY(SELECT p.id FROM people AS p)) AS a INNER JOIN suppressions AS s ON s.id = a.suppression_id
    UNION ALL
    SELECT p.id, 'do_not_contact', 'asked not to be contacted' FROM people AS p WHERE (p.wishes ->> 'do_not_contact')::boolean
    UNION ALL
    SELECT p.id, 'unreachable', p.status FROM people AS p WHERE p.status <> 'active'
    UNION ALL
    SELECT p.id, 'hold', concat_ws(': ', h.scope, h.reason)
    FROM people AS p
    INNER JOIN holds AS h ON h.contact_id = p.id OR h.company_id = p.company_id OR h.scope = 'workspace'
    WHERE h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s)
    UNION ALL
    SELECT e.contact_id, CASE WHEN e.reason = 'approval' THEN 'waiting' ELSE 'campaign' END, concat_ws(': ', g.name, e.state)
    FROM people AS p
    INNER JOIN enrolments AS e ON e.contact_id = p.id
    INNER JOIN campaigns AS g ON g.id = e.campaign_id
    WHERE e.state NOT IN ('finished', 'failed')
)
SELECT p.id, coalesce(nullif(p.name, ''), p.email, '') AS name, p.title, b.kind, b.detail
FROM barred AS b INNER JOIN people AS p ON p.id = b.id
GROUP BY p.id, p.name, p.email, p.title, b.kind, b.detail
ORDER BY name, p.id, b.kind, b.detail
LIMIT %(limit)s;

-- name: recent
-- What was said last in an account, the newest first, with the beginning of its words.
SELECT
    t.sent_at AS at, t.channel, t.direction, t.outcome, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email) AS person,
    t.subject, left(t.content, %(characters)s) AS content, left(t.response, %(characters)s) AS response
FROM conversations AS v
INNER JOIN contacts AS c ON c.id = v.contact_id
INNER JOIN touchpoints AS t ON t.conversation_id = v.id
WHERE v.company_id = %(company_id)s AND t.sent_at IS NOT NULL
ORDER BY t.sent_at DESC, t.id
LIMIT %(limit)s;

-- name: beginning
-- Whom to begin from in an account: the primary contact, else who was last active.
SELECT c.id FROM contacts AS c WHERE c.company_id = %(company_id)s
ORDER BY c.is_primary_contact DESC, c.last_engaged_at DESC NULLS LAST, c.is_decision_maker DESC, c.created_at, c.id
LIMIT 1;

-- name: learn_contact
-- What was found out about a person, each with its source; what was known under the same name is replaced.
UPDATE contacts AS c SET
    research_data = c.research_data || %(facts)s::jsonb
    || jsonb_build_object('sources', coalesce(c.research_data -> 'sources', '{}') || %(sources)s::jsonb),
    last_researched_at = %(now)s
WHERE c.id = %(id)s
RETURNING c.id;

-- name: learn_company
-- As learn_contact, about an account.
UPDATE companies AS a SET
    research_data = a.research_data || %(facts)s::jsonb
    || jsonb_build_object('sources', coalesce(a.research_data -> 'sources', '{}') || %(sources)s::jsonb),
    last_researched_at = %(now)s
WHERE a.id = %(id)s
RETURNING a.id;

-- name: talk
-- The latest conversation with somebody, an active one first.
SELECT v.id FROM conversations AS v WHERE v.contact_id = %(contact_id)s
ORDER BY v.status = 'active' DESC, v.started_at DESC, v.id LIMIT 1;
