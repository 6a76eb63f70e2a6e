"""Who acts: the name under which a change stands in the audit log."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class ActingKind(StrEnum):
    """What kind of somebody acts."""

    USER = "user"  # a person with a login, in a browser
    KEY = "key"  # a program with an API key
    AGENT = "agent"  # an AI agent, by a key of its own or in the user's own process
    COMMAND = "command"  # somebody at the command line
    WORKER = "worker"  # the engine by itself


class Acting(Struct, frozen=True, kw_only=True):
    """Who acts in a transaction.

    Args:
        id: of the user or of the key; None where there is none.
        name: what people know them by: an address, a key's label, a login of the machine.
        request_id: of the request that this belongs to.
    """

    kind: ActingKind
    name: str
    id: str | None = None
    request_id: str | None = None
