-- Search over everything, as one types: each word of the term anywhere in a name or an address (one or two letters: where a word
-- begins), and where a word begins in subjects and titles.
CREATE INDEX touchpoints_search_idx ON touchpoints USING gin (to_tsvector('simple', subject)) WHERE subject IS NOT NULL;
CREATE INDEX tasks_search_idx ON tasks USING gin (to_tsvector('simple', title));

-- How well a text fits: 3 it is the term, 2 it begins with it, 1 a word of it does, 0 it is in it.
CREATE FUNCTION search_fit(term text, title text, other text DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN CASE
        WHEN lower(term) IN (lower(title), lower(other)) THEN 3
        WHEN starts_with(lower(title), lower(term)) OR starts_with(lower(other), lower(term)) THEN 2
        WHEN strpos(' ' || lower(title), ' ' || lower(term)) > 0 THEN 1
        ELSE 0
    END;
END
$$;

-- The best that there is of these kinds, at most so many. A thousand candidates of each kind are looked at.
CREATE FUNCTION search_everything(term text, kinds text [], at_most integer) RETURNS TABLE (
    kind text, id text, title text, detail text, company_id uuid, contact_id uuid, conversation_id uuid, fit integer
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    candidates constant integer := 1000;
    words constant text[] := ARRAY(
        SELECT w.word FROM unnest(string_to_array(regexp_replace(btrim(term), '\s+', ' ', 'g'), ' ')) AS w (word)
        WHERE w.word <> '' ORDER BY length(w.word) DESC LIMIT 8
    );
    quoted constant text[] := ARRAY(SELECT regexp_replace(w.word, '([\\%_])', '\\\1', 'g') FROM unnest(words) AS w (word));
    -- The longest word finds the rows by an index, the others take away.
    finding constant text[] := CASE
        WHEN length(words[1]) >= 3 THEN ARRAY['%' || quoted[1] || '%']
        ELSE ARRAY[quoted[1] || '%', '% ' || quoted[1] || '%']
    END;
    others constant text[] := ARRAY(SELECT '%' || l.word || '%' FROM unnest(quoted[2:]) AS l (word));
    prefixes constant tsquery := to_tsquery('simple', coalesce((
        SELECT string_agg('''' || w.word || ''':*', ' & ')
        FROM (SELECT btrim(regexp_replace(u.word, '[\\'']', ' ', 'g')) AS word FROM unnest(words) AS u (word)) AS w WHERE w.word <> ''
    ), ''));
BEGIN
    RETURN QUERY
    WITH people AS MATERIALIZED (
        SELECT c.id, c.company_id, concat_ws(' ', c.first_name, c.last_name) AS name, c.email, c.title, c.created_at
        FROM contacts AS c
        WHERE kinds && ARRAY['contact', 'conversation']
            AND (coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '') || ' ' || coalesce(c.email, '')) ILIKE ANY (finding)
            AND (coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '') || ' ' || coalesce(c.email, '')) ILIKE ALL (others)
        LIMIT candidates
    ), found AS (
        (
            SELECT
                1 AS place, 'company' AS kind, c.id::text AS id, c.name AS title, c.domain AS detail, c.id AS company_id,
                NULL::uuid AS contact_id, NULL::uuid AS conversation_id, search_fit(term, c.name, c.domain) AS fit, c.created_at AS at
            FROM companies AS c
            WHERE 'company' = ANY (kinds) AND (c.name || ' ' || coalesce(c.domain, '')) ILIKE ANY (finding)
                AND (c.name || ' ' || coalesce(c.domain, '')) ILIKE ALL (others)
            LIMIT candidates
        )
        UNION ALL
        SELECT
            2, 'contact', p.id::text, coalesce(nullif(p.name, ''), p.email), concat_ws(', ', p.title, p.email), p.company_id, p.id, NULL,
            search_fit(term, p.name, p.email), p.created_at
        FROM people AS p WHERE 'contact' = ANY (kinds)
        UNION ALL
        (
            SELECT 3, 'campaign', c.id::text, c.name, c.status, NULL, NULL, NULL, search_fit(term, c.name), c.created_at
            FROM campaigns AS c WHERE 'campaign' = ANY (kinds) AND c.name ILIKE ANY (finding) AND c.name ILIKE ALL (others)
            LIMIT candidates
        )
        UNION ALL
        (
            SELECT 4, 'task', t.id::text, t.title, concat_ws(', ', t.kind, t.state), t.company_id, t.contact_id, NULL, search_fit(term, t.title), t.due_at
            FROM tasks AS t WHERE 'task' = ANY (kinds) AND to_tsvector('simple', t.title) @@ prefixes
            LIMIT candidates
        )
        UNION ALL
        (
            SELECT
                5, 'conversation', v.id::text, coalesce(nullif(p.name, ''), p.email), concat_ws(', ', v.status, v.campaign_name), v.company_id,
                v.contact_id, v.id, search_fit(term, p.name, p.email), coalesce(v.last_touchpoint_at, v.created_at)
            FROM people AS p INNER JOIN conversations AS v ON v.contact_id = p.id
            WHERE 'conversation' = ANY (kinds)
            LIMIT candidates
        )
        UNION ALL
        (
            SELECT
                6, 'touchpoint', t.id::text, t.subject, concat_ws(', ', t.channel, t.direction, t.outcome), v.company_id, v.contact_id, v.id,
                search_fit(term, t.subject), coalesce(t.sent_at, t.created_at)
            FROM touchpoints AS t INNER JOIN conversations AS v ON v.id = t.conversation_id
            WHERE 'touchpoint' = ANY (kinds) AND t.subject IS NOT NULL AND to_tsvector('simple', t.subject) @@ prefixes
            LIMIT candidates
        )
        UNION ALL
        (
            SELECT 7, 'template', t.id::text, t.name, NULL, NULL, NULL, NULL, search_fit(term, t.name), t.created_at
            FROM templates AS t WHERE 'template' = ANY (kinds) AND t.name ILIKE ANY (finding) AND t.name ILIKE ALL (others)
            LIMIT candidates
        )
        UNION ALL
        (
            SELECT 8, 'mailbox', s.id::text, s.address, s.display_name, NULL, NULL, NULL, search_fit(term, s.address, s.display_name), s.created_at
            FROM senders AS s
            WHERE 'mailbox' = ANY (kinds) AND concat_ws(' ', s.address, s.display_name) ILIKE ANY (finding)
                AND concat_ws(' ', s.address, s.display_name) ILIKE ALL (others)
            LIMIT candidates
        )
    )
    SELECT f.kind, f.id, f.title, f.detail, f.company_id, f.contact_id, f.conversation_id, f.fit FROM found AS f
    ORDER BY f.fit DESC, f.place, f.at DESC, f.title, f.id
    LIMIT at_most;
END
$$;
