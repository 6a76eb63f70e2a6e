-- Enrolments: who begins, and how they end.

-- name: lock_campaign
-- Enrolments of one campaign are made by one transaction at a time, so that re-entry rules hold.
SELECT pg_advisory_xact_lock(hashtextextended('accountgraph campaign ' || %(campaign_id)s::uuid, 0))::text;

-- name: people
-- What an enrolment takes over from the person and the account. A sender that writes to the account in this campaign already stays.
SELECT
    c.id AS contact_id, c.company_id, coalesce(c.country, a.country) AS region,
    c.communication_preferences ->> 'timezone' AS contact_zone,
    coalesce(a.attributes ->> 'timezone', a.research_data ->> 'timezone') AS account_zone, w.timezone AS workspace_zone,
    (
        SELECT e.sender_id FROM enrolments AS e
        WHERE e.company_id = c.company_id AND e.campaign_id = %(campaign_id)s AND e.sender_id IS NOT NULL
        ORDER BY e.created_at, e.id LIMIT 1
    ) AS sender_id,
    (
        SELECT v.id FROM conversations AS v WHERE v.contact_id = c.id AND v.status = 'active'
        ORDER BY v.started_at DESC, v.id LIMIT 1
    ) AS conversation_id
FROM contacts AS c
LEFT JOIN companies AS a ON a.id = c.company_id
CROSS JOIN workspace_settings AS w
WHERE c.id = ANY (%(ids)s)
ORDER BY c.id;

-- name: enrol
-- New enrolments, as the re-entry rule allows; gives those that were made.
INSERT INTO enrolments (
    id, campaign_id, version_id, contact_id, company_id, conversation_id, is_live, step_key, account_rank, sender_id, queue_id, next_due_at,
    zone, zone_source, region, referred_by_id, started_at
)
SELECT
    coalesce(g.id, gen_random_uuid()), %(campaign_id)s, %(version_id)s, g.contact_id, g.company_id,
    CASE WHEN %(is_live)s THEN g.conversation_id END, %(is_live)s, g.step_key, g.account_rank, g.sender_id, g.queue_id,
    g.next_due_at, g.zone, g.zone_source, g.region, g.referred_by_id, %(now)s
FROM jsonb_to_recordset(%(people)s) AS g (
    id uuid, contact_id uuid, company_id uuid, conversation_id uuid, step_key text, account_rank integer, sender_id uuid, queue_id bigint,
    next_due_at timestamptz, zone text, zone_source text, region text, referred_by_id uuid
)
WHERE NOT EXISTS (
    SELECT FROM enrolments AS e
    WHERE e.campaign_id = %(campaign_id)s AND e.contact_id = g.contact_id
        AND (e.is_live = %(is_live)s OR e.state NOT IN ('finished', 'failed'))
        AND CASE %(reentry)s WHEN 'once' THEN true WHEN 'not_while_active' THEN e.state NOT IN ('finished', 'failed') ELSE false END
)
ORDER BY g.contact_id
ON CONFLICT DO NOTHING
RETURNING id, contact_id, next_due_at;

-- name: due_again
-- Enrolments of a campaign that are waiting, due at once.
UPDATE enrolments AS e SET next_due_at = %(now)s
WHERE e.campaign_id = %(campaign_id)s AND e.state IN ('pending', 'waiting') AND e.next_due_at > %(now)s;

-- name: next_due
-- When work is next due in this workspace: the earliest time at which a sender may be looked at, nothing holds it and an open queue
-- has somebody.
SELECT least(
    (
        SELECT min(d.at) FILTER (WHERE isfinite(d.at))
        FROM queues AS q
        LEFT JOIN senders AS s ON s.id = q.sender_id
        LEFT JOIN LATERAL (
            SELECT max(coalesce(h.until, 'infinity')) AS until FROM holds AS h
            WHERE h.lifted_at IS NULL AND (h.scope = 'workspace' OR (h.scope = 'sender' AND h.sender_id = q.sender_id))
        ) AS h ON true
        CROSS JOIN LATERAL (
            SELECT e.next_due_at FROM enrolments AS e WHERE e.queue_id = q.id AND e.state IN ('pending', 'waiting')
            ORDER BY e.next_due_at LIMIT 1
        ) AS e
        CROSS JOIN LATERAL (
            SELECT greatest(e.next_due_at, q.opens_at, CASE WHEN q.is_live THEN s.next_free_at ELSE s.next_dry_at END, h.until) AS at
        ) AS d
        WHERE coalesce(s.is_active, true)
    ),
    (SELECT min(i.lease_until) FROM intents AS i WHERE i.state IN ('planned', 'calling')),
    (SELECT min(e.paused_until) FROM enrolments AS e WHERE e.state = 'paused' AND e.paused_until IS NOT NULL)
) AS at;

-- name: under_way
-- A contact's enrolment in a campaign that has not ended.
SELECT e.id FROM enrolments AS e
WHERE e.campaign_id = %(campaign_id)s AND e.contact_id = %(contact_id)s AND e.state NOT IN ('finished', 'failed');

-- name: pauses_over
-- Enrolments whose pause has an end that is past; those that another is at are left to it.
SELECT e.id FROM enrolments AS e
WHERE e.state = 'paused' AND e.paused_until <= %(now)s
ORDER BY e.paused_until LIMIT 500
FOR UPDATE SKIP LOCKED;

-- name: lock_paused
-- Those of these enrolments that are paused, locked in order, with what says where their step waits.
SELECT
    e.id, e.version_id, e.step_key, e.reason, e.company_id, e.contact_id, e.sender_id, e.is_live, e.touch_count, e.zone, e.region,
    w.is_called
FROM enrolments AS e
CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS is_called FROM intents AS i WHERE i.enrolment_id = e.id AND i.state IN ('calling', 'unknown')
) AS w
WHERE e.id = ANY (%(ids)s) AND e.state = 'paused'
ORDER BY e.id FOR UPDATE OF e;

-- name: withdraw_step
-- A step that is not done: what was planned for it gives its reservation back.
WITH withdrawn AS (
    UPDATE intents AS i SET state = 'withdrawn', lease = NULL, lease_until = NULL, detail = %(why)s, settled_at = %(now)s
    FROM enrolments AS e
    WHERE e.id = %(id)s AND i.enrolment_id = e.id AND i.step_key = e.step_key AND i.state = 'planned'
    RETURNING i.id
)
DELETE FROM sends AS x USING withdrawn AS w WHERE x.intent_id = w.id;

-- name: go_on
-- Paused enrolments go on where their step waits by now; what was due meanwhile is due now. One whose last message is being called,
-- or is unknown, waits for that instead.
UPDATE enrolments AS e SET
    state = CASE WHEN g.is_called THEN 'paused' ELSE 'waiting' END, reason = CASE WHEN g.is_called THEN 'unknown' END,
    paused_until = NULL, queue_id = g.queue_id, next_due_at = greatest(e.next_due_at, %(now)s)
FROM jsonb_to_recordset(%(rows)s) AS g (id uuid, queue_id bigint, is_called boolean)
WHERE e.id = g.id AND e.state = 'paused';
