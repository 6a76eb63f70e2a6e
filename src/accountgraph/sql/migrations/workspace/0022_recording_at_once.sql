-- Events in bulk are recorded by one statement, with whose act each of them is; an answer without an id no longer takes a second one.

CREATE OR REPLACE FUNCTION record_events(happened jsonb) RETURNS bigint
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

-- Only record_events called it.
-- squawk-ignore ban-drop-function
DROP FUNCTION record_replies_by_hand(jsonb);
