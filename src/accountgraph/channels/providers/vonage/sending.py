"""Sending by the Messages API v1."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.providers.abilities import ProviderAbilities
from accountgraph.channels.providers.http import HttpTransport
from accountgraph.channels.providers.outgoing import phone_number, text_of
from accountgraph.channels.providers.reading import items, text
from accountgraph.channels.providers.settings import Keys, ProviderSettings
from accountgraph.channels.secrets import EnvironmentName, SecretName, checked_base_url
from accountgraph.enums import Channel


class VonageSettings(ProviderSettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `vonage`.

    `key_id`: the account's API key; `secret`: the stored secret (`secret:NAME`) with its secret, or `secret_env`: the environment
    variable with it. `status_url`: where Vonage tells what became of a message, None: where the account says.
    """

    provider: ClassVar[str] = "Vonage"
    default_base_url: ClassVar[str] = "https://api.nexmo.com"
    secrets: ClassVar[tuple[str, ...]] = ("secret",)

    key_id: Annotated[str, Meta(min_length=1, max_length=100)]
    secret: SecretName | None = None
    secret_env: EnvironmentName | None = None
    status_url: Annotated[str, Meta(max_length=2000)] | None = None


class VonageTransport(HttpTransport[VonageSettings]):
    """Sends text messages through Vonage. The intent is its `client_ref`, which comes back with every status."""

    name = "vonage"
    abilities = Abilities(receipts=True)
    provider = ProviderAbilities(title="Vonage", channel=Channel.SMS)
    settings_type = VonageSettings

    def call(self, message: Message, settings: VonageSettings, keys: Keys) -> Call:
        """A text over SMS; numbers without their plus."""
        body: dict[str, Any] = {
            "message_type": "text",
            "channel": "sms",
            "to": phone_number(message.recipient).lstrip("+"),
            "from": message.sender.lstrip("+"),
            "text": text_of(message),
            "client_ref": str(message.intent_id),
        }
        if settings.status_url:
            body["webhook_url"] = checked_base_url("status_url", settings.status_url)
        return Call(path="/v1/messages", login=(settings.key_id, keys["secret"]), json=body)

    def taken(self, answer: Answer, settings: VonageSettings) -> Result:
        """202."""
        return Result(outcome=Sent.SENT, provider_id=text(answer.json, "message_uuid"), raw=answer.raw)

    def is_about_sender(self, answer: Answer) -> bool:
        """A 422 names the fields."""
        return any(text(one, "name") == "from" for one in items(answer.json, "invalid_parameters"))
