"""What is told to the outside: endpoints and their outbox, and notices to the people who run the workspace."""

from accountgraph.migration import sql_beside

revision = "0009"
down_revision = "0008"
upgrade = sql_beside(__file__)
