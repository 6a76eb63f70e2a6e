"""A due step that nothing speaks against, to be changed in what a test is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from accountgraph.campaigns.definition import CampaignDefinition, Policy, Step, Template, Track
from accountgraph.campaigns.facts import AccountFacts, Facts, PersonFacts, SenderFacts
from accountgraph.enums import Channel

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)  # a Wednesday; 10:00 in New York
ZONE = "America/New_York"

moments = st.timedeltas(timedelta(0), timedelta(days=15 * 365)).map(lambda passed: datetime(2020, 1, 1, tzinfo=UTC) + passed)


def person(**fields: Any) -> PersonFacts:
    return PersonFacts(**{"id": UUID(int=1), "name": "Ann Lee", "email": "ann@acme.com", "country": "US", **fields})


def account(**fields: Any) -> AccountFacts:
    return AccountFacts(**{"id": UUID(int=2), "country": "US", **fields})


def sender(**fields: Any) -> SenderFacts:
    known = {"id": UUID(int=3), "address": "sam@us.com", "inbound_synced_at": NOW - timedelta(minutes=1), "has_legal_identity": True}
    return SenderFacts(**{**known, **fields})


def facts(**fields: Any) -> Facts:
    """The first e-mail of an enrolment; `person`, `account` and `sender` may be given as a dict of what differs."""
    parts = {"person": person, "account": account, "sender": sender}
    made = {
        name: build(**fields.pop(name, {})) if isinstance(fields.get(name, {}), dict) else fields.pop(name) for name, build in parts.items()
    }
    known: dict[str, Any] = {
        "enrolment_id": UUID(int=4),
        "campaign": "spring",
        "is_live": True,
        "step_key": "first",
        "track": Track.MAIN,
        "attempt": 1,
        "state": "waiting",
        "due_at": NOW,
        "queue_channel": Channel.EMAIL,
        "zone": ZONE,
        "region": "US",
        "jurisdiction": {"email": "allow", "sms": "consent", "call": "allow"},
    }
    return Facts(**{**known, **made, **fields})


def definition(*steps: Step, **policy: Any) -> CampaignDefinition:
    """A campaign whose messages need no approval, unless its policy says otherwise."""
    chosen = steps or (Step(key="first", template="hello"), Step(key="second", template="hello"), Step(key="third", template="hello"))
    return CampaignDefinition(
        name="spring",
        steps=chosen,
        templates={"hello": Template(subject="Hello", body="Hello.")},
        policy=Policy(**{"requires_approval": False, **policy}),
    )
