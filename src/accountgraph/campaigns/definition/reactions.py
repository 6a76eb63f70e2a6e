"""What a signal does to the person it came from and to the rest of the account: policy, in one table."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from accountgraph.campaigns.definition.steps import Track


class PersonAction(StrEnum):
    """What happens to the enrolments of the person themselves."""

    NOTHING = "nothing"
    FINISH = "finish"
    PAUSE = "pause"
    FAIL = "fail"
    RETRY = "retry"


class AccountAction(StrEnum):
    """What happens to everybody else within the scope."""

    NOTHING = "nothing"
    PAUSE = "pause"
    STOP = "stop"
    SWITCH_TRACK = "switch_track"
    HOLD = "hold"


class Scope(StrEnum):
    """How far `rest` reaches: the company and all its parents and subsidiaries, the company alone, or the campaign within it."""

    ACCOUNT = "account"
    BUSINESS_UNIT = "business_unit"
    CAMPAIGN = "campaign"


class Reaction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one kind of signal does.

    `pause_days`: calendar days the person pauses where the signal brings no date; None pauses until somebody resumes.
    `suppress`: the channel the person is suppressed on (`all`: every one); None suppresses nothing.
    `rest_track`: the track for `switch_track`. `asks_owner`: a task for the account's owner, which escalates.
    `propose`: a person the signal names (stand-in, referral) is proposed.
    """

    person: PersonAction = PersonAction.NOTHING
    pause_days: Annotated[int, Meta(ge=0, le=3650)] | None = None
    suppress: str | None = None
    rest: AccountAction = AccountAction.NOTHING
    rest_track: Track | None = None
    asks_owner: bool = False
    propose: bool = False


def _reply(**changes: object) -> Reaction:
    fields: dict[str, object] = {"person": PersonAction.FINISH, "rest": AccountAction.PAUSE, "asks_owner": True, **changes}
    return Reaction(**fields)  # type: ignore[arg-type]


class Reactions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table. Replies have a row a meaning, so that a policy can resume, switch track or stop by it."""

    scope: Scope = Scope.ACCOUNT
    reply: Reaction = _reply()
    reply_positive: Reaction = _reply()
    reply_question: Reaction = _reply()
    reply_objection: Reaction = _reply()
    reply_not_now: Reaction = _reply()
    reply_refusal: Reaction = _reply()
    referral: Reaction = Reaction(person=PersonAction.FINISH, propose=True, asks_owner=True)
    manual_message: Reaction = Reaction(person=PersonAction.PAUSE)
    out_of_office: Reaction = Reaction(person=PersonAction.PAUSE, pause_days=14, propose=True)
    hard_bounce: Reaction = Reaction(person=PersonAction.FAIL, suppress="email")
    soft_bounce: Reaction = Reaction(person=PersonAction.RETRY)
    policy_bounce: Reaction = Reaction(person=PersonAction.PAUSE)
    unsubscribe: Reaction = Reaction(person=PersonAction.FINISH, suppress="all", asks_owner=True)
    complaint: Reaction = Reaction(person=PersonAction.FINISH, suppress="all", rest=AccountAction.PAUSE, asks_owner=True)
    meeting_booked: Reaction = Reaction(person=PersonAction.FINISH, rest=AccountAction.PAUSE)
    meeting_held: Reaction = Reaction(asks_owner=True)
    meeting_missed: Reaction = Reaction(asks_owner=True)
    deal_opened: Reaction = Reaction(person=PersonAction.PAUSE, rest=AccountAction.PAUSE)
    deal_won: Reaction = Reaction(person=PersonAction.FINISH, rest=AccountAction.STOP)
    deal_lost: Reaction = Reaction(person=PersonAction.FINISH, rest=AccountAction.STOP)
    left_company: Reaction = Reaction(person=PersonAction.FINISH)
    manual_stop: Reaction = Reaction(person=PersonAction.FINISH)

    def of(self, kind: str) -> Reaction:
        """The row of one kind of signal; one that moves nobody has none, and does nothing."""
        row: Reaction = getattr(self, kind, Reaction())
        return row
