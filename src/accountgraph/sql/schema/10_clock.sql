-- Every function carries its own search_path, so that nobody's session setting can send it elsewhere.
-- Those that query also ask for generic plans: their plans depend on no value, and planning anew for
-- each array of ids was measured to cost ten times the work itself.

-- Time has one source: the transaction's setting `accountgraph.now`, which simulation, replay and
-- tests set; else the start of the transaction.
CREATE FUNCTION current_moment() RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path FROM CURRENT
AS $$
BEGIN
    RETURN coalesce(nullif(current_setting('accountgraph.now', true), '')::timestamptz, now());
END
$$;
