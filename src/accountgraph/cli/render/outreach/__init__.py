"""How campaigns are drawn."""
