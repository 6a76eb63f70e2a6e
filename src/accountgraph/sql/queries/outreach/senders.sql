-- Senders: the mailboxes and numbers that messages leave from.

-- name: add
-- One new sender; no row where the channel has the address already.
INSERT INTO senders AS s (
    id, channel, address, display_name, reply_to, transport, settings, timezone, legal_identity_id, owner_user_id, per_hour,
    per_day, warmup_started_at, is_active, signature, tracks_opens, tracks_clicks, tracking_host, alias_replies
)
SELECT
    g.id, g.channel, g.address, g.display_name, g.reply_to, g.transport, g.settings, g.timezone, g.legal_identity_id,
    g.owner_user_id, g.per_hour, g.per_day, g.warmup_started_at, g.is_active, g.signature, g.tracks_opens, g.tracks_clicks,
    g.tracking_host, g.alias_replies
FROM jsonb_populate_record(NULL::senders, %(row)s) AS g
ON CONFLICT DO NOTHING
RETURNING
    s.id, s.channel, s.address, s.display_name, s.reply_to, s.transport, s.settings, s.timezone, s.legal_identity_id,
    s.owner_user_id, s.per_hour, s.per_day, s.warmup_started_at, s.is_active,
    nullif(s.next_free_at, '-infinity') AS next_free_at, nullif(s.next_dry_at, '-infinity') AS next_dry_at, s.inbound_synced_at,
    s.created_at, s.updated_at, s.signature, s.tracks_opens, s.tracks_clicks, s.tracking_host, s.dkim_verified_at,
    s.tracking_host_verified_at, s.alias_replies;

-- name: by_id
-- One sender.
SELECT
    s.id, s.channel, s.address, s.display_name, s.reply_to, s.transport, s.settings, s.timezone, s.legal_identity_id,
    s.owner_user_id, s.per_hour, s.per_day, s.warmup_started_at, s.is_active,
    nullif(s.next_free_at, '-infinity') AS next_free_at, nullif(s.next_dry_at, '-infinity') AS next_dry_at, s.inbound_synced_at,
    s.created_at, s.updated_at, s.signature, s.tracks_opens, s.tracks_clicks, s.tracking_host, s.dkim_verified_at,
    s.tracking_host_verified_at, s.alias_replies
FROM senders AS s WHERE s.id = %(id)s;

-- name: lock
-- One sender, kept as it is until the transaction ends.
SELECT
    s.id, s.channel, s.address, s.display_name, s.reply_to, s.transport, s.settings, s.timezone, s.legal_identity_id,
    s.owner_user_id, s.per_hour, s.per_day, s.warmup_started_at, s.is_active,
    nullif(s.next_free_at, '-infinity') AS next_free_at, nullif(s.next_dry_at, '-infinity') AS next_dry_at, s.inbound_synced_at,
    s.created_at, s.updated_at, s.signature, s.tracks_opens, s.tracks_clicks, s.tracking_host, s.dkim_verified_at,
    s.tracking_host_verified_at, s.alias_replies
FROM senders AS s WHERE s.id = %(id)s FOR NO KEY UPDATE;

-- name: by_address
-- The sender of a channel with this address.
SELECT
    s.id, s.channel, s.address, s.display_name, s.reply_to, s.transport, s.settings, s.timezone, s.legal_identity_id,
    s.owner_user_id, s.per_hour, s.per_day, s.warmup_started_at, s.is_active,
    nullif(s.next_free_at, '-infinity') AS next_free_at, nullif(s.next_dry_at, '-infinity') AS next_dry_at, s.inbound_synced_at,
    s.created_at, s.updated_at, s.signature, s.tracks_opens, s.tracks_clicks, s.tracking_host, s.dkim_verified_at,
    s.tracking_host_verified_at, s.alias_replies
FROM senders AS s WHERE s.channel = %(channel)s AND s.address = %(address)s;

-- name: listing
-- Senders in the order they were added, of a channel where it is given.
SELECT
    s.id, s.channel, s.address, s.display_name, s.reply_to, s.transport, s.settings, s.timezone, s.legal_identity_id,
    s.owner_user_id, s.per_hour, s.per_day, s.warmup_started_at, s.is_active,
    nullif(s.next_free_at, '-infinity') AS next_free_at, nullif(s.next_dry_at, '-infinity') AS next_dry_at, s.inbound_synced_at,
    s.created_at, s.updated_at, s.signature, s.tracks_opens, s.tracks_clicks, s.tracking_host, s.dkim_verified_at,
    s.tracking_host_verified_at, s.alias_replies
FROM senders AS s
WHERE (%(channel)s::text IS NULL OR s.channel = %(channel)s) AND (s.is_active OR NOT %(active_only)s)
ORDER BY s.created_at, s.id;

-- name: update
-- What a person may change of a sender; the engine's own columns are left alone. Another host has to be seen to lead to us anew.
UPDATE senders AS s SET (
    channel, address, display_name, reply_to, transport, settings, timezone, legal_identity_id, owner_user_id, per_hour, per_day,
    warmup_started_at, is_active, signature, tracks_opens, tracks_clicks, tracking_host, alias_replies,
    tracking_host_verified_at
) = (
    SELECT
        g.channel, g.address, g.display_name, g.reply_to, g.transport, g.settings, g.timezone, g.legal_identity_id,
        g.owner_user_id, g.per_hour, g.per_day, g.warmup_started_at, g.is_active, g.signature, g.tracks_opens, g.tracks_clicks,
        g.tracking_host, g.alias_replies, CASE WHEN g.tracking_host = s.tracking_host THEN s.tracking_host_verified_at END
    FROM jsonb_populate_record(NULL::senders, %(row)s) AS g
)
WHERE s.id = %(id)s
RETURNING
    s.id, s.channel, s.address, s.display_name, s.reply_to, s.transport, s.settings, s.timezone, s.legal_identity_id,
    s.owner_user_id, s.per_hour, s.per_day, s.warmup_started_at, s.is_active,
    nullif(s.next_free_at, '-infinity') AS next_free_at, nullif(s.next_dry_at, '-infinity') AS next_dry_at, s.inbound_synced_at,
    s.created_at, s.updated_at, s.signature, s.tracks_opens, s.tracks_clicks, s.tracking_host, s.dkim_verified_at,
    s.tracking_host_verified_at, s.alias_replies;

-- name: unverified_hosts
-- Hosts of senders that were not seen to lead to us.
SELECT DISTINCT s.tracking_host FROM senders AS s
WHERE s.tracking_host IS NOT NULL AND s.tracking_host_verified_at IS NULL ORDER BY s.tracking_host;

-- name: verify_host
-- A host was seen to lead to us.
UPDATE senders AS s SET tracking_host_verified_at = %(at)s WHERE s.tracking_host = %(host)s AND s.tracking_host_verified_at IS NULL;
