-- Record one event and give back its touchpoint as it is then; no row where there is no such
-- touchpoint. A reply may carry `message_id`; without one, a message that was answered already is
-- not answered again.
CREATE FUNCTION record_event(event jsonb) RETURNS SETOF touchpoints
LANGUAGE plpgsql ROWS 1
SET search_path FROM CURRENT
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    given events := jsonb_populate_record(NULL::events, event);
    by_hand uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM touchpoints AS t WHERE t.id = given.touchpoint_id) THEN
        RETURN;
    END IF;
    IF given.kind = 'replied' THEN
        PERFORM lock_for_events(ARRAY[given.touchpoint_id], '{}');
        by_hand := reply_key(given.touchpoint_id, NULL);
        given.dedupe_key := reply_key(given.touchpoint_id, event ->> 'message_id');
        IF given.dedupe_key = by_hand THEN
            IF EXISTS (SELECT FROM events AS e WHERE e.touchpoint_id = given.touchpoint_id AND e.kind = 'replied') THEN
                given.kind := NULL;
            END IF;
        ELSIF NOT EXISTS (SELECT FROM events AS e WHERE e.dedupe_key = given.dedupe_key) THEN
            UPDATE events AS e SET dedupe_key = given.dedupe_key WHERE e.dedupe_key = by_hand;
        END IF;
        UPDATE touchpoints AS t SET response = event ->> 'response'
        WHERE t.id = given.touchpoint_id AND t.response IS NULL AND event ->> 'response' IS NOT NULL;
    END IF;
    INSERT INTO events (
        kind, detail, at, touchpoint_id, contact_id, actor, actor_reason, url, user_agent, address,
        provider, provider_account, provider_event_id, dedupe_key, raw
    )
    SELECT given.kind, given.detail, coalesce(given.at, current_moment()), given.touchpoint_id, given.contact_id, given.actor,
        given.actor_reason, given.url, given.user_agent, given.address, given.provider, given.provider_account,
        given.provider_event_id, given.dedupe_key, coalesce(given.raw, '{}')
    WHERE given.kind IS NOT NULL
    ON CONFLICT (dedupe_key) DO NOTHING;
    RETURN QUERY SELECT t.* FROM touchpoints AS t WHERE t.id = given.touchpoint_id;
END
$$;
