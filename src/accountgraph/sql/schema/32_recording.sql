-- Record events, in one go; gives how many were new. A reply is the same by its `message_id` (else the
-- provider's id of it): one that was recorded by hand before is that very reply, and one recorded by
-- hand after is none. A reply may bring its text as `response`.
CREATE FUNCTION record_events(happened jsonb) RETURNS bigint
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    answered constant uuid[] := ARRAY(
        SELECT DISTINCT (j.event ->> 'touchpoint_id')::uuid FROM jsonb_array_elements(happened) AS j (event)
        WHERE j.event ->> 'kind' = 'replied'
    );
    named uuid[] := '{}'; -- those of them whose answer comes with an id
    added bigint;
BEGIN
    IF cardinality(answered) > 0 THEN
        named := ARRAY(
            SELECT (j.event ->> 'touchpoint_id')::uuid FROM jsonb_array_elements(happened) AS j (event)
            WHERE j.event ->> 'kind' = 'replied' AND coalesce(j.event ->> 'message_id', j.event ->> 'provider_event_id') IS NOT NULL
        );
        PERFORM lock_for_events(
            ARRAY(SELECT DISTINCT (j.event ->> 'touchpoint_id')::uuid FROM jsonb_array_elements(happened) AS j (event)),
            ARRAY(
                SELECT DISTINCT (j.event ->> 'contact_id')::uuid FROM jsonb_array_elements(happened) AS j (event)
                WHERE j.event ->> 'contact_id' IS NOT NULL
            )
        );
        PERFORM prepare_replies(happened, answered);
    END IF;
    INSERT INTO events (
        kind, detail, at, touchpoint_id, contact_id, actor, actor_reason, url, user_agent, address,
        provider, provider_account, provider_event_id, dedupe_key, raw
    )
    SELECT g.kind, g.detail, coalesce(g.at, current_moment()), g.touchpoint_id, coalesce(g.contact_id, v.contact_id), g.actor, g.actor_reason,
        g.url, g.user_agent, g.address, g.provider, g.provider_account, g.provider_event_id,
        CASE WHEN g.kind = 'replied' THEN reply_key(g.touchpoint_id, coalesce(g.message_id, g.provider_event_id)) END,
        coalesce(g.raw, '{}')
    FROM jsonb_to_recordset(happened) AS g (
        kind text, detail text, at timestamptz, touchpoint_id uuid, contact_id uuid, actor text, actor_reason text, url text,
        user_agent text, address inet, provider text, provider_account text, provider_event_id text, message_id text, raw jsonb
    )
    -- Whose act it is, for all at once: `complete_event` would look it up one by one.
    LEFT JOIN touchpoints AS t ON t.id = g.touchpoint_id AND g.contact_id IS NULL AND g.kind NOT IN ('sent', 'delivered', 'failed')
    LEFT JOIN conversations AS v ON v.id = t.conversation_id
    -- An answer without an id is recorded where the message has none, neither from before nor with an id in this batch.
    WHERE g.kind <> 'replied' OR coalesce(g.message_id, g.provider_event_id) IS NOT NULL
        OR (g.touchpoint_id = ANY (named)) IS NOT TRUE
        AND NOT EXISTS (SELECT FROM events AS e WHERE e.touchpoint_id = g.touchpoint_id AND e.kind = 'replied')
    ON CONFLICT (dedupe_key) DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added;
END
$$;

-- Before replies are recorded, and after what they change was locked: those that were recorded by hand get the id that is known now, and the
-- messages their answers' text.
CREATE FUNCTION prepare_replies(happened jsonb, answered uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF EXISTS (SELECT FROM events AS e WHERE e.dedupe_key IN (SELECT reply_key(u.id, NULL) FROM unnest(answered) AS u (id))) THEN
        UPDATE events AS e SET dedupe_key = n.key
        FROM (
            SELECT DISTINCT ON (k.touchpoint_id) k.touchpoint_id, k.key
            FROM (
                SELECT g.touchpoint_id, g.at, reply_key(g.touchpoint_id, coalesce(g.message_id, g.provider_event_id)) AS key
                FROM jsonb_to_recordset(happened) AS g (
                    kind text, touchpoint_id uuid, at timestamptz, message_id text, provider_event_id text
                )
                WHERE g.kind = 'replied' AND coalesce(g.message_id, g.provider_event_id) IS NOT NULL
            ) AS k
            WHERE NOT EXISTS (SELECT FROM events AS d WHERE d.dedupe_key = k.key)
            ORDER BY k.touchpoint_id, k.at, k.key
        ) AS n
        WHERE e.dedupe_key = reply_key(n.touchpoint_id, NULL);
    END IF;
    IF happened @? '$[*] ? (@.kind == "replied" && @.response != null)' THEN
        UPDATE touchpoints AS t SET response = r.response
        FROM (
            SELECT DISTINCT ON (g.touchpoint_id) g.touchpoint_id, g.response
            FROM jsonb_to_recordset(happened) AS g (kind text, touchpoint_id uuid, at timestamptz, response text)
            WHERE g.kind = 'replied' AND g.response IS NOT NULL
            ORDER BY g.touchpoint_id, g.at
        ) AS r
        WHERE t.id = r.touchpoint_id AND t.response IS NULL;
    END IF;
END
$$;

-- Record one event and give back its touchpoint as it is then; no row where there is no such touchpoint.
CREATE FUNCTION record_event(event jsonb) RETURNS SETOF touchpoints
LANGUAGE plpgsql ROWS 1
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF EXISTS (SELECT FROM touchpoints AS t WHERE t.id = (event ->> 'touchpoint_id')::uuid) THEN
        PERFORM record_events(jsonb_build_array(event));
        RETURN QUERY SELECT t.* FROM touchpoints AS t WHERE t.id = (event ->> 'touchpoint_id')::uuid;
    END IF;
END
$$;
