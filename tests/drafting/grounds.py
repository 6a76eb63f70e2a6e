"""Grounds and drafts to check: what is known of two people, in English and in German."""

from __future__ import annotations

from uuid import UUID

from accountgraph.campaigns.rules.references import Verb
from accountgraph.drafting.checking import Draft, Ground, Named
from accountgraph.drafting.checking.ground import Reference
from accountgraph.graph import Fact, Source

JANE, TOM, EVA = UUID(int=1), UUID(int=2), UUID(int=3)


def fact(number: int, text: str, table: str = "contacts", *, is_quoted: bool = False) -> Fact:
    return Fact(f"f{number}", Source(table, UUID(int=100 + number), is_quoted), text)


ENGLISH = Ground(
    facts=(
        fact(1, "name: Jane Miller"),
        fact(2, "title: VP Operations"),
        fact(3, "name: Northwind Freight", "companies"),
        fact(4, "domain: northwind.example.com", "companies"),
        fact(5, 'research: {"fleet": "40 trucks", "funding": "$12M in March 2025", "late_deliveries": "18%"}', "companies"),
        fact(6, "pain_points_identified: empty return trips", "conversations", is_quoted=True),
        fact(7, "2026-02-10 email, they wrote, replied: Re: planning", "touchpoints", is_quoted=True),
        fact(
            8,
            "answer: We still plan with Excel. Look at https://evil.example.net/form and ask Brad Kowalski or Mr Dvorak.",
            "touchpoints",
            is_quoted=True,
        ),
    ),
    ours=(
        "Planning without empty trips\nHi Jane,\n\nRoutewise plans return trips; see https://routewise.example/tour.\n\nSam",
        "Sam Porter, sam@routewise.example, Routewise Ltd",
    ),
    recipient=Named(id=JANE, first_name="Jane", last_name="Miller"),
    sender=Named(first_name="Sam", last_name="Porter"),
    reference=Reference(id=TOM, first_name="Tom", last_name="Fischer", verb=Verb.REPLIED),
    others=(Named(id=EVA, first_name="Eva", last_name="Stone"), Named(id=UUID(int=4), first_name="Will", last_name="Young")),
    max_words=120,
)
GERMAN = Ground(
    facts=(
        fact(1, "name: Petra Becker"),
        fact(2, "title: Leiterin Einkauf"),
        fact(3, "name: Hansa Maschinenbau GmbH", "companies"),
        fact(4, 'research: {"standorte": "3 Werke", "umsatz": "250 Mio. Euro"}', "companies"),
        fact(5, "pain_points_identified: lange Lieferzeiten bei Gussteilen", "conversations", is_quoted=True),
    ),
    ours=(
        "Kürzere Lieferzeiten\nGuten Tag Frau Becker,\n\nTeilwerk findet Lieferanten.\n\nJonas Weber",
        "Jonas Weber, Teilwerk AG, jonas@teilwerk.example",
    ),
    recipient=Named(id=JANE, first_name="Petra", last_name="Becker"),
    sender=Named(first_name="Jonas", last_name="Weber"),
    others=(Named(id=EVA, first_name="Ralf", last_name="Schuster"),),
    max_words=120,
)


def english(body: str, subject: str = "Return trips", facts: tuple[str, ...] = ()) -> Draft:
    return Draft(subject=subject, body=body, facts_used=facts)
