"""Mails that a provider only tells of, fetched from it."""

from __future__ import annotations

import email
import email.policy
from typing import TYPE_CHECKING

import httpx
import pytest

from accountgraph.channels.providers.resend.receiving import MailNotFetchedError, fetched_mail
from accountgraph.channels.providers.resend.sending import ResendTransport
from accountgraph.errors import ConfigError
from accountgraph.web.fetching import FetchError, fetch_mail
from tests.channels.conftest import NOW
from tests.channels.providers.fake import KEY
from tests.channels.providers.service import Asked, Said, Service

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MIME = b"From: sarah@acme.com\r\nSubject: Re: Hello\r\n\r\nYes.  \r\n\r\n"
FIELDS = {
    "from": "Sarah <sarah@acme.com>",
    "to": ["me@ours.com"],
    "subject": "Re: Hello",
    "text": "Yes.",
    "headers": {"In-Reply-To": "<m@ours.com>"},
}


class Resend:
    """Its API for mails that came in, and where it keeps them."""

    def __init__(self) -> None:
        self.keeps = True
        self.elsewhere: str | None = None
        self.service = Service(self.answer)

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/kept/1.eml":
            assert "authorization" not in asked.headers  # the key is for the API alone
            return Said(text=MIME.decode())
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return Said(401, {"message": "no"})
        if asked.path != "/emails/receiving/in-1":
            return Said(404, {"message": "Email not found"})
        raw = {"raw": {"download_url": self.elsewhere or f"{self.service.url}/kept/1.eml?sig=a%2Fb"}}
        return Said(json={**FIELDS, **(raw if self.keeps else {"raw": None})})


async def plainly(url: str) -> bytes:
    """What is at an address of this machine."""
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).content


async def fetched(resend: Resend, provider_id: str = "in-1", get: Callable[[str], Awaitable[bytes]] | None = None) -> bytes:
    transport = ResendTransport(lambda: NOW)
    async with resend.service.open() as service:
        try:
            return await fetched_mail(transport, provider_id, {"api_key_env": "PROVIDER_KEY", "base_url": service.url}, get or plainly)
        finally:
            await transport.close()


async def test_a_mail_is_fetched_byte_for_byte_and_the_key_goes_to_the_api_alone() -> None:
    assert await fetched(Resend()) == MIME


async def test_a_mail_that_is_not_kept_is_built_from_its_fields() -> None:
    resend = Resend()
    resend.keeps = False
    message = email.message_from_bytes(await fetched(resend), policy=email.policy.default)
    assert (message["From"], message["In-Reply-To"], message.get_content().strip()) == ("Sarah <sarah@acme.com>", "<m@ours.com>", "Yes.")


@pytest.mark.parametrize("provider_id", ["in-2", "../emails", ""])
async def test_a_mail_that_is_not_there_is_said_to_be_missing(provider_id: str) -> None:
    with pytest.raises(MailNotFetchedError, match="404"):
        await fetched(Resend(), provider_id)


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "https://127.0.0.1/x", "file:///etc/passwd", "ftp://x/y", "https://"])
async def test_an_address_that_is_not_safe_is_not_fetched(url: str) -> None:
    resend = Resend()
    resend.elsewhere = url
    with pytest.raises(FetchError):
        await fetched(resend, get=fetch_mail)


async def test_settings_that_cannot_be_used_are_named() -> None:
    with pytest.raises(ConfigError, match="api_key_env"):
        await fetched_mail(ResendTransport(lambda: NOW), "in-1", {}, plainly)
