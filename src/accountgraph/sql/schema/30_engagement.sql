-- Engagement by forward decay. Acts fade with a half-life of 14 days (light) or 90 (deep). For each
-- the contact keeps the logarithm of sum(points * e^(rate * days)), so that one more act is one
-- addition, in any order: Cormode et al., "Forward Decay: A Practical Time Decay Model for
-- Streaming Systems", ICDE 2009.

CREATE FUNCTION decay_rate(half_life text) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN ln(2::double precision) / CASE half_life WHEN 'light' THEN 14 ELSE 90 END;
END
$$;

-- ln(e^a + e^b), where NULL stands for the logarithm of nothing.
CREATE FUNCTION log_add(a double precision, b double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN CASE
        WHEN a IS NULL THEN b
        WHEN b IS NULL THEN a
        ELSE greatest(a, b) + ln(1 + exp(greatest(-abs(a - b), -700)))
    END;
END
$$;

-- The logarithm of an act's undecayed weight: what it adds to its contact's sum.
CREATE FUNCTION log_weight(points double precision, half_life text, at timestamptz) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN ln(points) + decay_rate(half_life) * extract(EPOCH FROM at)::double precision / 86400;
END
$$;

-- The score at a moment, 0-100: 15 points are 63, 45 points 95. The half-lives are those of
-- decay_rate(), written out, since every contact of every answer comes through here. Logarithms are
-- held within what a double can take: an event of another century is a wrong date, not an error.
CREATE FUNCTION engagement_score(light double precision, deep double precision, at timestamptz) RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
DECLARE
    days constant double precision := extract(EPOCH FROM at) / 86400;
    points double precision := 0;
BEGIN
    IF light IS NOT NULL THEN
        points := exp(least(greatest(light - ln(2::double precision) / 14 * days, -700), 700));
    END IF;
    IF deep IS NOT NULL THEN
        points := points + exp(least(greatest(deep - ln(2::double precision) / 90 * days, -700), 700));
    END IF;
    RETURN round(100 * (1 - exp(greatest(-points / 15, -700))));
END
$$;

-- What people did: one row an act, with the logarithm of its undecayed weight where it scores.
CREATE VIEW scored_acts WITH (security_invoker = true) AS
SELECT
    e.id,
    e.contact_id,
    e.touchpoint_id,
    e.kind,
    e.at,
    w.half_life,
    w.most_a_message,
    log_weight(w.points, w.half_life, e.at) AS log_weight
FROM events AS e
LEFT JOIN engagement_weights AS w ON e.kind = w.kind AND coalesce(e.detail, '') = w.detail
WHERE e.actor = 'human';

-- What acts add up to, per contact: the logarithms of both sums, taken relative to the largest so
-- that nothing overflows, and the time of the last.
CREATE FUNCTION sum_acts(acts bigint[]) RETURNS TABLE (
    contact_id uuid, light double precision, deep double precision, last_at timestamptz
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    SELECT s.contact_id,
        max(s.peak) FILTER (WHERE s.half_life = 'light') + ln(sum(s.part) FILTER (WHERE s.half_life = 'light')),
        max(s.peak) FILTER (WHERE s.half_life = 'deep') + ln(sum(s.part) FILTER (WHERE s.half_life = 'deep')),
        max(s.at)
    FROM (
        SELECT p.contact_id, p.half_life, p.at, p.peak, exp(greatest(p.log_weight - p.peak, -700)) AS part
        FROM (
            SELECT a.contact_id, a.half_life, a.at, a.log_weight,
                max(a.log_weight) OVER (PARTITION BY a.contact_id, a.half_life) AS peak
            FROM scored_acts AS a
            WHERE a.id = ANY (acts) AND a.contact_id IS NOT NULL
        ) AS p
    ) AS s
    GROUP BY s.contact_id;
END
$$;

-- The engagement state of contacts from their events up to `as_of`: what the columns must be. The
-- parts are put together by grouping, for a join of two functions' rows is quadratic in them.
CREATE FUNCTION engagement_from_events(ids uuid[], as_of timestamptz DEFAULT 'infinity')
RETURNS TABLE (
    contact_id uuid, light double precision, deep double precision, excluded text, last_at timestamptz
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY
    WITH numbered AS (
        SELECT a.id, a.touchpoint_id, a.most_a_message,
            row_number() OVER (PARTITION BY a.contact_id, a.touchpoint_id, a.kind ORDER BY a.at, a.id) AS nth
        FROM scored_acts AS a
        WHERE a.contact_id = ANY (ids) AND a.at <= as_of
    ),
    acts AS (
        SELECT e.contact_id,
            CASE
                WHEN bool_or(e.kind = 'complained') THEN 'complained'
                WHEN bool_or(e.kind = 'unsubscribed' AND e.actor IS DISTINCT FROM 'scanner') THEN 'unsubscribed'
                WHEN bool_or(e.kind = 'bounced' AND e.detail = 'hard') THEN 'bounced'
                WHEN bool_or(e.kind = 'replied' AND e.detail = 'refusal' AND e.actor = 'human') THEN 'refused'
            END AS excluded,
            max(e.at) FILTER (WHERE e.actor = 'human') AS last_at
        FROM events AS e
        WHERE e.contact_id = ANY (ids) AND e.at <= as_of
        GROUP BY e.contact_id
    ),
    parts AS (
        SELECT u.id, NULL::double precision AS light, NULL::double precision AS deep, NULL AS excluded, NULL::timestamptz AS last_at
        FROM unnest(ids) AS u (id)
        UNION ALL
        SELECT a.contact_id, NULL, NULL, a.excluded, a.last_at FROM acts AS a
        UNION ALL
        SELECT s.contact_id, s.light, s.deep, NULL, NULL
        FROM sum_acts(ARRAY(
            SELECT n.id FROM numbered AS n
            WHERE n.most_a_message IS NULL OR n.touchpoint_id IS NULL OR n.nth <= n.most_a_message
        )) AS s
    )
    SELECT p.id, max(p.light), max(p.deep), max(p.excluded), max(p.last_at) FROM parts AS p GROUP BY p.id;
END
$$;

-- Write the engagement state of contacts anew from their events. A newly found exclusion ends an
-- active status; one that a person has lifted by hand stays lifted.
CREATE FUNCTION settle_engagement(ids uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    UPDATE contacts AS c SET
        engagement_light = f.light,
        engagement_deep = f.deep,
        engagement_score = engagement_score(f.light, f.deep, f.last_at),
        engagement_excluded = f.excluded,
        last_engaged_at = f.last_at,
        status = CASE
            WHEN c.status <> 'active' OR f.excluded IS NOT DISTINCT FROM c.engagement_excluded THEN c.status
            WHEN f.excluded = 'bounced' THEN 'bounced'
            WHEN f.excluded IN ('unsubscribed', 'complained') THEN 'unsubscribed'
            ELSE c.status
        END
    FROM engagement_from_events(ids) AS f
    WHERE c.id = f.contact_id
        AND (c.engagement_light, c.engagement_deep, c.engagement_excluded, c.last_engaged_at)
        IS DISTINCT FROM (f.light, f.deep, f.excluded, f.last_at);
END
$$;

-- Add new acts to the engagement state of their contacts: one addition an act, in any order.
CREATE FUNCTION add_engagement(new_events bigint[]) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
BEGIN
    UPDATE contacts AS c SET
        engagement_light = log_add(c.engagement_light, a.light),
        engagement_deep = log_add(c.engagement_deep, a.deep),
        engagement_score = engagement_score(
            log_add(c.engagement_light, a.light), log_add(c.engagement_deep, a.deep), greatest(c.last_engaged_at, a.last_at)
        ),
        last_engaged_at = greatest(c.last_engaged_at, a.last_at)
    FROM sum_acts(new_events) AS a
    WHERE c.id = a.contact_id;
END
$$;

-- Add one human act, whose contact is locked, to the engagement state.
CREATE FUNCTION add_act(act events) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    weight record;
    person record;
BEGIN
    SELECT w.half_life, log_weight(w.points, w.half_life, act.at) AS log_weight INTO weight
    FROM engagement_weights AS w WHERE w.kind = act.kind AND w.detail = coalesce(act.detail, '');
    SELECT c.engagement_light AS light, c.engagement_deep AS deep, greatest(c.last_engaged_at, act.at) AS last_at INTO person
    FROM contacts AS c WHERE c.id = act.contact_id;
    IF weight.half_life = 'light' THEN
        person.light := log_add(person.light, weight.log_weight);
    ELSIF weight.half_life = 'deep' THEN
        person.deep := log_add(person.deep, weight.log_weight);
    END IF;
    UPDATE contacts AS c SET
        engagement_light = person.light,
        engagement_deep = person.deep,
        engagement_score = engagement_score(person.light, person.deep, person.last_at),
        last_engaged_at = person.last_at
    WHERE c.id = act.contact_id;
END
$$;
