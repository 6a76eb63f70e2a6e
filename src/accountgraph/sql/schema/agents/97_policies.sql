-- Budgets and messages of agents are open to the workspace's role; its agent reads them, and calls three functions.
DO $$
DECLARE
    agent constant text := current_setting('accountgraph.agent_role');
    relation regclass;
    function_name text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['agents', 'agent_channels', 'agent_messages']::regclass[]
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
        EXECUTE format('CREATE POLICY workspace ON %s TO %I, %I USING (true) WITH CHECK (true)', relation, current_user, agent);
        EXECUTE format('GRANT SELECT ON %s TO %I', relation, agent);
    END LOOP;
    FOREACH function_name IN ARRAY ARRAY[
        'working_agent', 'agent_day', 'agent_propose', 'agent_zones', 'named_in', 'agent_release', 'agent_withdraw', 'keep_accepted_words',
        'refuse_own_approval'
    ]
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %I.%I FROM PUBLIC', current_schema(), function_name);
    END LOOP;
    FOREACH function_name IN ARRAY ARRAY['agent_propose', 'agent_zones', 'named_in', 'agent_release', 'agent_withdraw', 'keep_accepted_words',
        'refuse_own_approval']
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I.%I TO %I', current_schema(), function_name, agent);
    END LOOP;
END
$$;
