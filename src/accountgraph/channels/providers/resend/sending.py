"""Sending by the Emails API."""

from __future__ import annotations

from typing import ClassVar

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.mime import written_of
from accountgraph.channels.providers.abilities import ProviderAbilities, WireId
from accountgraph.channels.providers.http import HttpTransport
from accountgraph.channels.providers.outgoing import INTENT_KEY, named
from accountgraph.channels.providers.reading import text
from accountgraph.channels.providers.settings import Keys, KeySettings

_CONFLICT = 409


class ResendSettings(KeySettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `resend`. Tracking is a matter of the domain there."""

    provider: ClassVar[str] = "Resend"
    default_base_url: ClassVar[str] = "https://api.resend.com"


class ResendTransport(HttpTransport[ResendSettings]):
    """Sends through Resend; the intent is the idempotency key."""

    name = "resend"
    abilities = Abilities(threads=True, receipts=True)
    provider = ProviderAbilities(title="Resend", message_id=WireId.UNTOLD, idempotency="24 hours")
    settings_type = ResendSettings

    def call(self, message: Message, settings: ResendSettings, keys: Keys) -> Call:
        """A message for one person; the same at every try, as the key asks."""
        mail = written_of(message, self.clock())
        body = {
            "from": named(mail.sender, message.sender_name),
            "to": [named(mail.recipient, message.recipient_name)],
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
            "headers": {name: value for name, value in mail.headers.items() if name != "Message-ID"},
            "tags": [{"name": INTENT_KEY, "value": str(message.intent_id)}],
        }
        if mail.reply_to:
            body["reply_to"] = mail.reply_to
        headers = {"Authorization": f"Bearer {keys['api_key']}", "Idempotency-Key": str(message.intent_id)}
        return Call(path="/emails", headers=headers, json=body)

    def taken(self, answer: Answer, settings: ResendSettings) -> Result:
        """Its id."""
        return Result(outcome=Sent.SENT, provider_id=text(answer.json, "id"), raw=answer.raw)

    def settled(self, answer: Answer, settings: ResendSettings) -> Result:
        """A 409 says that the key was used already: an earlier try is under way, or has left in other words."""
        if answer.status == _CONFLICT:
            return Result(
                outcome=Sent.UNKNOWN, detail=f"An earlier try may have been taken: {text(answer.json, 'message')}", raw=answer.raw
            )
        return super().settled(answer, settings)

    def is_about_sender(self, answer: Answer) -> bool:
        """By the error's name."""
        return text(answer.json, "name") in {"invalid_from_address", "invalid_api_key", "missing_api_key", "restricted_api_key"}
