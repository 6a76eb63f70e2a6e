"""The transports of these interfaces, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.channels.mail_apis.gmail import GmailTransport
from accountgraph.channels.mail_apis.graph import GraphTransport

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from accountgraph.channels.mail_apis.transport import OwnerTransport

TRANSPORTS: Mapping[str, type[OwnerTransport[Any]]] = {transport.name: transport for transport in (GmailTransport, GraphTransport)}
