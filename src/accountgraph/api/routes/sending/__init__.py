"""What messages leave from and by: senders, mailboxes, secrets, the workspace's settings, providers."""
