-- Statement-level triggers of companies, contacts and conversations: counts and domains. Each locks
-- the parents in id order before it changes them. What a statement changed is found by grouping, for a
-- plan that joins old and new rows may be the nested loop made for a connection's first, small one.

CREATE FUNCTION move_contact_counts(ids uuid[], changes bigint[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM FROM companies AS c WHERE c.id = ANY (ids) ORDER BY c.id FOR NO KEY UPDATE;
    UPDATE companies AS c SET total_contacts = c.total_contacts + m.change
    FROM unnest(ids, changes) AS m (id, change)
    WHERE c.id = m.id;
END
$$;

CREATE FUNCTION count_contacts() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
    changes bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(m.id), array_agg(m.change) INTO ids, changes
        FROM (SELECT n.company_id AS id, count(*) AS change FROM new_rows AS n WHERE n.company_id IS NOT NULL GROUP BY 1) AS m;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(m.id), array_agg(m.change) INTO ids, changes
        FROM (SELECT o.company_id AS id, -count(*) AS change FROM old_rows AS o WHERE o.company_id IS NOT NULL GROUP BY 1) AS m;
    ELSE
        SELECT array_agg(m.id), array_agg(m.change) INTO ids, changes
        FROM (
            SELECT d.id, sum(d.change)::bigint AS change
            FROM (
                SELECT n.company_id AS id, 1 AS change FROM new_rows AS n
                UNION ALL
                SELECT o.company_id, -1 FROM old_rows AS o
            ) AS d
            WHERE d.id IS NOT NULL
            GROUP BY d.id HAVING sum(d.change) <> 0
        ) AS m;
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM move_contact_counts(ids, changes);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_inserted AFTER INSERT ON contacts
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_contacts();
CREATE TRIGGER count_updated AFTER UPDATE ON contacts
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_contacts();
CREATE TRIGGER count_deleted AFTER DELETE ON contacts
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_contacts();

CREATE FUNCTION move_conversation_counts(ids uuid[], changes bigint[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM FROM companies AS c WHERE c.id = ANY (ids) ORDER BY c.id FOR NO KEY UPDATE;
    UPDATE companies AS c SET active_conversations = c.active_conversations + m.change
    FROM unnest(ids, changes) AS m (id, change)
    WHERE c.id = m.id;
END
$$;

-- What a contact's touchpoints add up to, for the rare moves that a difference cannot tell.
CREATE FUNCTION settle_contact_touchpoints(people uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM FROM contacts AS c WHERE c.id = ANY (people) ORDER BY c.id FOR NO KEY UPDATE;
    UPDATE contacts AS c SET total_touchpoints = s.total
    FROM (
        SELECT u.id, count(t.id)::integer AS total
        FROM unnest(people) AS u (id)
        LEFT JOIN conversations AS v ON v.contact_id = u.id
        LEFT JOIN touchpoints AS t ON t.conversation_id = v.id AND t.sent_at IS NOT NULL
        GROUP BY u.id
    ) AS s
    WHERE c.id = s.id AND c.total_touchpoints <> s.total;
END
$$;

CREATE FUNCTION count_conversations() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    ids uuid[];
    changes bigint[];
    people uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(m.id), array_agg(m.change) INTO ids, changes
        FROM (
            SELECT n.company_id AS id, count(*) AS change FROM new_rows AS n
            WHERE n.company_id IS NOT NULL AND n.status = 'active' GROUP BY 1
        ) AS m;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(m.id), array_agg(m.change) INTO ids, changes
        FROM (
            SELECT o.company_id AS id, -count(*) AS change FROM old_rows AS o
            WHERE o.company_id IS NOT NULL AND o.status = 'active' GROUP BY 1
        ) AS m;
        people := ARRAY(SELECT DISTINCT o.contact_id FROM old_rows AS o WHERE o.touchpoint_count > 0);
    ELSE
        SELECT array_agg(m.id), array_agg(m.change) INTO ids, changes
        FROM (
            SELECT d.id, sum(d.change)::bigint AS change
            FROM (
                SELECT n.company_id AS id, 1 AS change FROM new_rows AS n WHERE n.status = 'active'
                UNION ALL
                SELECT o.company_id, -1 FROM old_rows AS o WHERE o.status = 'active'
            ) AS d
            WHERE d.id IS NOT NULL
            GROUP BY d.id HAVING sum(d.change) <> 0
        ) AS m;
        people := ARRAY(
            SELECT m.contact_id
            FROM (
                SELECT n.id, n.contact_id, 1 AS change FROM new_rows AS n
                UNION ALL
                SELECT o.id, o.contact_id, -1 FROM old_rows AS o
            ) AS m
            GROUP BY m.id, m.contact_id HAVING sum(m.change) <> 0
        );
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM move_conversation_counts(ids, changes);
    END IF;
    IF cardinality(people) > 0 THEN
        PERFORM settle_contact_touchpoints(people);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_inserted AFTER INSERT ON conversations
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_conversations();
CREATE TRIGGER count_updated AFTER UPDATE ON conversations
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_conversations();
CREATE TRIGGER count_deleted AFTER DELETE ON conversations
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION count_conversations();

-- A company's main domain is one of its domains; a domain belongs to one company.
CREATE FUNCTION keep_domains() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    taken text;
BEGIN
    INSERT INTO company_domains (domain, company_id)
    SELECT n.domain, n.id FROM new_rows AS n WHERE n.domain IS NOT NULL ORDER BY n.domain
    ON CONFLICT (domain) DO NOTHING;
    SELECT n.domain INTO taken
    FROM new_rows AS n INNER JOIN company_domains AS d ON d.domain = n.domain AND d.company_id <> n.id
    LIMIT 1;
    IF taken IS NOT NULL THEN
        RAISE unique_violation USING
            MESSAGE = format('domain %s belongs to another company', taken),
            TABLE = 'companies', CONSTRAINT = 'companies_domain_key';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_inserted_domains AFTER INSERT ON companies
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_domains();
CREATE TRIGGER keep_updated_domains AFTER UPDATE ON companies
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_domains();
