-- The primary contact, and all of the same company who may be talked to: related, or implied (no edge of any type); NULL where
-- there is no such contact. Nobody is cut off here: who is best is for the policy to say. Suppressions are looked up one by
-- one, for no index answers an OR over joined values.
CREATE FUNCTION answer_expansion(
    for_contact uuid, at_time timestamptz, edge_types text[], edge_strengths text[], include_implied boolean, on_channel text
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET timezone = 'UTC'
AS $$
DECLARE
    implied uuid[];
BEGIN
    IF include_implied THEN
        implied := ARRAY(
            SELECT c.id
            FROM contacts AS f INNER JOIN contacts AS c ON c.company_id = f.company_id
            WHERE f.id = for_contact AND c.id <> for_contact AND NOT EXISTS (
                SELECT FROM relationships AS r
                WHERE least(r.contact_id_1, r.contact_id_2) = least(c.id, for_contact)
                    AND greatest(r.contact_id_1, r.contact_id_2) = greatest(c.id, for_contact)
            )
        );
    END IF;
    RETURN (
        SELECT json_build_object(
            'primary', json_build_object(
                'id', f.id, 'title', f.title,
                'name', coalesce(nullif(concat_ws(' ', nullif(f.first_name, ''), nullif(f.last_name, '')), ''), f.email, '(no name)')
            ),
            'targets', (
                SELECT coalesce(json_agg(json_build_object(
                    'contact', row_to_json(c), 'type', d.relationship_type, 'strength', d.strength,
                    'has_active_conversation', EXISTS (SELECT FROM conversations AS v WHERE v.contact_id = c.id AND v.status = 'active'),
                    'engagement_score', CASE
                        WHEN c.engagement_light IS NULL AND c.engagement_deep IS NULL THEN 0
                        ELSE engagement_score(c.engagement_light, c.engagement_deep, at_time)
                    END
                )), '[]')
                FROM (
                    SELECT r.contact_id_2 AS id, r.relationship_type, r.strength
                    FROM relationships AS r
                    WHERE r.contact_id_1 = for_contact AND r.relationship_type = ANY (edge_types) AND r.strength = ANY (edge_strengths)
                    UNION ALL
                    SELECT r.contact_id_1, r.relationship_type, r.strength
                    FROM relationships AS r
                    WHERE r.contact_id_2 = for_contact AND r.relationship_type = ANY (edge_types) AND r.strength = ANY (edge_strengths)
                    UNION ALL
                    SELECT i.id, NULL, 'weak' FROM unnest(implied) AS i (id)
                ) AS d
                INNER JOIN contacts AS c ON c.id = d.id
                WHERE (c.company_id = f.company_id) IS TRUE -- no condition for an index: that would read the whole company
                    AND c.status = 'active'
                    AND c.engagement_excluded IS NULL
                    AND c.communication_preferences ->> 'do_not_contact' IS DISTINCT FROM 'true'
                    AND NOT EXISTS (SELECT FROM suppressions AS s WHERE s.contact_id = c.id AND s.channel IN ('all', on_channel))
                    AND NOT EXISTS (
                        SELECT FROM suppressions AS s
                        WHERE s.channel IN ('all', on_channel) -- by address_hash(), written out: to call it takes longer than the look-up
                            AND s.address_hash = encode(sha256(convert_to(c.email_key, 'UTF8')), 'hex')
                    )
                    AND NOT EXISTS (
                        SELECT FROM suppressions AS s
                        WHERE s.channel IN ('all', on_channel) AND s.domain = ANY (ARRAY( -- the address's domain, or one above it
                            SELECT array_to_string(p.parts[n.nth :], '.')
                            FROM (SELECT string_to_array(split_part(c.email_key, '@', -1), '.') AS parts) AS p
                            CROSS JOIN LATERAL generate_series(1, cardinality(p.parts) - 1) AS n (nth)
                        ))
                    )
            )
        )::text
        FROM contacts AS f
        WHERE f.id = for_contact
    );
END
$$;

-- Everything a message to a contact needs; NULL where there is no such contact. `conversations` begin with the latest, which alone
-- brings its context.
CREATE FUNCTION answer_context(
    for_contact uuid, at_time timestamptz, with_company boolean, with_relationships boolean,
    most_touchpoints integer DEFAULT 10, most_characters integer DEFAULT 1000
) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET timezone = 'UTC'
AS $$
BEGIN
    RETURN (
        WITH talks AS MATERIALIZED (
            SELECT v.id, v.contact_id, v.status, v.qualification_tier, v.touchpoint_count, v.last_touchpoint_at, v.next_touchpoint_at,
                v.response_count, v.last_response_at, v.campaign_name, v.started_at, v.context,
                row_number() OVER (
                    ORDER BY v.status = 'active' DESC, v.last_touchpoint_at DESC NULLS LAST, v.started_at DESC, v.id
                ) AS place
            FROM conversations AS v
            WHERE v.contact_id = for_contact
        ),
        messages AS MATERIALIZED (
            SELECT m.id, m.conversation_id, t.contact_id, m.channel, m.direction, m.subject, m.outcome,
                m.sent_at, m.delivered_at, m.opened_at, m.clicked_at, m.replied_at, m.bounced_at, m.content, m.response,
                m.channel = 'email' AND m.direction = 'outbound' AS is_mail
            FROM talks AS t INNER JOIN touchpoints AS m ON m.conversation_id = t.id
            WHERE m.sent_at IS NOT NULL
        ),
        known AS (
            SELECT p.id, p.title, p.company_id, p.last_engaged_at,
                e.relationship_type AS type, e.strength, e.confidence_score AS confidence, e.is_from_contact,
                coalesce(nullif(concat_ws(' ', nullif(p.first_name, ''), nullif(p.last_name, '')), ''), p.email, '(no name)') AS name,
                p.communication_preferences ->> 'do_not_reference' IS NOT DISTINCT FROM 'true' AS is_withheld,
                EXISTS (SELECT FROM conversations AS v WHERE v.contact_id = p.id AND v.status = 'active') AS has_active_conversation
            FROM (
                SELECT r.contact_id_2 AS id, r.relationship_type, r.strength, r.confidence_score, true AS is_from_contact
                FROM relationships AS r WHERE with_relationships AND r.contact_id_1 = for_contact
                UNION ALL
                SELECT r.contact_id_1, r.relationship_type, r.strength, r.confidence_score, false
                FROM relationships AS r WHERE with_relationships AND r.contact_id_2 = for_contact
            ) AS e
            INNER JOIN contacts AS p ON p.id = e.id
        )
        SELECT json_build_object(
            'contact', row_to_json(c),
            'engagement_score', CASE
                WHEN c.engagement_light IS NULL AND c.engagement_deep IS NULL THEN 0
                ELSE engagement_score(c.engagement_light, c.engagement_deep, at_time)
            END,
            'company', (
                SELECT json_build_object(
                    'id', o.id, 'name', o.name, 'domain', o.domain, 'industry', o.industry, 'size', o.size,
                    'account_tier', o.account_tier, 'account_status', o.account_status, 'research_data', o.research_data
                )
                FROM companies AS o WHERE with_company AND o.id = c.company_id
            ),
            'conversations', (
                SELECT coalesce(json_agg(row_to_json(x) ORDER BY x.place), '[]') FROM (
                    SELECT t.id, t.contact_id, t.status, t.qualification_tier, t.touchpoint_count, t.last_touchpoint_at,
                        t.next_touchpoint_at, t.response_count, t.last_response_at, t.campaign_name, t.started_at, t.place,
                        CASE WHEN t.place = 1 THEN t.context END AS context
                    FROM talks AS t
                ) AS x
            ),
            'recent_touchpoints', (
                SELECT coalesce(json_agg(row_to_json(x)), '[]') FROM (
                    SELECT m.id, m.conversation_id, m.contact_id, m.channel, m.direction, m.subject, m.outcome,
                        m.sent_at, m.opened_at, m.clicked_at, m.replied_at,
                        left(m.content, most_characters) AS content, left(m.response, most_characters) AS response
                    FROM messages AS m
                    ORDER BY m.sent_at DESC, m.id
                    LIMIT most_touchpoints
                ) AS x
            ),
            -- As get_conversation_engagement_metrics() counts them; people's acts are looked up for all messages at once.
            'metrics', (
                SELECT json_build_object(
                    'total_touchpoints', count(*),
                    'emails_sent', count(*) FILTER (WHERE m.is_mail),
                    'emails_delivered', count(m.delivered_at) FILTER (WHERE m.is_mail),
                    'emails_opened', count(m.opened_at) FILTER (WHERE m.is_mail),
                    'emails_clicked', count(m.clicked_at) FILTER (WHERE m.is_mail),
                    'emails_replied', count(m.replied_at) FILTER (WHERE m.is_mail),
                    'emails_bounced', count(m.bounced_at) FILTER (WHERE m.is_mail),
                    'human', (
                        SELECT json_build_object(
                            'opened', count(DISTINCT e.touchpoint_id) FILTER (WHERE e.kind = 'opened'),
                            'clicked', count(DISTINCT e.touchpoint_id) FILTER (WHERE e.kind = 'clicked'),
                            'replied', count(DISTINCT e.touchpoint_id) FILTER (WHERE e.kind = 'replied')
                        )
                        FROM events AS e
                        WHERE e.actor = 'human' AND e.touchpoint_id = ANY (
                            array_agg(m.id) FILTER (WHERE m.is_mail AND num_nonnulls(m.opened_at, m.clicked_at, m.replied_at) > 0)
                        )
                    )
                )
                FROM messages AS m
            ),
            'known', (SELECT coalesce(json_agg(row_to_json(k)), '[]') FROM known AS k)
        )::text
        FROM contacts AS c
        WHERE c.id = for_contact
    );
END
$$;
