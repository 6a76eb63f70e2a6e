-- What the engine asks again and again.

-- What keeps us from writing to a person: themselves, their address or number, its domain or a domain above that.
-- Look-ups of their own, for no index answers an OR over joined values.
CREATE FUNCTION suppressions_of(person uuid) RETURNS SETOF suppressions
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    mail text;
    number text;
    parts text[];
BEGIN
    SELECT c.email_key, c.phone INTO mail, number FROM contacts AS c WHERE c.id = person;
    parts := string_to_array(split_part(mail, '@', -1), '.');
    RETURN QUERY SELECT s.* FROM suppressions AS s WHERE s.contact_id = person;
    RETURN QUERY SELECT s.* FROM suppressions AS s
    WHERE s.address_hash IN (address_hash(mail), address_hash(number)) AND s.contact_id IS DISTINCT FROM person;
    RETURN QUERY SELECT s.* FROM suppressions AS s
    WHERE s.domain = ANY (ARRAY(
        SELECT array_to_string(parts[n.nth :], '.') FROM generate_series(1, cardinality(parts) - 1) AS n (nth)
    ));
END
$$;

-- Whether a message to a person may leave now on a channel: nothing suppresses them, nothing holds them, their account, the
-- sender or the workspace.
CREATE FUNCTION may_leave(person uuid, account uuid, mailbox uuid, by_channel text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM holds AS h WHERE h.scope = 'workspace' AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > at)
        UNION ALL
        SELECT FROM holds AS h WHERE h.sender_id = mailbox AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > at)
        UNION ALL
        SELECT FROM holds AS h WHERE h.company_id = account AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > at)
        UNION ALL
        SELECT FROM holds AS h WHERE h.contact_id = person AND h.lifted_at IS NULL AND (h.until IS NULL OR h.until > at)
    ) AND NOT EXISTS (SELECT FROM suppressions_of(person) AS s WHERE s.channel IN ('all', by_channel));
END
$$;
