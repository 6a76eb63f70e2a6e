-- Claiming: which sender, which people, and all that the arbiter looks at.

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
        WHERE i.sender_id = %(sender_id)s AND i.is_live AND i.state = 'sent' AND i.settled_at IS NOT NULL
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

-- name: facts
-- All that the arbiter looks at but the sender, for each enrolment: JSON without nulls.
WITH stopped AS MATERIALIZED (
    SELECT a.person, json_build_array(s.channel, s.reason) AS why
    FROM suppressions_among(ARRAY(SELECT e.contact_id FROM enrolments AS e WHERE e.id = ANY (%(ids)s))) AS a
    INNER JOIN suppressions AS s ON s.id = a.suppression_id
    ORDER BY s.channel, s.reason
)
SELECT
    e.id, e.version_id, e.campaign_id, e.contact_id, e.company_id, e.sender_id, e.queue_id, e.account_rank, e.next_due_at, e.after_key,
    c.email_key AS email,
    json_strip_nulls(json_build_object(
        'enrolment_id', e.id, 'campaign', p.name, 'campaign_status', p.status, 'is_live', e.is_live, 'step_key', e.step_key,
        'track', e.track, 'attempt', e.touch_count + 1,
        'state', e.state, 'due_at', e.next_due_at, 'queue_channel', q.channel, 'zone', e.zone, 'region', e.region,
        'person', json_build_object(
            'id', c.id, 'name', coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, ''), 'email', c.email,
            'phone', c.phone, 'linkedin_url', c.linkedin_url, 'status', c.status, 'country', c.country, 'seniority', c.seniority_level,
            'do_not_contact', coalesce((c.communication_preferences ->> 'do_not_contact')::boolean, false),
            'preferred_channel', c.communication_preferences ->> 'preferred_channel',
            'consents', s.consents, 'suppressed', s.suppressed, 'refused_topics', s.refused_topics, 'source', c.source, 'collected_at', c.collected_at,
            'gave_address', coalesce(c.source = 'inbound', false) OR t.response_count > 0,
            'engagement_score', engagement_score(c.engagement_light, c.engagement_deep, %(now)s),
            'qualification_tier', t.qualification_tier,
            'last_touch_at', greatest(t.last_touch_at, s.last_sent_at), 'last_human_reply_at', t.last_response_at
        ),
        'account', CASE WHEN a.id IS NOT NULL THEN json_build_object(
            'id', a.id, 'status', a.account_status, 'country', a.country, 'exclusions', y.exclusions, 'contacts_at_once', o.at_once,
            'touches', y.touches, 'ahead_not_approached', o.not_approached, 'ahead_last_touch_at', o.last_touch_at,
            'stopped_by', z.kinds, 'stopped_by_in_campaign', z.kinds_here
        ) END,
        'domain_sends', s.domain_sends, 'holds', y.holds, 'elsewhere', s.elsewhere,
        'country_is_known', coalesce(c.country, a.country) IS NOT NULL,
        'has_approval', v.id IS NOT NULL, 'mentions_colleague', v.mentions_id IS NOT NULL,
        'draft', CASE WHEN f.is_only THEN json_build_object(
            'model', f.model, 'state', CASE
                WHEN d.state = 'written' AND (d.channel <> q.channel OR d.settled_at < t.last_response_at) THEN 'stale'
                ELSE coalesce(d.state, 'missing')
            END
        ) END,
        'messages', json_build_object('opened', m.opened, 'clicked', m.clicked, 'has_thread', m.has_thread)
    ))::text AS facts
FROM enrolments AS e
INNER JOIN campaigns AS p ON p.id = e.campaign_id
INNER JOIN queues AS q ON q.id = e.queue_id
INNER JOIN contacts AS c ON c.id = e.contact_id
LEFT JOIN companies AS a ON a.id = e.company_id
LEFT JOIN drafting_settings AS f ON f.is_only
LEFT JOIN drafts AS d ON d.enrolment_id = e.id AND d.step_key = e.step_key
LEFT JOIN LATERAL (
    SELECT v.id, v.mentions_id FROM approvals AS v
    WHERE v.enrolment_id = e.id AND v.step_key = e.step_key AND v.state = 'accepted' AND v.channel = q.channel LIMIT 1
) AS v ON true
CROSS JOIN LATERAL (
    SELECT
        max(w.response_count) AS response_count, max(w.last_response_at) AS last_response_at,
        (array_agg(w.qualification_tier ORDER BY w.started_at DESC) FILTER (WHERE w.qualification_tier IS NOT NULL))[1] AS qualification_tier,
        max((
            SELECT x.sent_at FROM touchpoints AS x
            WHERE x.conversation_id = w.id AND x.direction = 'outbound' AND x.sent_at IS NOT NULL
            ORDER BY x.sent_at DESC LIMIT 1
        )) AS last_touch_at
    FROM conversations AS w WHERE w.contact_id = c.id
) AS t
CROSS JOIN LATERAL (
    SELECT
        ARRAY(
            SELECT DISTINCT n.channel FROM consents AS n WHERE n.contact_id = c.id AND n.basis = 'consent' AND n.revoked_at IS NULL
        ) AS consents,
        ARRAY(SELECT u.why FROM stopped AS u WHERE u.person = c.id) AS suppressed,
        ARRAY(SELECT f.topic FROM topic_refusals AS f WHERE f.contact_id = c.id ORDER BY f.topic) AS refused_topics,
        (SELECT max(x.at) FROM sends AS x WHERE x.contact_id = c.id AND x.is_live = e.is_live) AS last_sent_at,
        ARRAY(
            SELECT x.at FROM sends AS x
            WHERE c.email_key IS NOT NULL AND x.domain = split_part(c.email_key, '@', 2) AND x.is_live = e.is_live
                AND x.at > %(now)s::timestamptz - interval '1 day'
            ORDER BY x.at
        ) AS domain_sends,
        ARRAY(
            SELECT DISTINCT (SELECT op.name FROM campaigns AS op WHERE op.id = oe.campaign_id) AS name FROM enrolments AS oe
            WHERE oe.contact_id = c.id AND oe.campaign_id <> e.campaign_id AND oe.is_live = e.is_live
                AND oe.state NOT IN ('finished', 'failed')
                AND (oe.first_touch_at IS NOT NULL OR oe.state = 'active' OR (oe.created_at, oe.id) < (e.created_at, e.id))
            ORDER BY name
        ) AS elsewhere
) AS s
CROSS JOIN LATERAL (
    SELECT
        ARRAY(
            SELECT 'customer' WHERE a.account_status = 'customer'
            UNION ALL
            SELECT l.reason FROM account_exclusions AS l WHERE l.company_id = a.id AND l.ended_at IS NULL
        ) AS exclusions,
        ARRAY(
            SELECT x.at FROM sends AS x
            WHERE x.company_id = a.id AND x.is_live = e.is_live AND x.at > %(now)s::timestamptz - interval '7 days' ORDER BY x.at
        ) AS touches,
        ARRAY(
            SELECT json_build_object('scope', h.scope, 'reason', h.reason, 'until', h.until) FROM holds AS h
            WHERE (h.company_id = a.id OR h.contact_id = c.id) AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s)
        ) AS holds
) AS y
CROSS JOIN LATERAL (
    SELECT
        count(DISTINCT oe.contact_id) FILTER (
            WHERE oe.contact_id <> c.id AND oe.state NOT IN ('finished', 'failed') AND (oe.first_touch_at IS NOT NULL OR oe.state = 'active')
        ) AS at_once,
        count(*) FILTER (
            WHERE oe.contact_id <> c.id AND oe.state NOT IN ('finished', 'failed') AND oe.campaign_id = e.campaign_id
                AND oe.account_rank < e.account_rank AND oe.first_touch_at IS NULL
        ) AS not_approached,
        max(oe.first_touch_at) FILTER (WHERE oe.campaign_id = e.campaign_id AND oe.account_rank < e.account_rank) AS last_touch_at
    FROM enrolments AS oe
    WHERE oe.company_id = a.id AND oe.is_live = e.is_live
) AS o
CROSS JOIN LATERAL (
    SELECT
        coalesce(array_agg(DISTINCT g.kind), '{}') AS kinds,
        coalesce(array_agg(DISTINCT g.kind) FILTER (WHERE ge.campaign_id = e.campaign_id), '{}') AS kinds_here
    FROM signals AS g
    LEFT JOIN intents AS gi ON gi.id = g.intent_id
    LEFT JOIN enrolments AS ge ON ge.id = gi.enrolment_id
    WHERE e.touch_count = 0 AND g.company_id = a.id AND g.recorded_at < e.created_at AND g.contact_id IS DISTINCT FROM c.id AND (
        EXISTS (SELECT FROM tasks AS k WHERE k.signal_id = g.id AND k.state = 'open')
        OR EXISTS (
            SELECT FROM enrolments AS oe
            WHERE oe.company_id = a.id AND oe.is_live = e.is_live AND oe.created_at <= g.recorded_at
                AND oe.state = 'paused' AND oe.reason IN ('account', 'meeting')
        )
    )
) AS z
CROSS JOIN LATERAL (
    SELECT
        coalesce(bool_or(h.kind = 'opened'), false) AS opened, coalesce(bool_or(h.kind = 'clicked'), false) AS clicked,
        coalesce(bool_or(i.channel = 'email' AND i.sender_id = e.sender_id), false) AS has_thread
    FROM intents AS i
    LEFT JOIN events AS h ON h.touchpoint_id = i.touchpoint_id AND h.kind IN ('opened', 'clicked') AND h.actor = 'human'
    WHERE i.enrolment_id = e.id AND i.state = 'sent'
) AS m
WHERE e.id = ANY (%(ids)s)
ORDER BY e.next_due_at, e.id;

-- name: record
-- What was decided: decisions, intents with their lease and reservation, tasks, approvals, and where each enrolment stands.
WITH given AS MATERIALIZED (
    SELECT g.* FROM jsonb_to_recordset(%(decided)s) AS g (
        enrolment_id uuid, version_id uuid, step_key text, verdict text, rule text, reason text, until timestamptz, inputs jsonb
    )
), put_off AS (
    INSERT INTO decisions AS d (enrolment_id, step_key, verdict, rule, reason, until, inputs, version_id, first_at, last_at)
    SELECT g.enrolment_id, g.step_key, g.verdict, g.rule, g.reason, g.until, g.inputs, g.version_id, n.at AS first_at, n.at AS last_at
    FROM given AS g CROSS JOIN (SELECT %(now)s::timestamptz AS at) AS n
    ON CONFLICT (enrolment_id, step_key, rule) WHERE verdict = 'defer'
    DO UPDATE SET reason = excluded.reason, until = excluded.until, inputs = excluded.inputs, version_id = excluded.version_id,
    count = d.count + 1, last_at = excluded.last_at
)
SELECT count(*) FROM given;

-- name: plan
-- Intents, with the lease that lets them be called and the reservation that counts against the caps. An intent that a pause
-- withdrew, or that is to be tried again, is planned anew; one that was called is not, and is missing from the answer.
WITH given AS MATERIALIZED (
    SELECT g.* FROM jsonb_to_recordset(%(intents)s) AS g (
        id uuid, enrolment_id uuid, step_key text, is_live boolean, channel text, sender_id uuid, contact_id uuid, company_id uuid,
        address text, domain text, subject text, content text, content_hash text, variant text, mentions_id uuid, message_id text,
        in_reply_to text, message_references text, links text[], lease uuid, lease_until timestamptz
    )
), planned AS (
    INSERT INTO intents AS i (
        id, enrolment_id, step_key, is_live, channel, sender_id, contact_id, company_id, address, subject, content, content_hash, variant,
        mentions_id, message_id, in_reply_to, message_references, links, lease, lease_until, planned_at
    )
    SELECT
        g.id, g.enrolment_id, g.step_key, g.is_live, g.channel, g.sender_id, g.contact_id, g.company_id, g.address, g.subject, g.content,
        g.content_hash, g.variant, g.mentions_id, g.message_id, g.in_reply_to, g.message_references, g.links, g.lease, g.lease_until,
        %(now)s
    FROM given AS g
    ON CONFLICT (enrolment_id, step_key) DO UPDATE SET
        state = 'planned', channel = excluded.channel, sender_id = excluded.sender_id, address = excluded.address, subject = excluded.subject,
        content = excluded.content, content_hash = excluded.content_hash, variant = excluded.variant, mentions_id = excluded.mentions_id,
        in_reply_to = excluded.in_reply_to, message_references = excluded.message_references, links = excluded.links,
        message_id = CASE WHEN i.sender_id IS NOT DISTINCT FROM excluded.sender_id THEN i.message_id ELSE excluded.message_id END,
        lease = excluded.lease, lease_until = excluded.lease_until, planned_at = excluded.planned_at, settled_at = NULL, detail = NULL
    WHERE i.state IN ('planned', 'withdrawn')
    RETURNING i.id, i.enrolment_id, i.message_id, i.tries
), reserved AS (
    INSERT INTO sends (intent_id, is_live, sender_id, contact_id, company_id, domain, at)
    SELECT p.id, g.is_live, g.sender_id, g.contact_id, g.company_id, g.domain, %(now)s
    FROM planned AS p INNER JOIN given AS g ON g.enrolment_id = p.enrolment_id
    ON CONFLICT (intent_id) DO UPDATE SET at = excluded.at, sender_id = excluded.sender_id, domain = excluded.domain
)
SELECT p.id, p.enrolment_id, p.message_id, p.tries FROM planned AS p;

-- name: in_the_way
-- How far steps are that could not be planned, for they were called before.
SELECT i.enrolment_id, i.state FROM intents AS i INNER JOIN unnest(%(ids)s::uuid[], %(steps)s::text[]) AS w (id, step_key) ON i.enrolment_id = w.id
WHERE i.step_key = w.step_key;

-- name: move
-- Where enrolments stand after a decision or an outcome.
UPDATE enrolments AS e SET
    state = g.state, reason = g.reason, paused_until = g.paused_until, step_key = g.step_key, after_key = g.after_key,
    queue_id = coalesce(g.queue_id, e.queue_id), next_due_at = coalesce(g.next_due_at, e.next_due_at),
    sender_id = coalesce(g.sender_id, e.sender_id),
    finished_at = CASE WHEN g.state IN ('finished', 'failed') THEN %(now)s::timestamptz END
FROM (
    SELECT g.* FROM jsonb_to_recordset(%(moves)s) AS g (
        id uuid, state text, reason text, paused_until timestamptz, step_key text, after_key text, queue_id bigint,
        next_due_at timestamptz, sender_id uuid
    )
) AS g
WHERE e.id = g.id;

-- name: next_free
-- When a sender may be looked at again.
UPDATE senders AS s SET
    next_free_at = CASE WHEN %(is_live)s THEN %(at)s ELSE s.next_free_at END,
    next_dry_at = CASE WHEN %(is_live)s THEN s.next_dry_at ELSE %(at)s END
WHERE s.id = %(sender_id)s;

-- name: ask_people
-- Approvals that wait for a person, and steps that a person does. Words that were accepted for another channel are asked for anew.
WITH asked AS (
    INSERT INTO approvals AS v (enrolment_id, step_key, channel, address, subject, content, content_hash, variant, mentions_id)
    SELECT g.enrolment_id, g.step_key, g.channel, g.address, g.subject, g.content, g.content_hash, g.variant, g.mentions_id
    FROM jsonb_to_recordset(%(approvals)s) AS g (
        enrolment_id uuid, step_key text, channel text, address text, subject text, content text, content_hash text, variant text, mentions_id uuid
    )
    ON CONFLICT (enrolment_id, step_key) WHERE state IN ('pending', 'accepted') DO UPDATE SET
        state = 'pending', channel = excluded.channel, address = excluded.address, subject = excluded.subject, content = excluded.content,
        content_hash = excluded.content_hash, variant = excluded.variant, mentions_id = excluded.mentions_id, is_edited = false,
        note = concat_ws(' ', v.state, 'for', v.channel, 'by ' || v.decided_by), decided_by = NULL, decided_at = NULL
    WHERE v.channel <> excluded.channel
), given AS (
    INSERT INTO tasks (kind, title, body, company_id, contact_id, enrolment_id, intent_id, owner_user_id, due_at, escalate_at)
    SELECT g.kind, g.title, g.body, g.company_id, g.contact_id, g.enrolment_id, g.intent_id, g.owner_user_id, g.due_at, g.escalate_at
    FROM jsonb_to_recordset(%(tasks)s) AS g (
        kind text, title text, body text, company_id uuid, contact_id uuid, enrolment_id uuid, intent_id uuid, owner_user_id uuid,
        due_at timestamptz, escalate_at timestamptz
    )
    ON CONFLICT (intent_id, kind) WHERE intent_id IS NOT NULL DO UPDATE SET
        state = 'open', title = excluded.title, body = excluded.body, due_at = excluded.due_at, escalate_at = excluded.escalate_at,
        escalated_at = NULL, outcome = NULL, note = NULL, closed_by = NULL, closed_at = NULL
)
SELECT 1;

-- name: approved
-- The exact content that a person accepted for the channel it goes by, by enrolment.
SELECT v.enrolment_id, v.subject, v.content, v.content_hash, v.variant, v.mentions_id
FROM approvals AS v
INNER JOIN enrolments AS e ON e.id = v.enrolment_id AND e.step_key = v.step_key
INNER JOIN queues AS q ON q.id = e.queue_id AND q.channel = v.channel
WHERE v.enrolment_id = ANY (%(ids)s) AND v.state = 'accepted';
