"""The accounts and people of the rich demo, and who works with whom. Pure: the same seed and time give the same rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from accountgraph.demo.world.edges import edges_of
from accountgraph.demo.world.firms import DOMAIN_END, FIRMS, ZONES, Firm, Story
from accountgraph.demo.world.names import plain, some_name
from accountgraph.demo.world.rows import MADE_UP, OURS, Person, Row, Rows, chance_of, company_id, id_of
from accountgraph.demo.world.titles import INTERESTS, POSTS

if TYPE_CHECKING:
    import random
    from datetime import datetime

_NUMBERS = {  # numbers that authorities keep free for stories; elsewhere nobody has one
    "US": "+1 {area} 555 01{n:02d}", "CA": "+1 {area} 555 01{n:02d}", "GB": "+44 20 7946 0{m:03d}", "DE": "+49 30 23125 {m:03d}",
    "FR": "+33 1 99 00 {a:02d} {n:02d}", "SE": "+46 8 465 004 {n:02d}", "AU": "+61 8 5550 {m:04d}", "IE": "+353 20 91{m:05d}",
}  # fmt: skip
_TOOLS = ("spreadsheets", "an old in-house tool", "paper")
_ASKS_FOR_CONSENT = frozenset({"AT", "BR", "CA", "CH", "DE", "ES", "FR", "IT", "NL", "NO", "PL"})
_KNOWS_WHO_DECIDES = frozenset({Story.RISING, Story.STEADY, Story.FALLING, Story.CUSTOMER, Story.CHURNED})


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
        rows.relationships += edges_of(seed, staff, chance, (known_since, now))
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
        "attributes": {**MADE_UP, "account_executive": OURS[firm.owner]},
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
        "communication_preferences": _wishes(one, chance),
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


def _wishes(one: Person, chance: random.Random) -> Row:
    preferences: Row = {"timezone": one.zone}
    if chance.random() < 0.15:
        preferences["preferred_channel"] = chance.choice(("email", "email", "call", "linkedin"))
    if chance.random() < 0.08:
        preferences["best_time"] = chance.choice(("before nine", "Tuesday mornings", "after lunch", "Thursdays"))
    if chance.random() < 0.02:
        preferences["do_not_reference"] = True
    if one.place > 3 and chance.random() < 0.03:
        preferences["do_not_contact"] = True
    return preferences


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
