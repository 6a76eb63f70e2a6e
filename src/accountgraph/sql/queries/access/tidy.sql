-- name: tidy
-- Delete what is over: sessions, links, logins that went to a provider and did not come back, counts of tries, old lines of the log.
WITH
sessions AS (
    DELETE FROM accountgraph.sessions
    WHERE expires_at <= %(now)s OR last_used_at + make_interval(secs => idle_seconds) <= %(now)s
    RETURNING id
),
resets AS (
    DELETE FROM accountgraph.password_resets WHERE expires_at <= %(now)s RETURNING user_id
),
invitations AS (
    DELETE FROM accountgraph.invitations WHERE expires_at <= %(now)s::timestamptz - interval '30 days' RETURNING id
),
logins AS (
    DELETE FROM accountgraph.oidc_logins WHERE expires_at <= %(now)s RETURNING state_hash
),
throttles AS (
    DELETE FROM accountgraph.login_throttles WHERE last_at <= %(now)s::timestamptz - interval '1 day' RETURNING subject
),
log AS (
    DELETE FROM accountgraph.access_log WHERE at < least(%(now)s::timestamptz, now()) - interval '400 days' RETURNING id
)
SELECT
    (
        (SELECT count(*) FROM sessions) + (SELECT count(*) FROM resets) + (SELECT count(*) FROM invitations)
        + (SELECT count(*) FROM logins) + (SELECT count(*) FROM throttles) + (SELECT count(*) FROM log)
    )::integer;
