"""A campaign's life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from accountgraph.campaigns import lifecycle
from accountgraph.campaigns.apply import apply
from accountgraph.campaigns.definition import Audience, CampaignDefinition, Step, Template
from accountgraph.campaigns.definition.problems import DefinitionError
from accountgraph.campaigns.lifecycle import CampaignStateError
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from accountgraph.campaigns.lifecycle import Started
    from accountgraph.db import Database

SPRING = CampaignDefinition(
    name="spring",
    audience=Audience(industry=("Retail",)),
    steps=(Step(key="hello", channel=Channel.EMAIL, template="hello"), Step(key="again", channel=Channel.EMAIL, template="hello")),
    templates={"hello": Template(subject="Hello", body="Dear you")},
)


async def begin(db: Database, *names: str, transport: str = "smtp") -> None:
    """A workspace with a mailbox, one account with these people, and the applied campaign."""
    settings = SettingsRepository(db)
    identity = await settings.add_legal_identity({"name": "Ours Ltd", "postal_address": "1 Road, Town"})
    await settings.update_settings({"legal_identity_id": identity.id})
    await SenderRepository(db).add_sender({"address": "me@ours.com", "transport": transport})
    await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com", "industry": "Retail", "country": "US"})
    for name in names or ("ann",):  # an audience of nobody would not be applied
        await person(db, name)
    await db.run(lambda session: apply(session, SPRING))


async def person(db: Database, name: str) -> None:
    acme = await CompanyRepository(db).get_company_by_domain("acme.com")
    assert acme is not None
    await ContactRepository(db).create_contact({"company_id": acme.id, "first_name": name, "email": f"{name}@acme.com"})


async def start(db: Database, *, live: bool = False) -> Started:
    return await db.run(lambda session: lifecycle.start(session, "spring", live=live))


async def approve(db: Database, **fields: Any) -> None:
    await db.run(lambda session: lifecycle.approve_preview(session, "spring", by="Ann", **fields))


async def places(db: Database) -> dict[tuple[bool, str, str | None], int]:
    status = await lifecycle.get_status(db, "spring")
    return {(place.is_live, place.state, place.reason): place.people for place in status.progress}


async def execute(db: Database, statement: str, **params: Any) -> int:
    async with db.transaction() as session:
        return await session.execute(statement, params)


async def intent(db: Database, state: str, *, enrolment_state: str = "active") -> None:
    """An intent of somebody who is pending, as the engine would have planned it."""
    lease = "gen_random_uuid(), now() + interval '2 minutes'" if enrolment_state == "active" else "NULL, NULL"
    await execute(
        db,
        f"""WITH e AS (
            UPDATE enrolments SET state = %(enrolment_state)s, reason = nullif(%(enrolment_state)s, 'active')
            WHERE id = (SELECT id FROM enrolments WHERE state = 'pending' ORDER BY id LIMIT 1) RETURNING *
        ), i AS (
            INSERT INTO intents (enrolment_id, step_key, state, is_live, channel, planned_at, called_at, lease, lease_until)
            SELECT e.id, 'hello', %(state)s, e.is_live, 'email', now(), now(), {lease} FROM e RETURNING *
        ), t AS (
            INSERT INTO tasks (kind, title, intent_id, due_at) SELECT 'call', 'Ring', i.id, now() FROM i
        )
        INSERT INTO sends (intent_id, is_live, at) SELECT i.id, i.is_live, now() FROM i""",
        state=state,
        enrolment_state=enrolment_state,
    )


async def test_a_start_is_a_dry_run_and_enrols_the_audience(timed: Database) -> None:
    await begin(timed, "ann", "bob")
    started = await start(timed)
    assert (started.enrolled, started.left_out) == (2, {})
    assert await places(timed) == {(False, "pending", None): 2}
    campaign = await lifecycle.find_campaign(timed, "spring")
    assert (campaign.status, campaign.is_live, campaign.started_at) == ("active", False, timed.now())


async def test_a_second_start_takes_only_who_has_come_since(timed: Database) -> None:
    await begin(timed, "ann")
    await start(timed)
    await person(timed, "bob")
    again = await start(timed)
    assert (again.enrolled, again.left_out) == (1, {"already_enrolled": 1})


async def test_live_needs_an_approved_preview_of_this_very_version(timed: Database) -> None:
    await begin(timed, "ann")
    with pytest.raises(CampaignStateError, match="only after somebody approved the preview of version 1"):
        await start(timed, live=True)
    await approve(timed)
    await timed.run(lambda session: apply(session, msgspec.structs.replace(SPRING, description="changed")))
    with pytest.raises(CampaignStateError, match="version 2"):
        await start(timed, live=True)


async def test_an_approval_is_of_what_was_seen(timed: Database) -> None:
    await begin(timed)
    with pytest.raises(CampaignStateError, match="changed since it was previewed"):
        await approve(timed, content_hash="0" * 64)
    with pytest.raises(InvalidValueError, match="say who approves"):
        await timed.run(lambda session: lifecycle.approve_preview(session, "spring", by=" "))
    await approve(timed, content_hash=SPRING.content_hash)
    campaign = await lifecycle.find_campaign(timed, "spring")
    assert (campaign.is_preview_approved, campaign.preview_approved_by, campaign.preview_approved_at) == (True, "Ann", timed.now())


async def test_live_needs_a_way_out_of_the_house(timed: Database) -> None:
    await begin(timed, "ann", transport="console")
    await approve(timed)
    with pytest.raises(DefinitionError, match=r"me@ours\.com only prints to the console"):
        await start(timed, live=True)


async def test_going_live_ends_the_dry_run_and_begins_with_everybody(timed: Database) -> None:
    await begin(timed, "ann", "bob")
    await start(timed)
    await approve(timed)
    assert (await start(timed, live=True)).enrolled == 2
    assert await places(timed) == {(True, "pending", None): 2, (False, "finished", "dry_run_over"): 2}
    with pytest.raises(CampaignStateError, match="is live"):
        await start(timed)


async def test_newcomers_of_a_live_campaign_begin_with_the_version_that_was_approved(timed: Database) -> None:
    await begin(timed, "ann")
    await approve(timed)
    await start(timed, live=True)
    approved = (await lifecycle.find_campaign(timed, "spring")).version_id
    await timed.run(lambda session: apply(session, msgspec.structs.replace(SPRING, description="not yet approved")))
    campaign = await lifecycle.find_campaign(timed, "spring")
    assert (campaign.number, campaign.version_in_force) == (2, approved)
    await person(timed, "bob")
    await timed.run(lambda session: lifecycle.enrol_audience(session, "spring"))
    assert await execute(timed, "SELECT FROM enrolments WHERE version_id = %(id)s", id=approved) == 2


async def test_a_pause_stops_everybody_and_lets_calls_in_flight_finish(timed: Database) -> None:
    await begin(timed, "ann", "bob", "cy")
    await start(timed)
    await intent(timed, "planned")
    await intent(timed, "calling")
    assert await timed.run(lambda session: lifecycle.pause(session, "spring")) == 3
    assert await places(timed) == {(False, "paused", "campaign"): 3}
    assert await execute(timed, "SELECT FROM intents WHERE state = 'withdrawn' AND lease IS NULL") == 1
    assert await execute(timed, "SELECT FROM intents AS i INNER JOIN sends AS x ON x.intent_id = i.id WHERE i.state = 'calling'") == 1
    assert await execute(timed, "SELECT FROM sends") == 1


async def test_after_a_pause_only_whom_it_stopped_goes_on(timed: Database) -> None:
    await begin(timed, "ann", "bob")
    await start(timed)
    await intent(timed, "planned", enrolment_state="paused")
    await timed.run(lambda session: lifecycle.pause(session, "spring"))
    assert await timed.run(lambda session: lifecycle.resume(session, "spring")) == 1
    assert await places(timed) == {(False, "waiting", None): 1, (False, "paused", "paused"): 1}
    assert await execute(timed, "SELECT FROM intents WHERE state = 'planned'") == 1


async def test_a_cancelled_campaign_is_over_for_everybody(timed: Database) -> None:
    await begin(timed, "ann", "bob")
    await start(timed)
    await intent(timed, "planned", enrolment_state="paused")
    assert await timed.run(lambda session: lifecycle.cancel(session, "spring")) == 2
    assert await places(timed) == {(False, "finished", "cancelled"): 2}
    assert await execute(timed, "SELECT FROM intents WHERE state = 'withdrawn'") == 1
    assert await execute(timed, "SELECT FROM tasks WHERE state = 'skipped' AND closed_by = 'campaign'") == 1
    assert await execute(timed, "SELECT FROM sends") == 0


async def test_a_campaign_finishes_only_when_nobody_is_under_way(timed: Database) -> None:
    await begin(timed, "ann")
    await start(timed)
    with pytest.raises(CampaignStateError, match="still has people under way: 1"):
        await timed.run(lambda session: lifecycle.finish(session, "spring"))
    await execute(timed, "UPDATE enrolments SET state = 'finished', reason = 'completed', finished_at = now()")
    await timed.run(lambda session: lifecycle.finish(session, "spring"))
    assert (await lifecycle.find_campaign(timed, "spring")).status == "finished"


@pytest.mark.parametrize(
    ("status", "refused"),
    [
        ("draft", ["pause", "resume", "finish", "enrol_audience"]),
        ("active", ["resume"]),
        ("paused", ["start", "pause", "enrol_audience"]),
        ("finished", ["start", "pause", "resume", "cancel", "finish", "enrol_audience"]),
        ("cancelled", ["start", "pause", "resume", "cancel", "finish", "enrol_audience"]),
    ],
)
async def test_a_state_refuses_what_it_does_not_allow_and_says_so(timed: Database, status: str, refused: list[str]) -> None:
    await begin(timed)
    await execute(timed, "UPDATE campaigns SET status = %(status)s", status=status)
    for name in refused:
        with pytest.raises(CampaignStateError, match=f"Campaign spring is {status} and cannot"):
            async with timed.transaction() as session:
                await getattr(lifecycle, name)(session, "spring")


async def test_the_status_counts_people_and_what_was_sent(timed: Database) -> None:
    await begin(timed, "ann", "bob", "cy")
    await start(timed)
    await intent(timed, "unknown", enrolment_state="paused")
    status = await lifecycle.get_status(timed, (await lifecycle.find_campaign(timed, "spring")).id)
    assert (status.under_way, status.work.unknown, status.work.open_tasks, status.work.sent) == (3, 1, 1, 0)
    assert status.next_due_at == timed.now()


async def test_a_campaign_that_is_not_there_is_said_with_the_nearest_name(timed: Database) -> None:
    await begin(timed)
    assert [campaign.name for campaign in await lifecycle.list_campaigns(timed)] == ["spring"]
    with pytest.raises(NotFoundError, match=r"There is no campaign 'sprign'\. Did you mean 'spring'\?"):
        await lifecycle.find_campaign(timed, "sprign")
