"""What is kept: for how long, of whom, and who changed what."""

from accountgraph.dashboard.settings.records import audit, retention

RECORDS = (*retention.WAYS, *audit.WAYS)
