-- name: overview
-- An account as one JSON text.
SELECT answer_overview(%(company_id)s, %(now)s);

-- name: expansion
-- Whom of a contact's company to talk to, as one JSON text.
SELECT answer_expansion(%(contact_id)s, %(now)s, %(types)s, %(strengths)s, %(include_implied)s, %(channel)s);

-- name: context
-- Everything a message to a contact needs, as one JSON text.
SELECT answer_context(%(contact_id)s, %(now)s, %(with_company)s, %(with_relationships)s);

-- name: health
-- What an account's health is judged by, as one JSON text.
SELECT answer_health(%(company_id)s, %(now)s);

-- name: past_health
-- What an account's health was judged by at a time, as one JSON text.
SELECT answer_past_health(%(company_id)s, %(now)s);

-- name: conversations_health
-- What the health of conversations is judged by, one JSON text each.
SELECT answer_conversations_health(%(ids)s, %(company_id)s, %(most)s);

-- name: warm_paths
-- The best chains from people we are in touch with to a contact, as one JSON text.
SELECT answer_paths(%(contact_id)s, %(in_touch_since)s, %(weak)s, %(medium)s, %(strong)s, %(most_hops)s, %(most)s);
