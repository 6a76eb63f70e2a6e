-- What the engine asks again and again.

-- What keeps us from writing to these people: themselves, their address or number, its domain or a domain above that.
-- Look-ups of their own, for no index answers an OR over joined values.
CREATE FUNCTION suppressions_among(people uuid[]) RETURNS TABLE (person uuid, suppression_id uuid)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH known AS MATERIALIZED (
        SELECT
            c.id, address_hash(c.email_key) AS mail, address_hash(phone_key(c.phone)) AS number,
            string_to_array(split_part(c.email_key, '@', -1), '.') AS parts
        FROM contacts AS c WHERE c.id = ANY (people)
        UNION ALL -- what they had before they were merged
        SELECT
            m.contact_id, address_hash(m.email_key), address_hash(phone_key(m.phone)), string_to_array(split_part(m.email_key, '@', -1), '.')
        FROM merged_contacts AS m WHERE m.contact_id = ANY (people)
    )
    SELECT s.contact_id AS person, s.id FROM suppressions AS s WHERE s.contact_id = ANY (people)
    UNION ALL
    SELECT k.id, s.id FROM known AS k CROSS JOIN LATERAL (
        SELECT s.id FROM suppressions AS s WHERE s.address_hash IN (k.mail, k.number) AND s.contact_id IS DISTINCT FROM k.id
    ) AS s
    UNION ALL
    SELECT k.id, s.id FROM known AS k CROSS JOIN LATERAL (
        SELECT s.id FROM suppressions AS s
        WHERE s.domain = ANY (ARRAY(
            SELECT array_to_string(k.parts[n.nth :], '.') FROM generate_series(1, cardinality(k.parts) - 1) AS n (nth)
        ))
    ) AS s;
END
$$;

CREATE FUNCTION suppressions_of(person uuid) RETURNS SETOF suppressions
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY SELECT s.* FROM suppressions_among(ARRAY[person]) AS a INNER JOIN suppressions AS s ON s.id = a.suppression_id;
END
$$;

-- Which of these messages, by their number from 1, may not leave now: something suppresses the person on the channel, or holds them,
-- their account, the sender or the workspace.
CREATE FUNCTION kept_back(people uuid[], accounts uuid[], mailboxes uuid[], channels text[], at timestamptz) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT u.person, u.account, u.mailbox, u.channel, u.number
        FROM unnest(people, accounts, mailboxes, channels) WITH ORDINALITY AS u (person, account, mailbox, channel, number)
    ), standing AS MATERIALIZED (
        SELECT h.scope, h.sender_id, h.company_id, h.contact_id FROM holds AS h
        WHERE h.lifted_at IS NULL AND (h.until IS NULL OR h.until > at) AND (h.scope = 'workspace' OR h.sender_id = ANY (mailboxes))
        UNION ALL
        SELECT h.scope, h.sender_id, h.company_id, h.contact_id FROM holds AS h
        WHERE h.company_id = ANY (accounts) AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > at)
        UNION ALL
        SELECT h.scope, h.sender_id, h.company_id, h.contact_id FROM holds AS h
        WHERE h.contact_id = ANY (people) AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > at)
    )
    SELECT k.number FROM standing AS h INNER JOIN asked AS k
        ON h.scope = 'workspace' OR h.sender_id = k.mailbox OR h.company_id = k.account OR h.contact_id = k.person
    UNION
    SELECT k.number
    FROM suppressions_among(people) AS a
    INNER JOIN suppressions AS s ON s.id = a.suppression_id
    INNER JOIN asked AS k ON k.person = a.person AND s.channel IN ('all', k.channel);
END
$$;

-- Whether a message to one person may leave now on a channel.
CREATE FUNCTION may_leave(person uuid, account uuid, mailbox uuid, by_channel text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM kept_back(ARRAY[person], ARRAY[account], ARRAY[mailbox], ARRAY[by_channel], at));
END
$$;
