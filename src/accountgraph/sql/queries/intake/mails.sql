-- Mails that came in, and what of ours they belong to.

-- name: keep
-- A mail, before anything is made of it; no row where it is here already.
INSERT INTO mails (direction, source, sender_id, dedupe_key, message_id, from_email, subject, at, kind, understood, state, raw)
SELECT
    %(direction)s, %(source)s, %(sender_id)s, %(dedupe_key)s, %(message_id)s, %(from_email)s, %(subject)s, %(at)s, %(kind)s, %(understood)s,
    'unmatched', %(raw)s
WHERE NOT EXISTS ( -- of somebody who was erased
    SELECT FROM mails AS m WHERE m.dedupe_key = 'erased:' || encode(sha256(convert_to(%(dedupe_key)s, 'UTF8')), 'hex')
)
ON CONFLICT (dedupe_key) DO NOTHING
RETURNING id;

-- name: known
-- A mail that is here already, and what it did.
SELECT m.id, m.kind, m.state, m.matched_by, m.contact_id, m.touchpoint_id, m.effects FROM mails AS m
WHERE m.dedupe_key IN (%(dedupe_key)s, 'erased:' || encode(sha256(convert_to(%(dedupe_key)s, 'UTF8')), 'hex'));

-- name: conclude
-- What was made of a mail.
UPDATE mails AS m SET
    state = %(state)s, matched_by = %(matched_by)s, contact_id = %(contact_id)s, touchpoint_id = %(touchpoint_id)s, effects = %(effects)s
WHERE m.id = %(id)s;

-- name: candidates
-- The messages of ours that a mail may belong to: those whose intent it names, those in its thread (nearest first), and the latest
-- of each conversation with whoever wrote it.
WITH named AS (
    SELECT 'intent' AS how, 0 AS number, i.id AS intent_id, i.touchpoint_id FROM intents AS i WHERE i.id = ANY (%(intents)s::uuid[])
), threaded AS (
    SELECT 'headers' AS how, u.number, i.id AS intent_id, t.id AS touchpoint_id
    FROM unnest(%(ids)s::text[]) WITH ORDINALITY AS u (id, number)
    INNER JOIN touchpoints AS t ON t.email_message_id = u.id AND t.direction = 'outbound'
    LEFT JOIN intents AS i ON i.touchpoint_id = t.id
    UNION ALL
    SELECT 'headers', u.number, i.id, i.touchpoint_id
    FROM unnest(%(ids)s::text[]) WITH ORDINALITY AS u (id, number)
    INNER JOIN intents AS i ON i.message_id = u.id OR i.wire_message_id = u.id
    WHERE i.is_live AND i.state IN ('calling', 'unknown', 'sent', 'refused')
), written AS (
    SELECT DISTINCT ON (t.conversation_id) 'address' AS how, 1000 AS number, i.id AS intent_id, t.id AS touchpoint_id
    FROM contacts AS c
    INNER JOIN conversations AS v ON v.contact_id = c.id
    INNER JOIN touchpoints AS t ON t.conversation_id = v.id
    LEFT JOIN intents AS i ON i.touchpoint_id = t.id
    WHERE c.id = contact_of(%(email_key)s) AND t.direction = 'outbound' AND t.channel = 'email' AND t.sent_at > %(since)s
        AND t.sent_at <= %(until)s AND (%(sender_id)s::uuid IS NULL OR i.sender_id IS NULL OR i.sender_id = %(sender_id)s)
    ORDER BY t.conversation_id, t.sent_at DESC
)
SELECT DISTINCT ON (f.number, f.intent_id, f.touchpoint_id)
    f.how, f.number, f.intent_id, i.state AS intent_state, f.touchpoint_id, v.id AS conversation_id,
    coalesce(v.contact_id, i.contact_id) AS contact_id, coalesce(v.company_id, i.company_id) AS company_id,
    coalesce(c.email_key, '') AS email_key
FROM (SELECT n.* FROM named AS n UNION ALL SELECT h.* FROM threaded AS h UNION ALL SELECT w.* FROM written AS w) AS f
LEFT JOIN intents AS i ON i.id = f.intent_id
LEFT JOIN touchpoints AS t ON t.id = f.touchpoint_id
LEFT JOIN conversations AS v ON v.id = t.conversation_id
LEFT JOIN contacts AS c ON c.id = coalesce(v.contact_id, i.contact_id)
ORDER BY f.number, f.intent_id, f.touchpoint_id;

-- name: writer
-- Who has an address: one of ours, a person we know, or somebody at an account we know; and the zone they live in.
SELECT
    (SELECT true FROM senders AS s WHERE s.channel = 'email' AND lower(s.address) = lower(%(email)s) LIMIT 1) IS NOT NULL AS is_ours,
    c.id AS contact_id, c.company_id,
    (SELECT d.company_id FROM company_domains AS d WHERE d.domain = %(domain)s) AS domain_company_id,
    coalesce(
        (SELECT e.zone FROM enrolments AS e WHERE e.contact_id = c.id ORDER BY e.created_at DESC LIMIT 1),
        c.communication_preferences ->> 'timezone', 'UTC'
    ) AS zone
FROM (SELECT 1) AS one
LEFT JOIN contacts AS c ON c.id = contact_of(%(email_key)s);

-- name: recipients
-- The people we know among those whom a mail went to, each with their latest conversation.
SELECT c.id AS contact_id, c.company_id, (
    SELECT v.id FROM conversations AS v WHERE v.contact_id = c.id
    ORDER BY v.status = 'active' DESC, v.last_touchpoint_at DESC NULLS LAST, v.id LIMIT 1
) AS conversation_id
FROM contacts AS c WHERE c.id IN (SELECT contact_of(k.key) FROM unnest(%(keys)s::text[]) AS k (key)) ORDER BY c.id;

-- name: wrote
-- Whether an e-mail of ours went to somebody within a time; no row where none did.
SELECT true FROM conversations AS v INNER JOIN touchpoints AS t ON t.conversation_id = v.id
WHERE v.contact_id = %(contact_id)s AND t.direction = 'outbound' AND t.channel = 'email' AND t.sent_at BETWEEN %(since)s AND %(until)s
LIMIT 1;

-- name: ours
-- Whether the engine itself sent a message: by its intent, or its Message-ID.
SELECT EXISTS (
    SELECT FROM intents AS i WHERE i.id = ANY (%(intents)s::uuid[]) OR i.message_id = %(message_id)s OR i.wire_message_id = %(message_id)s
) OR EXISTS (SELECT FROM touchpoints AS t WHERE t.email_message_id = %(message_id)s AND t.direction = 'outbound');

-- name: join
-- Somebody who wrote in a conversation takes part in it.
INSERT INTO conversation_participants (conversation_id, contact_id)
SELECT v.id, %(contact_id)s FROM conversations AS v WHERE v.id = %(conversation_id)s AND v.contact_id <> %(contact_id)s
ON CONFLICT DO NOTHING
RETURNING true;

-- name: ask
-- A question for a person, about a mail.
INSERT INTO tasks (kind, title, body, company_id, contact_id, due_at)
VALUES ('question', %(title)s, %(body)s, %(company_id)s, %(contact_id)s, %(now)s)
RETURNING id;

-- name: listing
-- What came in, the latest first.
SELECT m.id, m.direction, m.at, m.kind, m.state, m.matched_by, m.from_email, m.subject, m.source, m.effects FROM mails AS m
WHERE (%(state)s::text IS NULL OR m.state = %(state)s) ORDER BY m.at DESC, m.id LIMIT %(limit)s;

-- name: between
-- Mails with ids in a range.
SELECT m.id FROM mails AS m WHERE m.id BETWEEN %(low)s AND %(high)s LIMIT 2;

-- name: raw
-- A mail as it came.
SELECT m.raw FROM mails AS m WHERE m.id = %(id)s;
