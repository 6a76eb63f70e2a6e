"""Help: quick, and complete."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from typer.testing import CliRunner

from accountgraph.cli.main import COMMANDS, app, load


def every_command() -> list[tuple[str, Any]]:
    """Each command that can be run, by its words."""
    return [found for name in COMMANDS for found in _below(name, load(name))]


def _below(name: str, loaded: Any) -> list[tuple[str, Any]]:
    inner = getattr(loaded, "commands", None)
    return [found for word, one in inner.items() for found in _below(f"{name} {word}", one)] if inner else [(name, loaded)]


@pytest.mark.parametrize(("name", "one"), every_command(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_option_and_argument_says_what_it_is_for(name: str, one: Any) -> None:
    assert one.help
    assert one.help.rstrip().endswith((".", ")"))
    for parameter in one.params:
        assert parameter.help, f"{name}: {parameter.name}"


@pytest.mark.parametrize(("name", "one"), every_command(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_takes_workspace_database_and_json(name: str, one: Any) -> None:
    assert {"--workspace", "--database-url", "--json"} <= {option for parameter in one.params for option in parameter.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_of_help_fits_beside_its_command(name: str) -> None:
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80"}).stdout
    [line] = [line for line in shown.splitlines() if line.split()[:1] == [name] and line.startswith("  ")]
    assert not line.endswith("...")


def test_every_command_can_show_its_help() -> None:
    for name, _ in every_command():
        assert CliRunner().invoke(app, [*name.split(), "--help"]).exit_code == 0


def test_version_is_the_packages_own() -> None:
    import accountgraph

    assert CliRunner().invoke(app, ["--version"]).stdout == f"accountgraph {accountgraph.__version__}\n"


def test_help_loads_no_command_no_driver_and_no_drawing() -> None:
    code = "import sys; from accountgraph.cli.main import app; app(['--help'], standalone_mode=False); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert not loaded & {"psycopg", "sqlalchemy", "alembic", "msgspec", "rich.console", "accountgraph.app", "accountgraph.cli.account"}


def test_completion_offers_commands_and_options() -> None:
    runner, setting = CliRunner(), {"_ACCOUNTGRAPH_COMPLETE": "complete_bash", "COMP_WORDS": "accountgraph account ", "COMP_CWORD": "2"}
    offered = runner.invoke(app, [], env=setting, prog_name="accountgraph").stdout.split()
    assert {"list", "overview", "tree"} <= set(offered)
