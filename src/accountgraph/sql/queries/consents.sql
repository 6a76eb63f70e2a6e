-- Consents: on what basis somebody may be written to, on which channel.

-- name: record
-- One new consent; no row where there is no such contact.
INSERT INTO consents (contact_id, channel, basis, wording, evidence, captured_at)
SELECT c.id, %(channel)s, %(basis)s, %(wording)s, %(evidence)s, coalesce(%(captured_at)s, current_moment())
FROM contacts AS c WHERE c.id = %(contact_id)s
RETURNING id, contact_id, channel, basis, wording, evidence, captured_at, revoked_at;

-- name: revoke
-- End the consents of a contact that still stand, on a channel where one is given; not before they began.
UPDATE consents AS c SET revoked_at = greatest(coalesce(%(at)s::timestamptz, current_moment()), c.captured_at)
WHERE c.contact_id = %(contact_id)s AND c.revoked_at IS NULL AND (%(channel)s::text IS NULL OR c.channel = %(channel)s)
RETURNING c.id, c.contact_id, c.channel, c.basis, c.wording, c.evidence, c.captured_at, c.revoked_at;

-- name: of_contact
-- The consents of a contact, the latest first; revoked ones where they are wanted.
SELECT c.id, c.contact_id, c.channel, c.basis, c.wording, c.evidence, c.captured_at, c.revoked_at
FROM consents AS c
WHERE c.contact_id = %(contact_id)s
    AND (%(channel)s::text IS NULL OR c.channel = %(channel)s)
    AND (%(include_revoked)s OR c.revoked_at IS NULL)
ORDER BY c.captured_at DESC, c.id;
