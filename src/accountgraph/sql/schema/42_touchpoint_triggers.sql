-- Statement-level triggers of touchpoints and events. A touchpoint that was sent or received moves
-- its conversation and its contact; an event moves all three. What a statement changed is found by
-- grouping and EXCEPT, for a plan that joins old and new rows may be the nested loop that was made
-- for the first, small statement of a connection.

-- Add to the counts of conversations and their contacts. The last time is looked up, not guessed:
-- the index answers it in one probe, and it stays right when a time moves back.
CREATE FUNCTION move_conversations(talks uuid[], changes bigint[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    people constant uuid[] := ARRAY(SELECT DISTINCT v.contact_id FROM conversations AS v WHERE v.id = ANY (talks));
BEGIN
    PERFORM FROM conversations AS v WHERE v.id = ANY (talks) ORDER BY v.id FOR NO KEY UPDATE;
    PERFORM FROM contacts AS c WHERE c.id = ANY (people) ORDER BY c.id FOR NO KEY UPDATE;
    UPDATE conversations AS v SET
        touchpoint_count = v.touchpoint_count + m.change,
        last_touchpoint_at = (SELECT max(t.sent_at) FROM touchpoints AS t WHERE t.conversation_id = v.id)
    FROM unnest(talks, changes) AS m (id, change)
    WHERE v.id = m.id;
    UPDATE contacts AS c SET total_touchpoints = c.total_touchpoints + m.change
    FROM (
        SELECT v.contact_id AS id, sum(u.change) AS change
        FROM unnest(talks, changes) AS u (id, change) INNER JOIN conversations AS v ON v.id = u.id
        GROUP BY v.contact_id HAVING sum(u.change) <> 0
    ) AS m
    WHERE c.id = m.id;
END
$$;

-- A touchpoint that comes with times brings the events behind them.
CREATE FUNCTION apply_inserted_touchpoints() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    talks uuid[];
    changes bigint[];
    answers constant uuid[] := ARRAY(SELECT n.id FROM new_rows AS n WHERE n.in_reply_to_id IS NOT NULL AND n.direction = 'inbound');
BEGIN
    -- What was only sent moves its own conversation, and `move_conversations` locks that.
    IF cardinality(answers) > 0 OR EXISTS (SELECT FROM new_rows AS n WHERE n.replied_at IS NOT NULL) THEN
        PERFORM lock_for_events(
            ARRAY(SELECT DISTINCT n.in_reply_to_id FROM new_rows AS n WHERE n.id = ANY (answers)), '{}', true,
            ARRAY(SELECT DISTINCT n.conversation_id FROM new_rows AS n)
        );
    END IF;
    SELECT array_agg(m.id), array_agg(m.change) INTO talks, changes
    FROM (SELECT n.conversation_id AS id, count(n.sent_at) AS change FROM new_rows AS n GROUP BY 1 HAVING count(n.sent_at) > 0) AS m;
    IF talks IS NOT NULL THEN
        PERFORM move_conversations(talks, changes);
    END IF;
    INSERT INTO events (kind, at, touchpoint_id, contact_id, dedupe_key)
    SELECT k.kind, k.at, n.id, CASE WHEN k.kind NOT IN ('sent', 'delivered', 'failed') THEN v.contact_id END,
        CASE WHEN k.kind = 'replied' THEN reply_key(n.id, NULL) END -- as by hand: the answer itself may follow
    FROM new_rows AS n
    INNER JOIN conversations AS v ON v.id = n.conversation_id
    CROSS JOIN LATERAL (
        VALUES
        (sending_kind(n.direction, n.in_reply_to_id), n.sent_at),
        ('delivered', n.delivered_at), ('opened', n.opened_at), ('clicked', n.clicked_at),
        ('replied', n.replied_at), ('bounced', n.bounced_at), ('failed', n.failed_at)
    ) AS k (kind, at)
    WHERE k.at IS NOT NULL
    ON CONFLICT (dedupe_key) DO NOTHING;
    IF cardinality(answers) > 0 THEN
        PERFORM pair_replies(answers);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER apply_inserted AFTER INSERT ON touchpoints
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_inserted_touchpoints();

CREATE FUNCTION apply_updated_touchpoints() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    talks uuid[];
    changes bigint[];
    answered uuid[];
    answers uuid[];
BEGIN
    IF NOT EXISTS (
        SELECT n.id, n.sent_at, n.conversation_id, n.in_reply_to_id FROM new_rows AS n
        EXCEPT
        SELECT o.id, o.sent_at, o.conversation_id, o.in_reply_to_id FROM old_rows AS o
    ) THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(m.id), array_agg(m.change), coalesce(array_agg(m.id) FILTER (WHERE m.is_answered), '{}')
    INTO talks, changes, answered
    FROM (
        SELECT d.conversation_id AS id, sum(d.change * (d.sent_at IS NOT NULL)::integer)::bigint AS change,
            bool_or(d.is_answered) AS is_answered
        FROM (
            SELECT b.id, b.sent_at, b.conversation_id, sum(b.change) AS change, bool_or(b.replied_at IS NOT NULL) AS is_answered
            FROM (
                SELECT n.id, n.sent_at, n.conversation_id, n.replied_at, 1 AS change FROM new_rows AS n
                UNION ALL
                SELECT o.id, o.sent_at, o.conversation_id, o.replied_at, -1 FROM old_rows AS o
            ) AS b
            GROUP BY b.id, b.sent_at, b.conversation_id
        ) AS d
        WHERE d.change <> 0
        GROUP BY d.conversation_id
    ) AS m;
    IF talks IS NOT NULL THEN
        PERFORM move_conversations(talks, changes);
    END IF;
    IF cardinality(answered) > 0 THEN
        PERFORM settle_replies(answered);
    END IF;
    answers := ARRAY(
        SELECT a.id FROM (
            SELECT n.id, n.in_reply_to_id, n.sent_at IS NULL FROM new_rows AS n
            WHERE n.direction = 'inbound' AND n.in_reply_to_id IS NOT NULL
            EXCEPT
            SELECT o.id, o.in_reply_to_id, o.sent_at IS NULL FROM old_rows AS o
        ) AS a
    );
    IF cardinality(answers) > 0 THEN
        PERFORM pair_replies(answers);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER apply_updated AFTER UPDATE ON touchpoints
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_updated_touchpoints();

CREATE FUNCTION apply_deleted_touchpoints() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    talks uuid[];
    changes bigint[];
BEGIN
    SELECT array_agg(m.id), array_agg(m.change) INTO talks, changes
    FROM (SELECT o.conversation_id AS id, -count(o.sent_at) AS change FROM old_rows AS o GROUP BY 1) AS m;
    IF talks IS NOT NULL THEN
        PERFORM move_conversations(talks, changes);
        PERFORM settle_replies(talks);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER apply_deleted AFTER DELETE ON touchpoints
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_deleted_touchpoints();

-- New events: an ordinary act is one addition to the contact's engagement; where an older event
-- changed its actor, a message went over its cap, or somebody is out, it is counted anew.
CREATE FUNCTION apply_inserted_events() RETURNS trigger
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

CREATE TRIGGER apply_inserted AFTER INSERT ON events
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_inserted_events();

-- A correction by hand: everything that stood on the events is counted anew. Inner functions that
-- correct events settle them by themselves.
CREATE FUNCTION apply_changed_events() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    touched uuid[];
    actors uuid[];
BEGIN
    touched := ARRAY(SELECT DISTINCT o.touchpoint_id FROM old_rows AS o WHERE o.touchpoint_id IS NOT NULL);
    actors := ARRAY(SELECT DISTINCT o.contact_id FROM old_rows AS o WHERE o.contact_id IS NOT NULL);
    PERFORM lock_for_events(touched, actors);
    PERFORM settle_events(touched);
    PERFORM settle_engagement(actors);
    RETURN NULL;
END
$$;

CREATE TRIGGER apply_updated AFTER UPDATE ON events
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION apply_changed_events();
CREATE TRIGGER apply_deleted AFTER DELETE ON events
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION apply_changed_events();
