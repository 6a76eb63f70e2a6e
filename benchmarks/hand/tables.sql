DROP TABLE IF EXISTS hand_events, hand_touchpoints, hand_conversations, hand_contacts;
CREATE TABLE hand_contacts (LIKE contacts INCLUDING ALL);
CREATE TABLE hand_conversations (LIKE conversations INCLUDING ALL, FOREIGN KEY (contact_id) REFERENCES hand_contacts ON DELETE CASCADE);
CREATE TABLE hand_touchpoints (
    LIKE touchpoints INCLUDING ALL, FOREIGN KEY (conversation_id) REFERENCES hand_conversations ON DELETE CASCADE
);
CREATE TABLE hand_events (
    LIKE events INCLUDING ALL,
    FOREIGN KEY (touchpoint_id) REFERENCES hand_touchpoints ON DELETE CASCADE,
    FOREIGN KEY (contact_id) REFERENCES hand_contacts ON DELETE SET NULL
);
INSERT INTO hand_contacts SELECT * FROM contacts;
INSERT INTO hand_conversations SELECT * FROM conversations;
INSERT INTO hand_touchpoints (id, conversation_id, subject, content, sent_at, opened_at, clicked_at, replied_at)
SELECT id, conversation_id, subject, content, sent_at, opened_at, clicked_at, replied_at FROM touchpoints;
INSERT INTO hand_events (kind, detail, at, touchpoint_id, contact_id, actor, dedupe_key)
SELECT kind, detail, at, touchpoint_id, contact_id, actor, dedupe_key FROM events;
VACUUM ANALYZE hand_contacts;
VACUUM ANALYZE hand_conversations;
VACUUM ANALYZE hand_touchpoints;
VACUUM ANALYZE hand_events
