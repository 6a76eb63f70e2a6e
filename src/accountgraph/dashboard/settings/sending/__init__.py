"""What messages leave from, who sends them, by which policy, in which words."""

from accountgraph.dashboard.settings.sending import identities, logins, mailboxes, policy, senders, templates, workspace

SENDING = (*senders.WAYS, *mailboxes.WAYS, *logins.WAYS, *identities.WAYS, *workspace.WAYS, *policy.WAYS, *templates.WAYS)
