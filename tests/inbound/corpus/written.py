"""What a case of the corpus is: a letter, and what has to be understood of it."""

from __future__ import annotations

from typing import NamedTuple


class Reply(NamedTuple):
    """A person's reply; all mails are of Tuesday, 10 March 2026. `person`: name and address that it names; `writer`: whose reply it is."""

    client: str
    language: str
    text: str
    signature: str
    kind: str
    until: str | None = None
    person: tuple[str | None, str | None] = (None, None)
    writer: str = "Petra Lang"


class Note(NamedTuple):
    """What a machine answers, or a person where `kind` is None; of Tuesday, 10 March 2026. `headers`: by name, see `HEADERS`."""

    language: str
    subject: str
    text: str
    kind: str | None
    headers: str = "rfc"
    back_on: str | None = None
    person: tuple[str | None, str | None] = (None, None)


HEADERS: dict[str, dict[str, str]] = {
    "rfc": {"Auto-Submitted": "auto-replied", "Precedence": "bulk"},
    "exchange": {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Return-Path": "<>"},
    "rules": {"X-MS-Exchange-Generated-Message-Source": "Mailbox Rules Agent", "X-Auto-Response-Suppress": "All"},
    "old": {"Precedence": "auto_reply", "X-Autoreply": "yes"},
    "null": {"Return-Path": "<>"},
    "none": {},
    "list": {"Precedence": "bulk", "List-Id": "<news.kunde.example>"},
}
