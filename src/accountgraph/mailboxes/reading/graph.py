"""Reading by Microsoft Graph: what changed in each folder since the link that it gave the last time.

Docs: learn.microsoft.com/graph/api/message-delta, delta-query-messages, message-get (its MIME content), outlook-immutable-id.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from accountgraph.channels.asking import Answer, Call
from accountgraph.channels.mail_apis.asking import following
from accountgraph.channels.mail_apis.graph import GraphSettings
from accountgraph.channels.mail_apis.transport import bare
from accountgraph.channels.providers.built import built_mail
from accountgraph.channels.providers.reading import at, items, moment, text
from accountgraph.errors import ConfigError
from accountgraph.mailboxes.errors import GoneError, MailboxError, RefusedError, TooOldError
from accountgraph.mailboxes.headers import head_of
from accountgraph.mailboxes.reading.api import LARGEST_LIST, ApiClient, Page, ReadSettings, Ref
from accountgraph.mailboxes.reading.folders import Folder, Role
from accountgraph.mailboxes.reading.history import Heads, Progress

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping

    from accountgraph.channels import Vault
    from accountgraph.mailboxes.headers import Head

MOST = 50  # mails that are asked for at once
_PREFER = {"Prefer": f'IdType="ImmutableId", odata.maxpagesize={MOST}'}
_FIELDS = "id,internetMessageId,subject,from,toRecipients,ccRecipients,bccRecipients,receivedDateTime,isDraft"
_BEFORE = timedelta(days=1)  # so much is passed over when a folder is begun, for a link has to begin somewhere
_LOST = frozenset({"syncStateNotFound", "SyncStateNotFound", "syncStateInvalid", "SyncStateInvalid", "resyncRequired"})


class GraphMailboxSettings(GraphSettings, ReadSettings, frozen=True, kw_only=True):
    """The settings of a mailbox with the protocol `graph`."""

    provider: ClassVar[str] = "Microsoft Graph"


class GraphApi:
    """A `MailApi` over one mailbox."""

    def __init__(self, client: ApiClient, settings: GraphMailboxSettings) -> None:
        self._client, self.settings = client, settings

    @classmethod
    @asynccontextmanager
    async def open(cls, given: Mapping[str, object], vault: Vault) -> AsyncGenerator[GraphApi]:
        """By a mailbox's settings."""
        settings = GraphMailboxSettings.of(given)
        client = ApiClient("Microsoft Graph", settings, vault, lambda answer: answer.status == 429)
        try:
            yield cls(client, settings)
        finally:
            await client.close()

    def folders(self) -> list[Folder]:
        """By their well-known names."""
        junk = [Folder("junkemail", Role.JUNK)] if self.settings.reads_junk else []
        return [Folder("inbox", Role.INBOX), Folder("sentitems", Role.SENT), *junk]

    async def start(self, folder: Folder, now: datetime) -> str:
        """The link behind everything that is there now."""
        link = await self.afresh(folder, now - _BEFORE)
        is_last = False
        while not is_last:
            _, link, is_last = self._links(await self._get(link), link)
        return link

    async def afresh(self, folder: Folder, since: datetime) -> str:
        """The link that begins with what came since."""
        asked = {"changeType": "created", "$select": _FIELDS, "$filter": f"receivedDateTime ge {_written(since)}"}
        return f"{self.settings.api_url}/me/mailFolders/{folder.name}/messages/delta?{urlencode(asked)}"

    async def page(self, folder: Folder, cursor: str) -> Page:
        """What the link leads to."""
        try:
            answer = await self._get(following(cursor, self.settings))
        except GoneError as error:
            raise TooOldError(str(error)) from None
        except RefusedError as error:
            if any(word in str(error) for word in _LOST):
                raise TooOldError(str(error)) from None
            raise
        except ConfigError as error:  # the address of the service was changed since
            raise TooOldError(str(error)) from None
        rows, link, is_last = self._links(answer, cursor)
        return Page(refs=[_ref(row, folder) for row in rows if _is_mail(row)], cursor=link, is_last=is_last)

    def _links(self, answer: Answer, asked: str) -> tuple[list[Any], str, bool]:
        """What an answer holds, the link to go on at, and whether there is nothing more now."""
        more, end = text(answer.json, "@odata.nextLink"), text(answer.json, "@odata.deltaLink")
        if more is None and end is None:
            raise RefusedError(f"Microsoft Graph gives no link to go on at after {asked.partition('?')[0]}.")
        return items(answer.json, "value"), following(more or end or "", self.settings), more is None

    async def mail(self, id_: str, most: int) -> bytes:
        """Its MIME content; of a longer one its beginning."""
        call = Call(method="GET", path=f"/me/messages/{id_}/$value", headers=_PREFER, largest=most)
        return (await self._client.get(call)).body[:most]

    async def history(self, since: datetime) -> AsyncIterator[Heads]:
        """The headers of everything since, by the folder in which it lies now."""
        roles = {await self._id_of("sentitems"): Role.SENT}
        hidden = {await self._id_of(name) for name in ("junkemail", "deleteditems")}
        fields = f"{_FIELDS},parentFolderId,internetMessageHeaders"
        asked = {"$select": fields, "$filter": f"receivedDateTime ge {_written(since)}", "$top": str(MOST)}
        link: str | None = f"{self.settings.api_url}/me/messages?{urlencode(asked)}"
        done = 0
        while link:
            answer = await self._get(following(link, self.settings))
            rows = [row for row in items(answer.json, "value") if _is_mail(row) and text(row, "parentFolderId") not in hidden]
            done += len(rows)
            link = text(answer.json, "@odata.nextLink")
            heads = [(_head(row), roles.get(text(row, "parentFolderId"), Role.INBOX), _at(row)) for row in rows]
            yield Heads(Progress("all mail", done, done + MOST if link else done), heads)

    async def find(self, message_id: str) -> str | None:
        """By its Message-ID."""
        params = {"$filter": f"internetMessageId eq '<{bare(message_id)}>'", "$select": "id,isDraft"}
        answer = await self._client.get(Call(method="GET", path="/me/messages", params=params, headers=_PREFER))
        return next((text(row, "id") for row in items(answer.json, "value") if _is_mail(row)), None)

    async def is_alive(self) -> bool:
        """By the inbox."""
        try:
            await self._id_of("inbox")
        except MailboxError:
            return False
        return True

    async def whose(self) -> str:
        """Not said without a further permission; the inbox is looked at."""
        await self._id_of("inbox")
        return "the account that gave its consent"

    async def _id_of(self, folder: str) -> str | None:
        call = Call(method="GET", path=f"/me/mailFolders/{folder}", params={"$select": "id"}, headers=_PREFER)
        return text((await self._client.get(call)).json, "id")

    async def _get(self, link: str) -> Answer:
        return await self._client.get(Call(method="GET", url=link, headers=_PREFER, largest=LARGEST_LIST))


def _written(moment_: datetime) -> str:
    return f"{moment_.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _is_mail(row: Any) -> bool:  # noqa: ANN401 - an object, if it is one
    return text(row, "id") is not None and at(row, "@removed") is None and at(row, "isDraft") is not True


def _ref(row: Any, folder: Folder) -> Ref:  # noqa: ANN401 - as above
    return Ref(id=text(row, "id") or "", place=folder.name, role=folder.role, head=_head(row), at=_at(row))


def _at(row: Any) -> datetime:  # noqa: ANN401 - as above
    return moment(text(row, "receivedDateTime")) or datetime.now(UTC)


def _head(row: Any) -> Head:  # noqa: ANN401 - as above
    """By its headers, where the service gives them; else by its fields, which do not say whether a machine wrote it."""
    given = [(text(one, "name") or "", text(one, "value") or "") for one in items(row, "internetMessageHeaders")]
    names = {name.lower() for name, _ in given}
    return head_of(built_mail([*given, *(pair for pair in _fields(row) if pair[0].lower() not in names)], "", ""))


def _fields(row: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - as above
    yield "Message-ID", text(row, "internetMessageId") or ""
    yield "From", _person(at(row, "from"))
    for name, key in (("To", "toRecipients"), ("Cc", "ccRecipients"), ("Bcc", "bccRecipients")):
        yield name, ", ".join(found for one in items(row, key) if (found := _person(one)))
    yield "Subject", text(row, "subject") or ""
    yield "Date", f"{_at(row):%a, %d %b %Y %H:%M:%S +0000}"


def _person(one: Any) -> str:  # noqa: ANN401 - as above
    address = text(one, "emailAddress", "address")
    return f"<{address}>" if address else ""
