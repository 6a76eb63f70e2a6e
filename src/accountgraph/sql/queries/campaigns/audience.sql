-- Audiences: whom a campaign is for, and why some of them are left out.

-- name: named
-- Who these people are.
SELECT
    c.id, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, '') AS name, c.email, c.title, a.name AS company
FROM contacts AS c LEFT JOIN companies AS a ON a.id = c.company_id WHERE c.id = ANY (%(ids)s);

-- name: listed
-- Those of listed people who are there, with what tells them apart and whether the campaign has a channel to them.
SELECT c.id, c.email_key, c.phone, c.linkedin_url FROM contacts AS c
WHERE c.id = ANY (%(contact_ids)s) OR c.email_key = ANY (%(emails)s) OR c.id IN (
    SELECT m.contact_id FROM merged_contacts AS m WHERE m.id = ANY (%(contact_ids)s) OR m.email_key = ANY (%(emails)s)
);

-- name: people
-- Everybody whom the audience names, with what their order is found by; `reason` is NULL for those who may be approached. What is
-- known of each is looked up by an index, for a join of sets was seen to take minutes where statistics were older than the rows.
WITH campaign AS MATERIALIZED (
    SELECT p.id, coalesce(%(is_live)s, p.is_live, false) AS is_live
    FROM (VALUES (true)) AS one (is_one) LEFT JOIN campaigns AS p ON p.name = %(campaign)s
),
people AS MATERIALIZED (
    SELECT
        c.id, c.company_id, c.email_key, c.phone, c.linkedin_url, c.status, coalesce(c.country, a.country) AS country,
        c.title, c.seniority_level, c.is_primary_contact, c.is_decision_maker, c.is_champion, c.total_touchpoints,
        c.engagement_light, c.engagement_deep, coalesce(c.source = 'inbound', false) AS is_inbound,
        coalesce((c.communication_preferences ->> 'do_not_contact')::boolean, false) AS do_not_contact,
        a.account_status
    FROM contacts AS c LEFT JOIN companies AS a ON a.id = c.company_id
    WHERE (NOT %(by_contact)s OR c.id = ANY (%(contact_ids)s) OR c.email_key = ANY (%(emails)s) OR c.id IN (
            SELECT m.contact_id FROM merged_contacts AS m WHERE m.id = ANY (%(contact_ids)s) OR m.email_key = ANY (%(emails)s)
        ))
        AND (NOT %(by_company)s OR c.company_id = ANY (%(company_ids)s) OR c.company_id IN (
            SELECT m.company_id FROM merged_companies AS m WHERE m.id = ANY (%(company_ids)s)
            UNION
            SELECT d.company_id FROM company_domains AS d WHERE d.domain = ANY (%(domains)s)
            UNION
            SELECT f.id FROM companies AS f WHERE f.domain = ANY (%(domains)s)
        ))
        AND (%(account_tier)s::text[] = '{}' OR a.account_tier = ANY (%(account_tier)s))
        AND (%(account_status)s::text[] = '{}' OR a.account_status = ANY (%(account_status)s))
        AND (%(industry)s::text[] = '{}' OR lower(a.industry) = ANY (%(industry)s))
        AND (%(size)s::text[] = '{}' OR a.size = ANY (%(size)s))
        AND (%(country)s::text[] = '{}' OR coalesce(c.country, a.country) = ANY (%(country)s))
        AND (%(seniority_level)s::text[] = '{}' OR c.seniority_level = ANY (%(seniority_level)s))
        AND (%(role)s::text[] = '{}' OR lower(c.role) = ANY (%(role)s))
        AND (%(is_decision_maker)s::boolean IS NULL OR c.is_decision_maker = %(is_decision_maker)s)
        AND (%(has_attributes)s::jsonb = '{}' OR NOT EXISTS (
            SELECT FROM jsonb_each(%(has_attributes)s) AS h
            WHERE coalesce((c.attributes -> h.key) @> h.value, (a.attributes -> h.key) @> h.value, false) = false
        ))
        AND (%(silent_since)s::timestamptz IS NULL OR (
            c.total_touchpoints > 0 AND coalesce(c.last_engaged_at <= %(silent_since)s, true)
            AND NOT EXISTS (SELECT FROM conversations AS v WHERE v.contact_id = c.id AND v.last_touchpoint_at > %(silent_since)s)
        ))
),
suppressed AS ( -- with everybody in it, so that its size is never taken for a handful
    SELECT f.id, array_agg(f.channel) FILTER (WHERE f.channel IS NOT NULL) AS channels
    FROM (
        SELECT p.id, NULL AS channel FROM people AS p
        UNION ALL
        SELECT p.id, s.channel FROM people AS p INNER JOIN suppressions AS s ON s.contact_id = p.id
        UNION ALL
        SELECT p.id, s.channel
        FROM people AS p CROSS JOIN LATERAL (VALUES (p.email_key), (phone_key(p.phone))) AS a (address)
        INNER JOIN suppressions AS s ON s.address_hash = address_hash(a.address)
        WHERE a.address IS NOT NULL AND EXISTS (SELECT FROM suppressions AS x WHERE x.address_hash IS NOT NULL)
        UNION ALL
        SELECT p.id, s.channel
        FROM (
            SELECT d.domain, array_to_string((string_to_array(d.domain, '.'))[n.nth :], '.') AS above
            FROM (SELECT DISTINCT split_part(p.email_key, '@', -1) AS domain FROM people AS p WHERE p.email_key IS NOT NULL) AS d
            CROSS JOIN LATERAL generate_series(1, cardinality(string_to_array(d.domain, '.')) - 1) AS n (nth)
        ) AS d
        INNER JOIN suppressions AS s ON s.domain = d.above
        INNER JOIN people AS p ON split_part(p.email_key, '@', -1) = d.domain
    ) AS f
    GROUP BY f.id
),
law AS (
    SELECT
        j.country, coalesce(array_agg(j.channel) FILTER (WHERE j.rule = 'deny'), '{}') AS denied,
        coalesce(array_agg(j.channel) FILTER (WHERE j.rule = 'consent'), '{}') AS asking
    FROM (
        SELECT DISTINCT ON (j.country, j.channel) j.country, j.channel, j.rule
        FROM jurisdictions AS j WHERE j.valid_from <= (%(now)s::timestamptz AT TIME ZONE 'UTC')::date
        ORDER BY j.country, j.channel, j.valid_from DESC
    ) AS j
    GROUP BY j.country
)
SELECT
    p.id, p.company_id, p.title, p.seniority_level, p.is_primary_contact, p.is_decision_maker, p.is_champion, p.total_touchpoints,
    engagement_score(p.engagement_light, p.engagement_deep, %(now)s) AS engagement_score,
    u.people AS under_way, u.last_rank,
    CASE
        WHEN p.account_status = 'customer' AND 'customer' = ANY (%(exclusions)s) THEN 'customer'
        WHEN x.reason IS NOT NULL THEN x.reason
        WHEN t.is_talking THEN 'live_thread'
        WHEN p.do_not_contact THEN 'do_not_contact'
        WHEN p.status <> 'active' THEN 'inactive'
        WHEN reach.furthest < 5 THEN (ARRAY['no_address', 'suppressed', 'jurisdiction', 'no_consent'])[reach.furthest]
        WHEN EXISTS (SELECT FROM topic_refusals AS f WHERE f.contact_id = p.id AND f.topic = %(topic)s) THEN 'topic'
        WHEN e.is_here THEN 'already_enrolled'
        WHEN e.is_elsewhere THEN 'active_elsewhere'
    END AS reason
FROM people AS p
INNER JOIN suppressed AS s ON s.id = p.id
CROSS JOIN campaign AS k
LEFT JOIN law AS l ON l.country = p.country
CROSS JOIN LATERAL (
    SELECT array_agg(n.channel) AS channels FROM consents AS n WHERE n.contact_id = p.id AND n.basis = 'consent' AND n.revoked_at IS NULL
) AS n
CROSS JOIN LATERAL (
    SELECT min(x.reason) AS reason FROM account_exclusions AS x
    WHERE x.company_id = p.company_id AND x.ended_at IS NULL AND x.reason = ANY (%(exclusions)s)
) AS x
CROSS JOIN LATERAL (
    SELECT
        coalesce(bool_or(v.response_count > 0), false) AS has_answered,
        coalesce(bool_or(v.last_response_at > %(talked_since)s), false) OR EXISTS (
            SELECT FROM conversation_participants AS m INNER JOIN conversations AS o ON o.id = m.conversation_id
            WHERE m.contact_id = p.id AND o.last_response_at > %(talked_since)s
        ) OR EXISTS ( -- they wrote to a mailbox of ours, before we came or without being asked
            SELECT FROM mail_headers AS h
            WHERE h.email_key = p.email_key AND h.direction = 'inbound' AND h.at > %(talked_since)s
        ) AS is_talking
    FROM conversations AS v WHERE v.contact_id = p.id
) AS t
CROSS JOIN LATERAL (
    SELECT
        bool_or(e.campaign_id = k.id AND (
            e.state NOT IN ('finished', 'failed') OR (e.is_live = k.is_live AND %(reentry)s = 'once')
        )) AS is_here,
        bool_or(
            e.campaign_id IS DISTINCT FROM k.id AND e.is_live = k.is_live AND %(is_exclusive)s AND e.state NOT IN ('finished', 'failed')
        ) AS is_elsewhere
    FROM enrolments AS e WHERE e.contact_id = p.id
) AS e
CROSS JOIN LATERAL (
    SELECT count(*) AS people, coalesce(max(w.account_rank), 0) AS last_rank
    FROM (
        SELECT u.account_rank, u.campaign_id = k.id AND u.is_live = k.is_live AS is_of_it FROM enrolments AS u
        WHERE u.company_id = p.company_id AND u.state NOT IN ('finished', 'failed')
        OFFSET 0 -- else the campaign's own index is read for each person
    ) AS w
    WHERE w.is_of_it
) AS u
-- Of the channels that the campaign may use, how far the best one comes.
CROSS JOIN LATERAL (
    SELECT max(
        CASE
            WHEN CASE
                WHEN c.channel = 'email' THEN p.email_key IS NULL
                WHEN c.channel IN ('sms', 'call', 'whatsapp') THEN p.phone IS NULL
                WHEN c.channel = 'linkedin' THEN p.linkedin_url IS NULL
            END THEN 1
            WHEN s.channels && ARRAY['all', c.channel] THEN 2
            WHEN c.channel = ANY (l.denied) THEN 3
            WHEN c.channel = 'email' AND (p.is_inbound OR t.has_answered) THEN 5 -- they gave us the address: not a cold mail
            WHEN (c.channel = ANY (%(only_by_consent)s) OR c.channel = ANY (l.asking)) AND NOT coalesce(c.channel = ANY (n.channels), false) THEN 4
            ELSE 5
        END
    ) AS furthest
    FROM unnest(%(channels)s::text[]) AS c (channel)
) AS reach
ORDER BY p.id;
