"""Whom not to write to, and when: free days, the law, suppressions, consents."""

from accountgraph.dashboard.settings.permissions import consents, holidays, law, pasting, suppressions

PERMISSIONS = (*holidays.WAYS, *law.WAYS, *suppressions.WAYS, *pasting.WAYS, *consents.WAYS)
