-- Drafts: what a model is to write, who writes it, and what came of it.

-- name: ask
-- Drafts that are wanted from now on. One that is there is written anew where it became stale: somebody answered, or another channel is used.
INSERT INTO drafts AS d (enrolment_id, step_key, channel, asked_at)
SELECT g.enrolment_id, g.step_key, g.channel, %(now)s
FROM jsonb_to_recordset(%(drafts)s) AS g (enrolment_id uuid, step_key text, channel text)
ORDER BY g.enrolment_id
ON CONFLICT (enrolment_id, step_key) DO UPDATE SET
    state = 'wanted', channel = excluded.channel, asked_at = excluded.asked_at, subject = NULL, content = NULL, content_hash = NULL,
    mentions_id = NULL, facts = '[]', refusals = '[]', detail = NULL, settled_at = NULL,
    tries = CASE WHEN d.state = 'wanted' THEN d.tries ELSE 0 END
WHERE d.state IN ('wanted', 'written');

-- name: call_worker
-- A job for a worker, where there ever was one: it is there if this transaction commits.
SELECT accountgraph.enqueue('draft') FROM pg_namespace AS n WHERE n.nspname = 'procrastinate';

-- name: written
-- What a model wrote for the steps that these enrolments are at.
SELECT d.enrolment_id, d.subject, d.content, d.mentions_id
FROM drafts AS d INNER JOIN enrolments AS e ON e.id = d.enrolment_id AND e.step_key = d.step_key
WHERE d.enrolment_id = ANY (%(ids)s) AND d.state = 'written';

-- name: overdue
-- Drafts that nobody wrote in time: the template does the job. Where others are being written, they wait in line some more. Their
-- enrolments, whose pause ends by itself, are locked before.
WITH moving AS MATERIALIZED (
    SELECT count(*) > 0 AS is_so FROM drafts AS d WHERE d.called_at > %(now)s::timestamptz - %(longest)s AND d.called_at <= %(now)s
), waiting AS MATERIALIZED (
    SELECT e.id, e.step_key FROM enrolments AS e
    WHERE e.state = 'paused' AND e.reason = 'draft' AND e.paused_until <= %(now)s
    ORDER BY e.id LIMIT 500 FOR UPDATE SKIP LOCKED
), in_line AS MATERIALIZED (
    SELECT w.id FROM waiting AS w INNER JOIN drafts AS d ON d.enrolment_id = w.id AND d.step_key = w.step_key
    WHERE d.state = 'wanted' AND d.tries = 0 AND (SELECT m.is_so FROM moving AS m)
), kept AS (
    UPDATE enrolments AS e SET paused_until = %(now)s::timestamptz + %(longest)s FROM in_line AS l WHERE e.id = l.id
)
UPDATE drafts AS d SET
    state = 'failed', settled_at = %(now)s, lease = NULL, lease_until = NULL, detail = 'Nobody wrote it in time: is a worker running?'
FROM waiting AS w
WHERE d.enrolment_id = w.id AND d.step_key = w.step_key AND d.state = 'wanted' AND w.id NOT IN (SELECT l.id FROM in_line AS l);

-- name: lock_settings
-- One worker at a time counts what was written today.
SELECT s.model, s.base_url, s.key, s.key_env, s.drafts_per_day, s.timeout_seconds, s.refines_meaning
FROM drafting_settings AS s FOR UPDATE;

-- name: used_today
-- How many drafts a model was asked for within a day.
SELECT count(*) FROM drafts AS d WHERE d.called_at > %(now)s::timestamptz - interval '1 day';

-- name: take
-- The next draft that is wanted and that nobody writes, for a time; its person still waits for it.
UPDATE drafts AS d SET
    lease = %(lease)s, lease_until = %(until)s, tries = d.tries + 1, model = %(model)s,
    called_at = CASE WHEN %(may_call)s THEN %(now)s::timestamptz ELSE d.called_at END
FROM enrolments AS e
WHERE e.id = d.enrolment_id AND d.id = (
    SELECT w.id FROM drafts AS w INNER JOIN enrolments AS p ON p.id = w.enrolment_id
    WHERE w.state = 'wanted' AND (w.lease_until IS NULL OR w.lease_until <= %(now)s)
        AND p.state = 'paused' AND p.reason = 'draft' AND p.step_key = w.step_key
        AND (%(campaign_id)s::uuid IS NULL OR p.campaign_id = %(campaign_id)s)
    ORDER BY w.asked_at, w.id LIMIT 1 FOR UPDATE OF w SKIP LOCKED
)
RETURNING d.id, d.enrolment_id, d.step_key, d.channel, d.tries, e.contact_id, e.version_id;

-- name: lock_enrolment
-- The enrolment that waits for a draft, before the draft is touched, as everywhere; whether it still waits.
SELECT e.state = 'paused' AND e.reason = 'draft' AND e.step_key = d.step_key
FROM enrolments AS e INNER JOIN drafts AS d ON d.enrolment_id = e.id
WHERE d.id = %(id)s FOR UPDATE OF e;

-- name: settle
-- What came of writing one, by whoever holds its lease.
UPDATE drafts AS d SET
    state = %(state)s, subject = %(subject)s, content = %(content)s, content_hash = %(content_hash)s, mentions_id = %(mentions_id)s,
    facts = %(facts)s, refusals = %(refusals)s, detail = %(detail)s, settled_at = %(now)s, lease = NULL, lease_until = NULL
WHERE d.id = %(id)s AND d.state = 'wanted' AND d.lease = %(lease)s;

-- name: listing
-- Drafts, the newest first: one by id, or those in a state, of a campaign.
SELECT
    d.id, d.enrolment_id, p.name AS campaign, e.is_live, d.step_key, d.channel, d.state, d.subject, d.content, d.content_hash,
    nullif(concat_ws(' ', m.first_name, m.last_name), '') AS mentions, d.facts, d.refusals, d.detail, d.model, d.tries, d.asked_at, d.settled_at,
    e.contact_id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email) AS person, o.name AS company
FROM drafts AS d
INNER JOIN enrolments AS e ON e.id = d.enrolment_id
INNER JOIN campaigns AS p ON p.id = e.campaign_id
LEFT JOIN contacts AS c ON c.id = e.contact_id
LEFT JOIN companies AS o ON o.id = e.company_id
LEFT JOIN contacts AS m ON m.id = d.mentions_id
WHERE (%(id)s::uuid IS NULL OR d.id = %(id)s) AND (%(state)s::text IS NULL OR d.state = %(state)s)
    AND (%(campaign_id)s::uuid IS NULL OR e.campaign_id = %(campaign_id)s)
ORDER BY d.asked_at DESC, d.id
LIMIT %(limit)s;

-- name: between
-- Drafts with ids in a range.
SELECT d.id FROM drafts AS d WHERE d.id BETWEEN %(low)s AND %(high)s LIMIT 2;

-- name: people
-- Whom a text could be naming: people of the same company, and those related to a contact, who are called by one of these words.
SELECT c.id, coalesce(c.first_name, '') AS first_name, coalesce(c.last_name, '') AS last_name
FROM contacts AS c
WHERE c.id <> %(contact_id)s AND (lower(c.first_name) = ANY (%(words)s) OR lower(c.last_name) = ANY (%(words)s) OR %(words)s && string_to_array(
    lower(regexp_replace(concat_ws(' ', c.first_name, c.last_name), '[^[:alnum:]]+', ' ', 'g')), ' '
))
AND (
    c.company_id = (SELECT p.company_id FROM contacts AS p WHERE p.id = %(contact_id)s)
    OR EXISTS (
        SELECT FROM relationships AS r
        WHERE (r.contact_id_1 = %(contact_id)s AND r.contact_id_2 = c.id) OR (r.contact_id_2 = %(contact_id)s AND r.contact_id_1 = c.id)
    )
)
ORDER BY c.id LIMIT 500;
