"""Replies that the rules do not understand, read by a model: a hint beside the reply that moves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.drafting.reading import read_replies
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.store.outreach.drafting import DraftingRepository
from tests.drafting.model_server import ModelServer, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.db.intake.letters import Correspondence

ODD = "The fiscal stars have to align differently before the board looks at any of that."
READ = {"meaning": "not_now", "quote": "have to align differently before"}


@pytest.fixture
def model() -> Iterator[ModelServer]:
    server = ModelServer()
    server.answers = [READ]
    yield server
    server.close()


async def read(letters: Correspondence, model: ModelServer, text: str = ODD, **fields: Any) -> dict[str, Any]:
    """What becomes of one reply; the reading of its signal."""
    db = letters.world.db
    await DraftingRepository(db).put_settings({"model": "small", "base_url": model.url, "refines_meaning": True, **fields})
    await letters.take(letters.mail(text))
    await read_replies(db, WorkspaceVault(db))
    data: list[dict[str, Any]] = await letters.world.select(dict, "SELECT data FROM signals")
    found: dict[str, Any] = data[0].get("reading", {})
    found.pop("at", None)
    return found


async def test_reply_that_the_rules_do_not_know_is_read_with_the_words_that_say_so(letters: Correspondence, model: ModelServer) -> None:
    assert await read(letters, model) == {"model": "small", **READ}
    assert ODD in model.prompts[0].replace("\n", " ")


async def test_reading_moves_nothing(letters: Correspondence, model: ModelServer) -> None:
    await letters.take(letters.mail(ODD))
    before = await letters.places(), await letters.kinds()
    model.answers = [{"meaning": "refusal", "quote": "have to align differently"}]
    await read(letters, model)
    assert (await letters.places(), await letters.kinds()) == before
    assert await letters.world.select(int, "SELECT count(*) FROM suppressions") == [0]


async def test_quote_that_does_not_stand_in_the_reply_is_refused(letters: Correspondence, model: ModelServer) -> None:
    model.answers = [{"meaning": "positive", "quote": "we would love to"}]
    found = await read(letters, model)
    assert "meaning" not in found
    assert "does not answer as it was asked" in found["detail"]
    assert len(model.asked) == 2


async def test_opting_out_is_no_choice_of_a_model(letters: Correspondence, model: ModelServer) -> None:
    model.answers = [{"meaning": "unsubscribe", "quote": "have to align differently"}]
    assert "meaning" not in await read(letters, model)


async def test_reply_is_read_once_whatever_comes_of_it(letters: Correspondence, model: ModelServer) -> None:
    model.answers = [Status(401)]
    await read(letters, model)
    await read_replies(letters.world.db, WorkspaceVault(letters.world.db))
    assert len(model.asked) == 1


async def test_reply_that_the_rules_understand_is_not_shown_to_a_model(letters: Correspondence, model: ModelServer) -> None:
    assert await read(letters, model, "Yes, I am interested. Please send me more information.") == {}
    assert model.asked == []


@pytest.mark.parametrize("fields", [{"refines_meaning": False}, {"drafts_per_day": 0}])
async def test_unless_it_is_asked_for_and_paid_for_nothing_is_read(
    letters: Correspondence, model: ModelServer, fields: dict[str, Any]
) -> None:
    assert await read(letters, model, **fields) == {}
    assert model.asked == []
