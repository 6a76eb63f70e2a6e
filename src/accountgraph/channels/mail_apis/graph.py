"""Sending by Microsoft Graph: a draft of the whole mail, and then its sending, so that its id is known before it leaves.

Docs: learn.microsoft.com/graph/api/user-post-messages, message-send, outlook-immutable-id.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from accountgraph.campaigns.engine.transport import Abilities, Message, Result, Sent
from accountgraph.channels.asking import Answer, Call, retry
from accountgraph.channels.mail_apis.asking import GrantSettings, following
from accountgraph.channels.mail_apis.transport import MOST_SENT, OwnerTransport, bare
from accountgraph.channels.mime import mail_of
from accountgraph.channels.providers.abilities import ProviderAbilities, WireId
from accountgraph.channels.providers.outgoing import intent_in
from accountgraph.channels.providers.reading import at, items, text
from accountgraph.inbound.ours import INTENT_HEADER

if TYPE_CHECKING:
    from datetime import datetime

STEADY = {"Prefer": 'IdType="ImmutableId"'}  # the id stays when the mail moves from the drafts to what was sent
_GONE = 404
_ABOUT_SENDER = frozenset(
    (
        "ErrorSendAsDenied",
        "ErrorMessageSubmissionBlocked",
        "ErrorExceededMessageLimit",
        "ErrorQuotaExceeded",
        "ErrorAccountSuspend",
        "ErrorSubmissionQuotaExceeded",
    )
)


class GraphSettings(GrantSettings, frozen=True, kw_only=True):
    """The settings of a sender with the transport `graph`. In national clouds `base_url` is theirs, with its version."""

    provider: ClassVar[str] = "Microsoft Graph"
    default_base_url: ClassVar[str] = "https://graph.microsoft.com/v1.0"


class GraphTransport(OwnerTransport[GraphSettings]):
    """Sends through Microsoft Graph, as the mailbox's owner."""

    name = "graph"
    abilities = Abilities(threads=True, search=True)
    provider = ProviderAbilities(title="Microsoft Graph", message_id=WireId.OURS)
    settings_type = GraphSettings

    async def deliver(self, message: Message, settings: GraphSettings) -> Result:
        """A draft, from which nothing leaves; then its sending."""
        content = b64encode(mail_of(message, self.clock()).content)
        headers = {**STEADY, "Content-Type": "text/plain"}
        made = await self.ask(Call(path="/me/messages", headers=headers, content=content), settings)
        if isinstance(made, Result):
            return replace(made, outcome=Sent.RETRY)
        draft = text(made.json, "id")
        if not 200 <= made.status < 300:
            result = self.settled(made, settings)
            return replace(result, outcome=Sent.RETRY) if result.outcome is Sent.UNKNOWN else result
        if draft is None:
            return retry(f"{self.provider.title} made no draft: {self.said(made)}")
        return await self._sent(draft, _wire(made.json, message.message_id), settings)

    async def _sent(self, draft: str, wire: str | None, settings: GraphSettings) -> Result:
        answer = await self.ask(Call(path=f"/me/messages/{draft}/send", headers=STEADY, content=b""), settings)
        result = answer if isinstance(answer, Result) else self.settled(answer, settings)
        if isinstance(answer, Answer) and answer.status == _GONE:
            result = replace(result, is_sender_trouble=False)
        if result.outcome in {Sent.RETRY, Sent.REFUSED}:
            await self._drop(draft, settings)
            return result
        return replace(result, provider_id=draft, wire_message_id=wire)

    def taken(self, answer: Answer, settings: GraphSettings) -> Result:
        """202."""
        return Result(outcome=Sent.SENT, raw=answer.raw)

    def is_about_sender(self, answer: Answer) -> bool:
        """By its own codes."""
        return text(answer.json, "error", "code") in _ABOUT_SENDER

    async def look(self, message_id: str, settings: GraphSettings, since: datetime) -> Result | None:
        """By Message-ID, and by our mark in what was sent since. One that is still a draft did not leave; the draft goes."""
        params = {"$filter": f"internetMessageId eq '<{bare(message_id)}>'", "$select": "id,internetMessageId,isDraft"}
        found = items((await self.told(Call(method="GET", path="/me/messages", params=params, headers=STEADY), settings)).json, "value")
        for one in found:
            if at(one, "isDraft") is not True:
                return Result(outcome=Sent.SENT, provider_id=text(one, "id"))
        for one in found:
            await self._drop(text(one, "id") or "", settings)
        return None if found else await self._look_through(message_id, settings, since)

    async def _look_through(self, message_id: str, settings: GraphSettings, since: datetime) -> Result | None:
        intent, looked_at = intent_in(message_id), 0
        params = {
            "$filter": f"sentDateTime ge {since:%Y-%m-%dT%H:%M:%SZ}",
            "$select": "id,internetMessageId,internetMessageHeaders",
            "$top": "100",
        }
        call = Call(method="GET", path="/me/mailFolders/sentitems/messages", params=params, headers=STEADY)
        while True:
            answer = await self.told(call, settings)
            for one in items(answer.json, "value"):
                looked_at += 1
                if _mark(one) == intent:
                    return Result(outcome=Sent.SENT, provider_id=text(one, "id"), wire_message_id=_wire(one, message_id))
            more = text(answer.json, "@odata.nextLink")
            if more is None:
                return None
            if looked_at >= MOST_SENT:
                return Result(outcome=Sent.UNKNOWN, detail=f"More than {MOST_SENT} mails were sent since; it may be one of them.")
            call = Call(method="GET", url=following(more, settings), headers=STEADY)

    async def _drop(self, draft: str, settings: GraphSettings) -> None:
        """Remove a draft that did not leave; one that stays is in nobody's way."""
        await self.ask(Call(method="DELETE", path=f"/me/messages/{draft}", headers=STEADY), settings)


def _wire(message: Any, ours: str) -> str | None:  # noqa: ANN401 - an object, if it is one
    """The Message-ID that the service put on a mail in place of ours."""
    wire = text(message, "internetMessageId")
    return wire if wire and wire != ours else None


def _mark(message: Any) -> str | None:  # noqa: ANN401 - as above
    headers = items(message, "internetMessageHeaders")
    return next((text(one, "value") for one in headers if (text(one, "name") or "").lower() == INTENT_HEADER.lower()), None)
