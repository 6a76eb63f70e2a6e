"""What providers say of our messages, and texts that come in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.channels.providers.event import ProviderEvent, ProviderEventKind, ReceivedText
from accountgraph.channels.sms import OptOut
from accountgraph.enums import Actor
from accountgraph.inbound.findings import BounceKind
from accountgraph.intake import take_told
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import SuppressionRepository
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.db.intake.letters import Correspondence


def event(letters: Correspondence, kind: str, number: int = 1, hours: float = 1, **more: Any) -> ProviderEvent:
    """An event of Anna's mail."""
    at = letters.world.db.now() + timedelta(hours=hours)
    given: dict[str, Any] = {"intent_id": letters.first.intent_id, "recipient": "anna@acme.com", "at": at, **more}
    return ProviderEvent(provider="post", kind=ProviderEventKind(kind), name=kind, event_id=f"event-{number}", **given)


async def take(world: World, *told: Any) -> list[str]:
    """One request of a provider."""
    received = world.db.now() + timedelta(hours=3)
    return await world.db.run(lambda session: take_told(session, told, received))


async def acts(letters: Correspondence) -> list[str]:
    """What happened to Anna's mail, and who did it."""
    statement = (
        "SELECT kind || coalesce(' ' || actor, '') FROM events WHERE kind <> 'sent'"
        " AND touchpoint_id = (SELECT i.touchpoint_id FROM intents AS i WHERE i.id = %(id)s) ORDER BY at, id"
    )
    found: list[str] = await letters.world.select(str, statement, id=letters.first.intent_id)
    return found


async def test_delivery_open_and_click_are_events_of_the_message(letters: Correspondence) -> None:
    opened = event(letters, "opened", 2, 1)
    await take(letters.world, event(letters, "delivered", 1, 0.01), opened, event(letters, "clicked", 3, 2, url="https://ours.com/a"))
    assert await acts(letters) == ["delivered", "opened human", "clicked human"]


async def test_what_the_provider_knows_to_be_a_machine_is_no_person(letters: Correspondence) -> None:
    await take(letters.world, event(letters, "opened", actor=Actor.PREFETCH))
    assert await acts(letters) == ["opened prefetch"]


async def test_same_events_again_late_and_out_of_order_leave_the_same_state(letters: Correspondence) -> None:
    said = [event(letters, "delivered", 1, 0.01), event(letters, "opened", 2, 1), event(letters, "clicked", 3, 2, url="https://ours.com/a")]
    await take(letters.world, *reversed(said))
    once = await acts(letters)
    await take(letters.world, *said, *said)
    assert await acts(letters) == once


async def test_message_is_found_by_the_providers_id_and_by_the_wire_id(letters: Correspondence) -> None:
    by_provider = event(letters, "delivered", 1, intent_id=None, provider_id="post-1", recipient=None)
    by_wire = event(letters, "opened", 2, 2, intent_id=None, message_id=letters.first.message_id, recipient=None)
    await take(letters.world, by_provider, by_wire)
    assert await acts(letters) == ["delivered", "opened human"]


async def test_hard_bounce_fails_the_person_once(letters: Correspondence) -> None:
    bounce = event(letters, "bounced", bounce=BounceKind.HARD, status="5.1.1")
    await take(letters.world, bounce)
    await take(letters.world, bounce)
    assert (await letters.places())[0] == "failed bounced"
    assert await letters.kinds() == ["hard_bounce"]


async def test_complaint_pauses_the_account(letters: Correspondence) -> None:
    await take(letters.world, event(letters, "complained"))
    assert await letters.places() == ["finished complained", "paused account"]


async def test_unsubscribe_at_the_provider_closes_that_channel(letters: Correspondence) -> None:
    await take(letters.world, event(letters, "unsubscribed"))
    assert [one.channel for one in await SuppressionRepository(letters.world.db).get_suppressions(letters.anna.id, "email")] == ["email"]


async def test_bounce_of_an_unknown_message_still_counts_for_the_person_it_names(letters: Correspondence) -> None:
    await take(letters.world, event(letters, "bounced", bounce=BounceKind.HARD, intent_id=None, provider_id="never seen"))
    assert (await letters.places())[0] == "failed bounced"


async def test_event_of_nobody_changes_nothing_and_says_so(letters: Correspondence) -> None:
    said = await take(letters.world, event(letters, "bounced", bounce=BounceKind.HARD, intent_id=None, recipient="x@elsewhere.org"))
    assert said == ["bounced of x@elsewhere.org: no message of ours, and nobody we know"]
    assert await letters.kinds() == []


async def test_unknown_event_is_kept_and_nothing_is_concluded(letters: Correspondence) -> None:
    assert await take(letters.world, event(letters, "unknown")) == ["unknown of anna@acme.com: kept, nothing to act on"]


async def test_delivery_tells_that_a_message_left_of_which_nobody_knew(timed: Database) -> None:
    from tests.db.intake.letters import Correspondence as Letters

    world = await World.begin(timed)
    anna, ben = await world.account("acme.com", "Anna", "Ben")

    async def silence(message: object) -> Result:
        world.post.sent.append(message)  # type: ignore[arg-type]
        return Result(outcome=Sent.UNKNOWN, detail="no answer")

    world.post.answer = silence
    enrolments = await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    letters = Letters(world, anna, ben, enrolments, world.post.sent[0])
    await take(world, event(letters, "delivered"))
    assert await letters.places() == ["waiting"]
    assert await acts(letters) == ["delivered"]


async def _texted(letters: Correspondence, text: str, number: int = 1, opt_out: OptOut | None = None, hours: float = 3) -> list[str]:
    said = ReceivedText(
        provider="twilio",
        event_id=f"SM{number}",
        at=letters.world.db.now() + timedelta(hours=hours),
        sender="+1 (555) 010-9999",
        recipient="+15550100000",
        text=text,
        opt_out=opt_out,
    )
    return await take(letters.world, said)


async def _with_number(letters: Correspondence) -> None:
    await ContactRepository(letters.world.db).update_contact(letters.anna.id, {"phone": "+1 555-010-9999"})


async def test_stop_closes_texts_and_start_opens_them_again(letters: Correspondence) -> None:
    await _with_number(letters)
    suppressions = SuppressionRepository(letters.world.db)
    await _texted(letters, "STOP", 1, OptOut.STOP)
    assert await suppressions.is_suppressed(letters.anna.id, "sms")
    assert not await suppressions.is_suppressed(letters.anna.id, "email")
    assert await _texted(letters, "START", 2, OptOut.START) == ["START: sms is open to them again"]
    assert not await suppressions.is_suppressed(letters.anna.id, "sms")


async def test_start_that_comes_late_does_not_lift_a_later_stop(letters: Correspondence) -> None:
    await _with_number(letters)
    await _texted(letters, "STOP", 1, OptOut.STOP, hours=2)
    assert await _texted(letters, "START", 2, OptOut.START, hours=1) == ["START: nothing was closed, or it was again since"]
    assert await SuppressionRepository(letters.world.db).is_suppressed(letters.anna.id, "sms")


async def test_start_does_not_lift_what_a_person_of_ours_closed(letters: Correspondence) -> None:
    await _with_number(letters)
    suppressions = SuppressionRepository(letters.world.db)
    await suppressions.suppress(contact_id=letters.anna.id, channel="sms", reason="do_not_contact")
    await _texted(letters, "START", 1, OptOut.START)
    assert await suppressions.is_suppressed(letters.anna.id, "sms")


async def test_text_in_words_is_an_answer_that_pauses_the_account(letters: Correspondence) -> None:
    await _with_number(letters)
    await _texted(letters, "Sounds good, call me tomorrow")
    assert await letters.places() == ["finished replied", "paused account"]


async def test_text_from_an_unknown_number_moves_nobody(letters: Correspondence) -> None:
    assert await _texted(letters, "Hello") == ["a text from +1 (555) 010-9999, whom nobody here knows"]


async def test_stop_closes_the_number_itself_known_or_not(letters: Correspondence) -> None:
    assert await _texted(letters, "STOP", 1, OptOut.STOP) == ["+1 (555) 010-9999 is suppressed on sms: unsubscribed"]
    await _with_number(letters)
    suppressions = SuppressionRepository(letters.world.db)
    assert await suppressions.is_suppressed(letters.anna.id, "sms")
    assert await _texted(letters, "START", 2, OptOut.START) == ["START: sms is open to them again"]
    assert not await suppressions.is_suppressed(letters.anna.id, "sms")
