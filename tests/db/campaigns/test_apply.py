"""What `apply` refuses, and what it says it changed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from accountgraph.campaigns import examples
from accountgraph.campaigns.apply import apply, plan
from accountgraph.campaigns.definition import Audience, CampaignDefinition, Step, Template
from accountgraph.campaigns.definition.file import parse
from accountgraph.campaigns.definition.problems import DefinitionError
from accountgraph.campaigns.lifecycle import cancel
from accountgraph.enums import Channel
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from accountgraph.campaigns.apply import Applied
    from accountgraph.db import Database

SPRING = CampaignDefinition(
    name="spring",
    steps=(Step(key="hello", channel=Channel.EMAIL, template="hello"),),
    templates={"hello": Template(subject="Hello", body="Dear {{ contact.first_name }}")},
)


async def applied(db: Database, definition: CampaignDefinition = SPRING) -> Applied:
    return await db.run(lambda session: apply(session, definition, source="spring.toml"))


async def with_identity(db: Database) -> None:
    settings = SettingsRepository(db)
    identity = await settings.add_legal_identity({"name": "Ours Ltd", "postal_address": "1 Road, Town"})
    await settings.update_settings({"legal_identity_id": identity.id})


async def with_sender(db: Database, **fields: Any) -> None:
    await SenderRepository(db).add_sender({"address": "me@ours.com", **fields})


async def test_a_mail_campaign_without_a_sender_is_refused(db: Database) -> None:
    with pytest.raises(DefinitionError, match=r"^spring\.toml: steps\[0\]: 'hello' goes by email, and no active sender does that\."):
        await applied(db)


async def test_a_mail_campaign_without_legal_name_and_address_is_refused(db: Database) -> None:
    await with_sender(db)
    with pytest.raises(DefinitionError, match=r"senders: me@ours\.com has no legal name and postal address"):
        await applied(db)
    await with_identity(db)
    assert (await applied(db)).created


async def test_a_senders_own_identity_is_enough(db: Database) -> None:
    identity = await SettingsRepository(db).add_legal_identity({"name": "Ours Ltd", "postal_address": "1 Road, Town"})
    await with_sender(db, legal_identity_id=identity.id)
    assert (await applied(db)).created


async def test_a_sender_that_is_not_there_is_named_with_the_nearest(db: Database) -> None:
    await with_identity(db)
    await with_sender(db)
    with pytest.raises(DefinitionError, match=r"senders\[0\]: there is no sender 'my@ours\.com'\. Did you mean 'me@ours\.com'\?"):
        await applied(db, msgspec.structs.replace(SPRING, senders=("my@ours.com",)))


async def test_work_for_people_needs_no_sender(db: Database) -> None:
    calls = CampaignDefinition(name="calls", steps=(Step(key="ring", channel=Channel.CALL, instructions="Ring"),))
    assert (await applied(db, calls)).created


async def test_all_problems_of_text_and_workspace_come_at_once(db: Database) -> None:
    broken = msgspec.structs.replace(SPRING, templates={"hello": Template(subject="Hello", body="{{ contact.frist_name }}")})
    with pytest.raises(DefinitionError) as caught:
        await applied(db, broken)
    assert [problem.key for problem in caught.value.problems] == ["templates.hello.body", "steps[0]"]


async def test_a_plan_says_what_would_change_and_changes_nothing(db: Database) -> None:
    await with_identity(db)
    await with_sender(db)
    first = await applied(db)
    changed = msgspec.structs.replace(SPRING, description="For spring")
    planned = await plan(db, changed)
    assert [str(change) for change in planned.changes] == ["~ description: none -> For spring"]
    assert [problem for problem in planned.problems if not problem.is_note] == []
    assert (await applied(db)).version_id == first.version_id
    assert (await applied(db, changed)).changes == planned.changes


async def test_a_campaign_that_is_over_takes_no_new_text(db: Database) -> None:
    await with_identity(db)
    await with_sender(db)
    await applied(db)
    await db.run(lambda session: cancel(session, "spring"))
    assert not (await applied(db)).is_changed
    with pytest.raises(DefinitionError, match=r"name: campaign spring is cancelled\. Give the new one another name\."):
        await applied(db, msgspec.structs.replace(SPRING, description="again"))


@pytest.mark.parametrize("name", examples.NAMES)
async def test_a_shipped_campaign_can_be_applied(db: Database, name: str) -> None:
    await ready(db)
    await somebody_silent(db)
    assert (await applied(db, parse(examples.example(name), "toml"))).created


async def somebody_silent(db: Database) -> None:
    """Somebody senior at a manufacturer, to whom we wrote once."""
    given = {"name": "Acme", "industry": "Manufacturing", "account_tier": "tier1", "country": "US"}
    acme = await CompanyRepository(db).create_company(given)
    ann = await ContactRepository(db).create_contact({"company_id": acme.id, "email": "ann@acme.com", "seniority_level": "vp"})
    talk = await ConversationRepository(db).create_conversation(ann.id)
    sent = {"conversation_id": talk.id, "content": "Hello", "sent_at": db.now() - timedelta(days=100)}
    await TouchpointRepository(db).create_touchpoint(sent)


async def ready(db: Database) -> None:
    await with_identity(db)
    await with_sender(db)


async def test_an_audience_that_is_nobody_is_refused_until_somebody_fits_it(db: Database) -> None:
    await ready(db)
    senior = msgspec.structs.replace(SPRING, audience=Audience(is_decision_maker=True))
    with pytest.raises(DefinitionError, match=r"^spring\.toml: audience: is nobody: no person .* bring the people in first\.$"):
        await applied(db, senior)
    await ContactRepository(db).create_contact({"email": "ann@acme.com", "is_decision_maker": True})
    assert (await applied(db, senior)).created


async def test_listed_people_who_are_not_there_or_have_no_address_are_named_all_at_once(db: Database) -> None:
    await ready(db)
    ann = await ContactRepository(db).create_contact({"first_name": "Ann", "phone": "+4930123456"})
    listed = msgspec.structs.replace(SPRING, audience=Audience(contacts=(str(ann.id), "bob@acme.com")))
    with pytest.raises(DefinitionError) as refused:
        await applied(db, listed)
    assert refused.value.lines == (
        f"spring.toml: audience.contacts[0]: {ann.id} has no address for email. Add one to the contact, or take them off the list.",
        "spring.toml: audience.contacts[1]: there is no contact 'bob@acme.com'. Correct it, or bring the person in first.",
    )
    ringing = msgspec.structs.replace(listed, steps=(Step(key="ring", channel=Channel.CALL, instructions="Ring"),), templates={})
    assert [problem.key for problem in (await plan(db, ringing)).problems if not problem.is_note] == ["audience.contacts[1]"]


async def test_a_sender_in_a_zone_that_does_not_exist_is_refused(db: Database) -> None:
    await ready(db)
    async with db.transaction() as session:  # the repository takes none such; another program might
        await session.execute("UPDATE senders SET timezone = 'Mars/Olympus'")
    with pytest.raises(
        DefinitionError, match=r"^spring\.toml: senders: me@ours\.com is in the time zone 'Mars/Olympus', and there is none\. Give"
    ):
        await applied(db)
