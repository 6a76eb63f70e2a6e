"""Sending by the Send API v3.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from msgspec import Meta

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.mime import written_of
from accountgraph.channels.providers.abilities import ProviderAbilities, WireId
from accountgraph.channels.providers.http import HttpTransport
from accountgraph.channels.providers.outgoing import intent_in, person
from accountgraph.channels.providers.reading import items, text
from accountgraph.channels.providers.settings import Keys, TrackedSettings

if TYPE_CHECKING:
    from datetime import datetime


class MailjetSettings(TrackedSettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `mailjet`. `key_id`: the public key; the secret key is the private one."""

    provider: ClassVar[str] = "Mailjet"
    default_base_url: ClassVar[str] = "https://api.mailjet.com"

    key_id: Annotated[str, Meta(min_length=1, max_length=100)]


class MailjetTransport(HttpTransport[MailjetSettings]):
    """Sends through Mailjet, which puts a Message-ID of its own on each mail. The intent is its CustomID."""

    name = "mailjet"
    abilities = Abilities(threads=True, receipts=True, search=True)
    provider = ProviderAbilities(title="Mailjet", message_id=WireId.UNTOLD, tracking=True)
    settings_type = MailjetSettings

    def call(self, message: Message, settings: MailjetSettings, keys: Keys) -> Call:
        """One message for one person."""
        mail = written_of(message, self.clock())
        body: dict[str, Any] = {
            "From": person(mail.sender, message.sender_name, "Email", "Name"),
            "To": [person(mail.recipient, message.recipient_name, "Email", "Name")],
            "Subject": mail.subject,
            "TextPart": mail.text,
            "HTMLPart": mail.html,
            "CustomID": str(message.intent_id),
            "Headers": {name: value for name, value in mail.headers.items() if name != "Message-ID"},
            "TrackOpens": _switch(settings.track_opens),
            "TrackClicks": _switch(settings.track_clicks),
        }
        if mail.reply_to:
            body["ReplyTo"] = {"Email": mail.reply_to}
        return Call(path="/v3.1/send", login=(settings.key_id, keys["api_key"]), json={"Messages": [body]})

    def taken(self, answer: Answer, settings: MailjetSettings) -> Result:
        """Each message has a status of its own; ours is the only one."""
        if text(answer.json, "Messages", 0, "Status") == "error":
            return Result(outcome=Sent.REFUSED, detail=_words(answer), raw=answer.raw, is_sender_trouble=False)
        return Result(outcome=Sent.SENT, provider_id=text(answer.json, "Messages", 0, "To", 0, "MessageID"), raw=answer.raw)

    def is_about_sender(self, answer: Answer) -> bool:
        """An error with its own status of 401 or 403, or about the From."""
        errors = items(answer.json, "Messages", 0, "Errors")
        return any(text(error, "StatusCode") in {"401", "403"} or "From" in items(error, "ErrorRelatedTo") for error in errors)

    def search(self, message_id: str, settings: MailjetSettings, keys: Keys, since: datetime) -> Call:
        """By the CustomID."""
        params = {"CustomID": intent_in(message_id), "Limit": "1"}
        return Call(method="GET", path="/v3/REST/message", login=(settings.key_id, keys["api_key"]), params=params)

    def found(self, answer: Answer, message_id: str) -> Result | None:
        """The first message of the answer."""
        for one in items(answer.json, "Data"):
            return Result(outcome=Sent.SENT, provider_id=text(one, "ID"), detail=text(one, "Status"), raw=answer.raw)
        return None


def _words(answer: Answer) -> str:
    return text(answer.json, "Messages", 0, "Errors", 0, "ErrorMessage") or "Mailjet refused it."


def _switch(wanted: bool) -> str:
    return "enabled" if wanted else "disabled"
