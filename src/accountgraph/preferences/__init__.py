"""What people choose for themselves: by one click, by mail, or on the preference page."""

from accountgraph.preferences.choices import Choices, Chosen, choices_of, choose
from accountgraph.preferences.unsubscribe import Unsubscribed, unsubscribe

__all__ = ["Choices", "Chosen", "Unsubscribed", "choices_of", "choose", "unsubscribe"]
