-- Tracking: whose message a token speaks of, and the keys that sign tokens.

-- name: lock_keys
-- One maker of keys at a time.
SELECT pg_advisory_xact_lock(hashtextextended('accountgraph tracking keys', 0));

-- name: touchpoint_of
-- The touchpoint of a message that left; NULL while its outcome is not written down. No row: there is none, or it was a dry run.
SELECT i.touchpoint_id, i.state FROM intents AS i
WHERE i.id = %(intent_id)s AND i.is_live AND i.state IN ('calling', 'sent', 'unknown');
