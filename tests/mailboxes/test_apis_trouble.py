"""A service that fails, forgets, or asks for patience loses no mail, and says what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accountgraph.mailboxes.errors import LoginRefusedError, MailboxError
from accountgraph.mailboxes.reading import api
from tests.channels.providers.service import Asked, Said
from tests.mailboxes.conftest import ApiPlace, ids, mail

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "FIRST_PAUSE", 0.01)


def instead(box: ApiPlace, fits: Callable[[Asked], bool], said: Callable[[], Said | None]) -> None:
    """What the service says to some requests in place of its answer; None: what it says anyway."""
    answer = box.service.answer
    box.service.answer = lambda asked: (fits(asked) and said()) or answer(asked)


def is_content(asked: Asked) -> bool:
    return asked.query.get("format") == "raw" or asked.path.endswith("$value")


def is_page(asked: Asked) -> bool:
    return asked.path.endswith(("/history", "/delta"))


def lost() -> Said:
    raise ConnectionError


async def test_a_token_that_runs_out_in_the_middle_is_renewed(box: ApiPlace) -> None:
    await box.sync()
    for number in range(3):
        box.arrive(mail(number))
    instead(box, is_content, lambda: box.fake.good.discard("t-1"))  # after the first mail it is over
    done = await box.sync()
    assert (done.taken, box.tokens.token) == (3, "t-2")


async def test_a_grant_that_was_withdrawn_is_said_in_the_health(box: ApiPlace) -> None:
    box.fake.good = set()
    with pytest.raises(LoginRefusedError, match="mailbox add"):
        await box.sync()
    mailbox = await box.mailbox()
    assert mailbox.failing_since is not None
    assert "t-1" not in (mailbox.error or "")


async def test_a_service_that_asks_for_patience_is_waited_for(box: ApiPlace) -> None:
    await box.sync()
    box.arrive(mail(1))
    throttled = iter([Said(429, {"error": {}}, {"Retry-After": "0"}), Said(503)])
    instead(box, is_content, lambda: next(throttled, None))
    assert (await box.sync()).taken == 1


async def test_a_service_that_asks_for_more_patience_is_left_alone(box: ApiPlace) -> None:
    await box.sync()
    box.arrive(mail(1))
    box.service.instead = Said(429, {"error": {}}, {"Retry-After": "600"})
    with pytest.raises(MailboxError, match="asked again later"):
        await box.sync()
    box.service.instead = None
    assert (await box.sync()).taken == 1


async def test_a_mail_that_cannot_be_read_is_kept_for_a_person_and_keeps_no_other_from_being_taken(box: ApiPlace) -> None:
    await box.sync()
    bad = box.arrive(mail("bad"))
    box.arrive(mail("good"))
    instead(box, lambda asked: is_content(asked) and bad.id in asked.path, lambda: Said(500, {"error": {"message": "boom"}}))
    done = await box.sync()
    assert (done.flagged, box.take.ids) == (1, ids("good"))


async def test_a_mail_that_was_deleted_meanwhile_is_passed_over(box: ApiPlace) -> None:
    await box.sync()
    gone = box.arrive(mail("gone"))
    box.arrive(mail("there"))
    del box.fake.kept[gone.id]
    await box.sync()
    assert box.take.ids == ids("there")


async def test_a_mail_that_is_deleted_while_it_is_read_is_passed_over(box: ApiPlace) -> None:
    await box.sync()
    gone = box.arrive(mail("gone"))
    instead(box, lambda asked: is_content(asked) and gone.id in asked.path, lambda: Said(404, {"error": {"code": "x"}}))
    done = await box.sync()
    assert (done.taken, done.flagged) == (0, 0)


async def test_a_service_that_forgets_at_once_is_asked_again_later(box: ApiPlace) -> None:
    await box.sync()
    gone = {"error": {"code": "SyncStateNotFound", "message": "gone"}}
    instead(box, is_page, lambda: Said(404 if box.protocol == "gmail" else 410, gone))
    if box.protocol == "gmail":
        instead(box, lambda asked: asked.path.endswith("/messages"), lambda: Said(json={}))
    with pytest.raises(MailboxError):
        await box.sync()
    assert (await box.mailbox()).failing_since is not None


async def test_a_line_that_drops_in_the_middle_loses_nothing(box: ApiPlace) -> None:
    await box.sync()
    for number in range(5):
        box.arrive(mail(number))
    answer = box.service.answer
    box.service.answer = lambda asked: answer(asked) if box.asked("raw") + box.asked("$value") < 3 else lost()
    with pytest.raises(MailboxError, match="cannot be reached"):
        await box.sync()
    box.service.answer = answer
    await box.sync()
    assert box.take.ids == ids(*range(5))
