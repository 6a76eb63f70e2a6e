"""Who may enter: members, invitations, one's own account, keys, agents."""

from accountgraph.dashboard.settings.people import account, agents, keys, members

PEOPLE = (*account.WAYS, *members.WAYS, *keys.WAYS, *agents.WAYS)
