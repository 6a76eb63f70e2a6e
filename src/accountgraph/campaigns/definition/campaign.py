"""A whole campaign: the sequence, its words, its audience, its policy."""

from __future__ import annotations

import re
from functools import cached_property
from hashlib import sha256
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from accountgraph.campaigns.definition.audience import Audience
from accountgraph.campaigns.definition.policy import Policy
from accountgraph.campaigns.definition.steps import Step, Track
from accountgraph.errors import NotFoundError

NAME = "^[a-z0-9][a-z0-9_-]{0,79}$"


def is_name(text: str) -> bool:
    """Whether a campaign may be called so."""
    return re.fullmatch(NAME, text) is not None


class Variant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other words for the same step; who gets which is fixed by the enrolment. `weight` is its share against the others'."""

    key: Annotated[str, Meta(pattern="^[a-z0-9_-]{1,40}$")]
    subject: str | None = None
    body: str
    weight: Annotated[int, Meta(ge=1, le=1000)] = 1


class Template(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of a step, in Jinja over the conversation's context. `subject` is for e-mail.

    With `variants`, each person gets one of them instead of `body`; one without a subject has this one.
    """

    subject: str | None = None
    body: str = ""
    variants: tuple[Variant, ...] = ()


class CampaignDefinition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A campaign as it is written, reviewed and applied.

    `senders`: addresses of mailboxes or numbers it may use, or none for all of the workspace; an account keeps the one it began with.
    `topic`: what it is about, by the key of a topic; who refused to hear about that is left alone.
    `approach_colleagues`: a lead brings the other people of the account in after them, as the policy says.
    """

    name: Annotated[str, Meta(pattern=NAME)]
    description: str | None = None
    topic: str | UnsetType = UNSET  # a campaign without one keeps the hash it had before there were topics
    senders: tuple[str, ...] = ()
    audience: Audience = Audience()
    approach_colleagues: bool = False
    steps: tuple[Step, ...]
    templates: dict[str, Template] = {}
    policy: Policy = Policy()

    def step(self, key: str) -> Step:
        """The step with this key.

        Raises:
            NotFoundError: there is none.
        """
        found = self._by_key.get(key)
        if found is None:
            raise NotFoundError(f"Campaign {self.name} has no step {key!r}.")
        return found

    def first(self, track: Track) -> Step | None:
        """The first step of a track, or None where it has none."""
        return next((step for step in self.steps if step.track == track), None)

    def after(self, key: str) -> Step | None:
        """The step below this one on its track, or None at the end."""
        at = self.steps.index(self.step(key))
        return next((step for step in self.steps[at + 1 :] if step.track == self.steps[at].track), None)

    @cached_property
    def _by_key(self) -> dict[str, Step]:
        return {step.key: step for step in self.steps}

    @cached_property
    def content_hash(self) -> str:
        """What identifies this text: SHA-256 of its canonical JSON, 64 hex digits."""
        return sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()
