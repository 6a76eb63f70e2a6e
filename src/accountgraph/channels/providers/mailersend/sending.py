"""Sending by the Email API."""

from __future__ import annotations

from typing import Any, ClassVar

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.mime import written_of
from accountgraph.channels.providers.abilities import ProviderAbilities, WireId
from accountgraph.channels.providers.http import HttpTransport
from accountgraph.channels.providers.outgoing import person
from accountgraph.channels.providers.reading import at, items, text
from accountgraph.channels.providers.settings import Keys, TrackedSettings

_OWN_FIELDS = frozenset({"Message-ID", "In-Reply-To", "References", "List-Unsubscribe"})


class MailerSendSettings(TrackedSettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `mailersend`.

    `custom_headers`: the account's plan takes headers of our own and List-Unsubscribe; others refuse a message that has them.
    """

    provider: ClassVar[str] = "MailerSend"
    default_base_url: ClassVar[str] = "https://api.mailersend.com"

    custom_headers: bool = False


class MailerSendTransport(HttpTransport[MailerSendSettings]):
    """Sends through MailerSend. It has no metadata: the intent is a tag."""

    name = "mailersend"
    abilities = Abilities(threads=True, receipts=True)
    provider = ProviderAbilities(title="MailerSend", message_id=WireId.UNTOLD, tracking=True)
    settings_type = MailerSendSettings

    def call(self, message: Message, settings: MailerSendSettings, keys: Keys) -> Call:
        """A message for one person."""
        mail = written_of(message, self.clock())
        body: dict[str, Any] = {
            "from": person(mail.sender, message.sender_name),
            "to": [person(mail.recipient, message.recipient_name)],
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
            "tags": [str(message.intent_id)],
            "settings": {"track_opens": settings.track_opens, "track_clicks": settings.track_clicks, "track_content": False},
        }
        if mail.reply_to:
            body["reply_to"] = {"email": mail.reply_to}
        if "In-Reply-To" in mail.headers:
            body["in_reply_to"] = mail.headers["In-Reply-To"]
        if message.references:
            body["references"] = list(message.references)
        if settings.custom_headers:
            body["headers"] = [{"name": name, "value": value} for name, value in mail.headers.items() if name not in _OWN_FIELDS]
            body["list_unsubscribe"] = mail.headers.get("List-Unsubscribe")
        return Call(path="/v1/email", headers={"Authorization": f"Bearer {keys['api_key']}"}, json=_given(body))

    def taken(self, answer: Answer, settings: MailerSendSettings) -> Result:
        """The id is a header; a recipient on its suppression list is a warning."""
        if any(text(warning, "type") == "ALL_SUPPRESSED" for warning in items(answer.json, "warnings")):
            return Result(outcome=Sent.REFUSED, detail="MailerSend has the recipient on its suppression list.", raw=answer.raw)
        return Result(outcome=Sent.SENT, provider_id=answer.headers.get("x-message-id"), raw=answer.raw)

    def is_about_sender(self, answer: Answer) -> bool:
        """A 422 names the field."""
        errors = at(answer.json, "errors")
        return isinstance(errors, dict) and any(name.startswith("from") for name in errors)


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
