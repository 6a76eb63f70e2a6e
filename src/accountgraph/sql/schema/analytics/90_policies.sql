-- An agent reads what is counted; it writes none of it.
DO $$
DECLARE
    agent constant text := current_setting('accountgraph.agent_role');
BEGIN
    ALTER TABLE account_health_daily ENABLE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY workspace ON account_health_daily TO %I, %I USING (true) WITH CHECK (true)', current_user, agent);
    EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
    EXECUTE format('GRANT SELECT ON account_health_daily, touch_outcomes, meeting_credits TO %I', agent);
    EXECUTE format(
        'GRANT EXECUTE ON FUNCTION known_zone(text),'
        ' account_progress(timestamptz, timestamptz, text, text, text, uuid, uuid) TO %I', agent
    );
END
$$;
