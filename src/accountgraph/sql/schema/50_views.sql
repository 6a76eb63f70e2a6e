-- One row an account. Each part is aggregated on its own, so that no join multiplies rows and a
-- refresh is linear in the data.
CREATE MATERIALIZED VIEW account_overview AS
WITH people AS (
    SELECT c.company_id,
        count(*) AS contacts,
        count(*) FILTER (WHERE c.is_primary_contact) AS primary_contacts,
        count(*) FILTER (WHERE c.is_decision_maker) AS decision_makers
    FROM contacts AS c
    WHERE c.company_id IS NOT NULL
    GROUP BY c.company_id
),
talks AS (
    SELECT v.company_id,
        count(*) AS conversations,
        count(*) FILTER (WHERE v.status = 'active') AS active_conversations,
        count(*) FILTER (WHERE v.status = 'won') AS won_conversations,
        sum(v.touchpoint_count) AS touchpoints,
        sum(v.response_count) AS replies,
        max(v.last_touchpoint_at) AS last_touchpoint_at,
        max(v.last_response_at) AS last_response_at
    FROM conversations AS v
    WHERE v.company_id IS NOT NULL
    GROUP BY v.company_id
),
ends AS (
    SELECT a.company_id
    FROM relationships AS r INNER JOIN contacts AS a ON a.id = r.contact_id_1
    UNION ALL
    SELECT b.company_id
    FROM relationships AS r
    INNER JOIN contacts AS a ON a.id = r.contact_id_1
    INNER JOIN contacts AS b ON b.id = r.contact_id_2
    WHERE b.company_id IS DISTINCT FROM a.company_id
),
edges AS (
    SELECT e.company_id, count(*) AS relationships FROM ends AS e WHERE e.company_id IS NOT NULL GROUP BY e.company_id
)
SELECT
    o.id AS company_id,
    o.name,
    o.domain,
    o.account_tier,
    o.account_status,
    coalesce(p.contacts, 0) AS total_contacts,
    coalesce(p.primary_contacts, 0) AS primary_contacts,
    coalesce(p.decision_makers, 0) AS decision_makers,
    coalesce(t.conversations, 0) AS total_conversations,
    coalesce(t.active_conversations, 0) AS active_conversations,
    coalesce(t.won_conversations, 0) AS won_conversations,
    coalesce(t.touchpoints, 0) AS total_touchpoints,
    coalesce(t.replies, 0) AS total_replies,
    t.last_touchpoint_at,
    t.last_response_at,
    coalesce(e.relationships, 0) AS total_relationships
FROM companies AS o
LEFT JOIN people AS p ON p.company_id = o.id
LEFT JOIN talks AS t ON t.company_id = o.id
LEFT JOIN edges AS e ON e.company_id = o.id;
CREATE UNIQUE INDEX account_overview_company_id_key ON account_overview (company_id);

-- Whether the view is behind. A sequence counts the statements that wrote: it never makes writers
-- wait for each other. `is_settled` is false where some were still running when it was refreshed.
CREATE SEQUENCE overview_changes;
CREATE TABLE overview_refreshes (
    only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT overview_refreshes_only_row_check CHECK (only_row),
    changes bigint NOT NULL,
    is_settled boolean NOT NULL,
    refreshed_at timestamptz NOT NULL
);
INSERT INTO overview_refreshes (changes, is_settled, refreshed_at) VALUES (0, false, current_moment());

CREATE FUNCTION note_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
BEGIN
    PERFORM nextval('overview_changes');
    RETURN NULL;
END
$$;

CREATE TRIGGER note_change AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF name, domain, account_tier, account_status ON companies
FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF company_id, is_primary_contact, is_decision_maker ON contacts
FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON relationships
FOR EACH STATEMENT EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON conversations
FOR EACH STATEMENT EXECUTE FUNCTION note_change();

-- Bring account_overview up to date without blocking its readers; false where nothing had changed.
CREATE FUNCTION refresh_account_overview() RETURNS boolean
LANGUAGE plpgsql
SET search_path FROM CURRENT
AS $$
DECLARE
    last_refresh overview_refreshes%ROWTYPE;
    change_count bigint;
    snapshot pg_snapshot;
BEGIN
    SELECT * INTO last_refresh FROM overview_refreshes FOR UPDATE;
    SELECT s.last_value INTO change_count FROM overview_changes AS s;
    IF last_refresh.is_settled AND last_refresh.changes = change_count THEN
        RETURN false;
    END IF;
    snapshot := pg_current_snapshot();
    REFRESH MATERIALIZED VIEW CONCURRENTLY account_overview;
    UPDATE overview_refreshes AS o SET
        changes = change_count,
        is_settled = NOT EXISTS (
            SELECT FROM pg_snapshot_xip(snapshot) AS x (id) WHERE x.id <> pg_current_xact_id()
        ),
        refreshed_at = current_moment();
    RETURN true;
END
$$;
