"""Every answer is as the document says, whatever is asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from accountgraph.api.routes import TAGS
from accountgraph.demo import load_reference_account
from tests.api.contract import ask_everything, follow_links

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.api.conftest import Asker
    from tests.api.contract import Asked


# The server that is asked runs in this process: its pool draws from `random` while Hypothesis draws a request in another thread, and takes
# that for a strategy's own doing.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning")

# Of few operations, or they ask for what cannot be drawn: a file, a password, a cursor, the token of a link, a template that is there.
FEW = {"drafts", "imports", "providers", "server", "sessions", "signals", "templates"}


@pytest.mark.parametrize("tag", sorted(set(TAGS) - {"live"}))  # what it answers does not end
async def test_every_answer_is_as_the_document_says(api: Asker, db: Database, tag: str) -> None:
    ids = await _some_ids(api, db)
    asked = await asyncio.to_thread(ask_everything, str(api.client.base_url), api.key, ids, tag=tag)
    assert not asked.wrong, _told(asked)
    assert sum(asked.statuses.values()) > 5
    assert not asked.statuses[0]  # each was answered
    if tag not in FEW:
        assert sum(many for status, many in asked.statuses.items() if status < 300) > 5
        assert asked.statuses[422] > 5


async def test_what_was_made_can_be_read_and_changed_at_every_link(api: Asker, db: Database) -> None:
    await load_reference_account(db)
    asked = await asyncio.to_thread(follow_links, str(api.client.base_url), api.key)
    assert not asked.wrong, _told(asked)
    assert asked.statuses[201] > 0
    assert asked.statuses[200] > 0


async def _some_ids(api: Asker, db: Database) -> dict[str, str]:
    """Things that are there, by the name that paths have for them."""
    demo = await load_reference_account(db)
    edges = (await api.get(f"/contacts/{demo.williams_id}/relationships")).json()["items"]
    key = await api.made("/keys", {"label": "Drawn", "role": "viewer"})
    return {
        "company_id": str(demo.company_id),
        "contact_id": str(demo.williams_id),
        "conversation_id": str(demo.williams_conversation_id),
        "touchpoint_id": str(demo.williams_email_id),
        "relationship_id": edges[0]["id"],
        "key_id": key["key"]["id"],
    }


def _told(asked: Asked) -> str:
    return "\n\n".join(f"{': '.join(what)}\n{how}" for what, how in asked.wrong.items())
