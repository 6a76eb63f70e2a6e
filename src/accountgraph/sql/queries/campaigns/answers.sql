-- Answers that a person of ours wrote, sent for them.

-- name: lock
-- A task, kept as it is until the transaction ends.
SELECT t.id FROM tasks AS t WHERE t.id = %(task_id)s FOR UPDATE;

-- name: standing
-- The answer to a task that left, is leaving, or may have.
SELECT
    m.id, m.state, m.content_hash, m.written_by, m.called_at, m.settled_at, m.contact_id, m.company_id, m.sender_id, m.address, m.subject,
    m.content, m.message_id, m.wire_message_id, m.message_references, m.provider_id, m.detail, m.touchpoint_id,
    m.state = 'unknown' OR (m.state = 'calling' AND m.lease_until <= %(now)s) AS is_unknown
FROM manual_messages AS m WHERE m.task_id = %(task_id)s AND m.state <> 'refused';

-- name: thread
-- Whom a task's answer goes to, and the thread it goes on in: that of the message that was answered, else of the latest one to them.
SELECT
    c.id AS contact_id, coalesce(t.company_id, c.company_id) AS company_id, c.email, c.status,
    nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), '') AS name,
    coalesce((c.communication_preferences ->> 'do_not_contact')::boolean, false) AS do_not_contact,
    coalesce(c.attributes @> '{"demo": true}' AND c.email_key ~ '[.]example$', false) AS is_made_up,
    g.data ->> 'message_id' AS their_message_id, m.sender_id, m.wire_message_id, m.message_references, coalesce(m.subject, l.subject) AS subject
FROM tasks AS t
INNER JOIN contacts AS c ON c.id = t.contact_id
LEFT JOIN signals AS g ON g.id = t.signal_id
LEFT JOIN LATERAL (
    SELECT w.sender_id, w.wire_message_id, w.message_references, w.subject
    FROM (
        SELECT i.id, i.sender_id, i.wire_message_id, i.message_references, i.subject, i.settled_at
        FROM intents AS i
        WHERE i.contact_id = c.id AND i.channel = 'email' AND i.is_live AND i.state = 'sent' AND i.wire_message_id IS NOT NULL
        UNION ALL
        SELECT a.id, a.sender_id, a.wire_message_id, a.message_references, a.subject, a.settled_at
        FROM manual_messages AS a WHERE a.contact_id = c.id AND a.state = 'sent' AND a.wire_message_id IS NOT NULL
    ) AS w
    ORDER BY (w.id = g.intent_id) DESC NULLS LAST, w.settled_at DESC
    LIMIT 1
) AS m ON true
LEFT JOIN LATERAL ( -- of what was written elsewhere, the subject alone is known
    SELECT p.subject
    FROM conversations AS v INNER JOIN touchpoints AS p ON p.conversation_id = v.id
    WHERE m.subject IS NULL AND v.contact_id = c.id AND p.channel = 'email' AND p.subject <> ''
    ORDER BY p.sent_at DESC, p.id LIMIT 1
) AS l ON true
WHERE t.id = %(task_id)s;

-- name: holds
-- The stops that stand in the way of writing to somebody from a mailbox.
SELECT h.scope || ': ' || h.reason FROM holds AS h
WHERE h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s) AND (
    h.scope = 'workspace' OR h.sender_id = %(sender_id)s OR h.company_id = %(company_id)s OR h.contact_id = %(contact_id)s
)
ORDER BY h.created_at;

-- name: claim
-- An answer in the call, counted against the caps from now on. No row where another has the task.
WITH counted AS (
    INSERT INTO sends (is_live, sender_id, contact_id, company_id, domain, at)
    VALUES (true, %(sender_id)s, %(contact_id)s, %(company_id)s, split_part(lower(%(address)s), '@', -1), %(now)s)
    RETURNING id
)
INSERT INTO manual_messages (
    id, task_id, contact_id, company_id, sender_id, send_id, address, subject, content, content_hash, message_id, in_reply_to,
    message_references, written_by, called_at, lease_until
)
SELECT
    %(id)s, %(task_id)s, %(contact_id)s, %(company_id)s, %(sender_id)s, n.id AS send_id, %(address)s, %(subject)s, %(content)s, %(content_hash)s,
    %(message_id)s, %(in_reply_to)s, %(message_references)s, %(by)s, %(now)s, %(until)s
FROM counted AS n
RETURNING id;

-- name: lock_message
-- An answer whose outcome is not known yet.
SELECT m.id FROM manual_messages AS m WHERE m.id = %(id)s AND m.state IN ('calling', 'unknown') FOR UPDATE;

-- name: settle
-- What came of an answer. What did not leave gives back what it counted.
WITH settled AS (
    UPDATE manual_messages AS m SET
        state = %(state)s, detail = %(detail)s, provider_id = %(provider_id)s, touchpoint_id = %(touchpoint_id)s, settled_at = %(now)s,
        wire_message_id = CASE WHEN %(state)s = 'sent' THEN coalesce(%(wire_message_id)s, m.message_id) END
    WHERE m.id = %(id)s
    RETURNING m.send_id, m.state, m.touchpoint_id
), given_back AS (
    DELETE FROM sends AS x USING settled AS s WHERE x.id = s.send_id AND s.state = 'refused'
)
UPDATE sends AS x SET touchpoint_id = s.touchpoint_id FROM settled AS s WHERE x.id = s.send_id AND s.state = 'sent';

-- name: count_trial
-- A test message counts against the caps of its mailbox.
INSERT INTO sends (is_live, sender_id, domain, at) VALUES (true, %(sender_id)s, %(domain)s, %(now)s);
