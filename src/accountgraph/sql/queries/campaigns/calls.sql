-- Calling: the last look before a message leaves, and what is found when a caller died.

-- name: begin
-- Take planned intents into the call by their lease, where state, suppression and holds still allow it. Those that are missing
-- from the answer stay where they are: somebody else has them, or something stopped them. Enrolments are locked first, as everywhere.
WITH under_way AS MATERIALIZED (
    SELECT e.id, e.campaign_id FROM enrolments AS e
    WHERE e.state = 'active' AND e.id = ANY (ARRAY(SELECT i.enrolment_id FROM intents AS i WHERE i.id = ANY (%(ids)s)))
    ORDER BY e.id FOR NO KEY UPDATE
), able AS MATERIALIZED (
    SELECT i.id
    FROM intents AS i
    INNER JOIN under_way AS e ON e.id = i.enrolment_id
    INNER JOIN campaigns AS p ON p.id = e.campaign_id
    WHERE i.id = ANY (%(ids)s) AND p.status = 'active'
), asked AS MATERIALIZED (
    SELECT
        array_agg(i.id ORDER BY i.id) AS ids, array_agg(i.contact_id ORDER BY i.id) AS people, array_agg(i.company_id ORDER BY i.id) AS accounts,
        array_agg(i.sender_id ORDER BY i.id) AS mailboxes, array_agg(i.channel ORDER BY i.id) AS channels
    FROM intents AS i WHERE i.id = ANY (%(ids)s)
), kept AS MATERIALIZED (
    SELECT a.ids[k.number] AS id FROM asked AS a CROSS JOIN LATERAL kept_back(a.people, a.accounts, a.mailboxes, a.channels, %(now)s) AS k (number)
)
UPDATE intents AS i SET state = 'calling', called_at = %(now)s, tries = i.tries + 1, lease_until = %(until)s
WHERE i.id = ANY (ARRAY(SELECT a.id FROM able AS a)) AND i.state = 'planned' AND i.lease = %(lease)s AND i.lease_until > %(now)s
    AND i.id <> ALL (ARRAY(SELECT k.id FROM kept AS k))
RETURNING i.id;

-- name: stopped
-- Intents of a lease that may not be called: withdrawn, their reservations given back, their enrolments due at once so that the
-- arbiter says why. Enrolments are locked first, as everywhere.
WITH locked AS MATERIALIZED (
    SELECT e.id FROM enrolments AS e INNER JOIN intents AS i ON i.enrolment_id = e.id
    WHERE i.id = ANY (%(ids)s)
    ORDER BY e.id FOR NO KEY UPDATE OF e
), stopped AS (
    UPDATE intents AS i SET state = 'withdrawn', lease = NULL, lease_until = NULL, detail = 'stopped before the call', settled_at = %(now)s
    FROM locked AS l
    WHERE i.enrolment_id = l.id AND i.id = ANY (%(ids)s) AND i.state = 'planned' AND i.lease = %(lease)s
    RETURNING i.id, i.enrolment_id
), freed AS (
    DELETE FROM sends AS x USING stopped AS s WHERE x.intent_id = s.id
)
UPDATE enrolments AS e SET state = 'waiting', next_due_at = %(now)s
FROM stopped AS s WHERE e.id = s.enrolment_id AND e.state = 'active';

-- name: release
-- Give a lease back before its time.
WITH locked AS MATERIALIZED (
    SELECT e.id FROM enrolments AS e INNER JOIN intents AS i ON i.enrolment_id = e.id
    WHERE i.lease = %(lease)s AND i.state = 'planned' AND i.lease_until > %(now)s
    ORDER BY e.id FOR NO KEY UPDATE OF e
)
UPDATE intents AS i SET lease_until = %(now)s FROM locked AS l
WHERE i.enrolment_id = l.id AND i.lease = %(lease)s AND i.state = 'planned';

-- name: abandoned
-- Planned intents whose lease is over: whoever held it never called. Their reservations are given back, their enrolments due again.
WITH abandoned AS MATERIALIZED (
    SELECT e.id, i.id AS intent_id FROM intents AS i INNER JOIN enrolments AS e ON e.id = i.enrolment_id
    WHERE i.state = 'planned' AND i.lease_until <= %(now)s AND e.state = 'active'
    ORDER BY i.lease_until LIMIT 1000
), locked AS MATERIALIZED (
    SELECT e.id FROM enrolments AS e WHERE e.id = ANY (ARRAY(SELECT a.id FROM abandoned AS a)) AND e.state = 'active'
    ORDER BY e.id FOR UPDATE SKIP LOCKED
), freed AS (
    UPDATE intents AS i SET lease = NULL, lease_until = NULL
    FROM abandoned AS a INNER JOIN locked AS l ON l.id = a.id
    WHERE i.id = a.intent_id AND i.state = 'planned' AND i.lease_until <= %(now)s
    RETURNING i.id, i.enrolment_id
), given_back AS (
    DELETE FROM sends AS x USING freed AS f WHERE x.intent_id = f.id
)
UPDATE enrolments AS e SET state = 'waiting', next_due_at = %(now)s
FROM freed AS f WHERE e.id = f.enrolment_id
RETURNING e.id;

-- name: lost
-- Intents whose caller died in the call: nobody knows whether they left. They count, and wait for who finds out.
WITH lost AS MATERIALIZED (
    SELECT e.id, i.id AS intent_id, i.lease_until FROM intents AS i INNER JOIN enrolments AS e ON e.id = i.enrolment_id
    WHERE i.state = 'calling' AND i.lease_until <= %(now)s
    ORDER BY i.lease_until LIMIT 1000
), locked AS MATERIALIZED (
    SELECT e.id FROM enrolments AS e WHERE e.id = ANY (ARRAY(SELECT l.id FROM lost AS l)) ORDER BY e.id FOR UPDATE SKIP LOCKED
), known AS (
    UPDATE intents AS i SET
        state = 'unknown', lease = NULL, lease_until = NULL, detail = 'the worker died in the call', settled_at = %(now)s
    FROM lost AS l INNER JOIN locked AS k ON k.id = l.id
    WHERE i.id = l.intent_id AND i.state = 'calling' AND i.lease_until <= %(now)s
    RETURNING i.id, i.enrolment_id, i.company_id, i.contact_id
), counted AS (
    UPDATE sends AS x SET at = l.lease_until FROM known AS k INNER JOIN lost AS l ON l.intent_id = k.id -- if it left, then before that
    WHERE x.intent_id = k.id
), paused AS (
    UPDATE enrolments AS e SET state = 'paused', reason = 'unknown', paused_until = NULL
    FROM known AS k WHERE e.id = k.enrolment_id AND e.state = 'active'
), asked AS (
    INSERT INTO tasks (kind, title, body, company_id, contact_id, enrolment_id, intent_id, due_at)
    SELECT
        'resolve_unknown', 'Did this message leave?',
        'The worker died while it was being sent. Look in the Sent folder or at the provider, then say what happened.',
        k.company_id, k.contact_id, k.enrolment_id, k.id, %(now)s
    FROM known AS k
    ON CONFLICT (intent_id, kind) WHERE intent_id IS NOT NULL DO UPDATE SET
        state = 'open', closed_at = NULL, closed_by = NULL, outcome = NULL, note = NULL, due_at = excluded.due_at
)
SELECT k.id FROM known AS k;

-- name: unknown
-- Intents of which nobody knows whether they left, the oldest first; by the Message-ID that the service put on them, where it said so.
SELECT i.id, coalesce(i.wire_message_id, i.message_id) AS message_id, i.called_at, i.sender_id, s.transport, s.settings
FROM intents AS i INNER JOIN senders AS s ON s.id = i.sender_id
WHERE i.state = 'unknown' AND i.is_live AND i.message_id IS NOT NULL
ORDER BY i.called_at LIMIT %(limit)s;

-- name: answered
-- Nobody needs to be asked any more what became of these intents.
UPDATE tasks AS t SET state = 'done', outcome = 'found by the engine', closed_by = 'engine', closed_at = %(now)s
WHERE t.intent_id = ANY (%(ids)s) AND t.kind = 'resolve_unknown' AND t.state = 'open';

-- name: begin_by_hand
-- A planned step that a person did is in their hands now.
UPDATE intents AS i SET state = 'calling', called_at = %(now)s, tries = i.tries + 1, lease = gen_random_uuid(), lease_until = %(now)s
WHERE i.id = %(id)s AND i.state = 'planned'
RETURNING i.id;
