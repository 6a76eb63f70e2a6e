"""The console: shows exactly what would go out, and sends nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.mime import below, ways_off
from accountgraph.inbound.ours import INTENT_HEADER

if TYPE_CHECKING:
    from datetime import datetime
    from typing import TextIO

_RULE = "-" * 72


class ConsoleTransport:
    """A dry run. `stream`: where it writes; None: standard output."""

    name = "console"
    abilities = Abilities(threads=True)
    is_dry_run = True

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    async def send(self, message: Message) -> Result:
        """Write the message as it would go out."""
        stream = self._stream or sys.stdout
        try:
            stream.write(shown(message) + "\n")
            stream.flush()
        except (OSError, ValueError) as error:  # a closed pipe
            return Result(outcome=Sent.RETRY, detail=f"The console cannot be written to: {error}", is_sender_trouble=True)
        return Result(outcome=Sent.SENT, detail="Shown on the console; nothing was sent.")

    async def find(self, message_id: str, *, settings: dict[str, Any], since: datetime) -> Result | None:
        """Nothing is kept, so nothing can be found."""
        raise NotImplementedError("the console cannot search; abilities.search says so")

    async def close(self) -> None:
        """Nothing is held."""


def shown(message: Message) -> str:
    """A message as people read it: its headers, its words, its footer. Control characters are shown, not acted on."""
    headers = {
        "Channel": message.channel.value,
        "From": _addressed(message.sender, message.sender_name),
        "To": _addressed(message.recipient, message.recipient_name),
        "Reply-To": message.reply_to,
        "Subject": message.subject,
        "Message-ID": message.message_id,
        "In-Reply-To": message.in_reply_to,
        "References": " ".join(message.references),
        **ways_off(message),
        **message.headers,
        INTENT_HEADER: str(message.intent_id),
    }
    lines = [_RULE, *(f"{name}: {_plain(value)}" for name, value in headers.items() if value), "", *_lines(message.content)]
    if under := below(message):
        lines += ["", "-- ", *_lines(under)]
    if told := _told(message):
        lines += ["", "In the HTML:", *told]
    return "\n".join([*lines, _RULE])


def _told(message: Message) -> list[str]:
    """What of the message tells of an open or a click."""
    links = [f"  {_plain(url)} leads through {_plain(through)}" for url, through in message.links.items()]
    return [*links, *([f"  a pixel from {_plain(message.pixel)}"] if message.pixel else [])]


def _addressed(address: str, name: str | None) -> str:
    return f"{name} <{address}>" if name else address


def _lines(text: str) -> list[str]:
    return [_plain(line) for line in text.split("\n")]


def _plain(text: str) -> str:
    return "".join(sign if sign.isprintable() or sign == "\t" else f"\\x{ord(sign):02x}" for sign in text.rstrip("\r"))
