"""Pages hear of every kind of change that the server tells of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accountgraph.live.changes import KINDS
from tests.dashboard.conftest import W

if TYPE_CHECKING:
    from tests.dashboard.conftest import Browser


async def test_a_page_names_the_kinds_of_changes_that_it_can_hear(browser: Browser) -> None:
    text = (await (await browser.as_role("viewer")).get(f"{W}/accounts")).text
    found = re.search(r'data-kinds="([^"]*)"', text)
    assert found is not None
    assert tuple(found[1].split()) == KINDS


async def test_what_a_page_waits_for_is_a_kind_that_there_is(browser: Browser) -> None:
    ada = await browser.as_role("owner")
    for path in ("accounts", "inbox", "tasks", "approvals", "campaigns", "imports"):
        for waits in re.findall(r'data-live="([^"]*)"', (await ada.get(f"{W}/{path}")).text):
            wanted = waits.split()
            assert all(any(kind == want or kind.startswith(f"{want}.") for kind in KINDS) for want in wanted), (path, wanted)
