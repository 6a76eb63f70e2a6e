"""Sending by the Transmissions API."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, ClassVar

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.mime import written_of
from accountgraph.channels.providers.abilities import ProviderAbilities, WireId
from accountgraph.channels.providers.http import HttpTransport
from accountgraph.channels.providers.outgoing import INTENT_KEY, intent_in, person
from accountgraph.channels.providers.reading import at, items, text
from accountgraph.channels.providers.settings import Keys, TrackedSettings

if TYPE_CHECKING:
    from datetime import datetime

MOST_SEARCHED = 1000  # injections since a time, of one search
_BRACES = re.compile(r"\{\{|\}\}")
_NOT_OUR_DOMAIN = "7001"


class SparkPostSettings(TrackedSettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `sparkpost`. In the EU `base_url` is https://api.eu.sparkpost.com."""

    provider: ClassVar[str] = "SparkPost"
    default_base_url: ClassVar[str] = "https://api.sparkpost.com"


class SparkPostTransport(HttpTransport[SparkPostSettings]):
    """Sends through SparkPost. The intent is among the recipient's metadata."""

    name = "sparkpost"
    abilities = Abilities(threads=True, receipts=True, search=True)
    provider = ProviderAbilities(title="SparkPost", message_id=WireId.UNTOLD, tracking=True)
    settings_type = SparkPostSettings

    def call(self, message: Message, settings: SparkPostSettings, keys: Keys) -> Call:
        """A transmission to one person."""
        mail = written_of(message, self.clock())
        content = {
            "from": person(mail.sender, message.sender_name),
            "subject": _literal(mail.subject),
            "text": _literal(mail.text),
            "html": _literal(mail.html),
            "headers": {name: value for name, value in mail.headers.items() if name != "Message-ID"},
        }
        if mail.reply_to:
            content["reply_to"] = mail.reply_to
        body = {
            "options": {"open_tracking": settings.track_opens, "click_tracking": settings.track_clicks},
            "recipients": [{"address": person(mail.recipient, message.recipient_name), "metadata": {INTENT_KEY: str(message.intent_id)}}],
            "content": content,
        }
        return Call(path="/api/v1/transmissions", headers=_login(keys), json=body)

    def taken(self, answer: Answer, settings: SparkPostSettings) -> Result:
        """A transmission whose only recipient was rejected is refused."""
        if at(answer.json, "results", "total_accepted_recipients") == 0:
            return Result(outcome=Sent.REFUSED, detail="SparkPost rejected the recipient.", raw=answer.raw)
        return Result(outcome=Sent.SENT, provider_id=text(answer.json, "results", "id"), raw=answer.raw)

    def is_about_sender(self, answer: Answer) -> bool:
        """The domain is not set up."""
        return any(text(error, "code") == _NOT_OUR_DOMAIN for error in items(answer.json, "errors"))

    def search(self, message_id: str, settings: SparkPostSettings, keys: Keys, since: datetime) -> Call:
        """Injections since then; metadata cannot be searched for, so they are looked through."""
        params = {"events": "injection", "from": f"{since.astimezone(UTC):%Y-%m-%dT%H:%MZ}", "per_page": str(MOST_SEARCHED)}
        intent_in(message_id)
        return Call(method="GET", path="/api/v1/events/message", headers=_login(keys), params=params)

    def found(self, answer: Answer, message_id: str) -> Result | None:
        """The injection with our intent; unknown where there were more than one answer holds."""
        intent = intent_in(message_id)
        events = items(answer.json, "results")
        for event in events:
            if text(event, "rcpt_meta", INTENT_KEY) == intent:
                return Result(outcome=Sent.SENT, provider_id=text(event, "transmission_id"), raw={"status": answer.status, "answer": event})
        if (at(answer.json, "total_count") or 0) > len(events):
            return Result(outcome=Sent.UNKNOWN, detail=f"More than {MOST_SEARCHED} messages were sent since; not all were looked through.")
        return None


def _literal(words: str) -> str:
    """Words with braces as they are, for SparkPost would read them as its template language."""
    return _BRACES.sub(lambda found: "{{opening_double_curly()}}" if found[0] == "{{" else "{{closing_double_curly()}}", words)


def _login(keys: Keys) -> dict[str, str]:
    return {"Authorization": keys["api_key"]}
