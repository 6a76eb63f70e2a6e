"""What every fake provider is made of, and how what it took is shown."""

from __future__ import annotations

import base64
import email
import email.policy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.providers.service import Asked, Said

if TYPE_CHECKING:
    from email.message import EmailMessage

KEY = "key-right"
SID = "AC" + "a" * 32


@dataclass(frozen=True)
class Went:
    """A message that went out, as a person's program would show it, and what the provider keeps beside it."""

    shown: str
    intent: str | None
    id: str
    raw: Any


class Fake:
    """One provider. `refusal`: how it refuses a recipient; `sender_refusal`: how it refuses who sends."""

    name: ClassVar[str]
    settings: ClassVar[dict[str, Any]] = {"api_key_env": "PROVIDER_KEY"}
    refusal: ClassVar[Said]
    sender_refusal: ClassVar[Said]

    def __init__(self) -> None:
        self.went: list[Went] = []

    def __call__(self, asked: Asked) -> Said:
        if not self.knows(asked):
            return Said(401, {"message": "unauthorized"})
        return self.search(asked) if asked.method == "GET" else self.send(asked)

    def knows(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Bearer {KEY}"

    def send(self, asked: Asked) -> Said:
        raise NotImplementedError

    def search(self, asked: Asked) -> Said:
        return Said(404, {"message": f"{asked.path} not found"})

    def take(self, shown: str, intent: str | None, raw: Any, id_: str | None = None) -> str:
        id_ = id_ or f"id-{len(self.went) + 1}"
        self.went.append(Went(shown, intent, id_, raw))
        return id_


def mail(sender: str, recipient: str, headers: dict[str, str], *words: str, reply_to: str | None = None, wire: str | None = None) -> str:
    named = {"From": sender, "To": recipient, "Reply-To": reply_to, "Message-ID": wire, **headers}
    return "\n".join([*(f"{name}: {value}" for name, value in named.items() if value), "", *words])


def person(one: dict[str, str], address: str = "email", name: str = "name") -> str:
    assert "@" in one[address]
    return f"{one[name]} <{one[address]}>" if name in one else one[address]


def plain(address: str) -> str:
    """`"Ann" <a@x>` as a program shows it."""
    return address.replace('"', "")


def mime(content: bytes, wire: str | None = None) -> str:
    message: EmailMessage = email.message_from_bytes(content, policy=email.policy.default)
    headers = {name: str(value) for name, value in message.items()}
    if wire:
        headers["Message-ID"] = wire
    body = message.get_body(("plain",))
    assert body is not None
    return "\n".join([*(f"{name}: {value}" for name, value in headers.items()), "", body.get_content().replace("\r\n", "\n")])


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
