"""Made-up accounts to look around in: one with a known answer to every question, and forty with a year of history."""

from accountgraph.demo.reference import DOMAIN, DemoAccount, load_reference_account

__all__ = ["DOMAIN", "DemoAccount", "load_reference_account"]
