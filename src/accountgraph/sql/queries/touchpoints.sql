-- Touchpoints and their events.

-- name: create
-- One new touchpoint; no row where a reference is missing.
WITH given AS (SELECT g.* FROM jsonb_populate_record(NULL::touchpoints, %(row)s) AS g)
INSERT INTO touchpoints (
    id, conversation_id, channel, direction, subject, content, response, sent_at, delivered_at, opened_at, clicked_at, replied_at,
    bounced_at, failed_at, outcome_details, call_duration_seconds, call_recording_url, call_transcript, call_sentiment,
    email_thread_id, email_message_id, in_reply_to_id, provider_id, metadata, attributes, created_by_user_id,
    created_by_automation
)
SELECT
    g.id, g.conversation_id, g.channel, g.direction, g.subject, g.content, g.response, g.sent_at, g.delivered_at, g.opened_at,
    g.clicked_at, g.replied_at, g.bounced_at, g.failed_at, g.outcome_details, g.call_duration_seconds, g.call_recording_url,
    g.call_transcript, g.call_sentiment, g.email_thread_id, g.email_message_id, g.in_reply_to_id, g.provider_id, g.metadata,
    g.attributes, g.created_by_user_id, g.created_by_automation
FROM given AS g
WHERE EXISTS (SELECT FROM conversations AS c WHERE c.id = g.conversation_id)
    AND (g.in_reply_to_id IS NULL OR EXISTS (SELECT FROM touchpoints AS x WHERE x.id = g.in_reply_to_id))
ON CONFLICT DO NOTHING
RETURNING {touchpoint};

-- name: obstacle
-- Why `create` or `update` of this row would not be accepted: the field, or NULL.
WITH given AS (SELECT g.* FROM jsonb_populate_record(NULL::touchpoints, %(row)s) AS g)
SELECT CASE
    WHEN g.conversation_id IS NOT NULL AND NOT EXISTS (SELECT FROM conversations AS c WHERE c.id = g.conversation_id)
        THEN 'conversation_id'
    WHEN g.in_reply_to_id IS NOT NULL AND NOT EXISTS (SELECT FROM touchpoints AS c WHERE c.id = g.in_reply_to_id)
        THEN 'in_reply_to_id'
    WHEN EXISTS (SELECT FROM touchpoints AS c WHERE c.id = g.id) THEN 'id'
END
FROM given AS g;

-- name: by_id
-- One touchpoint.
SELECT {touchpoint} FROM touchpoints WHERE touchpoints.id = %(id)s;

-- name: listing
-- The touchpoints of a conversation, of a channel where one is given, the latest first.
SELECT {touchpoint} FROM touchpoints
WHERE touchpoints.conversation_id = %(conversation_id)s AND (%(channel)s::text IS NULL OR touchpoints.channel = %(channel)s)
ORDER BY coalesce(touchpoints.sent_at, touchpoints.created_at) DESC, touchpoints.id
LIMIT %(limit)s;

-- name: history
-- The touchpoints of a conversation, in the order they happened.
SELECT {touchpoint} FROM get_touchpoint_history(%(conversation_id)s) AS h
INNER JOIN touchpoints ON touchpoints.id = h.touchpoint_id
ORDER BY h.at, h.touchpoint_id;

-- name: metrics
-- Totals and rates of a conversation.
SELECT
    m.total_touchpoints, m.emails_sent, m.emails_delivered, m.emails_opened, m.emails_clicked, m.emails_replied, m.emails_bounced,
    m.open_rate, m.click_rate, m.reply_rate,
    m.human_opened, m.human_clicked, m.human_replied, m.human_open_rate, m.human_click_rate, m.human_reply_rate
FROM get_conversation_engagement_metrics(%(conversation_id)s) AS m;

-- name: lock
-- Before touchpoints, what they answer and their conversations change: all of them, in the lock order.
SELECT lock_for_events(
    ARRAY(
        SELECT u.id FROM unnest(%(touched)s::uuid[]) AS u (id)
        UNION
        SELECT t.in_reply_to_id FROM touchpoints AS t WHERE t.id = ANY (%(touched)s::uuid[]) AND t.in_reply_to_id IS NOT NULL
    ), '{}', true, %(talks)s::uuid[]
);

-- name: sending_kind
-- The kind of event that a touchpoint's `sent_at` comes from.
SELECT sending_kind(t.direction, t.in_reply_to_id) FROM touchpoints AS t WHERE t.id = %(id)s;

-- name: update
-- Change the given fields of one touchpoint; its times come from events.
UPDATE touchpoints AS t SET (
    conversation_id, channel, direction, subject, content, response, outcome_details, call_duration_seconds, call_recording_url,
    call_transcript, call_sentiment, email_thread_id, email_message_id, in_reply_to_id, provider_id, metadata, attributes,
    created_by_user_id, created_by_automation
) = (
    SELECT
        r.conversation_id, r.channel, r.direction, r.subject, r.content, r.response, r.outcome_details, r.call_duration_seconds,
        r.call_recording_url, r.call_transcript, r.call_sentiment, r.email_thread_id, r.email_message_id, r.in_reply_to_id,
        r.provider_id, r.metadata, r.attributes, r.created_by_user_id, r.created_by_automation
    FROM jsonb_populate_record(t, merged_changes(to_jsonb(t), %(changes)s)) AS r
)
WHERE t.id = %(id)s
RETURNING {touchpoint:t};

-- name: record
-- Record one event; gives its touchpoint as it is then.
SELECT {touchpoint:t} FROM record_event(%(event)s) AS t;

-- name: record_many
-- Record events; gives how many were new.
SELECT record_events(%(events)s);

-- name: events
-- What happened after a cursor, in the order it was committed; only what nothing earlier can still
-- come before. A cursor ahead of this server's transactions comes from the server of a restored backup:
-- restored events have the transaction 0, and go on from its id.
SELECT
    e.id, e.kind, e.detail, e.at, e.touchpoint_id, e.contact_id, e.actor, e.actor_reason, e.url, e.provider, e.raw, e.recorded_at,
    e.recorded_in || '-' || e.id AS cursor
FROM events AS e
WHERE (e.recorded_in, e.id) > (
        CASE WHEN %(after_transaction)s::xid8 < pg_snapshot_xmax(pg_current_snapshot()) THEN %(after_transaction)s::xid8 ELSE '0'::xid8 END,
        %(after_id)s::bigint
    )
    AND e.recorded_in < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY e.recorded_in, e.id
LIMIT %(limit)s;

-- name: every
-- A page of all touchpoints, by id.
SELECT {touchpoint} FROM touchpoints WHERE touchpoints.id > %(after)s ORDER BY touchpoints.id LIMIT %(limit)s;
