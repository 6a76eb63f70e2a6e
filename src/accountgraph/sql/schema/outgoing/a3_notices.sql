-- Telling the people who run the workspace what waits for them.

-- Where and when somebody is told. What signs a webhook, and the address of a Slack webhook, is sealed in `secrets`, under `notice/ID`.
CREATE TABLE notice_channels (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CONSTRAINT notice_channels_name_key UNIQUE CONSTRAINT notice_channels_name_check CHECK (length(name) BETWEEN 1 AND 100),
    way text NOT NULL CONSTRAINT notice_channels_way_check CHECK (way IN ('email', 'webhook', 'slack')),
    address text NOT NULL CONSTRAINT notice_channels_address_check CHECK (length(address) BETWEEN 1 AND 2000), -- of Slack only the host
    sender text, -- the mailbox that a mail leaves from; NULL: the only one there is
    kinds text[] NOT NULL CONSTRAINT notice_channels_kinds_check CHECK (cardinality(kinds) > 0), -- what it is told of; `*`: everything
    rhythm text NOT NULL CONSTRAINT notice_channels_rhythm_check CHECK (rhythm IN ('at_once', 'hourly', 'daily')),
    daily_at time NOT NULL DEFAULT '08:00', -- by the clock of its zone
    timezone text NOT NULL DEFAULT 'UTC',
    gap_minutes integer NOT NULL DEFAULT 15 CONSTRAINT notice_channels_gap_minutes_check CHECK (gap_minutes BETWEEN 0 AND 10080),
    quiet_from time,
    quiet_to time,
    reply_hours integer NOT NULL DEFAULT 4 CONSTRAINT notice_channels_reply_hours_check CHECK (reply_hours BETWEEN 0 AND 720),
    is_active boolean NOT NULL DEFAULT true,
    next_look_at timestamptz NOT NULL, -- not before; while somebody is at it, when they are taken for dead
    lease uuid,
    last_sent_at timestamptz,
    failures integer NOT NULL DEFAULT 0, -- tries in a row that told nobody
    error text, -- why the last one did not
    created_at timestamptz NOT NULL DEFAULT current_moment(),
    CONSTRAINT notice_channels_quiet_to_check CHECK ((quiet_from IS NULL) = (quiet_to IS NULL) AND quiet_from <> quiet_to)
);

-- What a channel was told of and still waits: it is not told twice. Written before it is told, so that nothing is told twice by a death either.
CREATE TABLE notice_tellings (
    channel_id uuid CONSTRAINT notice_tellings_channel_id_fkey REFERENCES notice_channels ON DELETE CASCADE,
    key text NOT NULL,
    notice_id uuid NOT NULL, -- the message that told it
    told_at timestamptz NOT NULL,
    PRIMARY KEY (channel_id, key)
);

-- What needs a person at a time: a key that stands for it as long as it does, since when, whose it is, and a word about it.
CREATE FUNCTION notice_needs(at_time timestamptz, reply_wait interval) RETURNS TABLE (
    key text, kind text, since timestamptz, account text, person text, about text
)
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN QUERY
    WITH needs AS (
        SELECT 'approval:' || a.id AS key, 'approval_waiting' AS kind, a.created_at AS since, e.company_id, e.contact_id, p.name AS about
        FROM approvals AS a
        INNER JOIN enrolments AS e ON e.id = a.enrolment_id
        INNER JOIN campaigns AS p ON p.id = e.campaign_id
        WHERE a.state = 'pending'
        UNION ALL
        SELECT
            CASE WHEN t.kind = 'reply' THEN 'reply:' ELSE 'task:' END || t.id, CASE WHEN t.kind = 'reply' THEN 'reply_waiting' ELSE 'task_overdue' END,
            CASE WHEN t.kind = 'reply' THEN t.created_at ELSE t.due_at END, t.company_id, t.contact_id, t.title
        FROM tasks AS t
        WHERE t.state = 'open' AND coalesce(t.waits_until <= at_time, true) AND t.kind <> 'resolve_unknown' AND (
            CASE WHEN t.kind = 'reply' THEN t.created_at <= at_time - reply_wait ELSE t.due_at <= at_time - interval '1 day' END
        )
        UNION ALL
        SELECT 'intent:' || i.id, 'message_unknown', i.called_at, i.company_id, i.contact_id, i.channel FROM intents AS i WHERE i.state = 'unknown'
        UNION ALL
        SELECT 'answer:' || m.id, 'message_unknown', m.called_at, m.company_id, m.contact_id, 'email'
        FROM manual_messages AS m WHERE m.state = 'unknown' OR (m.state = 'calling' AND m.lease_until <= at_time)
        UNION ALL
        SELECT
            'hold:' || h.id, CASE WHEN h.scope = 'sender' THEN 'mailbox_stopped' ELSE 'workspace_stopped' END, h.created_at, NULL, NULL,
            concat_ws(': ', s.address, h.reason)
        FROM holds AS h LEFT JOIN senders AS s ON s.id = h.sender_id
        WHERE h.scope IN ('workspace', 'sender') AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > at_time)
        UNION ALL
        SELECT 'mailbox:' || b.sender_id, 'mailbox_stopped', b.failing_since, NULL, NULL, s.address || ' cannot be read: ' || coalesce(b.error, '')
        FROM mailboxes AS b INNER JOIN senders AS s ON s.id = b.sender_id
        WHERE b.failing_since <= at_time - interval '1 hour'
        UNION ALL
        SELECT 'campaign:' || p.id, 'campaign_paused', p.updated_at, NULL, NULL, p.name FROM campaigns AS p WHERE p.status = 'paused'
        UNION ALL
        SELECT 'endpoint:' || e.id, 'endpoint_stopped', coalesce(e.stopped_at, e.updated_at), NULL, NULL, split_part(e.url, '?', 1) || ': ' || e.reason
        FROM outgoing_endpoints AS e WHERE e.state = 'gone' OR (e.state = 'paused' AND e.failing_since IS NOT NULL)
        UNION ALL
        SELECT 'drafts', 'budget_spent', min(d.asked_at), NULL, NULL, count(*) || ' messages wait for a model'
        FROM drafting_settings AS s INNER JOIN drafts AS d ON d.state = 'wanted'
        WHERE s.drafts_per_day <= (SELECT count(*) FROM drafts AS c WHERE c.called_at > at_time - interval '1 day')
        HAVING count(*) > 0
        UNION ALL
        SELECT
            'agent:' || g.name || ':' || d.day || ':' || b.what, 'budget_spent', u.since, NULL, NULL,
            'agent ' || g.name || ' has used its ' || b.most || ' ' || b.what || ' of the day'
        FROM agents AS g
        CROSS JOIN LATERAL (SELECT (at_time AT TIME ZONE g.timezone)::date AS day) AS d
        CROSS JOIN LATERAL (
            SELECT
                count(*) AS proposals, count(*) FILTER (WHERE m.released_at IS NOT NULL AND m.withdrawn_at IS NULL) AS touches,
                max(greatest(m.asked_at, m.released_at)) AS since
            FROM agent_messages AS m WHERE m.agent = g.name AND m.day = d.day
        ) AS u
        CROSS JOIN LATERAL (
            VALUES ('touches', g.touches_a_day, u.touches, g.may_send), ('proposals', g.proposals_a_day, u.proposals, true)
        ) AS b (what, most, used, is_used)
        WHERE NOT g.is_paused AND b.is_used AND b.used > 0 AND b.used >= b.most
    )
    SELECT
        n.key, n.kind, n.since, o.name, coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email), n.about
    FROM needs AS n
    LEFT JOIN contacts AS c ON c.id = n.contact_id
    LEFT JOIN companies AS o ON o.id = coalesce(n.company_id, c.company_id);
END
$$;
