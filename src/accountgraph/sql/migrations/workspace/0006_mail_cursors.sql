-- What was taken after a cursor, so that a page that is read again takes nothing twice.
ALTER TABLE mailbox_folders ADD COLUMN done text [] NOT NULL DEFAULT '{}';
