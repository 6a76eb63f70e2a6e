-- One of two rows goes into the other. Who calls locks first, in the lock order, and has looked for what stands in the way.

-- What a merge made of the kept row: of each column but those that are counted, as it was and as it is.
CREATE FUNCTION record_difference(of_merge uuid, entity text, kept uuid, was jsonb, present jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    INSERT INTO merge_rows (merge_id, table_name, row_key, before, after)
    SELECT of_merge, entity, jsonb_build_object('id', kept), jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, present -> b.key)
    FROM jsonb_each(was) AS b (key, value)
    WHERE b.value IS DISTINCT FROM present -> b.key
        AND b.key NOT IN ('updated_at', 'total_touchpoints', 'total_contacts', 'active_conversations')
    HAVING count(*) > 0;
END
$$;

CREATE FUNCTION merge_contacts(kept uuid, dropped uuid, changes jsonb, by_whom text) RETURNS uuid
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
DECLARE
    of_merge uuid;
    was constant jsonb := (SELECT to_jsonb(c) FROM contacts AS c WHERE c.id = kept);
    other constant jsonb := (SELECT to_jsonb(c) FROM contacts AS c WHERE c.id = dropped);
    standing constant uuid[] := ARRAY(SELECT s.suppression_id FROM suppressions_among(ARRAY[kept, dropped]) AS s);
BEGIN
    INSERT INTO merge_records (entity, kept_id, dropped_id, merged_by) VALUES ('contacts', kept, dropped, by_whom) RETURNING id INTO of_merge;
    INSERT INTO merge_rows (merge_id, table_name, row_key, before) VALUES (of_merge, 'contacts', jsonb_build_object('id', dropped), other);
    PERFORM collapse_edges(of_merge, dropped, kept);
    PERFORM collapse_memberships(of_merge, dropped, kept);
    PERFORM collapse_consents(of_merge, dropped, kept);
    PERFORM collapse_holds(of_merge, dropped, kept);
    -- It goes without an address, so that nothing is suppressed in its name and the other may have it.
    UPDATE contacts AS c SET email = NULL, email_key = NULL, phone = NULL, status = 'active' WHERE c.id = dropped;
    PERFORM move_references(of_merge, 'contacts'::regclass, dropped, kept);
    PERFORM forget_own_mentions(of_merge, kept);
    UPDATE contacts AS t SET (
        company_id, first_name, last_name, email, email_key, phone, title, role, department, seniority_level, buying_role,
        linkedin_url, twitter_url, personal_website, country, interests, communication_preferences, research_data, status,
        is_primary_contact, is_decision_maker, is_champion, owner_user_id, source, collected_at, attributes, last_researched_at
    ) = (
        SELECT
            r.company_id, r.first_name, r.last_name, r.email, r.email_key, r.phone, r.title, r.role, r.department, r.seniority_level,
            r.buying_role, r.linkedin_url, r.twitter_url, r.personal_website, r.country, r.interests, r.communication_preferences,
            r.research_data, r.status, r.is_primary_contact, r.is_decision_maker, r.is_champion, r.owner_user_id, r.source,
            r.collected_at, r.attributes, r.last_researched_at
        FROM jsonb_populate_record(t, changes) AS r
    )
    WHERE t.id = kept;
    DELETE FROM contacts AS c WHERE c.id = dropped;
    INSERT INTO merged_contacts (id, contact_id, email, email_key, phone)
    SELECT dropped, kept, l.email ->> 'email', l.email ->> 'email_key', other ->> 'phone'
    FROM contacts AS c CROSS JOIN LATERAL (
        SELECT CASE WHEN c.email_key IS DISTINCT FROM other ->> 'email_key' THEN other ELSE was END AS email
    ) AS l
    WHERE c.id = kept;
    UPDATE merged_contacts AS m SET email = NULL, email_key = NULL
    FROM contacts AS c WHERE m.id = dropped AND c.id = kept AND c.email_key = m.email_key;
    PERFORM keep_suppressed(of_merge, kept, standing);
    PERFORM settle_engagement(ARRAY[kept]);
    PERFORM record_difference(of_merge, 'contacts', kept, was, (SELECT to_jsonb(c) FROM contacts AS c WHERE c.id = kept));
    RETURN of_merge;
END
$$;

CREATE FUNCTION merge_companies(kept uuid, dropped uuid, changes jsonb, by_whom text) RETURNS uuid
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
DECLARE
    of_merge uuid;
    was constant jsonb := (SELECT to_jsonb(c) FROM companies AS c WHERE c.id = kept);
BEGIN
    INSERT INTO merge_records (entity, kept_id, dropped_id, merged_by) VALUES ('companies', kept, dropped, by_whom) RETURNING id INTO of_merge;
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'companies', jsonb_build_object('id', dropped), to_jsonb(c) FROM companies AS c WHERE c.id = dropped;
    PERFORM collapse_holds(of_merge, dropped, kept);
    PERFORM collapse_exclusions(of_merge, dropped, kept);
    PERFORM collapse_health(of_merge, dropped, kept);
    UPDATE companies AS c SET domain = NULL, parent_company_id = NULL WHERE c.id = dropped;
    UPDATE companies AS c SET parent_company_id = NULL WHERE c.id = kept AND c.parent_company_id = dropped; -- nobody is their own parent
    PERFORM move_references(of_merge, 'companies'::regclass, dropped, kept);
    UPDATE companies AS t SET (
        name, domain, industry, size, description, headquarters_location, country, research_data, account_tier, account_status,
        owner_user_id, parent_company_id, attributes, last_researched_at
    ) = (
        SELECT
            r.name, r.domain, r.industry, r.size, r.description, r.headquarters_location, r.country, r.research_data, r.account_tier,
            r.account_status, r.owner_user_id, r.parent_company_id, r.attributes, r.last_researched_at
        FROM jsonb_populate_record(t, changes) AS r
    )
    WHERE t.id = kept;
    DELETE FROM companies AS c WHERE c.id = dropped;
    INSERT INTO merged_companies (id, company_id) VALUES (dropped, kept);
    PERFORM record_difference(of_merge, 'companies', kept, was, (SELECT to_jsonb(c) FROM companies AS c WHERE c.id = kept));
    RETURN of_merge;
END
$$;

-- Two become two again. What was changed since stays with the kept one; gives, by table, what was put back and what was not.
CREATE FUNCTION unmerge(of_merge uuid, by_whom text) RETURNS TABLE (table_name text, put_back bigint, kept bigint)
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
DECLARE
    done merge_records;
    image jsonb;
BEGIN
    SELECT m.* INTO done FROM merge_records AS m WHERE m.id = of_merge;
    image := (SELECT r.before FROM merge_rows AS r WHERE r.merge_id = of_merge AND r.table_name = done.entity AND r.after IS NULL);
    IF done.entity = 'contacts' THEN
        DELETE FROM merged_contacts AS m WHERE m.id = done.dropped_id;
        INSERT INTO contacts SELECT n.* FROM jsonb_populate_record(
            NULL::contacts, image || '{"email": null, "email_key": null, "total_touchpoints": 0}'
        ) AS n;
    ELSE
        DELETE FROM merged_companies AS m WHERE m.id = done.dropped_id;
        INSERT INTO companies SELECT n.* FROM jsonb_populate_record(
            NULL::companies, image || '{"domain": null, "parent_company_id": null, "total_contacts": 0, "active_conversations": 0}'
        ) AS n;
    END IF;
    RETURN QUERY SELECT p.table_name, p.put_back, p.kept FROM put_back_rows(of_merge, done.entity) AS p;
    RETURN QUERY SELECT p.table_name, p.put_back, p.kept FROM put_back_changes(of_merge) AS p;
    IF done.entity = 'contacts' THEN
        UPDATE contacts AS c SET email = image ->> 'email', email_key = image ->> 'email_key' WHERE c.id = done.dropped_id;
        PERFORM settle_engagement(ARRAY[done.kept_id, done.dropped_id]);
    ELSE
        UPDATE companies AS c SET domain = image ->> 'domain', parent_company_id = (
            SELECT p.id FROM companies AS p WHERE p.id = (image ->> 'parent_company_id')::uuid
        ) WHERE c.id = done.dropped_id;
    END IF;
    UPDATE merge_records AS m SET undone_at = current_moment(), undone_by = by_whom WHERE m.id = of_merge;
END
$$;

-- A merged address is still somebody's: nobody else may have it.
CREATE FUNCTION refuse_merged_address() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    taken text;
BEGIN
    SELECT n.email_key INTO taken
    FROM new_rows AS n INNER JOIN merged_contacts AS m ON m.email_key = n.email_key AND m.contact_id <> n.id
    LIMIT 1;
    IF taken IS NOT NULL THEN
        RAISE unique_violation USING
            MESSAGE = format('address %s belongs to a contact that others were merged into', taken),
            TABLE = 'contacts', CONSTRAINT = 'contacts_email_key';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER refuse_merged_address AFTER INSERT ON contacts
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_merged_address();
CREATE TRIGGER refuse_changed_address AFTER UPDATE ON contacts
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_merged_address();

-- Who has an address: a contact, or the one that it was merged into.
CREATE FUNCTION contact_of(address_key text) RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN coalesce(
        (SELECT c.id FROM contacts AS c WHERE c.email_key = address_key),
        (SELECT m.contact_id FROM merged_contacts AS m WHERE m.email_key = address_key)
    );
END
$$;
