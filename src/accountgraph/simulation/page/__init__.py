"""The report as one page of HTML with pictures, which needs nothing else: no script, no network, no other file."""

from accountgraph.simulation.page.page import html_page

__all__ = ["html_page"]
