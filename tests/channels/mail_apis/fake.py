"""What both fake services are made of: mails that are there, tokens that are good, and everything that was asked."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.providers.fake import mime

if TYPE_CHECKING:
    from tests.channels.providers.service import Asked, Said

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Tokens:
    """A vault with one grant. A token that was refused is followed by the next one."""

    def __init__(self) -> None:
        self.token, self.renewed = "t-1", 0

    async def secret(self, name: str) -> str:
        raise AssertionError(name)

    async def access_token(self, name: str, refused: str | None = None) -> str:
        assert name == "me"
        if self.token == refused:
            self.renewed += 1
            self.token = f"t-{self.renewed + 1}"
        return self.token


@dataclass(frozen=True)
class Kept:
    """A mail in the mailbox. `labels`: what Gmail has for folders; Graph has one of them."""

    id: str
    raw: bytes
    labels: tuple[str, ...]
    at: datetime
    thread: str

    @property
    def headers(self) -> list[dict[str, str]]:
        message = email.message_from_bytes(self.raw, policy=email.policy.compat32)
        return [{"name": name, "value": " ".join(str(value).split())} for name, value in message.items()]

    def header(self, name: str) -> str | None:
        return next((one["value"] for one in self.headers if one["name"].lower() == name.lower()), None)


class MailFake:
    """A mailbox behind an API. `good`: the tokens it takes. `renames`: it puts its own Message-ID on what is sent."""

    settings: ClassVar[dict[str, Any]] = {"oauth": "secret:me"}
    sent_label: ClassVar[str]
    inbox_label: ClassVar[str]

    def __init__(self) -> None:
        self.good = {"t-1", "t-2"}
        self.kept: dict[str, Kept] = {}
        self.log: list[str] = []  # ids in the order they came
        self.forgotten = 0  # so much of the log is not known any more
        self.renames = False
        self.now = NOW
        self.number = 0

    def __call__(self, asked: Asked) -> Said:
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.good:
            return self.unauthorized()
        return self.answer(asked)

    def unauthorized(self) -> Said:
        raise NotImplementedError

    def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    def arrive(self, raw: bytes, *labels: str, at: datetime | None = None) -> Kept:
        """A mail that is there from now on, in the inbox unless it is said."""
        self.number += 1
        id_ = f"m-{self.number}"
        made = Kept(id_, raw, labels or (self.inbox_label,), at or self.now, f"th-{self.number}")
        self.kept[id_] = made
        self.log.append(id_)
        return made

    def wire(self, raw: bytes) -> bytes:
        """What goes out: with the service's own Message-ID, where it puts one there."""
        if not self.renames:
            return raw
        lines = raw.split(b"\r\n")
        return b"\r\n".join(b"Message-ID: <theirs@service>" if line.lower().startswith(b"message-id:") else line for line in lines)

    def in_thread(self, id_: str, thread: str) -> None:
        self.kept[id_] = replace(self.kept[id_], thread=thread)

    @property
    def sent(self) -> list[Kept]:
        return [one for one in self.kept.values() if self.sent_label in one.labels]

    @property
    def shown(self) -> str:
        return "\n".join(mime(one.raw) for one in self.sent)
