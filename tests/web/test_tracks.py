"""Opens and clicks, from the message that went out to the event that is judged."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.tracking import Purpose, Ring, Signed, sign
from accountgraph.tracking.keys import rotate
from accountgraph.web import Parts
from tests.web.conftest import PUBLIC, OpenSecrets, long_ago, sent, touchpoint_of

if TYPE_CHECKING:
    import pytest

    from accountgraph.campaigns.engine.transport import Message
    from accountgraph.models import Contact
    from tests.web.conftest import Served, Site

ACTS = "SELECT kind || ' ' || actor FROM events WHERE touchpoint_id = %(id)s AND kind IN ('opened', 'clicked') ORDER BY id"
BROWSER = "Mozilla/5.0 (Macintosh) Firefox/150.0"


async def acts(site: Site, message: Message) -> list[str]:
    found: list[str] = await site.world.select(str, ACTS, id=await touchpoint_of(site.world, message))
    return found


def pixel_of(message: Message) -> str:
    assert message.pixel is not None
    return message.pixel


async def test_a_link_leads_where_it_led_in_the_words(site: Site, message: Message) -> None:
    assert list(message.links) == ["https://ours.com/one", "https://ours.com/two?a=1&b=2"]
    for url, through in message.links.items():
        answer = await site.get(through)
        assert (answer.status_code, answer.headers["location"], answer.headers["cache-control"]) == (302, url, "no-store")


async def test_an_open_and_a_click_long_after_are_a_persons(site: Site, message: Message) -> None:
    await long_ago(site.world, hours=3)
    answer = await site.get(pixel_of(message), headers={"user-agent": BROWSER})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
    await site.get(message.links["https://ours.com/one"], headers={"user-agent": BROWSER})
    assert await acts(site, message) == ["opened human", "clicked human"]
    kept = await site.world.select(str, "SELECT concat_ws(' ', user_agent, host(address), url) FROM events WHERE kind = 'clicked'")
    assert kept == [f"{BROWSER} 127.0.0.1 https://ours.com/one"]


async def test_whoever_follows_every_link_at_once_is_a_scanner(site: Site, message: Message) -> None:
    await long_ago(site.world, hours=3)
    for through in message.links.values():
        await site.get(through, headers={"user-agent": BROWSER})
    assert await acts(site, message) == ["clicked scanner", "clicked scanner"]
    assert await site.world.select(str, "SELECT actor_reason FROM events WHERE kind = 'clicked' LIMIT 1") == ["every link at once"]


async def test_a_click_right_after_the_message_left_is_a_scanners(site: Site, message: Message) -> None:
    await site.get(message.links["https://ours.com/one"], headers={"user-agent": BROWSER})
    assert await acts(site, message) == ["clicked scanner"]


async def test_a_known_tool_is_a_scanner_however_late_it_comes(site: Site, message: Message) -> None:
    await long_ago(site.world, hours=3)
    await site.get(message.links["https://ours.com/one"], headers={"user-agent": "Barracuda Sentinel"})
    assert await acts(site, message) == ["clicked scanner"]


async def test_what_the_client_fetches_ahead_is_nobodys(site: Site, message: Message) -> None:
    await long_ago(site.world, hours=3)
    await site.get(pixel_of(message), headers={"user-agent": BROWSER, "sec-purpose": "prefetch;prerender"})
    assert await acts(site, message) == ["opened prefetch"]


async def test_a_head_request_is_answered_and_not_recorded(site: Site, message: Message) -> None:
    answer = await site.client.head(message.links["https://ours.com/one"].removeprefix(PUBLIC))
    assert (answer.status_code, answer.headers["location"]) == (302, "https://ours.com/one")
    assert (await site.client.head(pixel_of(message).removeprefix(PUBLIC))).status_code == 200
    assert await acts(site, message) == []


async def test_one_who_asks_without_end_is_recorded_twenty_times_a_minute(site: Site, message: Message) -> None:
    await asyncio.gather(*(site.get(pixel_of(message)) for _ in range(30)))
    assert await site.count("SELECT count(*) FROM events WHERE kind = 'opened'") <= 20


async def test_an_open_before_the_outcome_is_written_down_is_not_lost(site: Site, anna: Contact, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accountgraph.web.recording.AGAIN_AFTER", (0.3, 0.3, 0.3))
    opening: list[asyncio.Task[Any]] = []

    async def answer(message: Message) -> Result:
        opening.append(asyncio.create_task(site.get(pixel_of(message))))  # a scanner is quicker than the service's answer
        await asyncio.sleep(0.1)
        return Result(outcome=Sent.SENT)

    site.world.post.answer = answer
    [message] = await sent(site.world, anna)
    await asyncio.gather(*opening)
    assert await acts(site, message) == ["opened prefetch"]


async def test_a_forged_token_gives_a_picture_and_a_page_that_leads_nowhere(site: Site) -> None:
    for token in ("x", "AAAA", "A" * 5000, "%00", "é", "AQ" * 40, "a.gif", "https:%2F%2Fevil.example"):
        opened, clicked = await site.get(f"/o/{token}.gif"), await site.get(f"/c/{token}")
        assert clicked.headers["content-type"] == "text/html; charset=utf-8", token
        assert (clicked.status_code, "location" in clicked.headers) == (404, False), token
        if "%2F" not in token:
            assert (opened.status_code, opened.headers["content-type"]) == (200, "image/gif"), token


async def test_no_token_is_good_for_another_purpose(site: Site, message: Message) -> None:
    click, other = message.links["https://ours.com/one"], site.address.preferences(message.intent_id)
    pixel = pixel_of(message).removesuffix(".gif")
    for path, tokens in {"/c/": (pixel, other), "/u/": (pixel, click)}.items():
        for token in tokens:
            assert (await site.get(path + token.rpartition("/")[2])).status_code == 404
    for token in (click, other):
        await site.get(f"/o/{token.rpartition('/')[2]}.gif")
    assert await acts(site, message) == []


async def test_keys_of_another_make_no_token_here(site: Site, message: Message) -> None:
    forged = sign(Ring.new(), Purpose.CLICK, Signed("abm", message.intent_id, "https://evil.example/"))
    assert (await site.get(f"/c/{forged}")).status_code == 404


async def test_a_token_of_a_workspace_that_is_not_here_leads_nowhere(site: Site, message: Message) -> None:
    elsewhere = sign(site.ring, Purpose.CLICK, Signed("elsewhere", message.intent_id, "https://ours.com/"))
    assert (await site.get(f"/c/{elsewhere}")).status_code == 404


async def test_links_that_are_out_work_after_the_keys_were_rotated(site: Site, message: Message) -> None:
    newer = await site.world.db.run(lambda session: rotate(session, OpenSecrets))
    assert (await site.get(message.links["https://ours.com/one"])).status_code == 302
    new = sign(newer, Purpose.CLICK, Signed("abm", message.intent_id, "https://ours.com/new"))
    await asyncio.sleep(2.1)  # keys that are newer than what is remembered are looked up again by then
    assert (await site.get(f"/c/{new}")).headers["location"] == "https://ours.com/new"


async def test_a_link_still_leads_on_when_the_database_went_away(url: str, served: Served, message: Message) -> None:
    async with served.open(Parts(url, secrets_of=OpenSecrets)) as site:
        through = message.links["https://ours.com/one"]
        assert (await site.get(through)).status_code == 302
        await _cut_off(site)
        answer = await site.get(through)
        assert (answer.status_code, answer.headers["location"]) == (302, "https://ours.com/one")


async def test_nobody_sees_an_error_where_the_database_is_away(served: Served, message: Message) -> None:
    async with served.open(Parts("postgresql://nobody@127.0.0.1:1/none", secrets_of=OpenSecrets)) as site:
        assert (await site.get(pixel_of(message))).headers["content-type"] == "image/gif"
        clicked = await site.get(message.links["https://ours.com/one"])
        assert (clicked.status_code, clicked.headers["content-type"]) == (503, "text/html; charset=utf-8")


async def test_a_proxy_that_is_trusted_says_who_asked_and_no_other_does(url: str, served: Served, message: Message) -> None:
    heads = {"x-forwarded-for": "203.0.113.9", "user-agent": BROWSER}
    for trusted, address in (((), "127.0.0.1"), (("127.0.0.0/8",), "203.0.113.9")):
        async with served.open(Parts(url, secrets_of=OpenSecrets), trusted_proxies=trusted) as site:
            await site.get(pixel_of(message), headers=heads)
            assert await site.world.select(str, "SELECT host(address) FROM events WHERE kind = 'opened' ORDER BY id DESC LIMIT 1") == [
                address
            ]


async def test_a_mailbox_that_does_not_track_has_neither_pixel_nor_signed_links(site: Site) -> None:
    await SenderRepository(site.world.db).update_sender(site.world.senders[0].id, {"tracks_opens": False, "tracks_clicks": False})
    [message] = await sent(site.world, *await site.world.account("b.com", "Ben"), name="quiet")
    assert (message.pixel, message.links) == (None, {})


async def _cut_off(site: Site) -> None:
    """The server's connections end, and it gets no new ones."""
    async with site.parts.doors.use("abm") as door:
        await door.db.close()
        door.db.settings = door.db.settings.with_choices(url="postgresql://nobody@127.0.0.1:1/none", workspace=None, pooler=None)
