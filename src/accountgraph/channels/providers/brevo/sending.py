"""Sending by the transactional email API."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.mime import written_of
from accountgraph.channels.providers.abilities import ProviderAbilities, WireId
from accountgraph.channels.providers.http import HttpTransport
from accountgraph.channels.providers.outgoing import INTENT_KEY, intent_in, person
from accountgraph.channels.providers.reading import items, text, wire_id
from accountgraph.channels.providers.settings import Keys, KeySettings

if TYPE_CHECKING:
    from datetime import datetime


class BrevoSettings(KeySettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `brevo`. Tracking is a matter of the account there."""

    provider: ClassVar[str] = "Brevo"
    default_base_url: ClassVar[str] = "https://api.brevo.com"


class BrevoTransport(HttpTransport[BrevoSettings]):
    """Sends through Brevo, which puts a Message-ID of its own on each mail, and says which. The intent is a tag there."""

    name = "brevo"
    abilities = Abilities(threads=True, receipts=True, search=True)
    provider = ProviderAbilities(title="Brevo", message_id=WireId.THEIRS, idempotency="15 minutes")
    settings_type = BrevoSettings

    def call(self, message: Message, settings: BrevoSettings, keys: Keys) -> Call:
        """A message for one person; the idempotency key travels among the mail's headers."""
        mail = written_of(message, self.clock())
        intent = str(message.intent_id)
        own = {"X-Mailin-custom": msgspec.json.encode({INTENT_KEY: intent}).decode(), "idempotencyKey": intent}
        body = {
            "sender": person(mail.sender, message.sender_name),
            "to": [person(mail.recipient, message.recipient_name)],
            "subject": mail.subject,
            "textContent": mail.text,
            "htmlContent": mail.html,
            "headers": {**{name: value for name, value in mail.headers.items() if name != "Message-ID"}, **own},
            "tags": [intent],
        }
        if mail.reply_to:
            body["replyTo"] = {"email": mail.reply_to}
        return Call(path="/v3/smtp/email", headers=_login(keys), json=body)

    def taken(self, answer: Answer, settings: BrevoSettings) -> Result:
        """Its id is the wire Message-ID."""
        return _sent(text(answer.json, "messageId"), None, answer)

    def is_about_sender(self, answer: Answer) -> bool:
        """A 400 about the sender."""
        return "sender" in (text(answer.json, "message") or "").lower()

    def search(self, message_id: str, settings: BrevoSettings, keys: Keys, since: datetime) -> Call:
        """By the intent among the tags."""
        tags = msgspec.json.encode([intent_in(message_id)]).decode()
        params = {"tags": tags, "startDate": f"{since:%Y-%m-%d}", "endDate": f"{self.clock():%Y-%m-%d}", "limit": "1"}
        return Call(method="GET", path="/v3/smtp/statistics/events", headers=_login(keys), params=params)

    def found(self, answer: Answer, message_id: str) -> Result | None:
        """Its first event."""
        for event in items(answer.json, "events"):
            return _sent(text(event, "messageId"), text(event, "event"), answer)
        return None


def _sent(message_id: str | None, detail: str | None, answer: Answer) -> Result:
    return Result(outcome=Sent.SENT, provider_id=message_id, wire_message_id=wire_id(message_id), detail=detail, raw=answer.raw)


def _login(keys: Keys) -> dict[str, str]:
    return {"api-key": keys["api_key"]}
