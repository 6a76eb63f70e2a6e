"""Connections to SMTP servers, kept open between the messages of a sender."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from aiosmtplib import SMTP, SMTPException

from accountgraph.channels.smtp_settings import Tls

if TYPE_CHECKING:
    from accountgraph.channels.smtp_settings import SmtpSettings

MOST_AT_ONCE = 2  # of one sender; services allow few
GOODBYE_SECONDS = 2.0


class Connections:
    """The open connections of one event loop, by settings and sender."""

    def __init__(self) -> None:
        self._idle: defaultdict[tuple[SmtpSettings, str], list[SMTP]] = defaultdict(list)
        self._turns: defaultdict[tuple[SmtpSettings, str], asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(MOST_AT_ONCE))

    async def take(self, settings: SmtpSettings, sender: str, secret: str | None) -> SMTP:
        """A connection that is greeted, encrypted and logged in, as the settings ask; it has to be given back.

        `secret`: the password, or the access token where the settings name a grant.

        Raises:
            SMTPException, OSError: there is none to be had.
        """
        key = (settings, sender)
        await self._turns[key].acquire()
        try:
            return await self._reused(key) or await _connected(settings, sender, secret)
        except BaseException:
            self._turns[key].release()
            raise

    def give_back(self, settings: SmtpSettings, sender: str, client: SMTP | None, *, is_clean: bool) -> None:
        """Give a connection back; one that is not clean (nobody knows what the server thinks) is closed."""
        if client is None:
            return
        if is_clean:
            self._idle[settings, sender].append(client)
        else:
            client.close()
        self._turns[settings, sender].release()

    async def close(self) -> None:
        """Say goodbye on every idle connection."""
        clients = [client for idle in self._idle.values() for client in idle]
        self._idle.clear()
        for client in clients:
            with suppress(SMTPException, OSError):
                await client.quit(timeout=GOODBYE_SECONDS)
            client.close()

    async def _reused(self, key: tuple[SmtpSettings, str]) -> SMTP | None:
        """An idle connection that still answers."""
        while self._idle[key]:
            client = self._idle[key].pop()
            try:
                if client.is_connected:
                    await client.rset()
                    return client
            except (SMTPException, OSError):
                pass
            except BaseException:
                client.close()
                raise
            client.close()
        return None


async def _connected(settings: SmtpSettings, sender: str, secret: str | None) -> SMTP:
    async def token() -> str:
        return secret or ""

    client = SMTP(
        hostname=settings.host,
        port=settings.server_port,
        username=settings.username,
        password=None if settings.oauth else secret,
        oauth_token_generator=token if settings.oauth else None,
        local_hostname=settings.local_name or sender.rpartition("@")[2],
        timeout=settings.timeout_seconds,
        use_tls=settings.tls is Tls.IMPLICIT,
        start_tls=settings.tls is Tls.STARTTLS,
        cert_bundle=settings.ca_file,
    )
    await client.connect()
    if client.is_ehlo_or_helo_needed:
        await client.ehlo()
    return client
