"""The accounts and people of the rich demo, and who works with whom. Pure: the same seed and time give the same rows."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import NAMESPACE_DNS, UUID, uuid5

from accountgraph.demo.firms import DOMAIN_END, FIRMS, ZONES, Firm, Story
from accountgraph.demo.names import plain, some_name
from accountgraph.demo.titles import HEAD, INTERESTS, POSTS, RANKS, Post

Row = dict[str, Any]
MADE_UP: Row = {"demo": True}
OURS = ("Maya Lindqvist", "Daniel Okafor", "Priya Raman", "Tom Becker")
"""Our own people, of the firm that the demo plays: Northlight, which sells rosters for shift work."""
OUR_DOMAIN = f"northlight{DOMAIN_END}"
_NUMBERS = {  # numbers that authorities keep free for stories; elsewhere nobody has one
    "US": "+1 {area} 555 01{n:02d}", "CA": "+1 {area} 555 01{n:02d}", "GB": "+44 20 7946 0{m:03d}", "DE": "+49 30 23125 {m:03d}",
    "FR": "+33 1 99 00 {a:02d} {n:02d}", "SE": "+46 8 465 004 {n:02d}", "AU": "+61 8 5550 {m:04d}", "IE": "+353 20 91{m:05d}",
}  # fmt: skip
_TOOLS = ("spreadsheets", "an old in-house tool", "paper")
_KNOWN_EDGES = {
    Story.RISING: 1.0, Story.STEADY: 0.7, Story.FALLING: 0.7, Story.QUIET: 0.25, Story.NEW: 0.0, Story.CUSTOMER: 1.0, Story.CHURNED: 0.4,
}  # fmt: skip
_ASKS_FOR_CONSENT = frozenset({"AT", "BR", "CA", "CH", "DE", "ES", "FR", "IT", "NL", "NO", "PL"})
_KNOWS_WHO_DECIDES = frozenset({Story.RISING, Story.STEADY, Story.FALLING, Story.CUSTOMER, Story.CHURNED})


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


def make_accounts(seed: int, now: datetime, rows: Rows) -> list[Person]:
    """Accounts, people and edges into `rows`; gives the people."""
    people: list[Person] = []
    taken: set[tuple[str, str]] = set()
    for firm in FIRMS:
        chance = chance_of(seed, firm.domain)
        known_since = now - timedelta(days=chance.randint(16, 36) if firm.story is Story.NEW else chance.randint(368, 540))
        rows.companies.append(_company(seed, firm, chance, known_since, now))
        staff = _staff(seed, firm, chance, taken)
        rows.contacts += [_contact(seed, one, chance_of(seed, one.email, "facts"), known_since, now) for one in staff]
        rows.consents += [row for one in staff for row in _consents(seed, one, known_since)]
        rows.suppressions += [_left_alone(seed, row) for row in rows.contacts[-len(staff) :] if _is_left_alone(row)]
        rows.relationships += _edges(seed, staff, chance, known_since, now)
        people += staff
    return people


def _company(seed: int, firm: Firm, chance: random.Random, since: datetime, now: datetime) -> Row:
    sites, shifts = chance.randint(3, 60), chance.choice((2, 3, 4, 5))
    return {
        "id": company_id(seed, firm),
        "name": firm.name,
        "domain": firm.domain,
        "industry": firm.industry,
        "size": firm.size,
        "description": firm.description,
        "headquarters_location": f"{firm.city}, {firm.country}",
        "country": firm.country,
        "account_tier": firm.tier,
        "account_status": firm.status,
        "research_data": {"sites": sites, "shift_models": shifts, "planning_today": chance.choice(_TOOLS)},
        "last_researched_at": now - timedelta(days=chance.uniform(2, 60)) if firm.tier in {"strategic", "tier1"} else None,
        "attributes": {**MADE_UP, "owner": OURS[firm.owner], "story": firm.story.value},
        "created_at": since,
        "updated_at": since,
    }  # fmt: skip


def _staff(seed: int, firm: Firm, chance: random.Random, taken: set[tuple[str, str]]) -> list[Person]:
    among: set[str] = set()
    return [_person(seed, firm, place, chance, some_name(chance, firm.country, taken, among)) for place in range(firm.people)]


def _person(seed: int, firm: Firm, place: int, chance: random.Random, name: tuple[str, str]) -> Person:
    post, (first, last) = POSTS[place], name
    email = f"{plain(first)}.{plain(last)}@{firm.domain}"
    pattern = _NUMBERS.get(firm.country)
    numbers = {
        "area": chance.choice(("212", "312", "503", "614")),
        "n": chance.randint(0, 99),
        "m": chance.randint(100, 999),
        "a": chance.randint(10, 99),
    }
    return Person(
        id=id_of(seed, "contact", email),
        firm=firm,
        post=post,
        first=first,
        last=last,
        email=email,
        phone=pattern.format(**numbers) if pattern and chance.random() < 0.7 else None,
        zone=ZONES[firm.country],
        place=place,
        is_shielded=chance.random() < 0.24,
        is_scanned=firm.industry in {"Insurance", "Pharmaceuticals", "Aerospace"} or (firm.size == "enterprise" and chance.random() < 0.3),
    )


def _contact(seed: int, one: Person, chance: random.Random, since: datetime, now: datetime) -> Row:
    firm, post = one.firm, one.post
    preferences: Row = {"timezone": one.zone}
    if chance.random() < 0.15:
        preferences["preferred_channel"] = chance.choice(("email", "email", "call", "linkedin"))
    if chance.random() < 0.08:
        preferences["best_time"] = chance.choice(("before nine", "Tuesday mornings", "after lunch", "Thursdays"))
    if chance.random() < 0.02:
        preferences["do_not_reference"] = True
    if one.place > 3 and chance.random() < 0.03:
        preferences["do_not_contact"] = True
    known = firm.story in _KNOWS_WHO_DECIDES
    created = min(since + timedelta(days=chance.uniform(0, 90)), now - timedelta(days=10)) if firm.story is not Story.NEW else since
    return {
        "id": one.id,
        "company_id": company_id(seed, firm),
        "first_name": one.first,
        "last_name": one.last,
        "email": one.email,
        "email_key": one.email,
        "phone": one.phone,
        "title": post.title,
        "department": post.department,
        "seniority_level": post.rank,
        "buying_role": post.buying_role if known else None,
        "linkedin_url": f"https://linkedin{DOMAIN_END}/in/{plain(one.first)}-{plain(one.last)}" if chance.random() < 0.8 else None,
        "country": firm.country,
        "interests": chance.sample(INTERESTS, chance.randint(0, 3)),
        "communication_preferences": preferences,
        "research_data": {"joined": (now - timedelta(days=chance.randint(200, 4000))).strftime("%Y-%m")} if chance.random() < 0.5 else {},
        "is_primary_contact": one.place == 0,
        "is_decision_maker": known and post.buying_role in {"decision maker", "economic buyer"},
        "is_champion": post.buying_role == "champion" and firm.story in {Story.RISING, Story.CUSTOMER} and one.place < 12,
        "status": "active",
        "source": chance.choice(("trade fair", "webinar", "referral", "industry directory")),
        "collected_at": created,
        "attributes": MADE_UP,
        "created_at": created,
        "updated_at": created,
    }


def _consents(seed: int, one: Person, since: datetime) -> list[Row]:
    """Where the law asks for one, most have given theirs; a few have taken it back."""
    chance = chance_of(seed, one.email, "consent")
    asks = one.firm.country in _ASKS_FOR_CONSENT
    if chance.random() > (0.86 if asks else 0.12):
        return []
    at = since + timedelta(days=chance.uniform(0, 12), hours=chance.uniform(0, 24))
    row: Row = {
        "id": id_of(seed, "consent", one.email),
        "contact_id": one.id,
        "channel": "email",
        "basis": "consent" if asks else "legitimate_interest",
        "wording": "Yes, write to me about rosters." if asks else None,
        "evidence": "card at the trade fair" if asks else None,
        "captured_at": at,
    }
    if chance.random() < 0.02:
        row["revoked_at"] = at + timedelta(days=chance.uniform(30, 200))
    return [row]


def _is_left_alone(contact: Row) -> bool:
    return bool(contact["communication_preferences"].get("do_not_contact"))


def _left_alone(seed: int, contact: Row) -> Row:
    return {
        "id": id_of(seed, "alone", contact["email"]),
        "contact_id": contact["id"],
        "channel": "all",
        "reason": "do_not_contact",
        "created_at": contact["created_at"],
    }


def _edges(seed: int, staff: list[Person], chance: random.Random, since: datetime, now: datetime) -> list[Row]:
    """Who reports to whom, and who works with whom, as far as we have found out."""
    share, pairs, rows = _KNOWN_EDGES[staff[0].firm.story], set[frozenset[UUID]](), list[Row]()

    def add(one: Person, other: Person, kind: str, strength: str, context: str | None = None) -> None:
        pair = frozenset({one.id, other.id})
        if one.id == other.id or pair in pairs or chance.random() > share:
            return
        pairs.add(pair)
        found = since + (now - since) * chance.random() * 0.95
        rows.append(
            {
                "id": id_of(seed, "edge", one.email, other.email),
                "contact_id_1": one.id,
                "contact_id_2": other.id,
                "relationship_type": kind,
                "strength": strength,
                "context": context,
                "is_verified": chance.random() < 0.4,
                "confidence_score": round(chance.uniform(0.6, 1.0), 2),
                "attributes": MADE_UP,
                "discovered_at": found,
                "created_at": found,
                "updated_at": found,
            }
        )

    for one in staff:
        boss = _boss(one, staff, chance)
        if boss is not None:
            add(one, boss, "reports_to", chance.choices(("strong", "medium", "weak"), (5, 4, 1))[0])
    for one in staff:
        mates = [other for other in staff if other.post.department == one.post.department and other.id != one.id]
        for other in chance.sample(mates, min(len(mates), chance.choice((0, 1, 1, 2)))):
            add(one, other, "colleagues", chance.choices(("strong", "medium", "weak"), (2, 5, 3))[0])
        if len(staff) > 4 and chance.random() < 0.3:
            kind, context = chance.choice(
                (
                    ("collaborators", "roster project"),
                    ("collaborators", "works agreement"),
                    ("mentor_mentee", None),
                    ("referral", "named them to us"),
                )
            )
            add(one, chance.choice(staff), kind, chance.choices(("strong", "medium", "weak"), (2, 3, 5))[0], context)
    return rows


def _boss(one: Person, staff: list[Person], chance: random.Random) -> Person | None:
    """Somebody of a higher rank: in the same department, else whoever heads the firm."""
    if one.post is HEAD:
        return None
    rank = RANKS.index(one.post.rank)
    above = [other for other in staff if other.post.department == one.post.department and RANKS.index(other.post.rank) < rank]
    if above:
        nearest = max(RANKS.index(other.post.rank) for other in above)
        return chance.choice([other for other in above if RANKS.index(other.post.rank) == nearest])
    return next((other for other in staff if other.post is HEAD), None)
