-- What is known of a person, and how it goes.

-- name: person
-- Who is meant: the contact (NULL: none), those that were merged into it, their addresses and numbers.
SELECT p.contact_id, p.former_ids, p.addresses, p.numbers FROM person_of(%(contact_id)s, %(email_key)s) AS p;

-- name: rows
-- Every row that hangs on a contact, by table, as JSON.
SELECT rows_of_person(%(contact_id)s)::text;

-- name: by_address
-- What is known of addresses and numbers without a contact, by table, as JSON.
SELECT jsonb_strip_nulls(jsonb_build_object(
    'suppressions', (
        SELECT jsonb_agg(s) FROM suppressions AS s
        WHERE s.contact_id = %(contact_id)s OR s.address_hash IN (
            SELECT address_hash(k.key) FROM unnest(%(addresses)s::text[] || %(numbers)s::text[]) AS k (key)
        )
    ),
    'mails', (SELECT jsonb_agg(m) FROM mails AS m WHERE m.contact_id = %(contact_id)s OR lower(m.from_email) = ANY (%(addresses)s)),
    'mail_headers', (SELECT jsonb_agg(h) FROM mail_headers AS h WHERE h.email_key = ANY (%(addresses)s)),
    'webhook_payloads', (
        SELECT jsonb_agg(w) FROM webhook_payloads AS w WHERE encode(w.body, 'escape') ~* pattern_of(%(addresses)s)
    ),
    'merge_rows', (
        SELECT jsonb_agg(r) FROM merge_records AS m INNER JOIN merge_rows AS r ON r.merge_id = m.id
        WHERE m.kept_id = %(contact_id)s AND m.entity = 'contacts'
    )
))::text;

-- name: lock_companies
-- The account of somebody who goes, in the lock order.
SELECT c.id FROM companies AS c WHERE c.id IN (
    SELECT p.company_id FROM contacts AS p WHERE p.id = %(contact_id)s
    UNION
    SELECT v.company_id FROM conversations AS v WHERE v.contact_id = %(contact_id)s
)
ORDER BY c.id FOR NO KEY UPDATE;

-- name: hold_imports
-- No import writes a row until this transaction ends.
SELECT pg_advisory_xact_lock(erasures_lock());

-- name: erase
-- Erase a person; gives how many rows of each table were about them, or named them, as JSON.
SELECT erase_person(%(contact_id)s, %(former_ids)s, %(addresses)s, %(numbers)s, %(by)s)::text;
