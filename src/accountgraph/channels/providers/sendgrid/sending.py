"""Sending by the v3 Mail Send API."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.mime import written_of
from accountgraph.channels.providers.abilities import ProviderAbilities, WireId
from accountgraph.channels.providers.http import HttpTransport
from accountgraph.channels.providers.outgoing import INTENT_KEY, intent_in, person
from accountgraph.channels.providers.reading import items, text
from accountgraph.channels.providers.settings import Keys, TrackedSettings

if TYPE_CHECKING:
    from datetime import datetime


class SendGridSettings(TrackedSettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `sendgrid`. For an EU subuser, `base_url` is https://api.eu.sendgrid.com."""

    provider: ClassVar[str] = "SendGrid"
    default_base_url: ClassVar[str] = "https://api.sendgrid.com"


class SendGridTransport(HttpTransport[SendGridSettings]):
    """Sends through SendGrid. Searching asks its Email Activity, which an account has to have bought."""

    name = "sendgrid"
    abilities = Abilities(threads=True, receipts=True, search=True)
    provider = ProviderAbilities(title="SendGrid", message_id=WireId.OURS, tracking=True)
    settings_type = SendGridSettings

    def call(self, message: Message, settings: SendGridSettings, keys: Keys) -> Call:
        """A message for one person, its content in both forms."""
        mail = written_of(message, self.clock())
        body = {
            "personalizations": [
                {"to": [person(mail.recipient, message.recipient_name)], "custom_args": {INTENT_KEY: str(message.intent_id)}}
            ],
            "from": person(mail.sender, message.sender_name),
            "subject": mail.subject,
            "content": [{"type": "text/plain", "value": mail.text}, {"type": "text/html", "value": mail.html}],
            "headers": mail.headers,
            "tracking_settings": {
                "click_tracking": {"enable": settings.track_clicks, "enable_text": False},
                "open_tracking": {"enable": settings.track_opens},
                "subscription_tracking": {"enable": False},
            },
        }
        if mail.reply_to:
            body["reply_to"] = {"email": mail.reply_to}
        return Call(path="/v3/mail/send", headers=_login(keys), json=body)

    def taken(self, answer: Answer, settings: SendGridSettings) -> Result:
        """202; the id is a header."""
        return Result(outcome=Sent.SENT, provider_id=answer.headers.get("x-message-id"), raw=answer.raw)

    def search(self, message_id: str, settings: SendGridSettings, keys: Keys, since: datetime) -> Call:
        """By the intent that the message carries."""
        query = f"(unique_args['{INTENT_KEY}']=\"{intent_in(message_id)}\")"
        return Call(method="GET", path="/v3/messages", headers=_login(keys), params={"query": query, "limit": "1"})

    def found(self, answer: Answer, message_id: str) -> Result | None:
        """The first message of the answer."""
        for one in items(answer.json, "messages"):
            provider_id = (text(one, "msg_id") or "").partition(".")[0] or None
            return Result(outcome=Sent.SENT, provider_id=provider_id, detail=text(one, "status"), raw=answer.raw)
        return None


def _login(keys: Keys) -> dict[str, str]:
    return {"Authorization": f"Bearer {keys['api_key']}"}
