-- Touchpoints by the batch: staged, resolved, inserted, merged.

-- name: stage
-- Where the rows of a batch wait; NULL: the row does not say. What ends in _domain, _key, _name or _email names another row.
CREATE TEMPORARY TABLE staged (
    position integer NOT NULL, id uuid, conversation_id uuid, channel text, direction text, subject text, content text,
    response text, sent_at timestamptz, delivered_at timestamptz, opened_at timestamptz, clicked_at timestamptz,
    replied_at timestamptz, bounced_at timestamptz, failed_at timestamptz, outcome_details text, call_duration_seconds integer,
    call_recording_url text, call_transcript text, call_sentiment text, email_thread_id text, email_message_id text,
    in_reply_to_id uuid, provider_id text, metadata jsonb, attributes jsonb, created_by_user_id uuid,
    created_by_automation boolean, conversation_key text, contact_email text, contact_key text, in_reply_to_key text
) ON COMMIT DROP;

-- name: resolve
-- Which touchpoint each row means, and what stands in its way. A row that names a contact belongs to that contact's one
-- open conversation. A message id counts within its conversation, and only where the row brings no id.
INSERT INTO resolved (position, id, is_new, matched_by, conversation_id, in_reply_to_id, field, problem, detail, waits)
WITH keyed AS (
    SELECT k.position, array_agg(DISTINCT x.touchpoint_id) AS ids
    FROM staged_keys AS k
    CROSS JOIN LATERAL (
        SELECT e.touchpoint_id FROM external_ids AS e WHERE e.source = k.source AND e.entity = 'touchpoints' AND e.key = k.key OFFSET 0
    ) AS x
    GROUP BY k.position
),
named AS MATERIALIZED (
    SELECT s.*, k.ids AS by_key,
        (SELECT t.id FROM touchpoints AS t WHERE t.id = s.id) AS by_id,
        coalesce(
            (SELECT v.id FROM conversations AS v WHERE v.id = s.conversation_id),
            (
                SELECT e.conversation_id FROM external_ids AS e
                WHERE e.source = %(sources)s::jsonb ->> 'conversation_key' AND e.entity = 'conversations' AND e.key = s.conversation_key
            ),
            (
                SELECT min(v.id::text)::uuid FROM conversations AS v
                WHERE v.contact_id = coalesce(
                    (
                SELECT e.contact_id FROM external_ids AS e
                WHERE e.source = %(sources)s::jsonb ->> 'contact_key' AND e.entity = 'contacts' AND e.key = s.contact_key
            ),
                    (SELECT c.id FROM contacts AS c WHERE c.email_key = s.contact_email),
                    (SELECT m.contact_id FROM merged_contacts AS m WHERE m.email_key = s.contact_email)
                ) AND v.status NOT IN ('closed', 'won', 'lost')
                HAVING count(*) = 1
            )
        ) AS found_conversation,
        CASE
            WHEN s.conversation_key IS NOT NULL THEN 'conversation_key'
            WHEN s.conversation_id IS NOT NULL THEN 'conversation_id'
            WHEN s.contact_email IS NOT NULL THEN 'contact_email'
            WHEN s.contact_key IS NOT NULL THEN 'contact_key'
        END AS conversation_field,
        coalesce(s.conversation_key, s.conversation_id::text, s.contact_email, s.contact_key) AS conversation_said,
        coalesce(
            (SELECT t.id FROM touchpoints AS t WHERE t.id = s.in_reply_to_id),
            (
                SELECT e.touchpoint_id FROM external_ids AS e
                WHERE e.source = %(sources)s::jsonb ->> 'in_reply_to_key' AND e.entity = 'touchpoints' AND e.key = s.in_reply_to_key
            )
        ) AS answered
    FROM staged AS s LEFT JOIN keyed AS k ON k.position = s.position
),
found AS MATERIALIZED (
    SELECT n.position, n.id, n.by_key, n.by_id, n.found_conversation, n.conversation_field, n.conversation_said, n.answered,
        n.in_reply_to_id IS NOT NULL OR n.in_reply_to_key IS NOT NULL AS is_answer,
        coalesce(n.in_reply_to_key, n.in_reply_to_id::text) AS answer_said,
        CASE WHEN n.id IS NULL THEN coalesce(
            (
                SELECT t.id FROM touchpoints AS t
                WHERE t.email_message_id = n.email_message_id AND t.conversation_id = n.found_conversation
                ORDER BY t.created_at, t.id LIMIT 1
            ),
            (
                SELECT t.id FROM touchpoints AS t
                WHERE t.provider_id = n.provider_id AND t.conversation_id = n.found_conversation
                ORDER BY t.created_at, t.id LIMIT 1
            )
        ) END AS by_message
    FROM named AS n
)
SELECT f.position, coalesce(m.id, f.id, gen_random_uuid()), m.id IS NULL,
    CASE WHEN f.by_id IS NOT NULL THEN 'id' WHEN f.by_key IS NOT NULL THEN 'external_id' WHEN m.id IS NOT NULL THEN 'email_message_id' END,
    f.found_conversation, f.answered, p.field, p.problem,
    CASE WHEN p.field = 'in_reply_to_id' OR p.field IS NULL THEN f.answer_said ELSE f.conversation_said END,
    f.is_answer AND f.answered IS NULL
FROM found AS f
CROSS JOIN LATERAL (SELECT coalesce(f.by_id, f.by_key[1], f.by_message) AS id) AS m
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN cardinality(f.by_key) > 1 THEN 'external_id'
            WHEN f.found_conversation IS NULL AND (f.conversation_field IS NOT NULL OR m.id IS NULL)
                THEN coalesce(f.conversation_field, 'conversation_id')
            WHEN f.answered = m.id THEN 'in_reply_to_id'
        END AS field,
        CASE
            WHEN cardinality(f.by_key) > 1 THEN 'ambiguous'
            WHEN f.found_conversation IS NULL AND f.conversation_field IN ('contact_email', 'contact_key') THEN 'not_one_open'
            WHEN f.found_conversation IS NULL AND f.conversation_field IS NOT NULL THEN 'missing'
            WHEN f.found_conversation IS NULL AND m.id IS NULL THEN 'empty'
            WHEN f.answered = m.id THEN 'itself'
        END AS problem
) AS p;

-- name: lock
-- What the batch will change, those that wait included, in the lock order.
SELECT lock_for_events(
    ARRAY(
        SELECT r.id FROM resolved AS r WHERE r.field IS NULL AND NOT r.is_new
        UNION
        SELECT r.in_reply_to_id FROM resolved AS r WHERE r.field IS NULL AND r.in_reply_to_id IS NOT NULL
    ), '{}', true,
    ARRAY(SELECT DISTINCT r.conversation_id FROM resolved AS r WHERE r.field IS NULL AND r.conversation_id IS NOT NULL)
);

-- name: insert
-- The rows that are new.
INSERT INTO touchpoints (
    id, conversation_id, channel, direction, subject, content, response, sent_at, delivered_at, opened_at, clicked_at,
    replied_at, bounced_at, failed_at, outcome_details, call_duration_seconds, call_recording_url, call_transcript,
    call_sentiment, email_thread_id, email_message_id, in_reply_to_id, provider_id, metadata, attributes, created_by_user_id,
    created_by_automation
)
SELECT
    r.id, r.conversation_id, coalesce(s.channel, 'email'), coalesce(s.direction, 'outbound'), s.subject, s.content, s.response,
    s.sent_at, s.delivered_at, s.opened_at, s.clicked_at, s.replied_at, s.bounced_at, s.failed_at, s.outcome_details,
    s.call_duration_seconds, s.call_recording_url, s.call_transcript, s.call_sentiment, s.email_thread_id, s.email_message_id,
    r.in_reply_to_id, s.provider_id, coalesce(s.metadata, '{}'), coalesce(s.attributes, '{}'), s.created_by_user_id,
    coalesce(s.created_by_automation, false)
FROM resolved AS r INNER JOIN staged AS s ON s.position = r.position
WHERE r.is_new AND r.field IS NULL AND NOT r.waits
ORDER BY r.position;

-- name: update
-- The rows that are there: empty fields are filled (a default counts as empty, JSON goes key by key); `o`, the row once
-- more where it may overwrite, goes first. What would stay the same is not written.
UPDATE touchpoints AS t SET
    subject = coalesce(o.subject, t.subject, s.subject),
    content = coalesce(o.content, t.content, s.content),
    response = coalesce(o.response, t.response, s.response),
    outcome_details = coalesce(o.outcome_details, t.outcome_details, s.outcome_details),
    call_duration_seconds = coalesce(o.call_duration_seconds, t.call_duration_seconds, s.call_duration_seconds),
    call_recording_url = coalesce(o.call_recording_url, t.call_recording_url, s.call_recording_url),
    call_transcript = coalesce(o.call_transcript, t.call_transcript, s.call_transcript),
    call_sentiment = coalesce(o.call_sentiment, t.call_sentiment, s.call_sentiment),
    email_thread_id = coalesce(o.email_thread_id, t.email_thread_id, s.email_thread_id),
    email_message_id = coalesce(o.email_message_id, t.email_message_id, s.email_message_id),
    in_reply_to_id = coalesce(CASE WHEN %(overwrite)s THEN r.in_reply_to_id END, t.in_reply_to_id, r.in_reply_to_id),
    provider_id = coalesce(o.provider_id, t.provider_id, s.provider_id),
    metadata = coalesce(s.metadata, '{}') || t.metadata || coalesce(o.metadata, '{}'),
    attributes = coalesce(s.attributes, '{}') || t.attributes || coalesce(o.attributes, '{}'),
    created_by_user_id = coalesce(o.created_by_user_id, t.created_by_user_id, s.created_by_user_id),
    created_by_automation = coalesce(o.created_by_automation, t.created_by_automation OR coalesce(s.created_by_automation, false))
FROM (SELECT q.position, q.id, q.in_reply_to_id FROM resolved AS q WHERE NOT q.is_new AND q.field IS NULL AND NOT q.waits ORDER BY q.id) AS r
INNER JOIN staged AS s ON s.position = r.position
LEFT JOIN staged AS o ON o.position = r.position AND %(overwrite)s
WHERE t.id = r.id
    AND (
        t.subject, t.content, t.response, t.outcome_details, t.call_duration_seconds, t.call_recording_url, t.call_transcript,
        t.call_sentiment, t.email_thread_id, t.email_message_id, t.in_reply_to_id, t.provider_id, t.metadata, t.attributes,
        t.created_by_user_id, t.created_by_automation
    ) IS DISTINCT FROM (
        coalesce(o.subject, t.subject, s.subject),
        coalesce(o.content, t.content, s.content),
        coalesce(o.response, t.response, s.response),
        coalesce(o.outcome_details, t.outcome_details, s.outcome_details),
        coalesce(o.call_duration_seconds, t.call_duration_seconds, s.call_duration_seconds),
        coalesce(o.call_recording_url, t.call_recording_url, s.call_recording_url),
        coalesce(o.call_transcript, t.call_transcript, s.call_transcript),
        coalesce(o.call_sentiment, t.call_sentiment, s.call_sentiment),
        coalesce(o.email_thread_id, t.email_thread_id, s.email_thread_id),
        coalesce(o.email_message_id, t.email_message_id, s.email_message_id),
        coalesce(CASE WHEN %(overwrite)s THEN r.in_reply_to_id END, t.in_reply_to_id, r.in_reply_to_id),
        coalesce(o.provider_id, t.provider_id, s.provider_id),
        coalesce(s.metadata, '{}') || t.metadata || coalesce(o.metadata, '{}'),
        coalesce(s.attributes, '{}') || t.attributes || coalesce(o.attributes, '{}'),
        coalesce(o.created_by_user_id, t.created_by_user_id, s.created_by_user_id),
        coalesce(o.created_by_automation, t.created_by_automation OR coalesce(s.created_by_automation, false))
    )
RETURNING t.id;

-- name: events
-- Times that rows bring for touchpoints that are there; gives the touchpoints that have one more event.
WITH added AS (
    INSERT INTO events (kind, at, touchpoint_id, dedupe_key)
    SELECT k.kind, k.at, r.id, CASE WHEN k.kind = 'replied' THEN reply_key(r.id, NULL) END
    FROM resolved AS r
    INNER JOIN staged AS s ON s.position = r.position
    INNER JOIN touchpoints AS t ON t.id = r.id
    CROSS JOIN LATERAL (
        VALUES
        (sending_kind(t.direction, t.in_reply_to_id), s.sent_at, t.sent_at),
        ('delivered', s.delivered_at, t.delivered_at), ('opened', s.opened_at, t.opened_at),
        ('clicked', s.clicked_at, t.clicked_at), ('replied', s.replied_at, t.replied_at),
        ('bounced', s.bounced_at, t.bounced_at), ('failed', s.failed_at, t.failed_at)
    ) AS k (kind, at, known)
    WHERE NOT r.is_new AND r.field IS NULL AND NOT r.waits
        AND k.at IS NOT NULL AND (k.known IS NULL OR (%(overwrite)s AND k.at <> k.known AND k.kind <> 'replied'))
    ON CONFLICT (dedupe_key) DO NOTHING
    RETURNING touchpoint_id
)
SELECT DISTINCT a.touchpoint_id FROM added AS a;
