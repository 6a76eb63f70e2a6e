-- Which changes are told of. One look says whether anybody wants to hear; then a statement of any size is told in one statement.
-- What is told names things by their ids, and people by nothing else: it has no names, addresses or words of theirs.
-- What a statement changed is found by EXCEPT, as in the other triggers, and for the same reason.

-- The columns of a row that somebody's change of means something to others.
CREATE FUNCTION telling_columns(changed jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN changed - ARRAY[
        'id', 'created_at', 'updated_at', 'email_key', 'total_contacts', 'active_conversations', 'engagement_score', 'engagement_light',
        'engagement_deep', 'engagement_excluded', 'last_engaged_at', 'total_touchpoints', 'last_researched_at'
    ];
END
$$;

-- What a word of PostgreSQL's is in what is told.
CREATE FUNCTION telling_word(operation text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN CASE operation WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END;
END
$$;

CREATE FUNCTION tell_accounts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    word constant text := 'account.' || telling_word(TG_OP);
    accounts jsonb[];
BEGIN
    IF NOT is_told(ARRAY[word, '*']) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        accounts := ARRAY(SELECT to_jsonb(n) FROM new_rows AS n);
    ELSIF TG_OP = 'DELETE' THEN
        accounts := ARRAY(SELECT to_jsonb(o) FROM old_rows AS o);
    ELSE
        accounts := ARRAY(
            SELECT to_jsonb(c) || jsonb_build_object('changed', d.fields)
            FROM (
                SELECT b.id, jsonb_agg(b.key ORDER BY b.key) AS fields
                FROM (
                    SELECT n.id, f.key, f.value FROM new_rows AS n CROSS JOIN LATERAL jsonb_each(telling_columns(to_jsonb(n))) AS f
                    EXCEPT
                    SELECT o.id, f.key, f.value FROM old_rows AS o CROSS JOIN LATERAL jsonb_each(telling_columns(to_jsonb(o))) AS f
                ) AS b
                GROUP BY b.id
            ) AS d INNER JOIN companies AS c ON c.id = d.id
        );
    END IF;
    PERFORM tell(
        array_agg(word), array_agg(current_moment()), array_agg((a.account ->> 'id')::uuid),
        array_agg(jsonb_build_object(
            'account_id', a.account -> 'id', 'name', a.account -> 'name', 'domain', a.account -> 'domain',
            'tier', a.account -> 'account_tier', 'status', a.account -> 'account_status', 'changed', a.account -> 'changed'
        ))
    )
    FROM unnest(accounts) AS a (account);
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON companies
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_accounts();
CREATE TRIGGER tell_updated AFTER UPDATE ON companies
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_accounts();
CREATE TRIGGER tell_deleted AFTER DELETE ON companies
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_accounts();

CREATE FUNCTION tell_contacts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    word constant text := 'contact.' || telling_word(TG_OP);
    people jsonb[];
BEGIN
    IF NOT is_told(ARRAY[word, 'contact.unsubscribed', '*']) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        people := ARRAY(SELECT to_jsonb(n) FROM new_rows AS n);
    ELSIF TG_OP = 'DELETE' THEN
        people := ARRAY(SELECT to_jsonb(o) FROM old_rows AS o);
    ELSE
        people := ARRAY(
            SELECT to_jsonb(c) || jsonb_build_object('changed', d.fields)
            FROM (
                SELECT b.id, jsonb_agg(b.key ORDER BY b.key) AS fields
                FROM (
                    SELECT n.id, f.key, f.value FROM new_rows AS n CROSS JOIN LATERAL jsonb_each(telling_columns(to_jsonb(n))) AS f
                    EXCEPT
                    SELECT o.id, f.key, f.value FROM old_rows AS o CROSS JOIN LATERAL jsonb_each(telling_columns(to_jsonb(o))) AS f
                ) AS b
                GROUP BY b.id
            ) AS d INNER JOIN contacts AS c ON c.id = d.id
        );
    END IF;
    PERFORM tell(
        array_agg(k.word), array_agg(current_moment()), array_agg(coalesce(p.person ->> 'company_id', p.person ->> 'id')::uuid),
        array_agg(jsonb_build_object('contact_id', p.person -> 'id', 'account_id', p.person -> 'company_id') || k.facts)
    )
    FROM unnest(people) AS p (person)
    CROSS JOIN LATERAL (
        SELECT word AS word, jsonb_build_object('status', p.person -> 'status', 'changed', p.person -> 'changed') AS facts
        UNION ALL
        SELECT 'contact.unsubscribed', jsonb_build_object('channel', 'all', 'reason', 'unsubscribed')
        WHERE p.person -> 'changed' ? 'status' AND p.person ->> 'status' = 'unsubscribed' AND NOT EXISTS (
            SELECT FROM suppressions AS s WHERE s.contact_id = (p.person ->> 'id')::uuid AND s.reason = 'unsubscribed' -- that was told
        )
    ) AS k;
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON contacts
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_contacts();
CREATE TRIGGER tell_updated AFTER UPDATE ON contacts
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_contacts();
CREATE TRIGGER tell_deleted AFTER DELETE ON contacts
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_contacts();

CREATE FUNCTION tell_suppressions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF NOT is_told(ARRAY['contact.unsubscribed', 'contact.suppressed', '*']) THEN
        RETURN NULL;
    END IF;
    PERFORM tell(
        array_agg(CASE WHEN n.reason = 'unsubscribed' THEN 'contact.unsubscribed' ELSE 'contact.suppressed' END),
        array_agg(n.created_at), array_agg(coalesce(c.company_id, c.id, n.id)),
        array_agg(jsonb_build_object(
            'contact_id', c.id, 'account_id', c.company_id, 'suppression_id', n.id, 'channel', n.channel, 'reason', n.reason
        ))
    )
    FROM new_rows AS n
    LEFT JOIN contacts AS c ON c.id = coalesce(n.contact_id, (SELECT p.id FROM contacts AS p WHERE p.email_key = n.address));
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON suppressions
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_suppressions();

-- What happened to messages and in meetings. What is a week old when it is recorded is history that is brought in, and nobody's news.
CREATE FUNCTION tell_events() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    IF NOT is_told(ARRAY[
        'message.sent', 'message.delivered', 'message.opened', 'message.clicked', 'message.bounced', 'message.failed', 'message.received',
        'reply.received', 'call.answered', 'meeting.booked', 'meeting.held', 'meeting.missed', 'contact.complained', '*'
    ]) THEN
        RETURN NULL;
    END IF;
    PERFORM tell(
        array_agg(k.told ORDER BY n.id), array_agg(n.at ORDER BY n.id), array_agg(coalesce(v.company_id, c.company_id, c.id, t.id) ORDER BY n.id),
        array_agg(jsonb_build_object(
            'event_id', n.id, 'message_id', t.id, 'conversation_id', v.id, 'contact_id', c.id, 'account_id', coalesce(v.company_id, c.company_id),
            'campaign_id', v.campaign_id, 'channel', t.channel, 'detail', n.detail
        ) ORDER BY n.id)
    )
    FROM new_rows AS n
    INNER JOIN events AS e ON e.id = n.id -- who acted is known by now
    LEFT JOIN touchpoints AS t ON t.id = n.touchpoint_id
    LEFT JOIN conversations AS v ON v.id = t.conversation_id
    LEFT JOIN contacts AS c ON c.id = coalesce(n.contact_id, v.contact_id)
    CROSS JOIN LATERAL (
        VALUES (CASE n.kind
            WHEN 'sent' THEN CASE WHEN t.direction = 'outbound' THEN 'message.sent' END
            WHEN 'opened' THEN CASE WHEN e.actor = 'human' THEN 'message.opened' END
            WHEN 'clicked' THEN CASE WHEN e.actor = 'human' THEN 'message.clicked' END
            WHEN 'delivered' THEN 'message.delivered'
            WHEN 'bounced' THEN 'message.bounced'
            WHEN 'failed' THEN 'message.failed'
            WHEN 'received' THEN 'message.received'
            WHEN 'replied' THEN 'reply.received'
            WHEN 'answered' THEN 'call.answered'
            WHEN 'meeting_booked' THEN 'meeting.booked'
            WHEN 'meeting_held' THEN 'meeting.held'
            WHEN 'meeting_missed' THEN 'meeting.missed'
            WHEN 'complained' THEN 'contact.complained'
        END)
    ) AS k (told)
    WHERE k.told IS NOT NULL AND n.at > current_moment() - interval '7 days';
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_inserted AFTER INSERT ON events
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_events();

CREATE FUNCTION tell_conversations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
BEGIN
    IF NOT is_told(ARRAY['conversation.changed', '*']) THEN
        RETURN NULL;
    END IF;
    ids := ARRAY(
        SELECT d.id FROM (
            SELECT n.id, n.status, n.qualification_tier, n.outcome FROM new_rows AS n
            EXCEPT
            SELECT o.id, o.status, o.qualification_tier, o.outcome FROM old_rows AS o
        ) AS d
    );
    PERFORM tell(
        array_agg('conversation.changed'::text), array_agg(current_moment()), array_agg(coalesce(v.company_id, v.contact_id)),
        array_agg(jsonb_build_object(
            'conversation_id', v.id, 'contact_id', v.contact_id, 'account_id', v.company_id, 'campaign_id', v.campaign_id,
            'status', v.status, 'qualification_tier', v.qualification_tier
        ))
    )
    FROM conversations AS v WHERE v.id = ANY (ids);
    RETURN NULL;
END
$$;

CREATE TRIGGER tell_updated AFTER UPDATE ON conversations
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_conversations();
