"""What a person says of a task, checked before anything is touched."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from accountgraph.campaigns.desk.outcomes import Sentiment, outcome_of
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.persons import said_by
from accountgraph.campaigns.work.tasks import TaskKind
from accountgraph.errors import InvalidValueError
from accountgraph.store.consents import without_nul

if TYPE_CHECKING:
    from accountgraph.campaigns.desk.outcomes import Outcome
    from accountgraph.campaigns.work.tasks import Task

_LONGEST = 500  # characters of an outcome
_LONGEST_URL = 2000
_LONGEST_TRANSCRIPT = 1_000_000
_LONGEST_CALL = 86_400  # seconds
_TALKS = frozenset({TaskKind.CALL, TaskKind.MEETING, TaskKind.MEETING_OUTCOME})
_OF_TALKS = ("seconds", "recording", "transcript", "sentiment")


class Account(Struct, frozen=True, kw_only=True):
    """What a person says of a task.

    `outcome`: a word of the table of outcomes, where its kind has one; else what came of it in a line. `left`: whether a message left
    of which nobody knows. `text`: what they answered. `at`: when to call back, when the meeting is. Of a talk: `seconds` it took, the
    https address of its `recording`, which is not fetched, its `transcript`, and the `sentiment`.
    """

    by: str
    outcome: str | None = None
    note: str | None = None
    left: bool | None = None
    text: str | None = None
    at: datetime | None = None
    seconds: int | None = None
    recording: str | None = None
    transcript: str | None = None
    sentiment: Sentiment | None = None


def checked(account: Account) -> Account:
    """The account, where each of its parts can be used.

    Raises:
        InvalidValueError: naming the part.
    """
    without_nul(*((name, getattr(account, name)) for name in ("outcome", "note", "text", "recording", "transcript")))
    if account.outcome is not None and not 1 <= len(account.outcome.strip()) <= _LONGEST:
        raise InvalidValueError("outcome", f"has 1 to {_LONGEST} characters; put the rest into the note.")
    if account.text is not None and not account.text.strip():
        raise InvalidValueError("text", "is blank; say what they answered.")
    if account.seconds is not None and not 0 <= account.seconds <= _LONGEST_CALL:
        raise InvalidValueError("seconds", "a call takes 0 seconds to a day.")
    if account.transcript is not None and len(account.transcript) > _LONGEST_TRANSCRIPT:
        raise InvalidValueError("transcript", f"has {len(account.transcript):,} characters; at most {_LONGEST_TRANSCRIPT:,} are kept.")
    if account.recording is not None:
        _check_address(account.recording)
    if account.at is not None and account.at.tzinfo is None:
        raise InvalidValueError("at", f"{account.at.isoformat()} has no offset; write for example {account.at.isoformat()}Z.")
    return msgspec.structs.replace(account, by=said_by(account.by), outcome=account.outcome.strip() if account.outcome else None)


def fitting(task: Task, account: Account, now: datetime) -> Outcome | None:
    """The outcome that an account says, where the task's kind has a table; what the kind needs is there, and nothing else.

    Raises:
        InvalidValueError: something is missing, or does not belong to it.
        WorkStateError: its answer is being sent at this moment.
    """
    if task.answer == "calling":
        raise WorkStateError(f"The answer to task {task.id} is being sent at this moment; look again in two minutes.")
    asks = task.kind is TaskKind.RESOLVE_UNKNOWN or task.answer == "unknown"
    if asks and account.left is None:
        raise InvalidValueError("left", "say whether the message left (--left) or not (--not-left); look into the Sent folder.")
    if not asks and account.left is not None:
        raise InvalidValueError("left", "belongs to tasks that ask whether a message left; leave it out.")
    found = None if asks else outcome_of(task, account.outcome)
    given = next((name for name in _OF_TALKS if getattr(account, name) is not None), None)
    if given and (task.kind not in _TALKS or (found is not None and not found.is_touch)):
        raise InvalidValueError(given, "belongs to calls and meetings that took place; leave it out.")
    _check_asked(found, account, now)
    return found


def _check_asked(outcome: Outcome | None, account: Account, now: datetime) -> None:
    reads, time = (outcome.reads, outcome.time) if outcome else (False, None)
    if reads and account.text is None:
        raise InvalidValueError("text", "say what they answered (--text).")
    if not reads and account.text is not None:
        raise InvalidValueError("text", "belongs to an answer of theirs (--outcome replied); put the rest into the note.")
    if time is None and account.at is not None:
        raise InvalidValueError("at", "nothing is to come of this outcome; leave it out.")
    if time is not None and (account.at is None or account.at <= now):
        raise InvalidValueError("at", f"say when (--at), with its offset, in time to come, for example {now.year + 1}-05-02T09:00:00Z.")


def _check_address(url: str) -> None:
    """A recording is named by its address alone: a person follows it, we never do."""
    try:
        parts = urlsplit(url)
        is_good = parts.scheme == "https" and bool(parts.hostname) and parts.username is None and parts.password is None
        is_good = is_good and (parts.port is None or parts.port > 0)
    except ValueError:
        is_good = False
    if not is_good or len(url) > _LONGEST_URL or not url.isprintable() or " " in url:
        raise InvalidValueError(
            "recording", f"is an address like https://calls.example.com/123, without a login, {_LONGEST_URL} characters."
        )
