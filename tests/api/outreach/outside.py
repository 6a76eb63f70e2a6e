"""A campaign as a program sends it, and a workspace that is ready for one: everything over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.api.conftest import Asker

ALWAYS = {"days": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}
DEFINITION: dict[str, Any] = {
    "name": "plain",
    "audience": {"companies": ["acme.com"]},
    "steps": [
        {"key": "first", "channel": "email", "template": "hello"},
        {"key": "call", "channel": "call", "instructions": "Ask whether it came.", "wait_business_days": 0},
    ],
    "templates": {"hello": {"subject": "Hello {{ contact.first_name }}", "body": "A word about {{ company.name }}."}},
    "policy": {
        "requires_approval": True,
        "sender": {"jitter_seconds": [0, 0]},
        "contact": {"business_days_between": 0},
        "schedule": {"email": ALWAYS, "call": ALWAYS, "other": ALWAYS, "skip_holidays": False},
    },
}
TOML = """
name = "plain"
audience.companies = ["acme.com"]

[[steps]]
key = "first"
channel = "email"
template = "hello"

[templates.hello]
subject = "Hello {{ contact.first_name }}"
body = "A word about {{ company.name }}."
"""


async def ready(api: Asker, **sender: Any) -> dict[str, Any]:
    """A sender with a legal identity, an account and Ada of it; gives Ada."""
    identity = await api.made("/legal-identities", {"name": "Ours Ltd", "postal_address": "1 Road, Town", "country": "US"})
    settings = await api.patch("/settings", {"legal_identity_id": identity["id"], "country": "US"})
    assert settings.status_code == 200, settings.text
    await api.made("/senders", {"address": "me@ours.com", **sender})
    company = await api.made("/companies", {"name": "Acme", "domain": "acme.com", "country": "US"})
    person = {"company_id": company["id"], "first_name": "Ada", "email": "ada@acme.com", "country": "US", "phone": "+12025550123"}
    return await api.made("/contacts", person)


async def applied(api: Asker, **changes: Any) -> dict[str, Any]:
    """The campaign, kept."""
    return await api.made("/campaigns", {"definition": {**DEFINITION, **changes}})
