"""What needs a person: gathered in one question, and said in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from accountgraph.db import Connectable

EVERYTHING = "*"
MOST = 200  # things in one notice
REPLY_HOURS = 4  # unless a channel says otherwise


class NoticeKind(StrEnum):
    """What channels can be told of."""

    APPROVAL_WAITING = "approval_waiting"
    REPLY_WAITING = "reply_waiting"
    TASK_OVERDUE = "task_overdue"
    MESSAGE_UNKNOWN = "message_unknown"
    MAILBOX_STOPPED = "mailbox_stopped"
    WORKSPACE_STOPPED = "workspace_stopped"
    CAMPAIGN_PAUSED = "campaign_paused"
    ENDPOINT_STOPPED = "endpoint_stopped"
    BUDGET_SPENT = "budget_spent"


class Said(Struct, frozen=True):
    """`one` and `many`: as a count is read. `when`: what has to be so."""

    one: str
    many: str
    when: str


SAID: dict[NoticeKind, Said] = {
    NoticeKind.APPROVAL_WAITING: Said("message to approve", "messages to approve", "a message waits for somebody's word"),
    NoticeKind.REPLY_WAITING: Said("reply to answer", "replies to answer", "a reply waits longer than the channel's hours"),
    NoticeKind.TASK_OVERDUE: Said("overdue task", "overdue tasks", "a task is due since a day"),
    NoticeKind.MESSAGE_UNKNOWN: Said(
        "message that may have left", "messages that may have left", "nobody knows whether a message left, and a person has to look"
    ),
    NoticeKind.MAILBOX_STOPPED: Said("stopped mailbox", "stopped mailboxes", "a mailbox is on hold, or cannot be read since an hour"),
    NoticeKind.WORKSPACE_STOPPED: Said("stop of everything", "stops of everything", "the whole workspace is on hold"),
    NoticeKind.CAMPAIGN_PAUSED: Said("paused campaign", "paused campaigns", "a campaign is paused"),
    NoticeKind.ENDPOINT_STOPPED: Said(
        "endpoint that is told no more", "endpoints that are told no more", "an endpoint was paused for failing, or said that it is gone"
    ),
    NoticeKind.BUDGET_SPENT: Said(
        "spent budget",
        "spent budgets",
        "the model's messages of a day are used up, and others wait; or an agent has used its touches or proposals of the day",
    ),
}


class Need(Struct, frozen=True, kw_only=True):
    """Something that needs a person.

    `key`: stands for it as long as it waits. `waiting`, `fresh`: how many of its kind there are, and how many of those nobody was told of.
    """

    key: str
    kind: NoticeKind
    since: datetime
    account: str | None
    person: str | None
    about: str | None
    waiting: int
    fresh: int

    @property
    def line(self) -> str:
        """As people read it."""
        whose = ", ".join(word for word in (self.person, self.account) if word)
        return " ".join(f"{' - '.join(word for word in (self.about, whose) if word)}, since {self.since:%Y-%m-%d %H:%M} UTC".split())


async def gather(
    db: Connectable,
    now: datetime,
    *,
    kinds: Sequence[str] = (EVERYTHING,),
    reply_hours: int = REPLY_HOURS,
    channel_id: UUID | None = None,
    limit: int = MOST,
) -> list[Need]:
    """What needs a person at `now`, the oldest first. With `channel_id`: what that channel was not told of."""
    asked = {
        "now": now,
        "kinds": list(kinds),
        "reply_wait": timedelta(hours=reply_hours),
        "channel_id": channel_id,
        "most": limit,
    }
    return await db.rows(Need, "outgoing.notices.needs", asked)
