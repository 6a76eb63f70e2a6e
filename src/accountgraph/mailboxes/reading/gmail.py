"""Reading by the Gmail API: the history of the mailbox from a history id on.

Docs: developers.google.com/workspace/gmail/api, its guide on synchronizing, and its reference of users.history and users.messages.
"""

from __future__ import annotations

import asyncio
import re
from base64 import urlsafe_b64decode
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.mail_apis.gmail import MESSAGES, GmailSettings, is_throttled
from accountgraph.channels.mail_apis.transport import bare
from accountgraph.channels.providers.built import built_mail
from accountgraph.channels.providers.reading import items, moment, text
from accountgraph.mailboxes.errors import GoneError, MailboxError, RefusedError, TooOldError
from accountgraph.mailboxes.headers import head_of
from accountgraph.mailboxes.reading.api import LARGEST_LIST, ApiClient, Page, ReadSettings, Ref
from accountgraph.mailboxes.reading.folders import Folder, Role
from accountgraph.mailboxes.reading.history import HISTORY, Heads, Progress

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence

    from accountgraph.channels import Vault

ME = "/gmail/v1/users/me"
RECORDS = 50  # of the history that are asked for at once
LISTED = 100
AT_ONCE = 5  # mails that are asked for at the same time; the service counts what a user asks in a second
_ENVELOPE = 4_096  # bytes around a mail's content
_RAW = re.compile(rb'"raw"\s*:\s*"([A-Za-z0-9_=-]*)')
_NOT_READ = frozenset({"DRAFT", "CHAT", "TRASH"})
_AGAIN = re.compile(r"since:(\d+):(\d+):(.*)")  # going through everything since a time, up to a history id, from a page on


class GmailMailboxSettings(GmailSettings, ReadSettings, frozen=True, kw_only=True):
    """The settings of a mailbox with the protocol `gmail`."""

    provider: ClassVar[str] = "Gmail"


class GmailApi:
    """A `MailApi` over one mailbox. One cursor is for all of it: what a mail is, its labels say."""

    def __init__(self, client: ApiClient, settings: GmailMailboxSettings) -> None:
        self._client, self.settings = client, settings
        self._turns = asyncio.Semaphore(AT_ONCE)

    @classmethod
    @asynccontextmanager
    async def open(cls, given: Mapping[str, object], vault: Vault) -> AsyncGenerator[GmailApi]:
        """By a mailbox's settings."""
        settings = GmailMailboxSettings.of(given)
        client = ApiClient("Gmail", settings, vault, is_throttled)
        try:
            yield cls(client, settings)
        finally:
            await client.close()

    def folders(self) -> list[Folder]:
        """All mail, but junk, drafts, chats and what was thrown away."""
        return [Folder("all mail", Role.ALL)]

    async def start(self, folder: Folder, now: datetime) -> str:
        """The mailbox's history id."""
        del folder, now
        return await self._history_id()

    async def afresh(self, folder: Folder, since: datetime) -> str:
        """Everything since then is listed, up to the history id of now."""
        del folder
        return f"since:{int(since.timestamp())}:{await self._history_id()}:"

    async def page(self, folder: Folder, cursor: str) -> Page:
        """From the history, or of the list of everything."""
        del folder
        again = _AGAIN.fullmatch(cursor)
        return await self._listed(*again.groups()) if again else await self._since(cursor)

    async def _since(self, cursor: str) -> Page:
        params = {"startHistoryId": cursor, "historyTypes": "messageAdded", "maxResults": str(RECORDS)}
        ids: list[str] = []
        while True:
            try:
                answer = await self._get("/history", params)
            except GoneError as error:
                raise TooOldError(str(error)) from None
            records = items(answer.json, "history")
            ids += [id_ for record in records for one in items(record, "messagesAdded") if (id_ := text(one, "message", "id"))]
            token, last = text(answer.json, "nextPageToken"), text(records[-1], "id") if records else None
            if token is None:
                return Page(refs=await self._refs(ids), cursor=text(answer.json, "historyId") or last or cursor, is_last=True)
            if last:
                return Page(refs=await self._refs(ids), cursor=last, is_last=False)
            params = {**params, "pageToken": token}

    async def _listed(self, since: str, history_id: str, page: str) -> Page:
        answer = await self._list(f"after:{since}", page, self.settings.reads_junk)
        refs = await self._refs(_ids(answer))
        token = text(answer.json, "nextPageToken")
        return Page(refs=refs, cursor=f"since:{since}:{history_id}:{token}" if token else history_id, is_last=False)

    async def mail(self, id_: str, most: int) -> bytes:
        """Its content as it came over the wire; of a longer one its beginning."""
        call = Call(
            method="GET",
            path=f"{MESSAGES}/{id_}",
            params={"format": "raw", "fields": "raw"},
            largest=(most * 4) // 3 + _ENVELOPE,
        )
        found = _RAW.search((await self._client.get(call)).body)
        if found is None:
            raise RefusedError(f"Gmail gives an answer without the mail {id_}.")
        encoded = found[1].rstrip(b"=")
        whole = encoded[: len(encoded) - 1] if len(encoded) % 4 == 1 else encoded
        return urlsafe_b64decode(whole + b"=" * (-len(whole) % 4))[:most]

    async def history(self, since: datetime) -> AsyncIterator[Heads]:
        """The headers of the last 180 days."""
        del since
        done, page = 0, ""
        while True:
            answer = await self._list(f"newer_than:{HISTORY.days}d", page, False)
            refs = await self._refs(_ids(answer))
            done += len(refs)
            token = text(answer.json, "nextPageToken")
            total = max(done, int(text(answer.json, "resultSizeEstimate") or 0)) if token else done
            yield Heads(Progress("all mail", done, total), [(ref.head, ref.role, ref.at) for ref in refs])
            if token is None:
                return
            page = token

    async def find(self, message_id: str) -> str | None:
        """By the search of its Message-ID."""
        return next(iter(_ids(await self._list(f"rfc822msgid:{bare(message_id)}", "", True))), None)

    async def is_alive(self) -> bool:
        """By the profile."""
        try:
            await self._get("/profile")
        except MailboxError:
            return False
        return True

    async def whose(self) -> str:
        """The address of the account."""
        return text((await self._get("/profile")).json, "emailAddress") or "somebody"

    async def _history_id(self) -> str:
        found = text((await self._get("/profile")).json, "historyId")
        if found is None:
            raise RefusedError("Gmail gives a profile without a history id.")
        return found

    async def _list(self, query: str, page: str, with_junk: bool) -> Answer:
        params = {"q": query, "maxResults": str(LISTED), "includeSpamTrash": "true" if with_junk else "false"}
        return await self._get("/messages", params | ({"pageToken": page} if page else {}))

    async def _refs(self, ids: Sequence[str]) -> list[Ref]:
        """These mails, in order; those that are gone or not read are missing."""
        found = await asyncio.gather(*(self._ref(id_) for id_ in dict.fromkeys(ids)))
        return [one for one in found if one is not None]

    async def _ref(self, id_: str) -> Ref | None:
        async with self._turns:
            try:
                answer = await self._get(
                    f"/messages/{id_}", {"format": "metadata", "fields": "id,labelIds,internalDate,payload/headers(name,value)"}
                )
            except GoneError:
                return None
            except RefusedError:  # it is taken for what came in, and what becomes of it is seen when it is read
                if not await self.is_alive():
                    raise
                answer = Answer(status=200, headers={})
        labels = {str(one) for one in items(answer.json, "labelIds")}
        if labels & _NOT_READ or ("SPAM" in labels and not self.settings.reads_junk):
            return None
        role = Role.SENT if "SENT" in labels else Role.JUNK if "SPAM" in labels else Role.INBOX
        pairs = [(text(one, "name") or "", text(one, "value") or "") for one in items(answer.json, "payload", "headers")]
        at = moment(text(answer.json, "internalDate"), per_second=1000) or datetime.now(UTC)
        place = {Role.SENT: "sent", Role.JUNK: "spam"}.get(role, "inbox" if "INBOX" in labels else "all mail")
        return Ref(id=id_, place=place, role=role, head=head_of(built_mail(pairs, "", "")), at=at)

    async def _get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        return await self._client.get(Call(method="GET", path=f"{ME}{path}", params=params or {}, largest=LARGEST_LIST))


def _ids(answer: Answer) -> list[str]:
    return [id_ for one in items(answer.json, "messages") if (id_ := text(one, "id"))]
