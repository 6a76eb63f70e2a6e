-- What the two have around them.
INSERT INTO topics (key, name) VALUES ('news', 'News'), ('events', 'Events'), ('both', 'Both');
INSERT INTO senders (id, address) VALUES ('dddddddd-0000-4000-8000-000000000004', 'me@ours.test');
INSERT INTO mailboxes (sender_id, protocol) VALUES ('dddddddd-0000-4000-8000-000000000004', 'imap');
INSERT INTO campaigns (id, name) VALUES ('eeeeeeee-0000-4000-8000-000000000005', 'spring');
INSERT INTO campaign_versions (campaign_id, number, definition, content_hash) VALUES ('eeeeeeee-0000-4000-8000-000000000005', 1, '{}', 'x');
