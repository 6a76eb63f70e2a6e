"""Writes the corpus of reports, calendars and complaints: `python -m tests.inbound.writer`. What is expected stands beside each case."""
