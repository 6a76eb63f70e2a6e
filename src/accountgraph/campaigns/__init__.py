"""Campaigns: whom to write to, when, on which channel, with what words; and, just as important, whom not, and why."""
