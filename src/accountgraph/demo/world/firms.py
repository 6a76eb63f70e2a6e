"""The accounts of the rich demo: forty firms that are not, with the story that each of them tells."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Story(StrEnum):
    """What the year with an account was like."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"
    QUIET = "quiet"
    NEW = "new"
    CUSTOMER = "customer"
    CHURNED = "churned"


class Firm(NamedTuple):
    """One account. `people`: how many of its people are known; `owner`: which of our own people looks after it, by their place.

    `campaign`: `depot` or `shift`, where its people go through campaigns.
    """

    name: str
    domain: str
    industry: str
    size: str
    city: str
    country: str
    tier: str
    status: str
    story: Story
    people: int
    owner: int
    campaign: str
    description: str


ZONES = {
    "NO": "Europe/Oslo", "US": "America/New_York", "GB": "Europe/London", "DE": "Europe/Berlin", "FR": "Europe/Paris", "IN": "Asia/Kolkata",
    "NL": "Europe/Amsterdam", "SE": "Europe/Stockholm", "CA": "America/Toronto", "IE": "Europe/Dublin", "AT": "Europe/Vienna",
    "SG": "Asia/Singapore", "AU": "Australia/Perth", "ES": "Europe/Madrid", "IT": "Europe/Rome", "PL": "Europe/Warsaw",
    "NZ": "Pacific/Auckland", "BR": "America/Sao_Paulo", "JP": "Asia/Tokyo", "CH": "Europe/Zurich",
}  # fmt: skip
"""Where the people of a country live, IANA."""
DOMAIN_END = ".example"


def _firm(line: str) -> Firm:
    name, domain, industry, size, city, country, tier, status, story, people, owner, campaign, description = line.split("|")
    return Firm(
        name, domain + DOMAIN_END, industry, size, city, country, tier, status, Story(story), int(people), int(owner), campaign, description
    )


def _read() -> Iterator[Firm]:
    text = (files(__package__ or "accountgraph.demo.world") / "firms.txt").read_text(encoding="utf-8")
    return (_firm(line) for line in text.splitlines() if not line.startswith("#"))


FIRMS: tuple[Firm, ...] = tuple(_read())
