"""Asking a mail service's own interface for what is in a mailbox, and what it has to be able to say."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Protocol

from msgspec import Meta, Struct

from accountgraph.campaigns.engine.transport import Result
from accountgraph.channels.asking import Answer, Call, retry_after
from accountgraph.channels.mail_apis.asking import GrantSettings, OwnerClient
from accountgraph.mailboxes.errors import GoneError, LoginRefusedError, MailboxError, RefusedError
from accountgraph.mailboxes.headers import Head
from accountgraph.mailboxes.reading.folders import Folder, Role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from accountgraph.channels import Vault
    from accountgraph.errors import AccountGraphError
    from accountgraph.mailboxes.reading.history import Heads

TRIES = 4
FIRST_PAUSE = 0.5  # seconds, and twice as long each time, where the service does not say
LONGEST_PAUSE = 20.0  # who asks for more is left alone until the next time
LARGEST_LIST = 8_000_000  # bytes
Bytes = Annotated[int, Meta(ge=65_536, le=104_857_600)]


class ReadSettings(GrantSettings, frozen=True, kw_only=True):
    """The settings of a mailbox that is read by its service's own interface.

    `reads_junk`: bounces, automatic replies and answers to our messages are looked for in the junk folder too. `most_bytes`: longer
    mails are read up to there.
    """

    reads_junk: bool = False
    most_bytes: Bytes = 10_485_760


class Ref(Struct, frozen=True, kw_only=True):
    """A mail that came, as far as it has to be known to be wanted. `place`: where it is, as people know it."""

    id: str
    place: str
    role: Role
    head: Head
    at: datetime


class Page(Struct, frozen=True, kw_only=True):
    """Mails after a cursor, and the cursor after them. `is_last`: there is nothing more now."""

    refs: list[Ref]
    cursor: str
    is_last: bool


class MailApi(Protocol):
    """A service's interface. Every call may raise a `MailboxError`; a folder is what has a cursor of its own."""

    @property
    def settings(self) -> ReadSettings:
        """The mailbox's."""
        ...

    def folders(self) -> list[Folder]:
        """What is read."""
        ...

    async def start(self, folder: Folder, now: datetime) -> str:
        """The cursor behind everything that is there now."""
        ...

    async def afresh(self, folder: Folder, since: datetime) -> str:
        """A cursor before everything that came since, where the old one is not known any more."""
        ...

    async def page(self, folder: Folder, cursor: str) -> Page:
        """What came after a cursor.

        Raises:
            TooOldError: the service does not know it any more.
        """
        ...

    async def mail(self, id_: str, most: int) -> bytes:
        """A mail, up to `most` bytes.

        Raises:
            GoneError: it is not there any more.
            RefusedError: the service does not give it.
        """
        ...

    def history(self, since: datetime) -> AsyncIterator[Heads]:
        """The heads of everything that is there since, but junk."""
        ...

    async def find(self, message_id: str) -> str | None:
        """The id of a mail by its Message-ID (without brackets); drafts are none."""
        ...

    async def is_alive(self) -> bool:
        """Whether the service answers at all."""
        ...

    async def whose(self) -> str:
        """Whose mailbox it is, as far as the service says; else how it is called. Asks it, so that a grant is tried."""
        ...


class ApiClient:
    """Asks one service for one mailbox, again where it asks for patience."""

    def __init__(self, title: str, settings: ReadSettings, vault: Vault, throttles: Callable[[Answer], bool]) -> None:
        self._title, self._settings = title, settings
        self._owner = OwnerClient(title, vault)
        self._throttles = throttles

    async def get(self, call: Call) -> Answer:
        """A 2xx.

        Raises:
            GoneError: a 404 or a 410.
            LoginRefusedError: the grant does not allow it.
            RefusedError: it says no, or fails whenever it is asked this.
            MailboxError: it cannot be reached, or wants to be left alone for longer.
        """
        pause = FIRST_PAUSE
        for number in range(1, TRIES + 1):
            answer = await self._asked(call)
            if 200 <= answer.status < 300:
                return answer
            if not self._is_passing(answer):
                break
            waits = retry_after(answer, datetime.now(UTC))
            if (pause if waits is None else waits) > LONGEST_PAUSE or (number == TRIES and answer.status not in {500, 502}):
                raise MailboxError(f"{self._owner.said(answer)}; it is asked again later.")
            if number < TRIES:
                await asyncio.sleep(pause if waits is None else waits)
            pause *= 2
        raise self._refusal(answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._owner.close()

    async def _asked(self, call: Call) -> Answer:
        answer = await self._owner.ask(call, self._settings)
        if isinstance(answer, Result):
            raise MailboxError(f"{self._title} cannot be reached: {answer.detail}")
        return answer

    def _is_passing(self, answer: Answer) -> bool:
        return answer.status in {408, 429, 500, 502, 503, 504} or self._throttles(answer)

    def _refusal(self, answer: Answer) -> AccountGraphError:
        said = self._owner.said(answer)
        if answer.status in {404, 410}:
            return GoneError(said)
        if answer.status in {401, 403}:
            return LoginRefusedError(f"{said}. Look whether its API is enabled, or connect the mailbox again with `mailbox add`.")
        return RefusedError(said)
