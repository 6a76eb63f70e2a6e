"""Sending by the Messages resource of the 2010-04-01 API."""

from __future__ import annotations

from typing import Annotated, ClassVar
from urllib.parse import urlencode

from msgspec import Meta

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.providers.abilities import ProviderAbilities
from accountgraph.channels.providers.http import HttpTransport
from accountgraph.channels.providers.outgoing import INTENT_KEY, phone_number, text_of
from accountgraph.channels.providers.reading import text
from accountgraph.channels.providers.settings import Keys, ProviderSettings
from accountgraph.channels.secrets import EnvironmentName, SecretName, checked_base_url
from accountgraph.enums import Channel

# docs: twilio.com/docs/api/errors. What they say is about our numbers, our account or the countries it may write to.
_ABOUT_SENDER = frozenset(
    (
        "20003",
        "20005",
        "21212",
        "21408",
        "21603",
        "21606",
        "21607",
        "21611",
        "21612",
        "21659",
        "21660",
        "21661",
        "21703",
        "21704",
        "30034",
        "63038",
    )
)


class TwilioSettings(ProviderSettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `twilio`.

    `account_sid`: of the account (AC...). `key_sid`: of an API key (SK...), None: the account itself logs in. `secret`:
    the stored secret (`secret:NAME`) with the key's secret, or with the account's auth token; or `secret_env`: the environment
    variable with it. `messaging_service_sid`: the service that
    chooses the number, None: the sender's own address. `status_url`: where Twilio tells what became of a message, by https.
    """

    provider: ClassVar[str] = "Twilio"
    default_base_url: ClassVar[str] = "https://api.twilio.com"
    secrets: ClassVar[tuple[str, ...]] = ("secret",)

    account_sid: Annotated[str, Meta(pattern="^AC[0-9a-fA-F]{32}$")]
    key_sid: Annotated[str, Meta(pattern="^SK[0-9a-fA-F]{32}$")] | None = None
    secret: SecretName | None = None
    secret_env: EnvironmentName | None = None
    messaging_service_sid: Annotated[str, Meta(pattern="^MG[0-9a-fA-F]{32}$")] | None = None
    status_url: Annotated[str, Meta(max_length=2000)] | None = None


class TwilioTransport(HttpTransport[TwilioSettings]):
    """Sends text messages through Twilio."""

    name = "twilio"
    abilities = Abilities(receipts=True)
    provider = ProviderAbilities(title="Twilio", channel=Channel.SMS)
    settings_type = TwilioSettings

    def call(self, message: Message, settings: TwilioSettings, keys: Keys) -> Call:
        """A message as a form."""
        form = {"To": phone_number(message.recipient), "Body": text_of(message)}
        if settings.messaging_service_sid:
            form["MessagingServiceSid"] = settings.messaging_service_sid
        else:
            form["From"] = message.sender
        if settings.status_url:
            # Twilio keeps nothing of ours: what it tells later finds its message by the address it is told at.
            form["StatusCallback"] = f"{checked_base_url('status_url', settings.status_url)}?{urlencode({INTENT_KEY: message.intent_id})}"
        login = (settings.key_sid or settings.account_sid, keys["secret"])
        return Call(path=f"/2010-04-01/Accounts/{settings.account_sid}/Messages.json", login=login, form=form)

    def taken(self, answer: Answer, settings: TwilioSettings) -> Result:
        """201; a message may be taken and have failed already."""
        status = text(answer.json, "status")
        if status in {"failed", "undelivered"}:
            return Result(outcome=Sent.REFUSED, detail=text(answer.json, "error_message") or status, raw=answer.raw)
        return Result(outcome=Sent.SENT, provider_id=text(answer.json, "sid"), detail=status, raw=answer.raw)

    def is_about_sender(self, answer: Answer) -> bool:
        """By its own codes."""
        return text(answer.json, "code") in _ABOUT_SENDER
