"""Unsubscribing by one click, and the preference page: to look changes nothing, to post acts before the next send."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from accountgraph.schema import create_workspace
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.tracking import Purpose, Signed, sign
from accountgraph.tracking.keys import ensure_ring
from tests.web.conftest import PUBLIC, OpenSecrets, sent

if TYPE_CHECKING:
    from accountgraph.campaigns.engine.transport import Message
    from accountgraph.models import Contact
    from tests.web.conftest import Site

FORM = {"content-type": "application/x-www-form-urlencoded"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def page_of(site: Site, message: Message) -> str:
    return site.address.preferences(message.intent_id).removeprefix(PUBLIC)


async def suppressed(site: Site) -> list[str]:
    found: list[str] = await site.world.select(str, "SELECT channel || ' ' || reason FROM suppressions ORDER BY channel")
    return found


async def held(site: Site) -> list[float]:
    days = "SELECT round(extract(epoch FROM until - now()) / 86400)::float8 FROM holds WHERE reason = 'preference' AND lifted_at IS NULL"
    found: list[float] = await site.world.select(float, days)
    return found


async def everything(site: Site) -> list[Any]:
    """All that a request could have changed."""
    tables = ("suppressions", "signals", "holds", "topic_refusals", "events", "enrolments", "contacts")
    return [
        await site.world.select(str, f"SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {t} AS t") for t in tables
    ]


async def test_one_click_suppresses_before_the_next_send(site: Site, message: Message) -> None:
    answer = await site.post(page_of(site, message), data=ONE_CLICK)
    assert (answer.status_code, "You are unsubscribed" in answer.text) == (200, True)
    assert await suppressed(site) == ["all unsubscribed"]
    await _due_now(site)
    await site.world.runner(secrets_of=OpenSecrets).run_due()
    assert len(site.world.post.sent) == 1
    assert await site.world.select(str, "SELECT state || ' ' || reason FROM enrolments") == ["finished unsubscribed"]


async def test_without_it_the_next_message_goes_out(site: Site, message: Message) -> None:
    await site.get(page_of(site, message))
    await _due_now(site)
    await site.world.runner(secrets_of=OpenSecrets).run_due()
    assert len(site.world.post.sent) == 2


async def test_one_click_twice_and_at_once_is_one_unsubscription(site: Site, message: Message) -> None:
    answers = await asyncio.gather(*(site.post(page_of(site, message), data=ONE_CLICK) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert await site.count("SELECT count(*) FROM signals WHERE kind = 'unsubscribe'") == 1
    assert await suppressed(site) == ["all unsubscribed"]


async def test_one_click_may_come_as_multipart(site: Site, message: Message) -> None:
    answer = await site.post(page_of(site, message), files={"List-Unsubscribe": (None, "One-Click")})
    assert (answer.status_code, await suppressed(site)) == (200, ["all unsubscribed"])


async def test_a_post_that_does_not_ask_for_it_changes_nothing(site: Site, message: Message) -> None:
    before = await everything(site)
    for body, status in ((b"", 400), (b"List-Unsubscribe=No", 400), (b"x" * 20_001, 413)):
        assert (await site.post(page_of(site, message), content=body)).status_code == status
    assert await everything(site) == before


async def test_to_look_changes_nothing_for_people_and_scanners_alike(site: Site, message: Message) -> None:
    before = await everything(site)
    for _ in range(3):
        answer = await site.get(page_of(site, message))
        assert (answer.status_code, "Unsubscribe from everything" in answer.text) == (200, True)
    await site.client.head(page_of(site, message))
    assert await everything(site) == before


async def test_one_who_was_let_back_and_asks_again_is_off_again(site: Site, message: Message) -> None:
    await site.post(page_of(site, message), data=ONE_CLICK)
    repository = SuppressionRepository(site.world.db)
    for standing in await repository.list_suppressions():
        await repository.remove_suppression(standing.id)
    await site.post(page_of(site, message), data=ONE_CLICK)
    assert await suppressed(site) == ["email unsubscribed"]


async def test_whoever_was_removed_is_still_taken_off_by_the_address(site: Site, message: Message, anna: Contact) -> None:
    async def remove(session: Any) -> None:
        await session.execute("DELETE FROM contacts WHERE id = %(id)s", {"id": anna.id})

    await site.world.db.run(remove)
    assert (await site.post(page_of(site, message), data=ONE_CLICK)).status_code == 200
    assert await SuppressionRepository(site.world.db).find_suppressions(address="anna@acme.com")
    assert "You are unsubscribed" in (await site.get(page_of(site, message))).text


async def test_a_dry_run_has_no_page_and_takes_nobody_off(site: Site, anna: Contact) -> None:
    [shown] = await sent(site.world, anna, is_live=False)
    assert (await site.get(page_of(site, shown))).status_code == 404
    assert (await site.post(page_of(site, shown), data=ONE_CLICK)).status_code == 404
    assert await suppressed(site) == []


async def test_a_token_of_no_message_and_one_of_another_workspace_lead_nowhere(site: Site, message: Message) -> None:
    unknown = site.address.preferences(uuid4()).removeprefix(PUBLIC)
    elsewhere = "/u/" + sign(site.ring, Purpose.PREFERENCES, Signed("elsewhere", message.intent_id))
    for path in (unknown, elsewhere, "/u/x", "/u/" + "A" * 4000):
        assert [(await site.get(path)).status_code, (await site.post(path, data=ONE_CLICK)).status_code] == [404, 404]
        assert (await site.post(path + "/choices", data={"channel": "email"})).status_code == 404
    assert await suppressed(site) == []


async def test_a_workspace_answers_for_no_message_of_another(site: Site, message: Message, url: str) -> None:
    create_workspace(url, "other")
    async with site.parts.doors.use("other") as door:
        others = await door.db.run(lambda session: ensure_ring(session, OpenSecrets))
    path = "/u/" + sign(others, Purpose.PREFERENCES, Signed("other", message.intent_id))
    assert (await site.post(path, data=ONE_CLICK)).status_code == 404
    assert await suppressed(site) == []


async def test_a_channel_that_is_closed_and_opened_again_is_as_it_was(site: Site, message: Message, anna: Contact) -> None:
    await ContactRepository(site.world.db).update_contact(anna.id, {"phone": "+15550100"})
    await _save(site, message, channel=["email", "call"])
    assert await suppressed(site) == ["sms unsubscribed"]
    await _save(site, message, channel=["email", "sms", "call"])
    assert await suppressed(site) == []


async def test_no_choice_opens_what_somebody_else_closed(site: Site, message: Message, anna: Contact) -> None:
    await SuppressionRepository(site.world.db).suppress(contact_id=anna.id, channel="email", reason="objection")
    await _save(site, message, channel=["email"])
    assert await suppressed(site) == ["email objection"]
    assert "closed. Answer one of our mails" in (await site.get(page_of(site, message))).text


async def test_no_choice_brings_back_who_is_off_altogether(site: Site, message: Message) -> None:
    await site.post(page_of(site, message), data=ONE_CLICK)
    await _save(site, message, channel=["email"], pause=["0"])
    assert await suppressed(site) == ["all unsubscribed"]
    assert "You are unsubscribed" in (await site.get(page_of(site, message))).text


async def test_topics_are_refused_and_taken_up_again(site: Site, message: Message) -> None:
    for key in ("news", "events"):
        await SettingsRepository(site.world.db).put_topic({"key": key, "name": key.title()})
    await _save(site, message, channel=["email"], topic=["news", "made-up"])
    refused = "SELECT topic FROM topic_refusals ORDER BY topic"
    assert await site.world.select(str, refused) == ["events"]
    await _save(site, message, channel=["email"], topic=["news", "events"])
    assert await site.world.select(str, refused) == []


async def test_a_pause_keeps_the_next_message_back_until_it_ends(site: Site, message: Message) -> None:
    await _save(site, message, channel=["email"], pause=["30"])
    assert await held(site) == [30.0]
    await _due_now(site)
    await site.world.runner(secrets_of=OpenSecrets).run_due()
    [until] = await site.world.select(float, "SELECT extract(epoch FROM paused_until - now())::float8 / 86400 FROM enrolments")
    assert (len(site.world.post.sent), round(until)) == (1, 30)


async def test_choices_that_are_saved_twice_at_once_are_saved(site: Site, message: Message) -> None:
    for body in ("channel=email&pause=30", "pause=0", "channel=email&pause="):
        path = page_of(site, message) + "/choices"
        answers = await asyncio.gather(*(site.post(path, content=body, headers=FORM) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {303}
    assert (await suppressed(site), await held(site)) == ([], [])


async def test_a_pause_can_be_made_longer_and_ended(site: Site, message: Message) -> None:
    for pause, days in (("60", [60.0]), ("", [60.0]), ("90", [90.0]), ("0", [])):
        await _save(site, message, channel=["email"], pause=[pause])
        assert await held(site) == days


async def test_what_the_page_does_not_offer_is_refused_and_changes_nothing(site: Site, message: Message) -> None:
    before = await everything(site)
    for body in ("pause=1", "pause=x", "pause=-30", "&".join(f"topic={n}" for n in range(600)), "channel=é", "pause=30&pause=99999999999"):
        assert (await site.post(f"{page_of(site, message)}/choices", content=body.encode())).status_code == 400, body
    assert await everything(site) == before


async def test_the_page_loads_nothing_runs_nothing_and_tells_nobody(site: Site, message: Message) -> None:
    answer = await site.get(page_of(site, message))
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["cache-control"] == "no-store"
    assert "<script" not in answer.text
    assert "src=" not in answer.text


async def test_the_style_of_the_page_is_the_one_that_its_policy_allows(site: Site, message: Message) -> None:
    answer = await site.get(page_of(site, message))
    style = answer.text.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]


async def test_the_page_shows_a_part_of_the_address_only(site: Site, message: Message) -> None:
    text = (await site.get(page_of(site, message))).text
    assert "a…@acme.com" in text
    assert "anna@" not in text


async def test_what_people_are_called_never_becomes_markup(site: Site, message: Message) -> None:
    await SettingsRepository(site.world.db).put_topic({"key": "x", "name": "<script>alert(1)</script>"})
    text = (await site.get(page_of(site, message))).text
    assert "&lt;script&gt;" in text


async def _save(site: Site, message: Message, **fields: list[str]) -> None:
    answer = await site.post(f"{page_of(site, message)}/choices", data=fields)
    assert (answer.status_code, answer.headers["location"].startswith("../")) == (303, True)
    assert (await site.client.get(answer.url.join(answer.headers["location"]))).status_code == 200


async def _due_now(site: Site) -> None:
    """Whatever comes next is due, and the caps are far away."""

    async def work(session: Any) -> None:
        ago = timedelta(days=30)
        await session.execute("UPDATE enrolments SET next_due_at = now() WHERE state NOT IN ('finished', 'failed')")
        await session.execute("UPDATE sends SET at = at - %(ago)s", {"ago": ago})
        await session.execute("UPDATE touchpoints SET sent_at = sent_at - %(ago)s", {"ago": ago})
        await session.execute("UPDATE senders SET next_free_at = '-infinity'")

    await site.world.db.run(work)
