"""Calendar mails (RFC 5545, RFC 5546, RFC 6047): invitations, answers, cancellations."""

from __future__ import annotations

from accountgraph.inbound.meetings.invitation import meetings

__all__ = ["meetings"]
