-- The questions people ask in SQL; the repositories ask them too.

-- The edges of a contact, either way round.
CREATE FUNCTION get_contact_relationships(for_contact uuid)
RETURNS TABLE (
    relationship_id uuid, other_contact_id uuid, relationship_type text, strength text, confidence_score numeric,
    is_from_contact boolean
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT r.id, r.contact_id_2, r.relationship_type, r.strength, r.confidence_score, true
    FROM relationships AS r WHERE r.contact_id_1 = for_contact
    UNION ALL
    SELECT r.id, r.contact_id_1, r.relationship_type, r.strength, r.confidence_score, false
    FROM relationships AS r WHERE r.contact_id_2 = for_contact;
END
$$;

-- The contacts that are `colleagues` of a contact, strongest first.
CREATE FUNCTION get_colleagues(for_contact uuid)
RETURNS TABLE (contact_id uuid, relationship_id uuid, strength text)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT e.other_contact_id, e.relationship_id, e.strength
    FROM get_contact_relationships(for_contact) AS e
    WHERE e.relationship_type = 'colleagues'
    ORDER BY array_position(ARRAY['strong', 'medium', 'weak'], e.strength), e.other_contact_id;
END
$$;

CREATE FUNCTION get_active_conversations(for_company uuid)
RETURNS TABLE (
    conversation_id uuid, contact_id uuid, qualification_tier text, last_touchpoint_at timestamptz,
    next_touchpoint_at timestamptz, touchpoint_count integer
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT v.id, v.contact_id, v.qualification_tier, v.last_touchpoint_at, v.next_touchpoint_at, v.touchpoint_count
    FROM conversations AS v
    WHERE v.company_id = for_company AND v.status = 'active'
    ORDER BY v.last_touchpoint_at DESC NULLS LAST, v.id;
END
$$;

-- Active conversations whose next touchpoint is due, most overdue first.
CREATE FUNCTION get_conversations_needing_followup()
RETURNS TABLE (
    conversation_id uuid, contact_id uuid, company_id uuid, next_touchpoint_at timestamptz, days_overdue numeric
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT v.id, v.contact_id, v.company_id, v.next_touchpoint_at,
        round(extract(EPOCH FROM current_moment() - v.next_touchpoint_at) / 86400, 2)
    FROM conversations AS v
    WHERE v.status = 'active' AND v.next_touchpoint_at <= current_moment()
    ORDER BY v.next_touchpoint_at, v.id;
END
$$;

CREATE FUNCTION get_touchpoint_history(for_conversation uuid)
RETURNS TABLE (
    touchpoint_id uuid, channel text, direction text, subject text, outcome text, at timestamptz
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT t.id, t.channel, t.direction, t.subject, t.outcome, coalesce(t.sent_at, t.created_at)
    FROM touchpoints AS t
    WHERE t.conversation_id = for_conversation
    ORDER BY coalesce(t.sent_at, t.created_at), t.id;
END
$$;

-- Totals of a conversation, and open, click and reply rates in percent of its outbound e-mails:
-- raw (all that was recorded) and human (what a person did).
CREATE FUNCTION get_conversation_engagement_metrics(for_conversation uuid)
RETURNS TABLE (
    total_touchpoints bigint, emails_sent bigint, emails_delivered bigint, emails_opened bigint, emails_clicked bigint,
    emails_replied bigint, emails_bounced bigint, open_rate double precision, click_rate double precision,
    reply_rate double precision, human_opened bigint, human_clicked bigint, human_replied bigint,
    human_open_rate double precision, human_click_rate double precision, human_reply_rate double precision
)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH messages AS (
        SELECT t.*, t.channel = 'email' AND t.direction = 'outbound' AS is_mail, h.opened, h.clicked, h.replied
        FROM touchpoints AS t
        LEFT JOIN LATERAL (
            SELECT bool_or(e.kind = 'opened') AS opened, bool_or(e.kind = 'clicked') AS clicked, bool_or(e.kind = 'replied') AS replied
            FROM events AS e
            WHERE e.touchpoint_id = t.id AND e.actor = 'human'
        ) AS h ON t.opened_at IS NOT NULL OR t.clicked_at IS NOT NULL OR t.replied_at IS NOT NULL
        WHERE t.conversation_id = for_conversation AND t.sent_at IS NOT NULL
    ),
    counts AS (
        SELECT count(*) AS total,
            count(*) FILTER (WHERE m.is_mail) AS sent,
            count(m.delivered_at) FILTER (WHERE m.is_mail) AS delivered,
            count(m.opened_at) FILTER (WHERE m.is_mail) AS opened,
            count(m.clicked_at) FILTER (WHERE m.is_mail) AS clicked,
            count(m.replied_at) FILTER (WHERE m.is_mail) AS replied,
            count(m.bounced_at) FILTER (WHERE m.is_mail) AS bounced,
            count(*) FILTER (WHERE m.is_mail AND m.opened) AS by_people_opened,
            count(*) FILTER (WHERE m.is_mail AND m.clicked) AS by_people_clicked,
            count(*) FILTER (WHERE m.is_mail AND m.replied) AS by_people_replied
        FROM messages AS m
    ),
    shares AS (SELECT c.*, 100.0::double precision / nullif(c.sent, 0) AS share FROM counts AS c)
    SELECT s.total, s.sent, s.delivered, s.opened, s.clicked, s.replied, s.bounced,
        coalesce(s.opened * s.share, 0), coalesce(s.clicked * s.share, 0), coalesce(s.replied * s.share, 0),
        s.by_people_opened, s.by_people_clicked, s.by_people_replied,
        coalesce(s.by_people_opened * s.share, 0), coalesce(s.by_people_clicked * s.share, 0),
        coalesce(s.by_people_replied * s.share, 0)
    FROM shares AS s;
END
$$;

-- Lists are joined without repeats, objects merged key by key, anything else replaced.
CREATE FUNCTION merge_context(known jsonb, learned jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN known || coalesce((
        SELECT jsonb_object_agg(l.key, CASE
            WHEN jsonb_typeof(l.value) = 'array' AND jsonb_typeof(known -> l.key) = 'array' THEN (known -> l.key) || coalesce((
                SELECT jsonb_agg(i.item ORDER BY i.nth) FROM jsonb_array_elements(l.value) WITH ORDINALITY AS i (item, nth)
                WHERE NOT (known -> l.key) @> jsonb_build_array(i.item)
            ), '[]')
            WHEN jsonb_typeof(l.value) = 'object' AND jsonb_typeof(known -> l.key) = 'object' THEN (known -> l.key) || l.value
            ELSE l.value
        END)
        FROM jsonb_each(learned) AS l (key, value)
    ), '{}');
END
$$;

-- The SHA-256 of an address key: how a suppression outlives the address.
CREATE FUNCTION address_hash(address_key text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN encode(sha256(convert_to(address_key, 'UTF8')), 'hex');
END
$$;

-- A telephone number as suppressions know it: a plus and its digits, however it is written; NULL where it has too few.
CREATE FUNCTION phone_key(phone text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
DECLARE
    digits constant text := ltrim(regexp_replace(phone, '[^0-9]', '', 'g'), '0');
BEGIN
    RETURN CASE WHEN length(digits) >= 7 THEN '+' || digits END;
END
$$;

-- What is to be changed of a row, with the objects in it merged into those that are there, key by key (RFC 7396, one level deep): what is
-- not named stays, and null takes a key away.
CREATE FUNCTION merged_changes(before jsonb, changes jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    IF NOT jsonb_path_exists(changes, '$.* ? (@.type() == "object")') THEN
        RETURN changes;
    END IF;
    RETURN (
        SELECT jsonb_object_agg(c.key, CASE
            WHEN jsonb_typeof(c.value) <> 'object' THEN c.value
            ELSE (coalesce(nullif(before -> c.key, 'null'), '{}') || c.value)
                - ARRAY(SELECT k.key FROM jsonb_each(c.value) AS k WHERE k.value = 'null')
        END)
        FROM jsonb_each(changes) AS c
    );
END
$$;

-- Whether a company or a person is made up, to show what the program does: an attribute says so, and the domain or the address is one of
-- the demo's. The attribute alone may be somebody's own.
CREATE FUNCTION is_made_up(attributes jsonb, address text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN attributes @> '{"demo": true}' AND address ~ '([.]example|(^|@)acmemedical[.]com)$';
END
$$;
