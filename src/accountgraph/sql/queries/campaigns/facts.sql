-- What the arbiter looks at.

-- name: of
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
            'is_made_up', nullif(c.attributes @> '{"demo": true}' AND c.email_key ~ '[.]example$', false),
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
