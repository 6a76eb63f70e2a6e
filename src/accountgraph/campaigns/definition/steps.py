"""The steps of a sequence: what is done, after how long, on which track, under which condition."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from accountgraph.enums import Channel, QualificationTier

StepKey = Annotated[str, Meta(pattern="^[a-z][a-z0-9_-]{0,59}$")]
BusinessDays = Annotated[int, Meta(ge=0, le=365)]


class Track(StrEnum):
    """Which way an enrolment goes: signals move it off `main`."""

    MAIN = "main"
    POSITIVE = "positive"
    NEGATIVE = "negative"


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must hold; of the fields that are given, all. Opens and clicks count only where a person made them.

    `opened`, `clicked`: of any message of this enrolment. `engagement_at_least`: the contact's score, 0-100.
    `has_colleague`: there is a colleague whom the message may name.
    """

    opened: bool | None = None
    clicked: bool | None = None
    engagement_at_least: Annotated[int, Meta(ge=0, le=100)] | None = None
    qualification_tier: tuple[QualificationTier, ...] = ()
    has_phone: bool | None = None
    has_linkedin: bool | None = None
    has_colleague: bool | None = None


class Branch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where `condition` holds once the next step is due, it is `to` instead of the one below; the first that holds wins."""

    condition: Condition
    to: StepKey


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One touch. Without a `channel` the policy chooses one, by how often the contact was approached.

    `wait_business_days`: after the step before (the first: after the start); None takes the policy's gap.
    `template`: a name in the campaign's templates; a call or a LinkedIn step may do with `instructions`.
    `same_thread`: an e-mail answers the last one of this enrolment. `only_if`: where it does not hold, the
    step is passed over. `needs_approval`: None leaves it to the policy.
    `drafted`: a model writes it, told by `instructions`, in `max_words` words at most; the template stands in where there is none.
    `trusts_drafts`: what a model wrote goes out without a person's approval; not given leaves it to the policy.
    """

    key: StepKey
    track: Track = Track.MAIN
    wait_business_days: BusinessDays | None = None
    channel: Channel | None = None
    template: str | None = None
    instructions: str | None = None
    same_thread: bool = True
    only_if: Condition | None = None
    branches: tuple[Branch, ...] = ()
    needs_approval: bool | None = None
    # A campaign that says nothing about drafts keeps the hash it had before there were any.
    drafted: bool | UnsetType = UNSET
    max_words: Annotated[int, Meta(ge=10, le=1000)] | UnsetType = UNSET
    trusts_drafts: bool | UnsetType = UNSET

    @property
    def is_drafted(self) -> bool:
        """Whether a model writes it."""
        return self.drafted is True
