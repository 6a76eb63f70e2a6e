"""What comes in, joined to the graph: a mail, a provider's event, a text becomes signals and events, once."""

from accountgraph.intake.mail import Taken, take_mail
from accountgraph.intake.stored import take_told

__all__ = ["Taken", "take_mail", "take_told"]
