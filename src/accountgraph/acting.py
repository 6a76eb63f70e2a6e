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

    def is_who_did(self, kind: str, actor_id: str | None, name: str) -> bool:
        """Whether what is logged with these was done by the same somebody: a name alone may be anybody's.

        Users and keys are known by their id; an agent by its name, whichever of its keys it used.
        """
        if kind != self.kind:
            return False
        return name == self.name if self.known_id is None else actor_id == self.known_id

    @property
    def known_id(self) -> str | None:
        """The id that tells this one from others of the same kind; None: the name does."""
        return None if self.kind is ActingKind.AGENT else self.id
