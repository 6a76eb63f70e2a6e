-- A host of a sender's own for links is seen to lead to us before any does; answers may go to an address of each message's own.
ALTER TABLE senders
ADD COLUMN tracking_host_verified_at timestamptz,
ADD COLUMN alias_replies boolean NOT NULL DEFAULT false;

-- What was taken after a cursor, so that a page that is read again takes nothing twice.
ALTER TABLE mailbox_folders ADD COLUMN done text [] NOT NULL DEFAULT '{}';
