-- Claiming: which sender, and which people.

-- name: keep_plans
-- For this transaction: plans depend on no value, and nothing is scanned that an index answers.
SELECT
    set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
    set_config('enable_mergejoin', 'off', true);

-- name: sender
-- A sender (or, without one, a kind of work for people) with due work in an open queue that nobody else is at, locked.
SELECT s.id, s.address, s.transport, s.per_hour, s.per_day, s.warmup_started_at, s.inbound_synced_at, k.is_live, due.version_id
FROM senders AS s
CROSS JOIN (VALUES (true), (false)) AS k (is_live)
CROSS JOIN LATERAL (
    SELECT e.version_id
    FROM queues AS q
    CROSS JOIN LATERAL (
        SELECT e.version_id, e.next_due_at, e.id FROM enrolments AS e
        WHERE e.queue_id = q.id AND e.state IN ('pending', 'waiting') AND e.next_due_at <= %(now)s
            AND (%(campaign_id)s::uuid IS NULL OR e.campaign_id = %(campaign_id)s)
        ORDER BY e.next_due_at, e.id LIMIT 1
    ) AS e
    WHERE q.sender_id = s.id AND q.is_live = k.is_live AND q.opens_at <= %(now)s AND q.closes_at > %(now)s
    ORDER BY e.next_due_at, e.id LIMIT 1
) AS due
WHERE s.is_active AND CASE WHEN k.is_live THEN s.next_free_at ELSE s.next_dry_at END <= %(now)s
    AND NOT EXISTS (
        SELECT FROM holds AS h
        WHERE h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s)
            AND (h.scope = 'workspace' OR (h.scope = 'sender' AND h.sender_id = s.id))
    )
ORDER BY s.next_free_at, s.id
LIMIT 1
FOR NO KEY UPDATE OF s SKIP LOCKED;

-- name: has_people_work
-- Whether work for people (calls, LinkedIn) is due in an open queue; dry runs have theirs.
SELECT q.is_live FROM queues AS q
WHERE q.sender_id IS NULL AND q.opens_at <= %(now)s AND q.closes_at > %(now)s
    AND NOT EXISTS (
        SELECT FROM holds AS h WHERE h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s) AND h.scope = 'workspace'
    )
    AND EXISTS (
        SELECT FROM enrolments AS e
        WHERE e.queue_id = q.id AND e.state IN ('pending', 'waiting') AND e.next_due_at <= %(now)s
            AND (%(campaign_id)s::uuid IS NULL OR e.campaign_id = %(campaign_id)s)
    )
ORDER BY q.id LIMIT 1;

-- name: usage
-- When a sender has sent within a day, oldest first, and how many at each time, for a batch is one time; until when the first of those
-- counted may still turn out not to leave; and how its last messages fared.
SELECT
    day.times, day.counts,
    (
        SELECT min(i.lease_until) FROM intents AS i
        WHERE i.sender_id = %(sender_id)s AND i.is_live = %(is_live)s AND i.state IN ('planned', 'calling') AND i.lease_until IS NOT NULL
    ) AS undecided_until,
    fared.recent, fared.bounces, fared.complaints,
    (
        SELECT count(l.id) > 0 FROM senders AS s
        LEFT JOIN workspace_settings AS w ON true
        LEFT JOIN legal_identities AS l ON l.id = coalesce(s.legal_identity_id, w.legal_identity_id)
        WHERE s.id = %(sender_id)s
    ) AS has_legal_identity
FROM (
    SELECT
        count(*) AS recent,
        count(*) FILTER (WHERE EXISTS (
            SELECT FROM signals AS g WHERE g.intent_id = i.id AND g.kind IN ('hard_bounce', 'policy_bounce')
        )) AS bounces,
        count(*) FILTER (WHERE EXISTS (SELECT FROM signals AS g WHERE g.intent_id = i.id AND g.kind = 'complaint')) AS complaints
    FROM (
        SELECT i.id FROM intents AS i
        WHERE i.sender_id = %(sender_id)s AND i.is_live AND i.state IN ('sent', 'refused') AND i.settled_at IS NOT NULL
        ORDER BY i.settled_at DESC LIMIT %(look_back)s
    ) AS i
) AS fared
CROSS JOIN (
    SELECT coalesce(array_agg(g.at ORDER BY g.at), '{}') AS times, coalesce(array_agg(g.count ORDER BY g.at), '{}') AS counts
    FROM (
        SELECT x.at, count(*) AS count FROM sends AS x
        WHERE x.sender_id = %(sender_id)s AND x.is_live = %(is_live)s AND x.at > %(now)s::timestamptz - interval '1 day'
        GROUP BY x.at
    ) AS g
) AS day;

-- name: law
-- What the law of each country says by channel, as of a day: JSON by country.
SELECT coalesce(json_object_agg(c.country, c.rules), '{}')::text AS law
FROM (
    SELECT j.country, json_object_agg(j.channel, j.rule) AS rules
    FROM (
        SELECT DISTINCT ON (j.country, j.channel) j.country, j.channel, j.rule
        FROM jurisdictions AS j WHERE j.valid_from <= %(now)s::date
        ORDER BY j.country, j.channel, j.valid_from DESC
    ) AS j
    GROUP BY j.country
) AS c;

-- name: take
-- As many due enrolments as are to be looked at, in the order they are due; those of accounts that another is at are left to it.
WITH due AS MATERIALIZED (
    SELECT e.id, e.company_id, e.next_due_at
    FROM queues AS q
    CROSS JOIN LATERAL (
        SELECT e.id, e.company_id, e.next_due_at FROM enrolments AS e
        WHERE e.queue_id = q.id AND e.state IN ('pending', 'waiting') AND e.next_due_at <= %(now)s
            AND (%(campaign_id)s::uuid IS NULL OR e.campaign_id = %(campaign_id)s)
        ORDER BY e.next_due_at, e.id LIMIT %(looked_at)s
    ) AS e
    WHERE q.sender_id IS NOT DISTINCT FROM %(sender_id)s AND q.is_live = %(is_live)s AND q.opens_at <= %(now)s AND q.closes_at > %(now)s
    ORDER BY e.next_due_at, e.id LIMIT %(looked_at)s
), accounts AS MATERIALIZED (
    SELECT c.id FROM companies AS c WHERE c.id = ANY (ARRAY(SELECT d.company_id FROM due AS d))
    ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED
)
SELECT e.id, e.company_id FROM enrolments AS e
WHERE e.id = ANY (ARRAY(SELECT d.id FROM due AS d WHERE d.company_id IS NULL OR d.company_id IN (SELECT a.id FROM accounts AS a)))
    AND e.state IN ('pending', 'waiting') AND e.next_due_at <= %(now)s
ORDER BY e.id FOR UPDATE SKIP LOCKED;

-- name: lock_domains
-- The caps of recipient domains are kept by one claim at a time for each domain.
SELECT count(*) FROM (
    SELECT pg_advisory_xact_lock(d.key) FROM (
        SELECT DISTINCT hashtextextended('accountgraph domain ' || split_part(c.email_key, '@', 2), 0) AS key
        FROM enrolments AS e INNER JOIN contacts AS c ON c.id = e.contact_id
        WHERE e.id = ANY (%(ids)s) AND c.email_key IS NOT NULL
        ORDER BY key
    ) AS d
) AS locked;

-- name: next_free
-- When a sender may be looked at again.
UPDATE senders AS s SET
    next_free_at = CASE WHEN %(is_live)s THEN %(at)s ELSE s.next_free_at END,
    next_dry_at = CASE WHEN %(is_live)s THEN s.next_dry_at ELSE %(at)s END
WHERE s.id = %(sender_id)s;
