-- Which model writes.

-- name: current
-- The settings; no row: no model writes.
SELECT s.model, s.base_url, s.key, s.key_env, s.drafts_per_day, s.timeout_seconds, s.refines_meaning FROM drafting_settings AS s;

-- name: put
-- The settings as they are from now on.
INSERT INTO drafting_settings AS s (model, base_url, key, key_env, drafts_per_day, timeout_seconds, refines_meaning)
VALUES (%(model)s, %(base_url)s, %(key)s, %(key_env)s, %(drafts_per_day)s, %(timeout_seconds)s, %(refines_meaning)s)
ON CONFLICT (is_only) DO UPDATE SET
    model = excluded.model, base_url = excluded.base_url, key = excluded.key, key_env = excluded.key_env,
    drafts_per_day = excluded.drafts_per_day, timeout_seconds = excluded.timeout_seconds, refines_meaning = excluded.refines_meaning,
    updated_at = excluded.updated_at
RETURNING s.model, s.base_url, s.key, s.key_env, s.drafts_per_day, s.timeout_seconds, s.refines_meaning;

-- name: remove
-- No model writes any more.
DELETE FROM drafting_settings;
