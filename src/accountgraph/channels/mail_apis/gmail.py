"""Sending by the Gmail API: `users.messages.send` with the whole mail (docs: developers.google.com/workspace/gmail/api)."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any, ClassVar

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import LONGEST_WAIT, Answer, Call
from accountgraph.channels.mail_apis.asking import GrantSettings
from accountgraph.channels.mail_apis.transport import MOST_SENT, NotToldError, OwnerTransport, bare
from accountgraph.channels.mime import mail_of
from accountgraph.channels.providers.abilities import ProviderAbilities, WireId
from accountgraph.channels.providers.outgoing import intent_in
from accountgraph.channels.providers.reading import at, items, moment, text
from accountgraph.inbound.ours import INTENT_HEADER

if TYPE_CHECKING:
    from datetime import datetime

MESSAGES = "/gmail/v1/users/me/messages"
THROTTLED = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "quotaExceeded"})
_ABOUT_SENDER = frozenset({"failedPrecondition", "authError", "domainPolicy", "insufficientPermissions"})
_UNTIL = re.compile(r"Retry after (\S+Z)")


class GmailSettings(GrantSettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `gmail`."""

    provider: ClassVar[str] = "Gmail"
    default_base_url: ClassVar[str] = "https://gmail.googleapis.com"


class GmailTransport(OwnerTransport[GmailSettings]):
    """Sends through the Gmail API, as the mailbox's owner."""

    name = "gmail"
    abilities = Abilities(threads=True, search=True)
    provider = ProviderAbilities(title="Gmail", message_id=WireId.OURS)
    settings_type = GmailSettings

    async def deliver(self, message: Message, settings: GmailSettings) -> Result:
        """The whole mail, into the thread of what it answers, where the mailbox has that."""
        body = {"raw": urlsafe_b64encode(mail_of(message, self.clock()).content).decode()}
        thread = await self._thread_of(message, settings)
        answer = await self.ask(Call(path=f"{MESSAGES}/send", json={**body, "threadId": thread} if thread else body), settings)
        if isinstance(answer, Result):
            return answer
        result = self.settled(answer, settings)
        if result.outcome is not Sent.SENT or result.provider_id is None:
            return result
        return self._sent(result.provider_id, await self._ids_of(result.provider_id, settings), message.message_id, answer.raw)

    def taken(self, answer: Answer, settings: GmailSettings) -> Result:
        """Its id."""
        return Result(outcome=Sent.SENT, provider_id=text(answer.json, "id"), raw=answer.raw)

    def settled(self, answer: Answer, settings: GmailSettings) -> Result:
        """A 403 may be a limit that is over soon; when, stands in its words."""
        result = super().settled(answer, settings)
        if result.outcome is not Sent.RETRY or not is_throttled(answer):
            return result
        waits = result.retry_after_seconds if result.retry_after_seconds is not None else seconds_said(answer, self.clock())
        return Result(outcome=Sent.RETRY, detail=result.detail, raw=result.raw, retry_after_seconds=waits)

    def is_about_sender(self, answer: Answer) -> bool:
        """By its reasons."""
        return bool(reasons(answer) & _ABOUT_SENDER)

    async def look(self, message_id: str, settings: GmailSettings, since: datetime) -> Result | None:
        """By Message-ID; and by our mark in what was sent since, in case the service put its own Message-ID on the mail."""
        for one in items((await self._listed(f"rfc822msgid:{bare(message_id)}", settings)).json, "messages"):
            return self._sent(text(one, "id"), {}, message_id, {})
        intent, looked_at, page = intent_in(message_id), 0, None
        while True:
            answer = await self._listed(f"in:sent after:{int(since.timestamp())}", settings, page)
            for one in items(answer.json, "messages"):
                if looked_at == MOST_SENT:
                    return Result(outcome=Sent.UNKNOWN, detail=f"More than {MOST_SENT} mails were sent since; it may be one of them.")
                looked_at += 1
                id_ = text(one, "id") or ""
                ids = await self._ids_of(id_, settings, must=True)
                if ids.get(INTENT_HEADER.lower()) == intent:
                    return self._sent(id_, ids, message_id, {})
            page = text(answer.json, "nextPageToken")
            if not page:
                return None

    async def _thread_of(self, message: Message, settings: GmailSettings) -> str | None:
        """The thread of the mail that is answered; what cannot be had is left out: the headers make a thread for everybody else."""
        if not message.in_reply_to:
            return None
        try:
            answer = await self._listed(f"rfc822msgid:{bare(message.in_reply_to)}", settings)
        except (NotToldError, ValueError):
            return None
        return text(answer.json, "messages", 0, "threadId")

    async def _listed(self, query: str, settings: GmailSettings, page: str | None = None) -> Answer:
        params = {"q": query, "maxResults": "100"} | ({"pageToken": page} if page else {})
        return await self.told(Call(method="GET", path=MESSAGES, params=params), settings)

    async def _ids_of(self, id_: str, settings: GmailSettings, *, must: bool = False) -> dict[str, str]:
        """The Message-ID and the mark that a mail carries, by names in lower case; none where the service does not say."""
        params = {"format": "metadata", "metadataHeaders": ["Message-ID", INTENT_HEADER]}
        try:
            answer = await self.told(Call(method="GET", path=f"{MESSAGES}/{id_}", params=params), settings)
        except NotToldError:
            if must:
                raise
            return {}
        return headers_in(answer.json)

    def _sent(self, id_: str | None, ids: dict[str, str], ours: str, raw: dict[str, Any]) -> Result:
        wire = ids.get("message-id")
        return Result(outcome=Sent.SENT, provider_id=id_, wire_message_id=wire if wire and wire != ours else None, raw=raw)


def headers_in(message: Any) -> dict[str, str]:  # noqa: ANN401 - an object, if it is one
    """The headers of a message in the format `metadata`, by names in lower case, the first of each."""
    found: dict[str, str] = {}
    for one in items(message, "payload", "headers"):
        found.setdefault((text(one, "name") or "").lower(), text(one, "value") or "")
    return found


def reasons(answer: Answer) -> set[str]:
    """Why it says no, in its own words for programs."""
    return {reason for one in items(answer.json, "error", "errors") if (reason := text(one, "reason"))}


def is_throttled(answer: Answer) -> bool:
    """Whether it wants to be asked less."""
    return answer.status == 429 or (answer.status == 403 and bool(reasons(answer) & THROTTLED))


def seconds_said(answer: Answer, now: datetime) -> float | None:
    """For how long it wants to be left alone, by the words of its error."""
    until = _UNTIL.search(str(at(answer.json, "error", "message") or ""))
    found = moment(until[1]) if until else None
    return None if found is None else min(max((found - now).total_seconds(), 0.0), LONGEST_WAIT)
