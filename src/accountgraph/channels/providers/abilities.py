"""What a provider can do beyond what the engine asks for; the table of providers is made of it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from accountgraph.enums import Channel


class WireId(StrEnum):
    """Whose Message-ID a message carries. `theirs`: they replace ours and say by what; `untold`: and do not say at once."""

    OURS = "ours"
    THEIRS = "theirs"
    UNTOLD = "untold"


class ProviderAbilities(Struct, frozen=True, kw_only=True):
    """`title`: its name as people write it. `idempotency`: how long the same message sent twice goes out once, None: it does not.

    `tracking`: whether we can switch its own tracking off message by message (we do, unless settings ask for it).
    """

    title: str
    channel: Channel = Channel.EMAIL
    message_id: WireId | None = None
    idempotency: str | None = None
    tracking: bool = False
