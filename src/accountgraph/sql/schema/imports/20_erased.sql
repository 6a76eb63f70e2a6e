-- People who are erased while files wait to be imported: they do not come back by those files.

-- Whose rows an import leaves out: hashes of addresses, numbers and external ids, for as long as it is not over.
CREATE TABLE import_erasures (
    import_id uuid NOT NULL CONSTRAINT import_erasures_import_id_fkey REFERENCES imports ON DELETE CASCADE,
    key_hash text NOT NULL,
    PRIMARY KEY (import_id, key_hash)
);

-- An erasure and the rows of an import wait for each other: what an import wrote before is found, and what it writes after is left out.
CREATE FUNCTION erasures_lock() RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN hashtextextended('erasures of ' || current_schema(), 0);
END
$$;

-- Bytes without whoever the pattern names; NULL where they name nobody. A part of a file may begin within a letter.
CREATE FUNCTION erased_from(content bytea, pattern text) RETURNS bytea
LANGUAGE plpgsql STABLE
SET search_path FROM CURRENT
AS $$
DECLARE
    said text;
BEGIN
    BEGIN
        said := convert_from(content, 'UTF8');
    EXCEPTION WHEN character_not_in_repertoire THEN
        said := encode(content, 'escape');
        RETURN CASE WHEN said ~* pattern THEN decode(regexp_replace(said, pattern, '[erased]', 'gi'), 'escape') END;
    END;
    RETURN CASE WHEN said ~* pattern THEN convert_to(regexp_replace(said, pattern, '[erased]', 'gi'), 'UTF8') END;
END
$$;

-- Files that wait, rows that were rejected, and answers that are kept for whoever asks twice say nothing of a person any more.
CREATE FUNCTION erase_uploads(person uuid, addresses text[], numbers text[], names text[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    pattern constant text := pattern_of(names);
BEGIN
    INSERT INTO import_erasures (import_id, key_hash)
    SELECT i.id, address_hash(k.key)
    FROM imports AS i CROSS JOIN (
        SELECT a.key FROM unnest(addresses) AS a (key)
        UNION
        SELECT n.key FROM unnest(numbers) AS n (key)
        WHERE NOT EXISTS ( -- a switchboard is others' too
            SELECT FROM contacts AS o
            WHERE o.id IS DISTINCT FROM person AND o.phone IS NOT NULL
                AND ltrim(regexp_replace(o.phone, '[^0-9]', '', 'g'), '0') = ltrim(n.key, '+')
        )
        UNION
        SELECT x.source || E'\x1f' || x.key FROM external_ids AS x WHERE x.contact_id = person
    ) AS k
    WHERE i.state IN ('uploading', 'pending', 'running')
    ON CONFLICT DO NOTHING;
    UPDATE import_rejects AS r SET content = n.content
    FROM (SELECT o.import_id, o.number, erased_from(o.content, pattern) AS content FROM import_rejects AS o) AS n
    WHERE n.import_id = r.import_id AND n.number = r.number AND n.content IS NOT NULL;
    UPDATE idempotency_keys AS k SET body = NULL WHERE erased_from(k.body, pattern) IS NOT NULL;
END
$$;
