"""Mailboxes by a service's own interface: which mails after a cursor were taken; hosts that are verified, answers to an alias."""

from accountgraph.migration import sql_beside

revision = "0006"
down_revision = "0005"
upgrade = sql_beside(__file__)
