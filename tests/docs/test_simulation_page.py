"""The page on simulation: its options are those of the command, and its behaviour file is one."""

from __future__ import annotations

import re
import tomllib

from accountgraph.simulation import Behaviour, Rate, Response, behaviour_of
from tests.docs.pages import page, rows, section
from tests.docs.test_commands import described


def _file() -> str:
    found = re.search(r"```toml\n(.*?)```", page("simulation.md"), re.DOTALL)
    assert found
    return found[1]


def test_options_are_those_of_the_command() -> None:
    told = {row[0].split()[0].strip("`") for row in rows(section(page("simulation.md"), "## Options"))}
    assert told == described()["campaign simulate"] | {"--json"}


def test_behaviour_file_can_be_read() -> None:
    behaviour = behaviour_of(tomllib.loads(_file()))
    assert list(behaviour.scripts) == ["anna@acme.com", "ben@acme.com", "cleo@acme.com"]
    assert len(behaviour.rates) == 1


def test_every_field_of_a_behaviour_file_is_shown() -> None:
    shown = set(re.findall(r"^\[*(\w+)", _file(), re.MULTILINE))
    for kind in (Behaviour, Rate, Response):
        assert set(kind.__struct_fields__) <= shown
