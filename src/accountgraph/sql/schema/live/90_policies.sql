-- What is told live is read by the workspace's role; what agents do is noted by the triggers, under the owner's rights.
DO $$
BEGIN
    ALTER TABLE changes ENABLE ROW LEVEL SECURITY;
    EXECUTE format('CREATE POLICY workspace ON changes TO %I USING (true) WITH CHECK (true)', current_user);
    EXECUTE format('REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA %I FROM PUBLIC', current_schema());
END
$$;
