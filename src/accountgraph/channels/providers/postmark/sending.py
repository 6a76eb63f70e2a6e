"""Sending by the Email API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from msgspec import Meta

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.mime import written_of
from accountgraph.channels.providers.abilities import ProviderAbilities, WireId
from accountgraph.channels.providers.http import HttpTransport
from accountgraph.channels.providers.outgoing import INTENT_KEY, intent_in, named
from accountgraph.channels.providers.reading import items, text
from accountgraph.channels.providers.settings import Keys, TrackedSettings

if TYPE_CHECKING:
    from datetime import datetime

_ABOUT_MESSAGE = frozenset({"300", "406"})  # an invalid request; a recipient that is inactive


class PostmarkSettings(TrackedSettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `postmark`. The secret key is the server's token.

    `message_stream`: by which stream it goes; mail to many people belongs into a broadcast stream.
    """

    provider: ClassVar[str] = "Postmark"
    default_base_url: ClassVar[str] = "https://api.postmarkapp.com"

    message_stream: Annotated[str, Meta(min_length=1, max_length=100)] = "outbound"


class PostmarkTransport(HttpTransport[PostmarkSettings]):
    """Sends through Postmark, which puts a Message-ID of its own on each mail, and says which."""

    name = "postmark"
    abilities = Abilities(threads=True, receipts=True, search=True)
    provider = ProviderAbilities(title="Postmark", message_id=WireId.THEIRS, tracking=True)
    settings_type = PostmarkSettings

    def call(self, message: Message, settings: PostmarkSettings, keys: Keys) -> Call:
        """A message for one person; the intent is among its metadata."""
        mail = written_of(message, self.clock())
        headers = [{"Name": name, "Value": value} for name, value in mail.headers.items() if name != "Message-ID"]
        body = {
            "From": named(mail.sender, message.sender_name),
            "To": named(mail.recipient, message.recipient_name),
            "Subject": mail.subject,
            "TextBody": mail.text,
            "HtmlBody": mail.html,
            "Headers": headers,
            "Metadata": {INTENT_KEY: str(message.intent_id)},
            "TrackOpens": settings.track_opens,
            "TrackLinks": "HtmlAndText" if settings.track_clicks else "None",
            "MessageStream": settings.message_stream,
        }
        if mail.reply_to:
            body["ReplyTo"] = mail.reply_to
        return Call(path="/email", headers=_login(keys), json=body)

    def taken(self, answer: Answer, settings: PostmarkSettings) -> Result:
        """Its id is the first half of the wire Message-ID."""
        return _sent(text(answer.json, "MessageID"), text(answer.json, "Message"), answer)

    def is_about_sender(self, answer: Answer) -> bool:
        """By its own codes: most are about signatures, streams and accounts."""
        return text(answer.json, "ErrorCode") not in _ABOUT_MESSAGE or "'From'" in (text(answer.json, "Message") or "")

    def search(self, message_id: str, settings: PostmarkSettings, keys: Keys, since: datetime) -> Call:
        """By the intent among the metadata."""
        params = {"count": "1", "offset": "0", f"metadata_{INTENT_KEY}": intent_in(message_id)}
        return Call(method="GET", path="/messages/outbound", headers=_login(keys), params=params)

    def found(self, answer: Answer, message_id: str) -> Result | None:
        """The first message of the answer."""
        for one in items(answer.json, "Messages"):
            return _sent(text(one, "MessageID"), text(one, "Status"), answer)
        return None


def wire_id_of(provider_id: str | None) -> str | None:
    """The Message-ID that Postmark puts on a mail."""
    return f"<{provider_id}@mtasv.net>" if provider_id else None


def _sent(provider_id: str | None, detail: str | None, answer: Answer) -> Result:
    wire_message_id = wire_id_of(provider_id)
    return Result(outcome=Sent.SENT, provider_id=provider_id, wire_message_id=wire_message_id, detail=detail, raw=answer.raw)


def _login(keys: Keys) -> dict[str, str]:
    return {"X-Postmark-Server-Token": keys["api_key"]}
