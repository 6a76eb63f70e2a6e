-- What an event does: who acted, the first time of each kind, and the replies of a conversation.

-- Lock what events of these touchpoints and contacts will change, in the lock order: conversation,
-- contact, touchpoint; ascending id within each. An open or a click leaves the conversation alone.
-- `talks` are conversations that change besides. Whoever changes several things locks all of them first.
CREATE FUNCTION lock_for_events(
    touched uuid[], actors uuid[], with_conversations boolean DEFAULT true, talks uuid[] DEFAULT '{}'
) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    people uuid[] := actors || ARRAY(
        SELECT DISTINCT e.contact_id FROM events AS e WHERE e.touchpoint_id = ANY (touched) AND e.contact_id IS NOT NULL
    );
BEGIN
    IF with_conversations THEN
        talks := talks || ARRAY(SELECT DISTINCT t.conversation_id FROM touchpoints AS t WHERE t.id = ANY (touched));
        people := people || ARRAY(SELECT v.contact_id FROM conversations AS v WHERE v.id = ANY (talks));
        PERFORM FROM conversations AS v WHERE v.id = ANY (talks) ORDER BY v.id FOR NO KEY UPDATE;
    END IF;
    PERFORM FROM contacts AS c WHERE c.id = ANY (people) ORDER BY c.id FOR NO KEY UPDATE;
    PERFORM FROM touchpoints AS t WHERE t.id = ANY (touched) ORDER BY t.id FOR NO KEY UPDATE;
END
$$;

-- The kind of event behind a touchpoint's `sent_at`: what comes in and answers nothing is an act of its own;
-- an answer's act is the `replied` of what it answers.
CREATE FUNCTION sending_kind(direction text, in_reply_to_id uuid) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN CASE WHEN direction = 'inbound' AND in_reply_to_id IS NULL THEN 'received' ELSE 'sent' END;
END
$$;

-- The known tool that a user agent or an address belongs to, or NULL.
CREATE FUNCTION known_scanner(agent text, source inet) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN (
        SELECT k.name FROM known_scanners AS k
        WHERE strpos(lower(agent), k.user_agent_part) > 0 OR source <<= k.network
        ORDER BY k.id LIMIT 1
    );
END
$$;

-- How long after a message left, or arrived where that is known, something was done with it.
CREATE FUNCTION delay_of(at timestamptz, sent_at timestamptz, delivered_at timestamptz) RETURNS interval
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN least(CASE WHEN at >= delivered_at THEN at - delivered_at END, at - sent_at);
END
$$;

-- Who opened or clicked, as far as one event tells:
--   an open up to 2 s after the send or the delivery was prefetched by a mail privacy service;
--   a click up to 60 s after, every link at once, or a known tool is a scanner;
--   a click up to 10 minutes after is unverified until a human act follows.
CREATE FUNCTION judge_act(kind text, delay interval, tool text, is_every_link boolean, OUT actor text, OUT reason text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    actor := 'human';
    IF tool IS NOT NULL THEN
        actor := 'scanner';
        reason := 'known tool: ' || tool;
    ELSIF kind = 'opened' THEN
        IF delay <= interval '2 seconds' THEN
            actor := 'prefetch';
            reason := 'opened within 2 s of sending or delivery';
        END IF;
    ELSIF delay <= interval '60 seconds' THEN
        actor := 'scanner';
        reason := 'clicked within 60 s of sending or delivery';
    ELSIF is_every_link THEN
        actor := 'scanner';
        reason := 'every link at once';
    ELSIF delay <= interval '10 minutes' THEN
        actor := 'unverified';
        reason := 'clicked within 10 minutes, no human act since';
    END IF;
END
$$;

-- Who opened and clicked, judged by all events of a message.
CREATE FUNCTION classify_events(touched uuid[])
RETURNS TABLE (id bigint, contact_id uuid, actor text, actor_reason text, is_changed boolean)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH acts AS (
        SELECT e.id, e.contact_id, e.touchpoint_id, e.kind, e.at, e.actor, e.actor_is_given, e.actor_reason, e.user_agent, e.address,
            delay_of(e.at, t.sent_at, t.delivered_at) AS delay,
            greatest(2, CASE WHEN jsonb_typeof(t.metadata -> 'links') = 'array' THEN jsonb_array_length(t.metadata -> 'links') END)
                AS links
        FROM events AS e
        INNER JOIN touchpoints AS t ON t.id = e.touchpoint_id
        WHERE e.touchpoint_id = ANY (touched) AND e.actor IS NOT NULL
    ),
    judged AS (
        SELECT a.*, coalesce(j.actor, a.actor) AS verdict, CASE WHEN j.actor IS NULL THEN a.actor_reason ELSE j.reason END AS reason
        FROM acts AS a
        LEFT JOIN LATERAL (
            SELECT count(DISTINCT o.url) AS burst FROM events AS o
            WHERE o.touchpoint_id = a.touchpoint_id AND o.kind = 'clicked'
                AND o.at BETWEEN a.at - interval '2 seconds' AND a.at + interval '2 seconds'
        ) AS b ON a.kind = 'clicked'
        LEFT JOIN LATERAL judge_act(
            a.kind, a.delay,
            CASE WHEN a.user_agent IS NOT NULL OR a.address IS NOT NULL THEN known_scanner(a.user_agent, a.address) END,
            b.burst >= a.links
        ) AS j ON NOT a.actor_is_given AND a.kind IN ('opened', 'clicked')
    ),
    followed AS (
        SELECT j.*, j.verdict = 'unverified' AND NOT j.actor_is_given AND j.at < max(j.at) FILTER (WHERE j.verdict = 'human')
            OVER (PARTITION BY j.touchpoint_id) AS is_confirmed
        FROM judged AS j
    )
    SELECT f.id, f.contact_id, v.verdict, v.reason, (f.actor, f.actor_reason) IS DISTINCT FROM (v.verdict, v.reason)
    FROM followed AS f
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN f.is_confirmed THEN 'human' ELSE f.verdict END AS verdict,
            CASE WHEN f.is_confirmed THEN 'a human act followed' ELSE f.reason END AS reason
    ) AS v
    WHERE f.kind IN ('opened', 'clicked');
END
$$;

-- Judge the opens and clicks of these messages again; gives back the contacts whose known events
-- (up to `known`) changed.
CREATE FUNCTION reclassify_events(touched uuid[], known bigint) RETURNS uuid[]
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids bigint[];
    actors text[];
    reasons text[];
    people uuid[];
BEGIN
    IF NOT EXISTS (SELECT FROM events AS e WHERE e.touchpoint_id = ANY (touched) AND e.kind IN ('opened', 'clicked')) THEN
        RETURN '{}';
    END IF;
    SELECT array_agg(c.id), array_agg(c.actor), array_agg(c.actor_reason), array_agg(c.contact_id) FILTER (WHERE c.id <= known)
    INTO ids, actors, reasons, people
    FROM classify_events(touched) AS c
    WHERE c.is_changed;
    IF ids IS NOT NULL THEN
        UPDATE events AS e SET actor = c.actor, actor_reason = c.reason
        FROM unnest(ids, actors, reasons) AS c (id, actor, reason)
        WHERE e.id = c.id;
    END IF;
    RETURN coalesce(people, '{}');
END
$$;

-- The messages that have more events of a kind than score, and the kind.
CREATE FUNCTION over_cap(touched uuid[]) RETURNS TABLE (id uuid, kind text)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT e.touchpoint_id, e.kind
    FROM events AS e INNER JOIN engagement_weights AS w ON w.kind = e.kind AND w.most_a_message IS NOT NULL
    WHERE e.touchpoint_id = ANY (touched)
    GROUP BY e.touchpoint_id, e.kind, w.most_a_message
    HAVING count(*) > w.most_a_message;
END
$$;

-- Apply one new event where that asks for nothing but itself: an open, a click or a delivery that
-- says nothing new about older events. False, and nothing done, for any other.
CREATE FUNCTION apply_ordinary_event(act events) RETURNS boolean
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    message record;
    verdict record;
BEGIN
    IF act.kind NOT IN ('opened', 'clicked', 'delivered') OR act.touchpoint_id IS NULL OR act.actor_is_given THEN
        RETURN false;
    END IF;
    -- Looked at before anything is locked: what is not ordinary is locked as a whole, in order.
    SELECT t.clicked_at, t.opened_at, coalesce(act.contact_id, v.contact_id) AS person INTO message
    FROM touchpoints AS t INNER JOIN conversations AS v ON v.id = t.conversation_id
    WHERE t.id = act.touchpoint_id;
    IF message.clicked_at IS NOT NULL OR act.kind = 'delivered' AND message.opened_at IS NOT NULL
        OR EXISTS (SELECT FROM events AS e WHERE e.touchpoint_id = act.touchpoint_id AND e.contact_id <> message.person) THEN
        RETURN false;
    END IF;
    PERFORM FROM contacts AS c WHERE c.id = message.person FOR NO KEY UPDATE;
    SELECT t.sent_at, t.delivered_at, t.opened_at, t.clicked_at INTO message
    FROM touchpoints AS t WHERE t.id = act.touchpoint_id FOR NO KEY UPDATE;
    IF message.clicked_at IS NOT NULL OR act.kind = 'delivered' AND message.opened_at IS NOT NULL THEN
        RETURN false;
    END IF;
    IF act.kind <> 'delivered' THEN
        verdict := judge_act(
            act.kind, delay_of(act.at, message.sent_at, message.delivered_at),
            CASE WHEN act.user_agent IS NOT NULL OR act.address IS NOT NULL THEN known_scanner(act.user_agent, act.address) END, false
        );
        IF verdict.actor = 'unverified' OR message.opened_at IS NOT NULL AND EXISTS (SELECT FROM over_cap(ARRAY[act.touchpoint_id])) THEN
            RETURN false;
        ELSIF verdict.actor = 'human' THEN
            PERFORM add_act(act);
        ELSE
            UPDATE events AS e SET actor = verdict.actor, actor_reason = verdict.reason WHERE e.id = act.id;
        END IF;
    END IF;
    UPDATE touchpoints AS t SET
        delivered_at = CASE WHEN act.kind = 'delivered' THEN least(t.delivered_at, act.at) ELSE t.delivered_at END,
        opened_at = CASE WHEN act.kind = 'opened' THEN least(t.opened_at, act.at) ELSE t.opened_at END,
        clicked_at = CASE WHEN act.kind = 'clicked' THEN act.at ELSE t.clicked_at END
    WHERE t.id = act.touchpoint_id
        AND act.at < coalesce(
            CASE act.kind WHEN 'delivered' THEN t.delivered_at WHEN 'opened' THEN t.opened_at ELSE t.clicked_at END, 'infinity'
        );
    RETURN true;
END
$$;

-- The first time of each kind of event of these messages.
CREATE FUNCTION first_times(touched uuid[]) RETURNS TABLE (
    id uuid, sent_at timestamptz, delivered_at timestamptz, opened_at timestamptz, clicked_at timestamptz,
    replied_at timestamptz, bounced_at timestamptz, failed_at timestamptz
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT u.id,
        min(e.at) FILTER (WHERE e.kind IN ('sent', 'received')),
        min(e.at) FILTER (WHERE e.kind = 'delivered'),
        min(e.at) FILTER (WHERE e.kind = 'opened'),
        min(e.at) FILTER (WHERE e.kind = 'clicked'),
        min(e.at) FILTER (WHERE e.kind = 'replied'),
        min(e.at) FILTER (WHERE e.kind = 'bounced' AND e.detail <> 'soft'),
        min(e.at) FILTER (WHERE e.kind = 'failed')
    FROM unnest(touched) AS u (id) LEFT JOIN events AS e ON e.touchpoint_id = u.id
    GROUP BY u.id;
END
$$;

CREATE FUNCTION settle_touchpoints(touched uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    UPDATE touchpoints AS t SET
        sent_at = f.sent_at,
        delivered_at = f.delivered_at,
        opened_at = f.opened_at,
        clicked_at = f.clicked_at,
        replied_at = f.replied_at,
        bounced_at = f.bounced_at,
        failed_at = f.failed_at
    FROM first_times(touched) AS f
    WHERE t.id = f.id
        AND (t.sent_at, t.delivered_at, t.opened_at, t.clicked_at, t.replied_at, t.bounced_at, t.failed_at)
        IS DISTINCT FROM (f.sent_at, f.delivered_at, f.opened_at, f.clicked_at, f.replied_at, f.bounced_at, f.failed_at);
END
$$;

-- The answered messages of conversations: how many, the last answer, and the mean hours until the first.
CREATE FUNCTION replies_of(talks uuid[]) RETURNS TABLE (id uuid, responses integer, last_at timestamptz, hours numeric)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT u.id, count(t.id)::integer,
        max((SELECT max(e.at) FROM events AS e WHERE e.touchpoint_id = t.id AND e.kind = 'replied')),
        round(avg(greatest(extract(EPOCH FROM t.replied_at - t.sent_at), 0)) FILTER (WHERE t.sent_at IS NOT NULL) / 3600, 2)
    FROM unnest(talks) AS u (id)
    LEFT JOIN touchpoints AS t ON t.conversation_id = u.id AND t.replied_at IS NOT NULL
    GROUP BY u.id;
END
$$;

CREATE FUNCTION settle_replies(talks uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    UPDATE conversations AS v SET response_count = r.responses, last_response_at = r.last_at, avg_response_time_hours = r.hours
    FROM replies_of(talks) AS r
    WHERE v.id = r.id
        AND (v.response_count, v.last_response_at, v.avg_response_time_hours) IS DISTINCT FROM (r.responses, r.last_at, r.hours);
END
$$;

-- One inbound message is one reply to what it answers, also where somebody had recorded that reply
-- by hand before the message came in.
CREATE FUNCTION pair_replies(inbound uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    parents constant uuid[] := ARRAY(SELECT DISTINCT t.in_reply_to_id FROM touchpoints AS t WHERE t.id = ANY (inbound));
BEGIN
    PERFORM lock_for_events(parents, '{}');
    UPDATE events AS e SET kind = 'sent', actor = NULL WHERE e.touchpoint_id = ANY (inbound) AND e.kind = 'received';
    UPDATE events AS e SET dedupe_key = a.key, at = least(e.at, a.sent_at)
    FROM (
        SELECT DISTINCT ON (t.in_reply_to_id) t.in_reply_to_id, t.sent_at,
            reply_key(t.in_reply_to_id, coalesce(t.email_message_id, t.id::text)) AS key
        FROM touchpoints AS t
        WHERE t.id = ANY (inbound)
        ORDER BY t.in_reply_to_id, t.sent_at, t.id
    ) AS a
    WHERE e.dedupe_key = reply_key(a.in_reply_to_id, NULL) AND NOT EXISTS (SELECT FROM events AS d WHERE d.dedupe_key = a.key);
    INSERT INTO events (kind, detail, at, touchpoint_id, contact_id, dedupe_key, raw)
    SELECT 'replied', 'other', t.sent_at, t.in_reply_to_id, v.contact_id,
        reply_key(t.in_reply_to_id, coalesce(t.email_message_id, t.id::text)), jsonb_build_object('touchpoint_id', t.id)
    FROM touchpoints AS t INNER JOIN conversations AS v ON v.id = t.conversation_id
    WHERE t.id = ANY (inbound) AND t.sent_at IS NOT NULL
    ON CONFLICT (dedupe_key) DO NOTHING;
    PERFORM settle_events(parents || inbound);
END
$$;

-- What identifies a reply: what it answers and its message id; NULL where it was recorded by hand.
CREATE FUNCTION reply_key(touchpoint_id uuid, message_id text) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN md5('reply' || touchpoint_id::text || coalesce(':' || message_id, ''))::uuid;
END
$$;

-- Recompute everything that stands on the events of these messages.
CREATE FUNCTION settle_events(touched uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM settle_touchpoints(touched);
    PERFORM reclassify_events(touched, 0);
    PERFORM settle_replies(ARRAY(SELECT DISTINCT t.conversation_id FROM touchpoints AS t WHERE t.id = ANY (touched)));
    PERFORM settle_engagement(
        ARRAY(
            SELECT DISTINCT e.contact_id FROM events AS e WHERE e.touchpoint_id = ANY (touched) AND e.contact_id IS NOT NULL
        )
    );
END
$$;
