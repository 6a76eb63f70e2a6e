"""Channels: what carries the engine's messages. Each is a `Transport`; what it cannot do, its abilities say."""

from accountgraph.channels.console import ConsoleTransport
from accountgraph.channels.credentials import NoVault, Vault, credential
from accountgraph.channels.registry import Surroundings, Transports, UnknownTransportError
from accountgraph.channels.smtp import SmtpTransport
from accountgraph.channels.smtp_settings import SmtpSettings

__all__ = [
    "ConsoleTransport",
    "NoVault",
    "SmtpSettings",
    "SmtpTransport",
    "Surroundings",
    "Transports",
    "UnknownTransportError",
    "Vault",
    "credential",
]
