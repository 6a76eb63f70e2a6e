-- Events in bulk are recorded by one statement, with whose act each of them is; an answer without an id no longer takes a second one.
-- And that a new message was sent is counted by the message's own row,
-- and when the next one is due is written where it is another time.

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

-- New events: an ordinary act is one addition to the contact's engagement; where an older event
-- changed its actor, a message went over its cap, or somebody is out, it is counted anew.
CREATE OR REPLACE FUNCTION apply_inserted_events() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    single events;
    touched uuid[];
    actors uuid[];
    again uuid[];
BEGIN
    -- What a new message's own row says already changes nothing more: nothing of it is locked and nothing counted again.
    IF pg_trigger_depth() > 1 AND NOT EXISTS (
        SELECT FROM new_rows AS n LEFT JOIN touchpoints AS t ON t.id = n.touchpoint_id
        WHERE n.kind <> 'sent' OR n.at IS DISTINCT FROM t.sent_at
    ) THEN
        RETURN NULL;
    END IF;
    SELECT n.* INTO single FROM new_rows AS n WHERE (SELECT count(*) FROM new_rows) = 1;
    IF FOUND AND apply_ordinary_event(single) THEN
        RETURN NULL;
    END IF;
    touched := ARRAY(SELECT DISTINCT n.touchpoint_id FROM new_rows AS n WHERE n.touchpoint_id IS NOT NULL);
    actors := ARRAY(SELECT DISTINCT n.contact_id FROM new_rows AS n WHERE n.contact_id IS NOT NULL);
    IF cardinality(touched) + cardinality(actors) = 0 THEN
        RETURN NULL;
    END IF;
    PERFORM lock_for_events(touched, actors, EXISTS (SELECT FROM new_rows AS n WHERE n.kind IN ('sent', 'received', 'replied')));
    PERFORM settle_touchpoints(touched);
    again := reclassify_events(touched, (SELECT min(n.id) - 1 FROM new_rows AS n));
    IF EXISTS (SELECT FROM new_rows AS n WHERE n.kind = 'replied') THEN
        PERFORM settle_replies(
            ARRAY(
                SELECT DISTINCT t.conversation_id
                FROM new_rows AS n INNER JOIN touchpoints AS t ON t.id = n.touchpoint_id
                WHERE n.kind = 'replied'
            )
        );
    END IF;
    IF cardinality(actors) > 0 THEN
        again := again || ARRAY(
            SELECT DISTINCT n.contact_id FROM new_rows AS n
            WHERE n.contact_id IS NOT NULL
                AND (
                    n.kind IN ('bounced', 'complained', 'unsubscribed') OR n.detail = 'refusal'
                    OR (n.touchpoint_id, n.kind) IN (SELECT o.id, o.kind FROM over_cap(touched) AS o)
                )
        );
        PERFORM add_engagement(
            ARRAY(SELECT n.id FROM new_rows AS n WHERE n.contact_id NOT IN (SELECT u.id FROM unnest(again) AS u (id)))
        );
    END IF;
    IF cardinality(again) > 0 THEN
        PERFORM settle_engagement(again);
    END IF;
    RETURN NULL;
END
$$;

-- An enrolment's next due time is its conversation's next touchpoint, and wakes a worker that would sleep longer.
CREATE OR REPLACE FUNCTION keep_next_touchpoint() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    talks uuid[];
    dues timestamptz[];
BEGIN
    SELECT array_agg(d.conversation_id), array_agg(d.due) INTO talks, dues
    FROM (
        SELECT n.conversation_id, min(CASE WHEN n.state IN ('pending', 'active', 'waiting') THEN n.next_due_at END) AS due
        FROM changed AS n WHERE n.conversation_id IS NOT NULL AND n.is_live
        GROUP BY n.conversation_id
    ) AS d;
    IF EXISTS (
        SELECT FROM unnest(talks, dues) AS d (id, due) INNER JOIN conversations AS v ON v.id = d.id
        WHERE v.next_touchpoint_at IS DISTINCT FROM d.due
    ) THEN
        PERFORM FROM conversations AS v WHERE v.id = ANY (talks) ORDER BY v.id FOR NO KEY UPDATE;
        UPDATE conversations AS v SET next_touchpoint_at = d.due
        FROM unnest(talks, dues) AS d (id, due)
        WHERE v.id = d.id AND v.next_touchpoint_at IS DISTINCT FROM d.due;
    END IF;
    PERFORM accountgraph.wake((SELECT min(n.next_due_at) FROM changed AS n WHERE n.state IN ('pending', 'waiting')));
    RETURN NULL;
END
$$;

-- Only record_events called it.
-- squawk-ignore ban-drop-function
DROP FUNCTION record_replies_by_hand(jsonb);
