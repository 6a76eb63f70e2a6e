"""What the demo's rows are made with: people as their history sees them, tables of rows, ids and chance that follow from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import NAMESPACE_DNS, UUID, uuid5

from accountgraph.demo.world.firms import DOMAIN_END

if TYPE_CHECKING:
    from accountgraph.demo.world.firms import Firm
    from accountgraph.demo.world.titles import Post

Row = dict[str, Any]
MADE_UP: Row = {"demo": True}
OURS = ("Maya Lindqvist", "Daniel Okafor", "Priya Raman", "Tom Becker")
"""Our own people, of the firm that the demo plays: Northlight, which sells rosters for shift work."""
OUR_DOMAIN = f"northlight{DOMAIN_END}"


class Person(NamedTuple):
    """A contact as its history sees it.

    `place`: in their account, 0 is the first. `is_shielded`: their mail program loads pictures by itself; `is_scanned`: a scanner follows
    the links of their mails.
    """

    id: UUID
    firm: Firm
    post: Post
    first: str
    last: str
    email: str
    phone: str | None
    zone: str
    place: int
    is_shielded: bool
    is_scanned: bool

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"


@dataclass
class Rows:
    """What is to be written, by table; `events` as `record_events` takes them."""

    companies: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    relationships: list[Row] = field(default_factory=list)
    conversations: list[Row] = field(default_factory=list)
    touchpoints: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    consents: list[Row] = field(default_factory=list)
    suppressions: list[Row] = field(default_factory=list)


def id_of(seed: int, *key: object) -> UUID:
    """The id that follows from a seed and what the row is."""
    return uuid5(NAMESPACE_DNS, "/".join(str(part) for part in ("demo", seed, *key)))


def chance_of(seed: int, *key: object) -> random.Random:
    """Chance by itself for one thing, so that a change elsewhere does not move it."""
    return random.Random("/".join(str(part) for part in (seed, *key)))  # noqa: S311 - the demo has to be repeatable


def company_id(seed: int, firm: Firm) -> UUID:
    """The id of an account."""
    return id_of(seed, "company", firm.domain)
