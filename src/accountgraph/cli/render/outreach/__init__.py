"""How campaigns, and the work around them, are drawn."""
