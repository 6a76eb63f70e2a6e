"""What came of it is counted: views of touches, and the health of accounts day by day."""

from accountgraph.migration import sql_beside

revision = "0014"
down_revision = "0013"
upgrade = sql_beside(__file__)
