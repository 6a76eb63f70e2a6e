-- Signals: what happened, and what it did.

-- name: resolve
-- Whom a signal is about: by contact, message, intent or address, the first of them that is given.
SELECT
    c.id AS contact_id, coalesce(%(company_id)s, c.company_id) AS company_id, i.id AS intent_id,
    coalesce(%(touchpoint_id)s, i.touchpoint_id) AS touchpoint_id, i.sender_id,
    coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, o.name) AS name
FROM (SELECT 1) AS one
LEFT JOIN intents AS i ON i.id = coalesce(%(intent_id)s, (SELECT n.id FROM intents AS n WHERE n.touchpoint_id = %(touchpoint_id)s LIMIT 1))
LEFT JOIN touchpoints AS t ON t.id = %(touchpoint_id)s
LEFT JOIN conversations AS v ON v.id = t.conversation_id
LEFT JOIN contacts AS c ON c.id = coalesce(
    %(contact_id)s, i.contact_id, v.contact_id, contact_of(%(email)s)
)
LEFT JOIN companies AS o ON o.id = coalesce(%(company_id)s, c.company_id);

-- name: lock_account
-- The account: its company and all parents and subsidiaries, locked in order.
WITH RECURSIVE up AS (
    SELECT c.id, c.parent_company_id, 1 AS depth FROM companies AS c WHERE c.id = %(company_id)s
    UNION ALL
    SELECT p.id, p.parent_company_id, u.depth + 1 FROM companies AS p INNER JOIN up AS u ON p.id = u.parent_company_id WHERE u.depth < 20
), down AS (
    SELECT u.id, 1 AS depth FROM up AS u
    UNION
    SELECT p.id, d.depth + 1 FROM companies AS p INNER JOIN down AS d ON p.parent_company_id = d.id WHERE d.depth < 20
)
SELECT c.id, c.account_status, c.owner_user_id FROM companies AS c
WHERE c.id IN (SELECT d.id FROM down AS d)
ORDER BY c.id FOR NO KEY UPDATE;

-- name: add
-- A signal; no row where it is known already.
INSERT INTO signals (kind, at, contact_id, company_id, intent_id, touchpoint_id, source, data, dedupe_key, recorded_at)
VALUES (
    %(kind)s, %(at)s, %(contact_id)s, %(company_id)s, %(intent_id)s, %(touchpoint_id)s, %(source)s, %(data)s, %(dedupe_key)s, %(now)s
)
ON CONFLICT (dedupe_key) DO NOTHING
RETURNING id;

-- name: known
-- A signal that was recorded before.
SELECT g.id, g.effects FROM signals AS g WHERE g.dedupe_key = %(dedupe_key)s;

-- name: standings
-- The enrolments of an account (and of the person) that have not ended, locked in order.
SELECT e.id, e.version_id, e.campaign_id, e.contact_id, e.company_id, e.state, e.reason, e.track
FROM enrolments AS e
WHERE (e.company_id = ANY (%(companies)s) OR e.contact_id = %(contact_id)s) AND e.state NOT IN ('finished', 'failed')
ORDER BY e.id FOR UPDATE;

-- name: soft_bounces
-- Soft bounces of a person since the last message that was delivered to them, with this one.
SELECT count(*) FROM signals AS g
WHERE g.contact_id = %(contact_id)s AND g.kind = 'soft_bounce' AND g.at > coalesce((
    SELECT max(t.delivered_at) FROM conversations AS v INNER JOIN touchpoints AS t ON t.conversation_id = v.id WHERE v.contact_id = g.contact_id
), '-infinity');

-- name: stop
-- Enrolments that a signal or a person stops or pauses: what they planned is withdrawn with its reservations, what waits for
-- approval too, and open tasks of their steps are closed. What is being called already is left to its outcome.
WITH given AS MATERIALIZED (
    SELECT g.* FROM jsonb_to_recordset(%(moves)s) AS g (id uuid, state text, reason text, until timestamptz)
), moved AS (
    UPDATE enrolments AS e SET
        state = g.state, reason = g.reason, paused_until = g.until,
        finished_at = CASE WHEN g.state IN ('finished', 'failed') THEN %(now)s::timestamptz END
    FROM given AS g
    WHERE e.id = g.id AND e.state NOT IN ('finished', 'failed') AND NOT (
        -- A pause that ends by itself does not shorten one that lasts longer.
        g.state = 'paused' AND e.state = 'paused' AND g.until IS NOT NULL AND e.reason NOT IN ('approval', 'draft', 'task')
        AND coalesce(e.paused_until, 'infinity') >= g.until
    )
    RETURNING e.id
), withdrawn AS (
    UPDATE intents AS i SET state = 'withdrawn', lease = NULL, lease_until = NULL, detail = %(why)s, settled_at = %(now)s
    FROM moved AS m WHERE i.enrolment_id = m.id AND i.state = 'planned'
    RETURNING i.id
), freed AS (
    DELETE FROM sends AS x USING withdrawn AS w WHERE x.intent_id = w.id
), closed AS (
    UPDATE tasks AS t SET state = 'skipped', outcome = %(why)s, closed_by = 'engine', closed_at = %(now)s
    FROM withdrawn AS w WHERE t.intent_id = w.id AND t.state = 'open'
), unasked AS (
    UPDATE approvals AS a SET state = 'withdrawn', note = %(why)s
    FROM moved AS m WHERE a.enrolment_id = m.id AND (a.state = 'pending' OR (a.state = 'accepted' AND NOT EXISTS (
        SELECT FROM intents AS i -- what was accepted and called stays accepted
        WHERE i.enrolment_id = a.enrolment_id AND i.step_key = a.step_key AND i.state NOT IN ('planned', 'withdrawn')
    )))
)
SELECT m.id FROM moved AS m;

-- name: switch_track
-- Enrolments that go on along another track, never sooner than planned; what they planned is withdrawn.
WITH given AS MATERIALIZED (
    SELECT g.* FROM jsonb_to_recordset(%(moves)s) AS g (id uuid, track text, step_key text, queue_id bigint, due_at timestamptz)
), withdrawn AS (
    UPDATE intents AS i SET state = 'withdrawn', lease = NULL, lease_until = NULL, detail = 'switched track', settled_at = %(now)s
    FROM given AS g WHERE i.enrolment_id = g.id AND i.state = 'planned'
    RETURNING i.id
), freed AS (
    DELETE FROM sends AS x USING withdrawn AS w WHERE x.intent_id = w.id
), unasked AS (
    UPDATE approvals AS a SET state = 'withdrawn', note = 'switched track'
    FROM given AS g WHERE a.enrolment_id = g.id AND (a.state = 'pending' OR (a.state = 'accepted' AND NOT EXISTS (
        SELECT FROM intents AS i -- what was accepted and called stays accepted
        WHERE i.enrolment_id = a.enrolment_id AND i.step_key = a.step_key AND i.state NOT IN ('planned', 'withdrawn')
    )))
)
UPDATE enrolments AS e SET
    track = g.track, step_key = g.step_key, after_key = NULL, queue_id = g.queue_id, next_due_at = g.due_at,
    state = CASE WHEN e.state = 'active' OR (e.state = 'paused' AND e.reason IN ('approval', 'draft', 'task')) THEN 'waiting' ELSE e.state END,
    reason = CASE WHEN e.state = 'paused' AND e.reason NOT IN ('approval', 'draft', 'task') THEN e.reason END
FROM given AS g
WHERE e.id = g.id AND e.state NOT IN ('finished', 'failed');

-- name: courses
-- What says where the next step of enrolments waits.
SELECT e.id, e.company_id, e.contact_id, e.sender_id, e.is_live, e.touch_count, e.zone, e.region, e.next_due_at
FROM enrolments AS e WHERE e.id = ANY (%(ids)s);

-- name: talk
-- The conversation that a signal belongs to: that of its message, else the person's latest.
SELECT v.id, v.qualification_tier FROM conversations AS v
WHERE v.id = (SELECT t.conversation_id FROM touchpoints AS t WHERE t.id = %(touchpoint_id)s)
    OR (%(touchpoint_id)s::uuid IS NULL AND v.contact_id = %(contact_id)s)
ORDER BY v.status = 'active' DESC, v.last_touchpoint_at DESC NULLS LAST, v.id
LIMIT 1;

-- name: set_tier
-- How warm a conversation is.
UPDATE conversations AS v SET qualification_tier = %(tier)s WHERE v.id = %(id)s AND v.qualification_tier IS DISTINCT FROM %(tier)s;

-- name: set_status
-- Where an account stands.
UPDATE companies AS c SET account_status = %(status)s WHERE c.id = %(id)s AND c.account_status <> %(status)s;

-- name: leave
-- Somebody left their company: they are not written to there any more, and their edges count as over.
WITH gone AS (
    UPDATE contacts AS c SET status = 'invalid' WHERE c.id = %(contact_id)s AND c.status = 'active'
)
UPDATE relationships AS r SET strength = 'weak', metadata = r.metadata || jsonb_build_object('ended_at', %(at)s::timestamptz)
WHERE %(contact_id)s IN (r.contact_id_1, r.contact_id_2);

-- name: bounced_people
-- How many people of a domain have bounced for good in 30 days.
SELECT count(DISTINCT g.contact_id) FROM signals AS g
INNER JOIN contacts AS c ON c.id = g.contact_id
WHERE g.company_id = %(company_id)s AND g.kind = 'hard_bounce' AND g.at > %(now)s::timestamptz - interval '30 days'
    AND split_part(c.email_key, '@', 2) = (SELECT split_part(m.email_key, '@', 2) FROM contacts AS m WHERE m.id = %(contact_id)s);

-- name: hold
-- A stop that stands until it is lifted; the same for the same reason stands once.
INSERT INTO holds (scope, sender_id, company_id, contact_id, reason, note, until, created_at)
VALUES (%(scope)s, %(sender_id)s, %(company_id)s, %(contact_id)s, %(reason)s, %(note)s, %(until)s, %(now)s)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: ask
-- A task for whoever owns the person or the account.
INSERT INTO tasks (
    kind, title, body, company_id, contact_id, signal_id, hold_id, owner_user_id, due_at, waits_until, escalate_at, created_at
)
SELECT
    %(kind)s, %(title)s, %(body)s, %(company_id)s, %(contact_id)s, %(signal_id)s, %(hold_id)s,
    coalesce(
        (SELECT c.owner_user_id FROM contacts AS c WHERE c.id = %(contact_id)s),
        (SELECT a.owner_user_id FROM companies AS a WHERE a.id = %(company_id)s)
    ),
    %(due_at)s, %(waits_until)s, %(escalate_at)s, %(now)s
RETURNING id;

-- name: go_on
-- Those whom a meeting paused go on after it.
UPDATE enrolments AS e SET state = 'waiting', reason = NULL, paused_until = NULL, next_due_at = greatest(e.next_due_at, %(now)s)
WHERE e.company_id = ANY (%(companies)s) AND e.state = 'paused' AND e.reason = 'meeting';

-- name: keep_effects
-- What a signal did.
UPDATE signals AS g SET effects = %(effects)s WHERE g.id = %(id)s;
