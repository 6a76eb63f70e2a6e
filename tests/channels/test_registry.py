"""Transports by name, and what the console shows."""

from __future__ import annotations

import io

import pytest

from accountgraph.campaigns.engine.transport import Sent
from accountgraph.channels import ConsoleTransport, Transports, UnknownTransportError
from tests.channels.conftest import NOW, message


def test_a_name_gives_the_same_transport_every_time() -> None:
    transports = Transports(lambda: NOW)
    assert transports.transport_for("smtp") is transports.transport_for("smtp")


def test_a_name_that_is_unknown_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownTransportError, match="Did you mean 'smtp'"):
        Transports(lambda: NOW).transport_for("smpt")


async def test_another_transport_can_be_brought_along() -> None:
    mine = ConsoleTransport(io.StringIO())
    transports = Transports(lambda: NOW, {"mine": lambda _: mine})
    assert transports.transport_for("mine") is mine
    await transports.close()


async def test_the_console_shows_control_characters_instead_of_obeying_them() -> None:
    stream = io.StringIO()
    await ConsoleTransport(stream).send(message(content="a\x1b[2Jb"))
    assert "a\\x1b[2Jb" in stream.getvalue()


async def test_a_console_that_is_closed_never_raises() -> None:
    stream = io.StringIO()
    stream.close()
    assert (await ConsoleTransport(stream).send(message())).outcome is Sent.RETRY
