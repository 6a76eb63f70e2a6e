"""Versions of campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
import pytest

from accountgraph.campaigns.apply import apply, load_version
from accountgraph.campaigns.definition import CampaignDefinition, Step, Template
from accountgraph.errors import NotFoundError

if TYPE_CHECKING:
    from accountgraph.db import Database

SPRING = CampaignDefinition(
    name="spring",
    steps=(Step(key="hello", template="hello"), Step(key="again", template="hello")),
    templates={"hello": Template(subject="Hello", body="Dear {{ contact.first_name }}")},
)


async def test_applying_the_same_text_again_changes_nothing(db: Database) -> None:
    first = await db.run(lambda session: apply(session, SPRING))
    again = await db.run(lambda session: apply(session, SPRING))
    assert (first.number, first.created, first.is_changed) == (1, True, True)
    assert again == msgspec.structs.replace(first, created=False, is_changed=False)


async def test_a_changed_text_is_a_new_version_and_the_old_one_stays(db: Database) -> None:
    first = await db.run(lambda session: apply(session, SPRING))
    changed = msgspec.structs.replace(SPRING, description="For spring")
    second = await db.run(lambda session: apply(session, changed))
    assert (second.campaign_id, second.number, second.created) == (first.campaign_id, 2, False)
    assert await load_version(db, first.version_id) == SPRING
    assert await load_version(db, second.version_id) == changed


async def test_what_is_loaded_has_the_hash_of_what_was_applied(db: Database) -> None:
    applied = await db.run(lambda session: apply(session, SPRING))
    assert (await load_version(db, applied.version_id)).content_hash == SPRING.content_hash


async def test_a_version_that_is_not_there_is_an_error(db: Database) -> None:
    with pytest.raises(NotFoundError, match="no campaign version"):
        await load_version(db, uuid4())
