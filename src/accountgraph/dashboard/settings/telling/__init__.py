"""What others are told: systems by webhooks, people by notices."""

from accountgraph.dashboard.settings.telling import deliveries, notices, webhooks

TELLING = (*webhooks.WAYS, *deliveries.WAYS, *notices.WAYS)
