"""Sending by the SES API v2, as MIME: what goes out is our own mail, but for its Message-ID."""

from __future__ import annotations

import base64
from collections.abc import Mapping  # noqa: TC003 - msgspec reads the annotations
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.mime import mail_of
from accountgraph.channels.providers.abilities import ProviderAbilities, WireId
from accountgraph.channels.providers.http import HttpTransport
from accountgraph.channels.providers.outgoing import INTENT_KEY
from accountgraph.channels.providers.reading import text
from accountgraph.channels.providers.ses.sigv4 import Credentials, signed_headers
from accountgraph.channels.providers.settings import Keys, ProviderSettings
from accountgraph.channels.secrets import EnvironmentName, SecretName  # noqa: TC001 - msgspec reads the annotations

_PATH = "/v2/email/outbound-emails"
_ABOUT_SENDER = ("MailFromDomainNotVerified", "AccountSuspended", "SendingPaused", "LimitExceeded")


class SesSettings(ProviderSettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `ses`.

    `key` and `secret`: the stored secrets (`secret:NAME`) with an access key that may `ses:SendEmail`, `token` the one with the
    token of temporary credentials; or `key_env`, `secret_env` and `token_env`, the environment variables that hold them, None:
    AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. `configuration_set`: the one that publishes events and holds the tracking options.
    """

    provider: ClassVar[str] = "Amazon SES"
    secrets: ClassVar[tuple[str, ...]] = ("key", "secret")
    more_secrets: ClassVar[tuple[str, ...]] = ("token",)
    usual: ClassVar[Mapping[str, str]] = {"key": "AWS_ACCESS_KEY_ID", "secret": "AWS_SECRET_ACCESS_KEY"}

    region: Annotated[str, Meta(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    key: SecretName | None = None
    key_env: EnvironmentName | None = None
    secret: SecretName | None = None
    secret_env: EnvironmentName | None = None
    token: SecretName | None = None
    token_env: EnvironmentName | None = None
    configuration_set: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]+$", max_length=64)] | None = None

    @property
    def api_url(self) -> str:
        """Where the API of the region is."""
        return (self.base_url or f"https://email.{self.region}.amazonaws.com").rstrip("/")


class SesTransport(HttpTransport[SesSettings]):
    """Sends through Amazon SES, which puts a Message-ID of its own on each mail, and says which."""

    name = "ses"
    abilities = Abilities(threads=True, receipts=True)
    provider = ProviderAbilities(title="Amazon SES", message_id=WireId.THEIRS)
    settings_type = SesSettings

    def call(self, message: Message, settings: SesSettings, keys: Keys) -> Call:
        """Our mail, signed for the region."""
        now = self.clock()
        mail = mail_of(message, now)
        body = {
            "FromEmailAddress": mail.sender,
            "Destination": {"ToAddresses": [mail.recipient]},
            "Content": {"Raw": {"Data": base64.b64encode(mail.content).decode()}},
            "EmailTags": [{"Name": INTENT_KEY, "Value": str(message.intent_id)}],
        }
        if settings.configuration_set:
            body["ConfigurationSetName"] = settings.configuration_set
        content = msgspec.json.encode(body)
        parts = urlsplit(settings.api_url)
        headers = signed_headers(
            Credentials(keys["key"], keys["secret"], keys.get("token")),
            host=parts.netloc,
            path=parts.path + _PATH,
            body=content,
            region=settings.region,
            service="ses",
            now=now,
        )
        return Call(path=_PATH, headers=headers, content=content)

    def taken(self, answer: Answer, settings: SesSettings) -> Result:
        """Its id is the first half of the wire Message-ID."""
        provider_id = text(answer.json, "MessageId")
        host = "email" if settings.region == "us-east-1" else settings.region
        wire_message_id = f"<{provider_id}@{host}.amazonses.com>" if provider_id else None
        return Result(outcome=Sent.SENT, provider_id=provider_id, wire_message_id=wire_message_id, raw=answer.raw)

    def is_about_sender(self, answer: Answer) -> bool:
        """By the error's type; an identity that is not verified is the sender's trouble."""
        kind = answer.headers.get("x-amzn-errortype") or text(answer.json, "__type") or ""
        words = text(answer.json, "message") or text(answer.json, "Message") or ""
        return any(name in kind for name in _ABOUT_SENDER) or "not verified" in words
