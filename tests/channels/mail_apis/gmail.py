"""Gmail as its documentation has it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.channels.mail_apis.fake import Kept, MailFake
from tests.channels.providers.service import Said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.channels.providers.service import Asked

ME = "/gmail/v1/users/me"
FIRST = 1000  # the history id of the time before the first mail
PAGE = 100


def error(status: int, message: str, reason: str, kind: str = "") -> Said:
    inner = {"message": message, "domain": "global", "reason": reason}
    return Said(status, {"error": {"code": status, "message": message, "errors": [inner], "status": kind}})


class Gmail(MailFake):
    sent_label, inbox_label = "SENT", "INBOX"
    address = "me@ours.com"

    def unauthorized(self) -> Said:
        return error(401, "Request had invalid authentication credentials.", "authError", "UNAUTHENTICATED")

    def answer(self, asked: Asked) -> Said:
        path = asked.path.removeprefix(ME)
        match asked.method, path:
            case "GET", "/profile":
                return Said(json={"emailAddress": self.address, "messagesTotal": len(self.kept), "historyId": str(FIRST + len(self.log))})
            case "GET", "/history":
                return self._history(asked.query)
            case "GET", "/messages":
                return self._listed(asked.query)
            case "POST", "/messages/send":
                return self._send(asked.json)
            case "GET", _ if path.startswith("/messages/"):
                return self._message(path.removeprefix("/messages/"), asked)
        return error(404, "Not Found", "notFound")

    def _history(self, query: dict[str, str]) -> Said:
        start = int(query["startHistoryId"]) - FIRST
        assert query["historyTypes"] == "messageAdded"
        if start < self.forgotten:
            return error(404, "Requested entity was not found.", "notFound", "NOT_FOUND")
        most = int(query.get("maxResults", PAGE))
        found = list(enumerate(self.log, 1))[start:]
        records = [
            {"id": str(FIRST + number), "messagesAdded": [{"message": {"id": id_, "threadId": self.kept[id_].thread}}]}
            for number, id_ in found[:most]
            if id_ in self.kept
        ]
        more = {"nextPageToken": "p"} if len(found) > most else {}
        return Said(json={**({"history": records} if records else {}), "historyId": str(FIRST + len(self.log)), **more})

    def _listed(self, query: dict[str, str]) -> Said:
        found = [one for one in reversed(self.kept.values()) if self._fits(one, query.get("q", ""))]
        if query.get("includeSpamTrash") != "true":
            found = [one for one in found if not {"SPAM", "TRASH"} & set(one.labels)]
        start, most = int(query.get("pageToken", "0")), int(query.get("maxResults", PAGE))
        more = {"nextPageToken": str(start + most)} if len(found) > start + most else {}
        page = [{"id": one.id, "threadId": one.thread} for one in found[start : start + most]]
        return Said(json={**({"messages": page} if page else {}), "resultSizeEstimate": len(found), **more})

    def _fits(self, one: Kept, query: str) -> bool:
        return all(self._holds(one, word) for word in query.split())

    def _holds(self, one: Kept, word: str) -> bool:
        name, _, value = word.partition(":")
        match name:
            case "rfc822msgid":
                return (one.header("Message-ID") or "").strip("<>") == value.strip("<>")
            case "in":
                return value.upper() in one.labels
            case "after":
                return one.at > datetime.fromtimestamp(int(value), UTC)
            case "newer_than":
                return one.at > self.now - timedelta(days=int(value.removesuffix("d")))
        raise AssertionError(word)

    def _message(self, id_: str, asked: Asked) -> Said:
        one = self.kept.get(id_)
        if one is None:
            return error(404, "Requested entity was not found.", "notFound", "NOT_FOUND")
        if asked.query["format"] == "raw":
            return Said(json={"raw": urlsafe_b64encode(one.raw).decode()})
        assert asked.query["format"] == "metadata"
        wanted = {value.lower() for name, value in asked.pairs if name == "metadataHeaders"}
        headers = [header for header in one.headers if not wanted or header["name"].lower() in wanted]
        known: dict[str, Any] = {"id": one.id, "threadId": one.thread, "labelIds": list(one.labels), "sizeEstimate": len(one.raw)}
        return Said(json={**known, "internalDate": str(int(one.at.timestamp() * 1000)), "payload": {"headers": headers}})

    def _send(self, data: dict[str, str]) -> Said:
        raw = urlsafe_b64decode(data["raw"])
        one = self.arrive(self.wire(raw), "SENT")
        if "threadId" in data:
            assert data["threadId"] in set(self._threads())
            self.in_thread(one.id, data["threadId"])
        return Said(json={"id": one.id, "threadId": self.kept[one.id].thread, "labelIds": ["SENT"]})

    def _threads(self) -> Iterator[str]:
        return (one.thread for one in self.kept.values())
