"""Sending by the Messages API, as MIME: what goes out is byte for byte our own mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from msgspec import Meta

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.mime import mail_of
from accountgraph.channels.providers.abilities import ProviderAbilities, WireId
from accountgraph.channels.providers.http import HttpTransport
from accountgraph.channels.providers.outgoing import INTENT_KEY
from accountgraph.channels.providers.reading import items, text
from accountgraph.channels.providers.settings import Keys, TrackedSettings

if TYPE_CHECKING:
    from datetime import datetime


class MailgunSettings(TrackedSettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `mailgun`.

    `domain`: the sending domain. In the EU region `base_url` is https://api.eu.mailgun.net.
    """

    provider: ClassVar[str] = "Mailgun"
    default_base_url: ClassVar[str] = "https://api.mailgun.net"

    domain: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.\-]+$", max_length=253)]


class MailgunTransport(HttpTransport[MailgunSettings]):
    """Sends through Mailgun."""

    name = "mailgun"
    abilities = Abilities(threads=True, receipts=True, search=True)
    provider = ProviderAbilities(title="Mailgun", message_id=WireId.OURS, tracking=True)
    settings_type = MailgunSettings

    def call(self, message: Message, settings: MailgunSettings, keys: Keys) -> Call:
        """Our mail as a file, and what Mailgun shall do with it."""
        mail = mail_of(message, self.clock())
        form = {
            "to": mail.recipient,
            "o:tracking": _yes(settings.track_opens or settings.track_clicks),
            "o:tracking-opens": _yes(settings.track_opens),
            "o:tracking-clicks": _yes(settings.track_clicks),
            f"v:{INTENT_KEY}": str(message.intent_id),
        }
        files = {"message": ("message.eml", mail.content, "message/rfc822")}
        return Call(path=f"/v3/{settings.domain}/messages.mime", login=("api", keys["api_key"]), form=form, files=files)

    def taken(self, answer: Answer, settings: MailgunSettings) -> Result:
        """Its id is our Message-ID."""
        return Result(outcome=Sent.SENT, provider_id=text(answer.json, "id"), detail=text(answer.json, "message"), raw=answer.raw)

    def is_about_sender(self, answer: Answer) -> bool:
        """A 400 about the `from`."""
        return "'from'" in (text(answer.json, "message") or "").lower()

    def search(self, message_id: str, settings: MailgunSettings, keys: Keys, since: datetime) -> Call:
        """Its events know the Message-ID, without the brackets."""
        params = {"message-id": message_id.strip("<>"), "begin": f"{since.timestamp():.0f}", "ascending": "yes", "limit": "1"}
        return Call(method="GET", path=f"/v3/{settings.domain}/events", login=("api", keys["api_key"]), params=params)

    def found(self, answer: Answer, message_id: str) -> Result | None:
        """Its first event."""
        for event in items(answer.json, "items"):
            return Result(outcome=Sent.SENT, provider_id=message_id, detail=text(event, "event"), raw=answer.raw)
        return None


def _yes(wanted: bool) -> str:
    return "yes" if wanted else "no"
