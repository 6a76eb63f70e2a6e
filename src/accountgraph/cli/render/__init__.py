"""How answers are drawn in a terminal: 80 columns are enough, and colour never says anything alone."""
