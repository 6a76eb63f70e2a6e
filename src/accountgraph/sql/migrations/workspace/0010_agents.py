"""AI agents: budgets, the messages they ask for, and what none of them gets round."""

from accountgraph.migration import sql_beside

revision = "0010"
down_revision = "0009"
upgrade = sql_beside(__file__)
