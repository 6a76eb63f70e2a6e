-- Tracking: whose message a token speaks of, and the keys that sign tokens.

-- name: lock_keys
-- One maker of keys at a time.
SELECT pg_advisory_xact_lock(hashtextextended('accountgraph tracking keys', 0));
