"""What messages carry so that a provider's answers find their way back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from accountgraph.addresses import phone_key
from accountgraph.campaigns.messages.texts import whole_text
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from accountgraph.campaigns.engine.transport import Message

INTENT_KEY = "accountgraph_intent"
"""Under this name a provider keeps our intent's id; Postmark allows 20 characters."""


def intent_in(message_id: str) -> str:
    """The intent of our Message-ID, which begins with it.

    Raises:
        ValueError: it is not one of ours.
    """
    try:
        return str(UUID(message_id.strip().lstrip("<").partition("@")[0]))
    except ValueError:
        raise ValueError(f"{message_id!r} is not a Message-ID of ours, which begins with the intent's id") from None


def named(address: str, name: str | None) -> str:
    """An address with a name, as in a header, but not encoded: for providers that take JSON."""
    if not name:
        return address
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def person(address: str, name: str | None, email_key: str = "email", name_key: str = "name") -> dict[str, str]:
    """An address with a name as an object."""
    return {email_key: address, name_key: name} if name else {email_key: address}


def text_of(message: Message) -> str:
    """The words of a text message: what it says, then who writes and how to be left alone.

    Raises:
        ValueError: there are none, or they hold characters that no text can.
    """
    words = whole_text(message.content, message.footer)
    words.encode()
    if not words:
        raise ValueError("it has no words")
    return words


def phone_number(number: str) -> str:
    """A number in E.164: a plus and up to 15 digits.

    Raises:
        ValueError: it is none.
    """
    try:
        return phone_key(number)
    except InvalidValueError as error:
        raise ValueError(str(error)) from None
