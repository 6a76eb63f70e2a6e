-- The health of accounts, day by day.

-- The score of an account at the end of a day of the workspace's zone, and its four parts; of today, as it was when it was last looked at.
CREATE TABLE account_health_daily (
    company_id uuid NOT NULL CONSTRAINT account_health_daily_company_id_fkey REFERENCES companies ON DELETE CASCADE,
    day date NOT NULL,
    score numeric(5, 2) NOT NULL,
    engagement numeric(5, 2) NOT NULL,
    conversations numeric(5, 2) NOT NULL,
    relationships numeric(5, 2) NOT NULL,
    decision_makers numeric(5, 2) NOT NULL,
    is_reckoned boolean NOT NULL, -- afterwards, from the event log; false: taken on the day itself
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, day)
);
CREATE INDEX account_health_daily_day_idx ON account_health_daily (day, company_id);

-- Days that two accounts which become one both have: those of the kept one stay.
CREATE FUNCTION collapse_health(of_merge uuid, dropped uuid, kept uuid) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT
SET timezone = 'UTC'
AS $$
BEGIN
    WITH gone AS (
        DELETE FROM account_health_daily AS h
        WHERE h.company_id = dropped AND EXISTS (SELECT FROM account_health_daily AS k WHERE k.company_id = kept AND k.day = h.day)
        RETURNING h.company_id, h.day, to_jsonb(h) AS image
    )
    INSERT INTO merge_rows (merge_id, table_name, row_key, before)
    SELECT of_merge, 'account_health_daily', jsonb_build_object('company_id', g.company_id, 'day', g.day), g.image FROM gone AS g;
END
$$;
