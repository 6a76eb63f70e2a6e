"""`python -m accountgraph` is the command."""

from accountgraph.cli.main import main

main()
