-- What the engine's tables keep in step with the graph.

CREATE TRIGGER touch BEFORE UPDATE ON senders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON campaigns FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON enrolments FOR EACH ROW EXECUTE FUNCTION touch();

-- An enrolment's next due time is its conversation's next touchpoint, and wakes a worker that would sleep longer.
CREATE FUNCTION keep_next_touchpoint() RETURNS trigger
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

CREATE TRIGGER keep_next_touchpoint_on_insert AFTER INSERT ON enrolments
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_next_touchpoint();
CREATE TRIGGER keep_next_touchpoint_on_update AFTER UPDATE ON enrolments
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_next_touchpoint();

-- Removing a person cancels what is to come and keeps what was.
CREATE FUNCTION end_enrolments() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    UPDATE intents AS i SET state = 'withdrawn', lease = NULL, lease_until = NULL, detail = 'contact removed', settled_at = current_moment()
    WHERE i.contact_id = OLD.id AND i.state = 'planned';
    UPDATE approvals AS a SET state = 'withdrawn', note = 'contact removed'
    FROM enrolments AS e WHERE e.id = a.enrolment_id AND e.contact_id = OLD.id AND a.state = 'pending';
    UPDATE enrolments AS e SET state = 'finished', reason = 'contact_removed', finished_at = current_moment()
    WHERE e.contact_id = OLD.id AND e.state NOT IN ('finished', 'failed');
    RETURN OLD;
END
$$;

CREATE TRIGGER end_enrolments BEFORE DELETE ON contacts FOR EACH ROW EXECUTE FUNCTION end_enrolments();

-- What was stopped may be due by now: a hold that is lifted, a sender that is used again.
CREATE FUNCTION wake_now() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM accountgraph.wake(current_moment());
    RETURN NULL;
END
$$;

CREATE TRIGGER wake_now AFTER UPDATE OF lifted_at ON holds FOR EACH ROW
WHEN (old.lifted_at IS NULL AND new.lifted_at IS NOT NULL) EXECUTE FUNCTION wake_now();
CREATE TRIGGER wake_now AFTER UPDATE OF is_active ON senders FOR EACH ROW
WHEN (new.is_active AND NOT old.is_active) EXECUTE FUNCTION wake_now();

-- A message that a person sent by hand counts against the caps of mailbox, domain and account like one of the engine's. Its mailbox is
-- the one that its metadata names as `sender`, else that of the user who sent it. What the product sent for a person counts already.
-- An agent, who may not write the ledger, records such messages too: the count is the owner's.
CREATE FUNCTION count_sends_by_hand() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    INSERT INTO sends (touchpoint_id, is_live, sender_id, contact_id, company_id, domain, at)
    SELECT
        n.id, true, s.id, v.contact_id, v.company_id, CASE WHEN n.channel = 'email' THEN split_part(c.email_key, '@', 2) END, n.sent_at
    FROM new_rows AS n
    INNER JOIN conversations AS v ON v.id = n.conversation_id
    INNER JOIN contacts AS c ON c.id = v.contact_id
    LEFT JOIN LATERAL (
        SELECT s.id FROM senders AS s
        WHERE s.channel = n.channel
            AND (s.address = n.metadata ->> 'sender' OR (NOT n.metadata ? 'sender' AND s.owner_user_id = n.created_by_user_id))
        ORDER BY s.created_at, s.id LIMIT 1
    ) AS s ON true
    WHERE n.direction = 'outbound' AND NOT n.created_by_automation AND NOT n.metadata ? 'answer_id'
        AND n.sent_at > current_moment() - interval '7 days' -- the longest that anything counts
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION count_sends_by_hand() FROM PUBLIC;
CREATE TRIGGER count_sends_by_hand AFTER INSERT ON touchpoints
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_sends_by_hand();
