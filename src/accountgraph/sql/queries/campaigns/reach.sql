-- By which channels a person may be written to, whatever the campaign.

-- name: of
-- What the rules look at that speak of the person, their account, the holds and the law, as JSON without nulls; and what their hours are
-- kept by. `free_days`: those that are still to come, where they are.
SELECT
    c.communication_preferences ->> 'timezone' AS contact_zone,
    coalesce(a.attributes ->> 'timezone', a.research_data ->> 'timezone') AS account_zone, w.timezone AS workspace_zone,
    coalesce(c.country, a.country) AS region, coalesce(c.country, a.country) IS NOT NULL AS country_is_known,
    ARRAY(
        SELECT f.day::text FROM free_days AS f
        WHERE f.day >= %(now)s::date - 1
            AND (f.region IS NULL OR f.region IN (coalesce(c.country, a.country), split_part(coalesce(c.country, a.country), '-', 1)))
    ) AS free_days,
    json_strip_nulls(json_build_object(
        'id', c.id, 'name', coalesce(nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, ''), 'email', c.email,
        'phone', c.phone, 'linkedin_url', c.linkedin_url, 'status', c.status, 'country', c.country,
        'do_not_contact', coalesce((c.communication_preferences ->> 'do_not_contact')::boolean, false),
        'preferred_channel', c.communication_preferences ->> 'preferred_channel',
        'consents', ARRAY(
            SELECT DISTINCT n.channel FROM consents AS n WHERE n.contact_id = c.id AND n.basis = 'consent' AND n.revoked_at IS NULL
        ),
        'suppressed', ARRAY(
            SELECT json_build_array(s.channel, s.reason) AS why FROM suppressions_of(c.id) AS s
        ),
        'gave_address', coalesce(c.source = 'inbound', false)
            OR coalesce((SELECT max(v.response_count) FROM conversations AS v WHERE v.contact_id = c.id), 0) > 0
    ))::text AS person,
    CASE WHEN a.id IS NOT NULL THEN json_strip_nulls(json_build_object(
        'id', a.id, 'status', a.account_status, 'country', a.country, 'exclusions', ARRAY(
            SELECT l.reason FROM account_exclusions AS l WHERE l.company_id = a.id AND l.ended_at IS NULL ORDER BY l.reason
        )
    ))::text END AS account,
    coalesce((
        SELECT json_agg(json_build_object('scope', h.scope, 'reason', h.reason, 'until', h.until) ORDER BY h.created_at) FROM holds AS h
        WHERE h.lifted_at IS NULL AND (h.until IS NULL OR h.until > %(now)s)
            AND (h.scope = 'workspace' OR h.contact_id = c.id OR h.company_id = a.id)
    ), '[]')::text AS holds,
    coalesce((
        SELECT json_object_agg(j.channel, j.rule) FROM (
            SELECT DISTINCT ON (j.channel) j.channel, j.rule FROM jurisdictions AS j
            WHERE j.country = coalesce(c.country, a.country) AND j.valid_from <= %(now)s::date
            ORDER BY j.channel, j.valid_from DESC
        ) AS j
    ), '{}')::text AS law
FROM contacts AS c
LEFT JOIN companies AS a ON a.id = c.company_id
CROSS JOIN workspace_settings AS w
WHERE c.id = %(id)s;
