"""The campaigns of the demo, lived through by the real engine on a clock set back."""
