"""What is done to many accounts at once says whom it left out and why, and is taken back as the one batch that it was."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from accountgraph.acting import Acting, ActingKind
from accountgraph.audit import list_audit, undo_changes, undo_last
from accountgraph.campaigns.lifecycle import CampaignStateError
from accountgraph.campaigns.work import accounts
from accountgraph.campaigns.work.accounts import BulkChange, LeftOut, enrol_accounts, hold_accounts, release_accounts, set_status, set_tier
from accountgraph.campaigns.work.holds import list_holds
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.db import Database
    from tests.db.campaigns.world import World
    from tests.factories import Clock


ANN = Acting(kind=ActingKind.USER, name="ann@ours.com")


def _as(world: World, name: str = ANN.name) -> Database:
    return world.db.acting_as(Acting(kind=ActingKind.USER, name=name))


async def _companies(world: World, count: int, **fields: Any) -> list[UUID]:
    repository = CompanyRepository(world.db)
    return sorted([(await repository.create_company({"name": f"acme {number}", **fields})).id for number in range(count)])


async def _done(world: World, work: Callable[[Any], Awaitable[BulkChange]], by: str = ANN.name) -> BulkChange:
    return await _as(world, by).run(work)


async def _tiers(world: World) -> set[str | None]:
    return set(await world.select(str, "SELECT coalesce(account_tier, 'none') FROM companies"))


async def test_tier_is_set_where_it_is_another_and_the_rest_is_told(world: World) -> None:
    [first, second] = await _companies(world, 2)
    await CompanyRepository(world.db).update_company(first, {"account_tier": "tier1"})
    absent = uuid4()
    done = await _done(world, lambda session: set_tier(session, [second, first, absent, second], "tier1"))
    assert done.changed == [second]
    assert done.left_out == [LeftOut(company_id=absent, reason="not_found"), LeftOut(company_id=first, reason="unchanged")]


async def test_nothing_changed_is_no_batch(world: World) -> None:
    [one] = await _companies(world, 1, account_status="customer")
    done = await _done(world, lambda session: set_status(session, [one], "customer"))
    assert (done.batch, done.changed) == (None, [])


async def test_tier_can_be_taken_away(world: World) -> None:
    ids = await _companies(world, 2, account_tier="tier1")
    await _done(world, lambda session: set_tier(session, ids, None))
    assert await _tiers(world) == {"none"}


async def test_all_of_a_batch_is_in_the_log_one_by_one_under_its_name(world: World) -> None:
    ids = await _companies(world, 205)
    done = await _done(world, lambda session: set_tier(session, ids, "tier1"))
    page = await list_audit(world.db, transaction=done.batch, limit=1000)
    assert {change.row_id for change in page.items} == {str(one) for one in ids}
    assert {change.after["account_tier"] for change in page.items if change.after} == {"tier1"}


async def test_batch_is_taken_back_and_nothing_else(world: World) -> None:
    ids = await _companies(world, 205)
    first = await _done(world, lambda session: set_tier(session, ids, "tier1"))
    other = await _done(world, lambda session: set_status(session, ids[:3], "engaged"))
    report = await undo_changes(_as(world), transaction=first.batch, may_touch=ANN)
    assert (report.is_done, len(report.undone), await _tiers(world)) == (True, 205, {"none"})
    assert await world.select(int, "SELECT count(*) FROM companies WHERE account_status = 'engaged'") == [3]
    assert other.batch != first.batch


async def test_batch_is_taken_back_whole_or_not_at_all(world: World) -> None:
    ids = await _companies(world, 3)
    done = await _done(world, lambda session: set_tier(session, ids, "tier1"))
    await _done(world, lambda session: set_tier(session, ids[:1], "tier2"), by="bob@ours.com")
    report = await undo_changes(_as(world), transaction=done.batch)
    assert [one.obstacle for one in report.refused] == ["changed"]
    assert await _tiers(world) == {"tier1", "tier2"}


async def test_last_change_of_ones_own_is_taken_back_with_all_that_was_done_with_it(world: World) -> None:
    ids = await _companies(world, 3)
    await _done(world, lambda session: set_tier(session, ids, "tier1"))
    await _done(world, lambda session: set_status(session, ids, "engaged"))
    await _done(world, lambda session: set_tier(session, ids, "tier2"), by="bob@ours.com")
    assert len((await undo_last(_as(world), ANN)).undone) == 3
    assert await world.select(int, "SELECT count(*) FROM companies WHERE account_status = 'engaged'") == [0]
    refused = await undo_last(_as(world), ANN)
    assert ({one.obstacle for one in refused.refused}, await _tiers(world)) == ({"changed"}, {"tier2"})


async def test_a_single_edit_is_ones_last_change_too(world: World) -> None:
    [one] = await _companies(world, 1)
    await CompanyRepository(_as(world)).update_company(one, {"name": "Other"})
    await undo_last(_as(world), ANN)
    assert (await world.select(str, "SELECT name FROM companies")) == ["acme 0"]
    with pytest.raises(NotFoundError, match="nothing to undo"):
        await undo_last(_as(world), ANN)


async def test_held_accounts_are_left_alone_and_released_ones_go_on(world: World, clock: Clock) -> None:
    people = [(await world.account(f"acme{number}.com", "Anna"))[0] for number in range(3)]
    enrolments = await world.enrol(await world.campaign(), *people)
    ids = sorted(one.company_id for one in people[:2] if one.company_id)
    held = await _done(world, lambda session: hold_accounts(session, ids, reason="fair", now=clock()))
    assert (held.changed, len(await list_holds(world.db, clock()))) == (ids, 2)
    await world.runner().run_due()
    assert world.post.recipients == ["anna@acme2.com"]
    again = await _done(world, lambda session: hold_accounts(session, ids, reason="fair", now=clock()))
    assert (again.changed, {one.reason for one in again.left_out}) == ([], {"unchanged"})
    released = await _done(world, lambda session: release_accounts(session, ids, now=clock()))
    assert (released.changed, set(released.people)) == (ids, set(enrolments[:2]))
    await world.runner().run_due()
    assert len(world.post.sent) == 3


async def test_what_nothing_holds_is_not_released(world: World, clock: Clock) -> None:
    ids = await _companies(world, 1)
    done = await _done(world, lambda session: release_accounts(session, ids, now=clock()))
    assert done.left_out == [LeftOut(company_id=ids[0], reason="not_held")]


async def test_a_hold_that_is_over_begins_anew(world: World, clock: Clock) -> None:
    ids = await _companies(world, 1)
    await _done(world, lambda session: hold_accounts(session, ids, until=clock() + timedelta(days=1), now=clock()))
    clock.forward(days=2)
    assert (await _done(world, lambda session: hold_accounts(session, ids, now=clock()))).changed == ids
    assert len(await list_holds(world.db, clock())) == 1


async def test_a_hold_that_is_taken_back_lets_those_go_on_whom_it_had_paused(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)
    assert anna.company_id is not None
    ids = [anna.company_id]
    held = await _done(world, lambda session: hold_accounts(session, ids, now=clock()))
    await world.runner().run_due()
    assert (await world.standing(enrolment)).reason == "hold"
    assert (await undo_changes(_as(world), transaction=held.batch)).is_done
    assert (await world.standing(enrolment)).state == "waiting"


async def test_people_of_accounts_are_enrolled_and_whoever_is_not_is_told_with_the_reason(world: World, clock: Clock) -> None:
    anna, ben = await world.account("acme.com", "Anna", "Ben")
    [empty] = await _companies(world, 1)
    assert anna.company_id is not None
    await ContactRepository(world.db).update_contact(ben.id, {"status": "bounced"})
    ids = [anna.company_id, empty]
    version = await world.campaign()
    done = await _done(world, lambda session: enrol_accounts(session, version.campaign_id, ids, clock()))
    assert (done.changed, done.people) == ([anna.company_id], [anna.id])
    assert {(one.company_id, one.contact_id, one.reason) for one in done.left_out} == {
        (anna.company_id, ben.id, "inactive"),
        (empty, None, "no_people"),
    }
    again = await _done(world, lambda session: enrol_accounts(session, "plain", ids, clock()))
    assert (again.batch, {one.reason for one in again.left_out}) == (None, {"already_enrolled", "inactive", "no_people"})


async def test_enrolling_is_taken_back(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    assert anna.company_id is not None
    ids = [anna.company_id]
    await world.campaign()
    done = await _done(world, lambda session: enrol_accounts(session, "plain", ids, clock()))
    assert (await undo_changes(_as(world), transaction=done.batch)).is_done
    assert await world.select(int, "SELECT count(*) FROM enrolments") == [0]


async def test_a_campaign_that_is_not_active_takes_nobody(world: World, clock: Clock) -> None:
    ids = await _companies(world, 1)
    await world.campaign()
    await world.select(int, "UPDATE campaigns SET status = 'paused' RETURNING 1")
    with pytest.raises(CampaignStateError, match="has to be active"):
        await _done(world, lambda session: enrol_accounts(session, "plain", ids, clock()))


async def test_more_people_than_can_be_taken_back_do_not_begin(world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, *_ = await world.account("acme.com", "Anna", "Ben", "Cleo")
    assert anna.company_id is not None
    ids = [anna.company_id]
    await world.campaign()
    monkeypatch.setattr(accounts, "MOST", 2)
    with pytest.raises(InvalidValueError, match="choose fewer accounts"):
        await _done(world, lambda session: enrol_accounts(session, "plain", ids, clock()))
    assert await world.select(int, "SELECT count(*) FROM enrolments") == [0]


@pytest.mark.parametrize("count", [0, 1001])
async def test_none_and_too_many_are_refused(world: World, count: int) -> None:
    ids = [UUID(int=number) for number in range(count)]
    with pytest.raises(InvalidValueError, match="1 to 1,000 accounts"):
        await _done(world, lambda session: set_tier(session, ids, "tier1"))


async def test_an_unknown_tier_is_refused(world: World) -> None:
    ids = await _companies(world, 1)
    with pytest.raises(InvalidValueError) as refused:
        await _done(world, lambda session: set_tier(session, ids, "tier9"))
    assert refused.value.field == "tier"
