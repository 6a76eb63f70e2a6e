-- What two rows that become one have both: one of the two stays, made as strict and as strong as either, and the other is written down.

-- Edges of both to the same person, and the one between them. Of the same type, the stronger of each is kept.
CREATE FUNCTION collapse_edges(of_merge uuid, dropped uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    own constant uuid := (
        SELECT r.id FROM relationships AS r
        WHERE least(r.contact_id_1, r.contact_id_2) = least(dropped, kept) AND greatest(r.contact_id_1, r.contact_id_2) = greatest(dropped, kept)
    );
    twins jsonb;
BEGIN
    SELECT coalesce(jsonb_agg(jsonb_build_object('gone', d.id, 'stays', k.id)), '[]') INTO twins
    FROM relationships AS d INNER JOIN relationships AS k
        ON least(k.contact_id_1, k.contact_id_2) = least(kept, CASE dropped WHEN d.contact_id_1 THEN d.contact_id_2 ELSE d.contact_id_1 END)
        AND greatest(k.contact_id_1, k.contact_id_2) = greatest(kept, CASE dropped WHEN d.contact_id_1 THEN d.contact_id_2 ELSE d.contact_id_1 END)
    WHERE dropped IN (d.contact_id_1, d.contact_id_2) AND d.id IS DISTINCT FROM own;
    WITH moved AS (
        UPDATE external_ids AS x SET relationship_id = p.stays
        FROM jsonb_to_recordset(twins) AS p (gone uuid, stays uuid) WHERE x.relationship_id = p.gone
        RETURNING x.id, p.gone, p.stays
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'external_ids', jsonb_build_object('id', m.id), jsonb_build_object('relationship_id', m.gone),
        jsonb_build_object('relationship_id', m.stays)
    FROM moved AS m;
    WITH better AS (
        SELECT k.id, jsonb_build_object(
            'strength', k.strength, 'confidence_score', k.confidence_score, 'is_verified', k.is_verified, 'context', k.context,
            'metadata', k.metadata, 'attributes', k.attributes, 'discovered_at', k.discovered_at, 'last_verified_at', k.last_verified_at
        ) AS before, CASE WHEN 'strong' IN (k.strength, d.strength) THEN 'strong' WHEN 'medium' IN (k.strength, d.strength) THEN 'medium' ELSE 'weak' END AS strength,
            greatest(k.confidence_score, d.confidence_score) AS confidence_score, k.is_verified OR d.is_verified AS is_verified,
            coalesce(k.context, d.context) AS context, d.metadata || k.metadata AS metadata, d.attributes || k.attributes AS attributes,
            least(k.discovered_at, d.discovered_at) AS discovered_at, greatest(k.last_verified_at, d.last_verified_at) AS last_verified_at
        FROM jsonb_to_recordset(twins) AS p (gone uuid, stays uuid)
        INNER JOIN relationships AS k ON k.id = p.stays
        INNER JOIN relationships AS d ON d.id = p.gone
        WHERE (k.relationship_type, k.contact_id_1 = kept) = (d.relationship_type, d.contact_id_1 = dropped)
            OR k.relationship_type = d.relationship_type AND k.relationship_type IN ('colleagues', 'collaborators')
    ), changed AS (
        UPDATE relationships AS r SET
            strength = b.strength, confidence_score = b.confidence_score, is_verified = b.is_verified, context = b.context,
            metadata = b.metadata, attributes = b.attributes, discovered_at = b.discovered_at, last_verified_at = b.last_verified_at
        FROM better AS b WHERE r.id = b.id
        RETURNING r.id, b.before, jsonb_build_object(
            'strength', r.strength, 'confidence_score', r.confidence_score, 'is_verified', r.is_verified, 'context', r.context,
            'metadata', r.metadata, 'attributes', r.attributes, 'discovered_at', r.discovered_at, 'last_verified_at', r.last_verified_at
        ) AS after
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'relationships', jsonb_build_object('id', c.id), c.before, c.after FROM changed AS c WHERE c.before <> c.after;
    WITH gone AS (DELETE FROM external_ids AS x WHERE x.relationship_id = own RETURNING x.id, to_jsonb(x) AS image)
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'external_ids', jsonb_build_object('id', g.id), g.image FROM gone AS g;
    WITH gone AS (
        DELETE FROM relationships AS r WHERE r.id = own OR r.id IN (SELECT (p.pair ->> 'gone')::uuid FROM jsonb_array_elements(twins) AS p (pair))
        RETURNING r.id, to_jsonb(r) AS image
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'relationships', jsonb_build_object('id', g.id), g.image FROM gone AS g;
END
$$;

-- What a person can be only once: in a conversation, without a topic, suppressed on a channel.
CREATE FUNCTION collapse_memberships(of_merge uuid, dropped uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    WITH gone AS (
        DELETE FROM conversation_participants AS m
        WHERE m.contact_id = dropped AND EXISTS (
            SELECT FROM conversation_participants AS k WHERE k.conversation_id = m.conversation_id AND k.contact_id = kept
        ) OR m.contact_id IN (dropped, kept) AND EXISTS (
            SELECT FROM conversations AS v WHERE v.id = m.conversation_id AND v.contact_id IN (dropped, kept)
        )
        RETURNING m.conversation_id, m.contact_id, to_jsonb(m) AS image
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'conversation_participants', jsonb_build_object('conversation_id', g.conversation_id, 'contact_id', g.contact_id), g.image
    FROM gone AS g;
    WITH gone AS (
        DELETE FROM topic_refusals AS f
        WHERE f.contact_id = dropped AND EXISTS (SELECT FROM topic_refusals AS k WHERE k.contact_id = kept AND k.topic = f.topic)
        RETURNING f.contact_id, f.topic, to_jsonb(f) AS image
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'topic_refusals', jsonb_build_object('contact_id', g.contact_id, 'topic', g.topic), g.image FROM gone AS g;
    WITH gone AS (
        DELETE FROM suppressions AS s
        WHERE s.contact_id = dropped AND s.address_hash IS NULL AND s.domain IS NULL
            AND EXISTS (SELECT FROM suppressions AS k WHERE k.contact_id = kept AND k.channel = s.channel)
        RETURNING s.id, to_jsonb(s) AS image
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'suppressions', jsonb_build_object('id', g.id), g.image FROM gone AS g;
END
$$;

-- Whoever revoked a consent on a channel, and gave none since, has not consented: what the other one gave there ends.
CREATE FUNCTION collapse_consents(of_merge uuid, dropped uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    WITH refused AS (
        SELECT DISTINCT c.channel FROM consents AS c
        WHERE c.contact_id IN (dropped, kept) AND c.basis = 'consent'
        GROUP BY c.contact_id, c.channel HAVING bool_and(c.revoked_at IS NOT NULL)
    ), ended AS (
        UPDATE consents AS c SET revoked_at = greatest(current_moment(), c.captured_at)
        WHERE c.contact_id IN (dropped, kept) AND c.basis = 'consent' AND c.revoked_at IS NULL
            AND c.channel IN (SELECT r.channel FROM refused AS r)
        RETURNING c.id, c.revoked_at
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'consents', jsonb_build_object('id', e.id), jsonb_build_object('revoked_at', NULL), jsonb_build_object('revoked_at', e.revoked_at)
    FROM ended AS e;
END
$$;

-- Holds that stand on both for the same reason: the kept one's lasts as long as either, the other ends.
CREATE FUNCTION collapse_holds(of_merge uuid, dropped uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    twins jsonb;
BEGIN
    SELECT coalesce(jsonb_agg(jsonb_build_object('gone', d.id, 'stays', k.id, 'was', k.until, 'until', CASE
        WHEN k.until IS NOT NULL AND d.until IS NOT NULL THEN greatest(k.until, d.until)
    END)), '[]') INTO twins
    FROM holds AS d INNER JOIN holds AS k ON k.reason = d.reason AND k.scope = d.scope
    WHERE dropped IN (d.contact_id, d.company_id) AND kept IN (k.contact_id, k.company_id) AND d.lifted_at IS NULL AND k.lifted_at IS NULL;
    WITH moved AS (
        UPDATE tasks AS t SET hold_id = p.stays FROM jsonb_to_recordset(twins) AS p (gone uuid, stays uuid) WHERE t.hold_id = p.gone
        RETURNING t.id, p.gone, p.stays
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'tasks', jsonb_build_object('id', m.id), jsonb_build_object('hold_id', m.gone), jsonb_build_object('hold_id', m.stays)
    FROM moved AS m;
    WITH longer AS (
        UPDATE holds AS h SET until = p.until FROM jsonb_to_recordset(twins) AS p (stays uuid, was timestamptz, until timestamptz)
        WHERE h.id = p.stays AND p.was IS DISTINCT FROM p.until
        RETURNING h.id, p.was, h.until
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'holds', jsonb_build_object('id', n.id), jsonb_build_object('until', n.was), jsonb_build_object('until', n.until) FROM longer AS n;
    WITH ended AS (
        UPDATE holds AS h SET lifted_at = current_moment() FROM jsonb_to_recordset(twins) AS p (gone uuid) WHERE h.id = p.gone
        RETURNING h.id, h.lifted_at
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'holds', jsonb_build_object('id', e.id), jsonb_build_object('lifted_at', NULL), jsonb_build_object('lifted_at', e.lifted_at)
    FROM ended AS e;
END
$$;

-- Exclusions that stand on both accounts for the same reason: one of them ends.
CREATE FUNCTION collapse_exclusions(of_merge uuid, dropped uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    WITH ended AS (
        UPDATE account_exclusions AS x SET ended_at = current_moment()
        WHERE x.company_id = dropped AND x.ended_at IS NULL AND EXISTS (
            SELECT FROM account_exclusions AS k WHERE k.company_id = kept AND k.reason = x.reason AND k.ended_at IS NULL
        )
        RETURNING x.id, x.ended_at
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'account_exclusions', jsonb_build_object('id', e.id), jsonb_build_object('ended_at', NULL), jsonb_build_object('ended_at', e.ended_at)
    FROM ended AS e;
END
$$;

-- What kept us from writing to either by an address, a number or a domain that the kept one does not have is from now on about the person.
CREATE FUNCTION keep_suppressed(of_merge uuid, kept uuid, standing uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    WITH added AS (
        INSERT INTO suppressions AS n (contact_id, channel, reason, note)
        SELECT DISTINCT ON (s.channel) kept, s.channel, s.reason, 'kept by a merge'
        FROM suppressions AS s CROSS JOIN contacts AS c
        WHERE s.id = ANY (standing) AND c.id = kept AND NOT coalesce(
            s.contact_id = kept OR s.address_hash IN (address_hash(c.email_key), address_hash(phone_key(c.phone)))
            OR ('.' || split_part(c.email_key, '@', -1)) LIKE '%.' || s.domain, false
        )
        ORDER BY s.channel, s.created_at
        ON CONFLICT DO NOTHING
        RETURNING n.id, to_jsonb(n) AS image
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, after)
    SELECT of_merge, 'suppressions', jsonb_build_object('id', a.id), a.image FROM added AS a;
END
$$;

-- Whoever recommended or was named to the other one is the same person now: nobody refers to themselves.
CREATE FUNCTION forget_own_mentions(of_merge uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    WITH alone AS (
        UPDATE enrolments AS e SET referred_by_id = NULL WHERE e.contact_id = kept AND e.referred_by_id = kept RETURNING e.id
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'enrolments', jsonb_build_object('id', a.id), jsonb_build_object('referred_by_id', kept), '{"referred_by_id": null}' FROM alone AS a;
    WITH alone AS (
        UPDATE intents AS i SET mentions_id = NULL WHERE i.contact_id = kept AND i.mentions_id = kept RETURNING i.id
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, 'intents', jsonb_build_object('id', a.id), jsonb_build_object('mentions_id', kept), '{"mentions_id": null}' FROM alone AS a;
END
$$;
