"""What the arbiter answers."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from accountgraph.enums import Channel


class Verdict(StrEnum):
    """`allow`: now. `defer`: not before `until`. `deny`: never, this step for this person."""

    ALLOW = "allow"
    DEFER = "defer"
    DENY = "deny"


class Effect(StrEnum):
    """What follows for the enrolment."""

    SEND = "send"  # allow
    WAIT = "wait"  # defer until a time
    MOVE = "move"  # defer: due at once on another channel's queue
    PAUSE = "pause"  # defer until somebody or something resumes it (approval, a hold without an end)
    SKIP_STEP = "skip_step"  # deny this step, go on with the next
    FINISH = "finish"  # deny, and there is nothing left to do
    FAIL = "fail"  # deny, and it is an error that a person should see


class Decision(Struct, frozen=True, kw_only=True):
    """The answer for one due step.

    `rule` is the machine's word for why, `reason` says it to a person, `inputs` are what the rule looked at. `until`
    (UTC) belongs to a deferral with an end; `channel` is the one chosen, where the rules came that far.
    """

    verdict: Verdict
    effect: Effect
    rule: str
    reason: str
    inputs: dict[str, Any] = {}
    until: datetime | None = None
    channel: Channel | None = None
