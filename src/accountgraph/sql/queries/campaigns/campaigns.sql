-- Campaigns, their versions and their templates.

-- name: lock
-- The campaign of a name, made where there is none; locked until the transaction ends.
INSERT INTO campaigns AS c (name) VALUES (%(name)s)
ON CONFLICT (name) DO UPDATE SET name = excluded.name
RETURNING c.id, c.status;

-- name: latest
-- The newest version of a campaign.
SELECT v.id, v.number, v.content_hash, v.definition::text AS definition
FROM campaign_versions AS v WHERE v.campaign_id = %(campaign_id)s
ORDER BY v.number DESC LIMIT 1;

-- name: latest_by_name
-- The newest version of the campaign of a name.
SELECT v.id, v.number, v.content_hash, v.definition::text AS definition
FROM campaigns AS c INNER JOIN campaign_versions AS v ON v.campaign_id = c.id WHERE c.name = %(name)s
ORDER BY v.number DESC LIMIT 1;

-- name: add_version
-- One more version of a campaign.
INSERT INTO campaign_versions (campaign_id, number, definition, content_hash)
VALUES (%(campaign_id)s, %(number)s, %(definition)s, %(content_hash)s)
RETURNING id;

-- name: add_templates
-- The words of a campaign, each a version where they are not those of its newest.
WITH given AS MATERIALIZED (
    SELECT g.name, g.definition, g.content_hash
    FROM jsonb_to_recordset(%(templates)s) AS g (name text, definition jsonb, content_hash text)
), made AS (
    INSERT INTO templates AS t (name) SELECT g.name FROM given AS g ORDER BY g.name
    ON CONFLICT (name) DO UPDATE SET name = excluded.name
    RETURNING t.id, t.name
)
INSERT INTO template_versions (template_id, number, definition, content_hash)
SELECT m.id, coalesce(newest.number, 0) + 1, g.definition, g.content_hash
FROM given AS g
INNER JOIN made AS m ON m.name = g.name
LEFT JOIN LATERAL (
    SELECT v.number, v.content_hash FROM template_versions AS v WHERE v.template_id = m.id ORDER BY v.number DESC LIMIT 1
) AS newest ON true
WHERE newest.content_hash IS DISTINCT FROM g.content_hash;

-- name: versions
-- Definitions by version.
SELECT v.id, v.definition::text AS definition FROM campaign_versions AS v WHERE v.id = ANY (%(ids)s);

-- name: senders
-- The active senders that a campaign may use on its channels, and whether the law's name and address stand behind each.
SELECT
    s.address, s.channel, s.transport, s.timezone, coalesce(s.legal_identity_id, w.legal_identity_id) IS NOT NULL AS has_legal_identity
FROM senders AS s CROSS JOIN workspace_settings AS w
WHERE s.is_active AND s.channel = ANY (%(channels)s) AND (%(addresses)s::text[] = '{}' OR s.address = ANY (%(addresses)s))
ORDER BY s.created_at, s.id;

-- name: known_senders
-- All addresses that a campaign could name.
SELECT s.address FROM senders AS s ORDER BY s.address;

-- name: known_topics
-- All topics that a campaign could name.
SELECT t.key FROM topics AS t ORDER BY t.key;

-- name: find
-- A campaign by id or name, with its newest version and, where that is another, the version that its approved preview is of.
SELECT
    c.id, c.name, c.status, c.is_live, c.preview_hash, c.preview_approved_by, c.preview_approved_at, c.started_at, c.created_at,
    v.id AS version_id, v.number, v.content_hash, approved.id AS approved_version_id
FROM campaigns AS c
CROSS JOIN LATERAL (
    SELECT v.id, v.number, v.content_hash FROM campaign_versions AS v WHERE v.campaign_id = c.id ORDER BY v.number DESC LIMIT 1
) AS v
LEFT JOIN LATERAL (
    SELECT a.id FROM campaign_versions AS a
    WHERE a.campaign_id = c.id AND a.content_hash = c.preview_hash ORDER BY a.number DESC LIMIT 1
) AS approved ON true
WHERE (%(id)s::uuid IS NULL OR c.id = %(id)s) AND (%(name)s::text IS NULL OR c.name = %(name)s)
ORDER BY c.name;

-- name: lock_by_id
-- Keep a campaign as it is until the transaction ends.
SELECT c.id FROM campaigns AS c WHERE c.id = %(id)s FOR UPDATE;

-- name: move
-- A campaign in another state.
UPDATE campaigns AS c SET
    status = %(status)s, is_live = coalesce(%(is_live)s, c.is_live),
    started_at = CASE WHEN %(status)s = 'active' THEN coalesce(c.started_at, %(now)s) ELSE c.started_at END
WHERE c.id = %(id)s;

-- name: approve_preview
-- A person approves what a version would send.
UPDATE campaigns AS c SET preview_hash = %(content_hash)s, preview_approved_by = %(by)s, preview_approved_at = %(now)s WHERE c.id = %(id)s;

-- name: pause
-- Everybody who is under way pauses, planned steps are withdrawn and give back what they reserved. Calls in flight finish, and what
-- follows them waits.
WITH locked AS MATERIALIZED (
    SELECT e.id FROM enrolments AS e WHERE e.campaign_id = %(id)s AND e.state IN ('pending', 'waiting', 'active') ORDER BY e.id FOR UPDATE
), withdrawn AS (
    UPDATE intents AS i SET state = 'withdrawn', lease = NULL, lease_until = NULL, detail = 'campaign paused', settled_at = %(now)s
    FROM locked AS l WHERE i.enrolment_id = l.id AND i.state = 'planned'
    RETURNING i.id
), freed AS (
    DELETE FROM sends AS x USING withdrawn AS w WHERE x.intent_id = w.id
)
UPDATE enrolments AS e SET state = 'paused', reason = 'campaign', paused_until = NULL FROM locked AS l WHERE e.id = l.id;

-- name: resume
-- Whom the pause of the campaign stopped goes on; what was due meanwhile is due now, within caps and gaps.
WITH locked AS MATERIALIZED (
    SELECT e.id FROM enrolments AS e WHERE e.campaign_id = %(id)s AND e.state = 'paused' AND e.reason = 'campaign' ORDER BY e.id FOR UPDATE
)
UPDATE enrolments AS e SET state = 'waiting', reason = NULL, next_due_at = coalesce(e.next_due_at, %(now)s) FROM locked AS l WHERE e.id = l.id;

-- name: end_all
-- End everybody who is still in a campaign (of its dry runs alone, where that is asked for): what is planned is withdrawn, tasks and
-- approvals are closed. Calls in flight finish, and nothing follows them.
WITH locked AS MATERIALIZED (
    SELECT e.id FROM enrolments AS e
    WHERE e.campaign_id = %(id)s AND e.state NOT IN ('finished', 'failed') AND (NOT %(dry_only)s OR NOT e.is_live)
    ORDER BY e.id FOR UPDATE
), withdrawn AS (
    UPDATE intents AS i SET state = 'withdrawn', lease = NULL, lease_until = NULL, detail = %(reason)s, settled_at = %(now)s
    FROM locked AS l WHERE i.enrolment_id = l.id AND i.state = 'planned'
    RETURNING i.id
), freed AS (
    DELETE FROM sends AS x USING withdrawn AS w WHERE x.intent_id = w.id
), skipped AS (
    UPDATE tasks AS t SET state = 'skipped', outcome = %(reason)s, closed_by = 'campaign', closed_at = %(now)s
    FROM withdrawn AS w WHERE t.intent_id = w.id AND t.state = 'open'
), unapproved AS (
    UPDATE approvals AS a SET state = 'withdrawn', note = coalesce(a.note, %(reason)s)
    FROM locked AS l WHERE a.enrolment_id = l.id AND a.state = 'pending'
)
UPDATE enrolments AS e SET state = 'finished', reason = %(reason)s, paused_until = NULL, finished_at = %(now)s
FROM locked AS l WHERE e.id = l.id;

-- name: progress
-- How many people of a campaign are where, and when the next of them is due: never before the hours that it waits for.
SELECT
    e.is_live, e.state, e.reason, count(*) AS people,
    min(greatest(e.next_due_at, q.opens_at)) FILTER (WHERE e.state IN ('pending', 'waiting')) AS next_due_at
FROM enrolments AS e LEFT JOIN queues AS q ON q.id = e.queue_id
WHERE e.campaign_id = %(id)s
GROUP BY e.is_live, e.state, e.reason
ORDER BY e.is_live DESC, e.state, e.reason;

-- name: work
-- What a campaign sent, and what waits for people.
SELECT
    count(*) FILTER (WHERE i.state = 'sent' AND i.is_live) AS sent,
    count(*) FILTER (WHERE i.state = 'sent' AND NOT i.is_live) AS dry_runs,
    count(*) FILTER (WHERE i.state = 'unknown') AS unknown,
    count(*) FILTER (WHERE EXISTS (SELECT FROM tasks AS t WHERE t.intent_id = i.id AND t.state = 'open')) AS open_tasks,
    (
        SELECT count(*) FROM approvals AS a INNER JOIN enrolments AS n ON n.id = a.enrolment_id
        WHERE n.campaign_id = %(id)s AND a.state = 'pending'
    ) AS pending_approvals
FROM enrolments AS e INNER JOIN intents AS i ON i.enrolment_id = e.id
WHERE e.campaign_id = %(id)s;
