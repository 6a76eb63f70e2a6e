"""Microsoft Graph's mail as its documentation has it."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import getaddresses
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.channels.mail_apis.fake import Kept, MailFake
from tests.channels.providers.service import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.channels.providers.service import Asked

ME = "/v1.0/me"
PAGE = 10
FOLDERS = ("inbox", "sentitems", "drafts", "junkemail", "deleteditems")


def error(status: int, code: str, message: str) -> Said:
    return Said(status, {"error": {"code": code, "message": message, "innerError": {"request-id": "r-1"}}})


class Graph(MailFake):
    """Folders are known by their well-known names and by an id each."""

    sent_label, inbox_label = "sentitems", "inbox"

    def unauthorized(self) -> Said:
        return error(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")

    def answer(self, asked: Asked) -> Said:
        path = asked.path.removeprefix(ME)
        found = re.fullmatch(r"/mailFolders/(\w+)(/messages)?(/delta)?", path)
        if path == "/messages" and asked.method == "POST":
            return self._draft(asked)
        if path == "/messages":
            return self._page(asked, lambda _: True)
        if found and found[3]:
            return self._delta(asked, found[1])
        if found and found[2]:
            return self._page(asked, lambda one: one.labels == (found[1],))
        if found:
            return Said(json={"id": f"F-{found[1]}", "displayName": found[1]}) if found[1] in FOLDERS else _gone()
        return self._one(asked, path)

    def _one(self, asked: Asked, path: str) -> Said:
        _, _, id_, *rest = path.split("/")
        one = self.kept.get(id_)
        if one is None:
            return _gone()
        match asked.method, rest:
            case "POST", ["send"]:
                return self._sent(one)
            case "DELETE", []:
                del self.kept[id_]
                return Said(204)
            case "GET", ["$value"]:
                return Said(text=one.raw.decode())
            case "GET", []:
                return Said(json=self._shown(one, asked.query))
        return _gone()

    def _sent(self, one: Kept) -> Said:
        if one.labels != ("drafts",):
            return error(400, "ErrorInvalidRequest", "It is no draft.")
        self.kept[one.id] = replace(one, labels=("sentitems",))
        self.log.append(one.id)
        return Said(202)

    def _draft(self, asked: Asked) -> Said:
        assert asked.headers["content-type"] == "text/plain"
        assert "ImmutableId" in asked.headers["prefer"]
        one = self.arrive(self.wire(b64decode(asked.body)), "drafts")
        return Said(201, self._shown(one, {}))

    def _shown(self, one: Kept, query: dict[str, str]) -> dict[str, Any]:
        known: dict[str, Any] = {
            "id": one.id,
            "internetMessageId": one.header("Message-ID"),
            "isDraft": one.labels == ("drafts",),
            "parentFolderId": f"F-{one.labels[0]}",
            "subject": one.header("Subject"),
            "receivedDateTime": f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
            "sentDateTime": f"{one.at:%Y-%m-%dT%H:%M:%SZ}",
            "from": _people(one.header("From"))[0] if one.header("From") else None,
            **{f"{name}Recipients": _people(one.header(name)) for name in ("to", "cc", "bcc")},
            "internetMessageHeaders": None if one.labels[0] in {"drafts", "sentitems"} else one.headers,
        }
        wanted = set(query.get("$select", "").split(",")) - {""}
        return {name: value for name, value in known.items() if not wanted or name in {*wanted, "id"}}

    def _page(self, asked: Asked, is_there: Callable[[Kept], bool]) -> Said:
        fits = _filter(asked.query.get("$filter", ""))
        found = [one for one in reversed(self.kept.values()) if is_there(one) and fits(one)]
        start, most = int(asked.query.get("$skip", "0")), int(asked.query.get("$top", PAGE))
        more = {**asked.query, "$skip": str(start + most)}
        link = {"@odata.nextLink": f"http://{asked.headers['host']}{asked.path}?{urlencode(more)}"} if len(found) > start + most else {}
        return Said(json={"value": [self._shown(one, asked.query) for one in found[start : start + most]], **link})

    def _delta(self, asked: Asked, folder: str) -> Said:
        """Tokens count the log; what was asked the first time goes along in the link."""
        query = dict(asked.query)
        delta = int(query.pop("$deltatoken", 0))
        start = delta or int(query.pop("$skiptoken", 0))
        if 0 < delta <= self.forgotten:
            return error(410, "SyncStateNotFound", "The sync state generation is not found; please restart with an empty token.")
        fits = _filter(query.get("$filter", ""))
        most = int(re.search(r"maxpagesize=(\d+)", asked.headers.get("prefer", "maxpagesize=10"))[1])  # type: ignore[index]
        value: list[dict[str, Any]] = []
        at = max(start - 1, 0)
        while at < len(self.log) and len(value) < most:
            one = self.kept.get(self.log[at])
            at += 1
            if one is None:
                value.append({"id": self.log[at - 1], "@removed": {"reason": "deleted"}})
            elif one.labels == (folder,) and fits(one):
                value.append(self._shown(one, query))
        name, token = ("nextLink", "$skiptoken") if at < len(self.log) else ("deltaLink", "$deltatoken")
        link = f"http://{asked.headers['host']}{asked.path}?{urlencode({**query, token: str(at + 1)})}"
        return Said(json={"value": value, f"@odata.{name}": link})


def _people(value: str | None) -> list[dict[str, Any]]:
    return [{"emailAddress": {"name": name, "address": address}} for name, address in getaddresses([value or ""]) if address]


def _filter(text: str) -> Callable[[Kept], bool]:
    """`internetMessageId eq '...'`, or a time and later."""
    if not text:
        return lambda _: True
    if found := re.fullmatch(r"internetMessageId eq '([^']+)'", text):
        return lambda one: one.header("Message-ID") == found[1]
    since = re.fullmatch(r"(?:receivedDateTime|sentDateTime) ge (\S+Z)", text)
    assert since, text
    at = datetime.strptime(since[1], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return lambda one: one.at >= at


def _gone() -> Said:
    return error(404, "ErrorItemNotFound", "The specified object was not found in the store.")
