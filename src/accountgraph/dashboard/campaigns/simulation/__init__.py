"""Simulating a campaign: asked for by a form, run in the background, drawn as a calendar."""
