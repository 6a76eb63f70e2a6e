"""The graph: entities, events, engagement, triggers, questions, policies."""

from accountgraph.migration import sql_beside

revision = "0001"
down_revision = None
upgrade = sql_beside(__file__)
