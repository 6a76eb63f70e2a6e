"""The weights and thresholds of every score, as one frozen object that a user can replace.

`ScorePolicy()` is the documented default; `dataclasses.replace` makes another:
`ScorePolicy(expansion=replace(ExpansionPolicy(), champion=30))`. Points are points of the score,
days are days of 24 hours.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from math import isfinite
from typing import Any

from accountgraph.enums import Seniority, Strength
from accountgraph.errors import InvalidValueError


class Checked:
    """A policy whose numbers are finite and not negative."""

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value: Any = getattr(self, item.name)
            if isinstance(value, int | float) and not (isfinite(value) and value >= 0):
                raise InvalidValueError(f"{type(self).__name__}.{item.name}", f"must be a number of 0 or more, not {value}.")


@dataclass(frozen=True)
class StrengthPoints(Checked):
    """What a relationship's strength is worth."""

    weak: float = 10.0
    medium: float = 20.0
    strong: float = 30.0

    def of(self, strength: Strength) -> float:
        """The value of one strength."""
        match strength:
            case Strength.WEAK:
                return self.weak
            case Strength.MEDIUM:
                return self.medium
            case Strength.STRONG:
                return self.strong


@dataclass(frozen=True)
class SeniorityPoints(Checked):
    """What a contact's seniority is worth; `other` is for individual contributors and where it is unknown."""

    c_level: float = 20.0
    vp: float = 15.0
    director: float = 12.0
    manager: float = 8.0
    other: float = 5.0

    def of(self, seniority: Seniority | None) -> float:
        """The points of one level."""
        match seniority:
            case Seniority.C_LEVEL:
                return self.c_level
            case Seniority.VP:
                return self.vp
            case Seniority.DIRECTOR:
                return self.director
            case Seniority.MANAGER:
                return self.manager
            case _:
                return self.other


@dataclass(frozen=True)
class ExpansionPolicy(Checked):
    """Whom to talk to next. A decision maker is not counted as a champion as well."""

    strength: StrengthPoints = StrengthPoints()
    seniority: SeniorityPoints = SeniorityPoints()
    decision_maker: float = 25.0
    champion: float = 20.0
    engagement: float = 15.0
    in_conversation_factor: float = 0.5
    never_touched: float = 10.0


@dataclass(frozen=True)
class HealthPolicy(Checked):
    """How an account is doing, 0-100. `most_contacts` is how many people an account is measured by at most."""

    engagement: float = 40.0
    conversations: float = 30.0
    relationships: float = 20.0
    decision_makers: float = 10.0
    most_contacts: int = 5
    excellent: float = 80.0
    good: float = 60.0
    fair: float = 40.0
    poor: float = 20.0
    low_engagement: float = 30.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.engagement + self.conversations + self.relationships + self.decision_makers > 100.0001:
            raise InvalidValueError("HealthPolicy", "the four weights add up to more than 100.")
        if not self.excellent >= self.good >= self.fair >= self.poor:
            raise InvalidValueError("HealthPolicy", "the thresholds must fall: excellent >= good >= fair >= poor.")
        if self.most_contacts < 1:
            raise InvalidValueError("HealthPolicy.most_contacts", "must be 1 or more.")


@dataclass(frozen=True)
class ConversationHealthPolicy(Checked):
    """Where a conversation stands.

    A contact who acted within `engaged_days` is engaged. Else they have, from our first message
    they have not reacted to, `patience_factor` times their usual reply time, but at least
    `least_patience_days` (and `most_patience_days` at most): until then we wait, after that it
    cools, and after `stalled_days` it has stalled.
    """

    engaged_days: float = 7.0
    patience_factor: float = 2.0
    least_patience_days: float = 4.0
    most_patience_days: float = 14.0
    stalled_days: float = 30.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.least_patience_days <= self.most_patience_days <= self.stalled_days:
            raise InvalidValueError(
                "ConversationHealthPolicy", "the days must rise: least_patience_days <= most_patience_days <= stalled_days."
            )


@dataclass(frozen=True)
class PathPolicy(Checked):
    """How much of an introduction gets through an edge (times its confidence), and how far it is followed."""

    strength: StrengthPoints = StrengthPoints(weak=0.3, medium=0.6, strong=0.9)
    most_hops: int = 4
    in_touch_days: float = 180.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if max(self.strength.weak, self.strength.medium, self.strength.strong) > 1:
            raise InvalidValueError("PathPolicy.strength", "is a share of 0 to 1.")
        if not 1 <= self.most_hops <= 4:
            raise InvalidValueError("PathPolicy.most_hops", "must be 1 to 4.")


@dataclass(frozen=True)
class ScorePolicy:
    """Everything that `CompanyGraph` judges by."""

    expansion: ExpansionPolicy = field(default_factory=ExpansionPolicy)
    health: HealthPolicy = field(default_factory=HealthPolicy)
    conversation: ConversationHealthPolicy = field(default_factory=ConversationHealthPolicy)
    paths: PathPolicy = field(default_factory=PathPolicy)
