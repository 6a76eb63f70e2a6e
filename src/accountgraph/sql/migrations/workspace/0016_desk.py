"""Who is at an approval keeps others away for a while; a task that somebody put off says who did."""

from accountgraph.migration import sql_beside

revision = "0016"
down_revision = "0015"
upgrade = sql_beside(__file__)
