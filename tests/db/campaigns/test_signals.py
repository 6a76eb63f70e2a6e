"""One person's event, and what it does to them and to the rest of the account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from accountgraph.campaigns.signals.reactions import IGNORED, SignalKind
from accountgraph.campaigns.signals.record import Recorded, Signal, record_signal
from accountgraph.errors import InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock


async def _record(world: World, kind: str, who: Contact | None = None, **fields: Any) -> Recorded:
    about = {"contact_id": who.id} if who else {}
    signal = Signal(kind=SignalKind(kind), **{"source": "test", "dedupe_key": f"{kind} {who.id if who else ''}", **about, **fields})
    return await world.db.run(lambda session: record_signal(session, signal, world.db.now()))


async def _two(world: World, **campaign: Any) -> tuple[list[Contact], list[UUID]]:
    """Anna and Ben of one account, both in a campaign."""
    people = await world.account("acme.com", "Anna", "Ben")
    return people, await world.enrol(await world.campaign(**campaign), *people)


async def _places(world: World, enrolments: list[UUID]) -> list[str]:
    found = [await world.standing(one) for one in enrolments]
    return [f"{one.state} {one.reason}" if one.reason else one.state for one in found]


# The table of the default policy: what happens to the person, and to the rest of the account.
TABLE = [
    ("reply", "finished replied", "paused account"),
    ("reply_positive", "finished replied", "paused account"),
    ("reply_question", "finished replied", "paused account"),
    ("reply_objection", "finished replied", "paused account"),
    ("reply_not_now", "finished replied", "paused account"),
    ("reply_refusal", "finished replied", "paused account"),
    ("referral", "finished replied", "pending"),
    ("manual_message", "paused manual", "pending"),
    ("out_of_office", "paused out_of_office", "pending"),
    ("hard_bounce", "failed bounced", "pending"),
    ("soft_bounce", "pending", "pending"),
    ("policy_bounce", "paused mailbox", "pending"),
    ("unsubscribe", "finished unsubscribed", "pending"),
    ("complaint", "finished complained", "paused account"),
    ("meeting_booked", "finished meeting", "paused meeting"),
    ("meeting_held", "pending", "pending"),
    ("meeting_missed", "pending", "pending"),
    ("deal_opened", "paused deal", "paused deal"),
    ("deal_won", "finished deal", "finished deal"),
    ("deal_lost", "finished deal", "finished deal"),
    ("left_company", "finished left_company", "pending"),
    ("manual_stop", "finished stopped", "pending"),
    ("open", "pending", "pending"),
    ("click", "pending", "pending"),
]


def test_table_has_every_kind() -> None:
    assert {row[0] for row in TABLE} == {kind.value for kind in SignalKind}


@pytest.mark.parametrize(("kind", "person", "rest"), TABLE)
async def test_signal_moves_the_person_and_the_rest_as_the_table_says(world: World, kind: str, person: str, rest: str) -> None:
    [anna, _], enrolments = await _two(world)
    await _record(world, kind, anna)
    assert await _places(world, enrolments) == [person, rest]


@pytest.mark.parametrize("kind", sorted(set(SignalKind) - IGNORED))
async def test_same_signal_again_changes_nothing(world: World, kind: str) -> None:
    [anna, _], enrolments = await _two(world)
    first = await _record(world, kind, anna)
    before = await _places(world, enrolments), await world.select(int, "SELECT count(*) FROM tasks")
    again = await _record(world, kind, anna)
    assert (again.is_new, again.id, again.effects) == (False, first.id, first.effects)
    assert (await _places(world, enrolments), await world.select(int, "SELECT count(*) FROM tasks")) == before


async def test_reply_withdraws_what_colleagues_had_planned(world: World) -> None:
    people, enrolments = await _two(world, policy={"requires_approval": True})
    await world.runner().run_due()
    assert await world.select(str, "SELECT state FROM approvals") == ["pending"]
    await _record(world, "reply", people[1])
    assert await world.select(str, "SELECT state FROM approvals") == ["withdrawn"]
    assert (await _places(world, enrolments))[0] == "paused account"


async def test_reply_makes_a_task_that_is_due_and_escalates(world: World) -> None:
    [anna, _], _ = await _two(world)
    await _record(world, "reply", anna, text="Not sure yet.")
    [title] = await world.select(
        str, "SELECT kind || ': ' || (escalate_at - now_is)::text FROM tasks, (SELECT current_moment() AS now_is) AS n"
    )
    assert title == "reply: 3 days"


async def test_out_of_office_comes_back_at_the_date_it_gives(world: World, clock: Clock) -> None:
    [anna, _], [enrolment, _] = await _two(world)
    back = clock() + timedelta(days=5)
    await _record(world, "out_of_office", anna, until=back)
    assert (await world.standing(enrolment)).paused_until == back


async def test_out_of_office_without_a_date_pauses_for_14_days(world: World, clock: Clock) -> None:
    [anna, _], [enrolment, _] = await _two(world)
    await _record(world, "out_of_office", anna)
    assert (await world.standing(enrolment)).paused_until == clock() + timedelta(days=14)


async def test_out_of_office_does_not_shorten_a_pause_of_the_account(world: World) -> None:
    [anna, ben], [_, of_ben] = await _two(world)
    await _record(world, "reply", anna)
    await _record(world, "out_of_office", ben)
    standing = await world.standing(of_ben)
    assert (standing.reason, standing.paused_until) == ("account", None)


async def test_unsubscribe_suppresses_the_person_before_anything_else_is_sent(world: World) -> None:
    [anna, _], _ = await _two(world)
    await _record(world, "unsubscribe", anna)
    await world.runner().run_due()
    assert await world.select(str, "SELECT channel || ' ' || reason FROM suppressions") == ["all unsubscribed"]
    assert "anna@acme.com" not in world.post.recipients


async def test_unsubscribe_of_one_channel_suppresses_that_one(world: World) -> None:
    [anna, _], _ = await _two(world)
    await _record(world, "unsubscribe", anna, channel="sms")
    assert await world.select(str, "SELECT channel FROM suppressions") == ["sms"]


async def test_three_hard_bounces_on_one_domain_hold_the_account(world: World) -> None:
    people = await world.account("acme.com", "Anna", "Ben", "Cleo")
    await world.enrol(await world.campaign(), *people)
    for person in people[:2]:
        await _record(world, "hard_bounce", person)
    assert await world.select(str, "SELECT scope FROM holds") == []
    await _record(world, "hard_bounce", people[2])
    assert await world.select(str, "SELECT scope || ' ' || reason FROM holds") == ["account bounces"]


async def test_third_soft_bounce_in_a_row_ends_it(world: World) -> None:
    [anna, _], enrolments = await _two(world)
    for number in range(3):
        await _record(world, "soft_bounce", anna, dedupe_key=f"soft {number}")
    assert await _places(world, enrolments) == ["failed bounced", "pending"]


async def test_policy_bounce_holds_the_mailbox_and_suppresses_nobody(world: World) -> None:
    [anna, _], _ = await _two(world)
    await world.runner().run_due()
    [intent] = await world.select(UUID, "SELECT id FROM intents WHERE contact_id = %(id)s", id=anna.id)
    await _record(world, "policy_bounce", anna, intent_id=intent)
    assert await world.select(str, "SELECT scope FROM holds") == ["sender"]
    assert await world.select(int, "SELECT count(*) FROM suppressions") == [0]


async def test_meeting_that_was_held_lets_the_others_go_on(world: World) -> None:
    [anna, _], enrolments = await _two(world)
    await _record(world, "meeting_booked", anna)
    await _record(world, "meeting_held", anna)
    assert await _places(world, enrolments) == ["finished meeting", "waiting"]


async def test_deal_of_an_account_stops_everybody_there(world: World) -> None:
    [anna, _], enrolments = await _two(world)
    await _record(world, "deal_won", company_id=anna.company_id)
    assert await _places(world, enrolments) == ["finished deal", "finished deal"]
    assert await world.select(str, "SELECT account_status FROM companies") == ["customer"]


async def test_reply_reaches_subsidiaries_where_the_scope_is_the_account(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    [ben] = await world.account("sub.com", "Ben", parent_company_id=anna.company_id)
    enrolments = await world.enrol(await world.campaign(), anna, ben)
    await _record(world, "reply", anna)
    assert await _places(world, enrolments) == ["finished replied", "paused account"]


async def test_business_unit_scope_leaves_the_rest_of_a_conglomerate_alone(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    [ben] = await world.account("sub.com", "Ben", parent_company_id=anna.company_id)
    enrolments = await world.enrol(await world.campaign(policy={"reactions": {"scope": "business_unit"}}), anna, ben)
    await _record(world, "reply", anna)
    assert await _places(world, enrolments) == ["finished replied", "pending"]


async def test_policy_can_switch_the_track_of_the_rest_and_no_step_comes_closer(world: World, clock: Clock) -> None:
    steps = [
        {"key": "first", "channel": "email", "template": "hello"},
        {"key": "later", "channel": "email", "template": "again", "track": "positive", "wait_business_days": 1},
    ]
    row = {"reply_positive": {"person": "finish", "rest": "switch_track", "rest_track": "positive"}}
    [anna, _], [_, of_ben] = await _two(world, steps=steps, policy={"reactions": row})
    planned = clock() + timedelta(days=9)
    await world.select(int, "UPDATE enrolments SET next_due_at = %(at)s WHERE id = %(id)s RETURNING 1", at=planned, id=of_ben)
    await _record(world, "reply_positive", anna)
    standing = await world.standing(of_ben)
    assert (standing.track, standing.step_key, standing.next_due_at) == ("positive", "later", planned)


async def test_tier_rises_with_a_positive_reply_and_silence_never_lowers_it(world: World) -> None:
    [anna, _], _ = await _two(world)
    await world.runner().run_due()
    await _record(world, "reply_positive", anna)
    await _record(world, "reply", anna)
    assert await world.select(str, "SELECT qualification_tier FROM conversations WHERE contact_id = %(id)s", id=anna.id) == ["hot"]


async def test_learned_things_are_merged_into_the_context_with_their_source(world: World) -> None:
    [anna, _], _ = await _two(world)
    await world.runner().run_due()
    await _record(world, "reply", anna, learned={"pain_points_identified": ["slow quotes"]})
    [context] = await world.select(dict, "SELECT context FROM conversations WHERE contact_id = %(id)s", id=anna.id)
    assert (context["pain_points_identified"], context["learned_from"]) == (["slow quotes"], ["test: pain_points_identified"])


async def test_referral_proposes_the_person_it_names(world: World) -> None:
    [anna, _], _ = await _two(world)
    await _record(world, "referral", anna, person={"name": "Sam", "email": "sam@acme.com"})
    assert "proposal" in await world.select(str, "SELECT kind FROM tasks")


async def test_signal_about_nobody_names_what_to_give(world: World) -> None:
    with pytest.raises(InvalidValueError, match="contact_id"):
        await _record(world, "reply")


async def test_signal_about_somebody_unknown_is_refused_and_leaves_nothing(world: World) -> None:
    with pytest.raises(NotFoundError):
        await _record(world, "reply", email="nobody@nowhere.com")
    assert await world.select(int, "SELECT count(*) FROM signals") == [0]
