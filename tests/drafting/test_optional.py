"""The library that talks to models is an extra: nothing loads it before a model is asked, and its absence is said."""

from __future__ import annotations

import subprocess
import sys

import pytest

from accountgraph.channels.credentials import NoVault
from accountgraph.drafting.asking import answered
from accountgraph.drafting.errors import ModelError
from accountgraph.drafting.prompting import Prompt
from accountgraph.drafting.writing import FIELDS
from accountgraph.store.outreach.drafting import DraftingSettings


def test_program_does_not_load_it() -> None:
    asked = "import accountgraph.cli.outreach.draft, accountgraph.cli.outreach.worker, sys; print('pydantic_ai' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


async def test_missing_extra_names_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)
    monkeypatch.delitem(sys.modules, "accountgraph.drafting.model", raising=False)

    async def content(_: object) -> None:
        return None

    with pytest.raises(ModelError, match=r"pip install 'accountgraph\[model\]'"):
        await answered(DraftingSettings(model="openai:gpt-5-mini"), NoVault(), Prompt("", ""), FIELDS, content)
