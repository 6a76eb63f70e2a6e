"""Post offices, messages, and the transports that everything is tried with."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from accountgraph.campaigns.engine.transport import Message
from accountgraph.channels import ConsoleTransport, SmtpTransport
from accountgraph.enums import Channel
from tests.channels.post_office import PostOffice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.channels.registry import ClosableTransport

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INTENT = UUID("11111111-2222-4333-8444-555555555555")


def message(**fields: Any) -> Message:
    given = {
        "intent_id": INTENT,
        "channel": Channel.EMAIL,
        "sender": "me@ours.com",
        "sender_name": "Ann Müller",
        "recipient": "sarah@acme.com",
        "recipient_name": "Sarah Jones",
        "subject": "Hello",
        "content": "Dear Sarah,\n\na word.",
        "footer": "Ours Ltd\n1 Road, Town",
        "message_id": f"<{INTENT}@ours.com>",
        **fields,
    }
    return Message(**given)


class Bench:
    """A transport, the settings that lead to the other side, and what arrived there."""

    def __init__(self, transport: ClosableTransport, settings: dict[str, Any], office: PostOffice | None, stream: io.StringIO) -> None:
        self.transport, self.settings, self._office, self._stream = transport, settings, office, stream

    def message(self, **fields: Any) -> Message:
        return message(settings=self.settings, **fields)

    @property
    def count(self) -> int:
        return len(self._office.taken) if self._office else self._stream.getvalue().count("X-AccountGraph-Intent:")

    @property
    def seen(self) -> str:
        """Everything that went out, decoded."""
        if self._office is None:
            return self._stream.getvalue()
        parts = []
        for mail in self._office.mails:
            body = mail.get_body(("plain",))
            assert body is not None
            parts += [*(f"{name}: {value}" for name, value in mail.items()), body.get_content().replace("\r\n", "\n")]
        return "\n".join(parts)


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with PostOffice().open() as office:
        yield office


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpTransport]:
    transport = SmtpTransport(lambda: NOW)
    yield transport
    await transport.close()


@pytest.fixture(params=["console", "smtp"])
async def bench(request: pytest.FixtureRequest, office: PostOffice, smtp: SmtpTransport) -> Bench:
    """Every transport there is; a new one is added here."""
    stream = io.StringIO()
    if request.param == "console":
        return Bench(ConsoleTransport(stream), {}, None, stream)
    return Bench(smtp, {"host": "127.0.0.1", "port": office.port, "tls": "none"}, office, stream)
