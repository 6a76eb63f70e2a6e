"""Every command, option, setting and importable reference stands on the pages, and nothing else does."""

from __future__ import annotations

import inspect
import re

from accountgraph import errors
from accountgraph.transfer.fields import MODELS, fields_of
from tests.cli.test_help import every_command
from tests.docs.pages import PAGES, ROOT, page, rows, section

EVERYWHERE = {"--workspace", "-w", "--database-url", "--json", "--help", "-h"}


def described() -> dict[str, set[str]]:
    """The commands of the page, each with the options in its row."""
    found = {}
    for row in rows(page("command-line.md")):
        words = re.match(r"`([a-z]+(?: [a-z]+){0,2})", row[0])
        if len(row) == 3 and words:
            found[words[1]] = set(re.findall(r"`(--[a-z-]+)", row[2]))
    return found


def test_every_command_is_described_with_every_option() -> None:
    there = {
        name: {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts) if option.startswith("-")}
        - EVERYWHERE
        for name, command in every_command()
    }
    assert described() == there


def test_options_of_all_commands_are_described() -> None:
    assert {option for row in rows(page("command-line.md")) if len(row) == 2 for option in re.findall(r"`(-[a-z-]+)", row[0])} == EVERYWHERE


def test_every_option_of_import_is_explained() -> None:
    explained = {
        option for row in rows(section(page("import.md"), "## What a column becomes")) for option in re.findall(r"--[a-z-]+", row[0])
    }
    assert explained == described()["import"]


def test_every_reference_of_an_import_is_listed() -> None:
    listed = {row[0]: set(re.findall(r"`(\w+)`", row[1])) for row in rows(section(page("import.md"), "## What a column becomes"))}
    for entity in MODELS:
        assert listed[entity] == {name for name, field in fields_of(entity).items() if field.reference}


def test_every_setting_is_described() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r'"((?:ACCOUNTGRAPH|OTEL|PROMETHEUS)_[A-Z_]+|DATABASE_URL)"', sources))
    assert {name for row in rows(section(page("operations.md"), "## Settings")) for name in re.findall(r"`(\w+)`", row[0])} == read


def test_every_error_is_described() -> None:
    there = {name for name, kind in vars(errors).items() if inspect.isclass(kind) and kind.__module__ == errors.__name__}
    assert {row[0].strip("`") for row in rows(section(page("usage.md"), "## Errors"))} == there - {"AccountGraphError"}


def test_every_link_between_pages_leads_somewhere() -> None:
    for path in PAGES:
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_every_page_begins_with_what_it_is_for() -> None:
    for path in PAGES:
        first, _, second, *_ = path.read_text(encoding="utf-8").splitlines()
        assert first.startswith("# "), path.name
        assert second[:1].isalpha(), path.name
