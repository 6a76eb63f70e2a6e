"""`campaign create`, `check` and `apply`: from an example to a version that the workspace keeps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accountgraph.campaigns.definition.campaign import is_name
from accountgraph.campaigns.definition.check import check as check_definition
from accountgraph.campaigns.definition.check import refuse
from accountgraph.campaigns.definition.file import parse, read
from accountgraph.campaigns.definition.problems import DefinitionError
from accountgraph.campaigns.examples import NAMES, example
from accountgraph.campaigns.messages import check_template
from accountgraph.cli.choices import one_of_words
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.render.outreach import files as drawn
from accountgraph.errors import DuplicateError, InvalidValueError
from accountgraph.orchestrator import AccountOrchestrator

if TYPE_CHECKING:
    from accountgraph.campaigns.apply import Applied, Plan
    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.problems import Problem

app = group("")
File = Annotated[Path, typer.Argument(metavar="FILE", help="A campaign file, TOML or YAML.", show_default=False)]


def _examples(incomplete: str) -> list[str]:
    return [name for name in NAMES if name.startswith(incomplete)]


@command(app)
def create(
    edge: Edge,
    kind: Annotated[
        str | None,
        typer.Argument(metavar="EXAMPLE", help=f"One of {', '.join(NAMES)}; without it they are listed.", autocompletion=_examples),
    ] = None,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to write it [EXAMPLE.toml].")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file where it is there.")] = False,
) -> None:
    """Write a commented campaign file to begin from.

    The campaign gets the name of the file.
    """
    if kind is None:
        described = {name: read_example(name).description or "" for name in NAMES}
        edge.emit(described, lambda: drawn.examples_page(described))
        return
    wanted = one_of_words(NAMES, "EXAMPLE", kind) or kind
    target = file or Path(f"{wanted}.toml")
    if target.suffix.lower() != ".toml":
        raise InvalidValueError("FILE", f"the examples are TOML; name it {target.with_suffix('.toml').name}.")
    name = target.stem if is_name(target.stem) else wanted
    _write(target, example(wanted).replace(wanted, name), is_replaced=force)
    edge.emit({"file": str(target), "example": wanted, "name": name}, lambda: drawn.created_page(target, name))


def read_example(name: str) -> CampaignDefinition:
    """A shipped campaign."""
    return parse(example(name), "toml", source=name)


def _write(target: Path, text: str, *, is_replaced: bool) -> None:
    try:
        with target.open("w" if is_replaced else "x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise DuplicateError("FILE", f"{target} is there already; name another, or give it up with --force.") from None


@command(app)
def check(edge: Edge, file: File) -> None:
    """Say everything that is wrong with a campaign file; needs no database.

    Exit code 1 where the file cannot be used.
    """
    try:
        definition = read(file)
        name: str | None = definition.name
        problems = check_definition(definition, check_template)
    except DefinitionError as error:
        definition, name, problems = None, None, list(error.problems)
    is_sound = all(problem.is_note for problem in problems)
    facts = {"file": str(file), "name": name, "is_sound": is_sound, "problems": problems}
    edge.emit(facts, lambda: drawn.check_page(file, definition, problems))
    if not is_sound:
        raise typer.Exit(1)


@command(app)
async def apply(
    edge: Edge,
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and keep nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Keep a campaign file as the newest version of its campaign.

    Shows what changes first, and asks on a terminal. The same file again changes nothing. Who has begun stays with the
    version they began with.
    """
    definition = read(file)
    async with edge.app() as parts:
        orchestrator = AccountOrchestrator(parts.db)
        plan = await orchestrator.plan(definition)
        refuse(file.name, plan.problems)
        is_changing = plan.latest is None or bool(plan.changes)
        if not edge.as_json:
            edge.emit(plan, lambda: drawn.plan_page(definition, plan))
        if dry_run or not is_changing:
            edge.emit(_planned(definition, plan, dry_run=dry_run), lambda: drawn.kept_nothing(definition, plan))
            return
        if not (yes or edge.as_json) and sys.stdin.isatty():
            typer.confirm(f"Keep it as version {(plan.latest or 0) + 1}?", default=True, abort=True, err=True)
        applied = await orchestrator.apply(definition, source=file.name)
    edge.emit(_applied(definition, applied), lambda: drawn.applied_page(definition, applied))


def _planned(definition: CampaignDefinition, plan: Plan, *, dry_run: bool) -> dict[str, Any]:
    return {
        "campaign": definition.name,
        "number": plan.latest,
        "is_created": False,
        "is_changed": False,
        "is_dry_run": dry_run,
        "changes": plan.changes,
        "notes": _notes(plan.problems),
    }


def _applied(definition: CampaignDefinition, applied: Applied) -> dict[str, Any]:
    return {
        "campaign": definition.name,
        "number": applied.number,
        "is_created": applied.created,
        "is_changed": applied.is_changed,
        "is_dry_run": False,
        "changes": applied.changes,
        "notes": _notes(applied.notes),
    }


def _notes(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.is_note]
