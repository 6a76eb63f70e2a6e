"""`import` and `export`: files in and out."""

from __future__ import annotations

import sys
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TextIO, cast

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from accountgraph.cli.choices import one_of_words
from accountgraph.cli.frame import Edge, command, console, group
from accountgraph.cli.harmless import Harmless
from accountgraph.cli.render.transfer import mapping_table, report_page
from accountgraph.errors import InvalidValueError
from accountgraph.transfer.exporter import export
from accountgraph.transfer.importer import ImportOptions, import_file, plan_import
from accountgraph.transfer.piped import STANDARD_OUTPUT, as_file, is_piped

if TYPE_CHECKING:
    from collections import Counter

    from accountgraph.transfer.importer import ImportReport

importing, exporting = group(""), group("")
COMMANDS = {"import": importing, "export": exporting}
ENTITIES = ("companies", "contacts", "relationships", "conversations", "touchpoints")
Entity = Annotated[str, typer.Argument(metavar="ENTITY", help=f"One of {', '.join(ENTITIES)}.", show_default=False)]


@command(importing, "import")
async def import_(  # noqa: PLR0917 - one parameter an option
    edge: Edge,
    entity: Entity,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV or JSON Lines file; - is standard input.", show_default=False)],
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="What a column becomes: a field, attribute:NAME, external_id:SOURCE or ignore."),
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Give every row this value.")] = None,
    derive: Annotated[
        list[str] | None,
        typer.Option("--derive", metavar="FIELD=TEMPLATE", help="Make a field of columns: 'domain={Symbol|lower}.placeholder.invalid'."),
    ] = None,
    key: Annotated[str | None, typer.Option("--key", metavar="COLUMN", help="Find rows again by this column, as an external id.")] = None,
    source: Annotated[str | None, typer.Option("--source", metavar="NAME", help="The system that gave the keys [the file's name].")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there, instead of only filling what is empty.")] = False,
    create_companies: Annotated[bool, typer.Option("--create-companies", help="Make the companies that contacts name.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything, report, and undo it.")] = False,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", metavar="FILE", help="Where rejected rows go, with reasons [FILE.rejects.csv].")
    ] = None,
    delimiter: Annotated[str | None, typer.Option("--delimiter", metavar="CHAR", help="What stands between cells [found out].")] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="How the text is encoded [found out].")] = None,
    header: Annotated[bool | None, typer.Option("--header/--no-header", help="Whether the first row is a header [found out].")] = None,
    dates: Annotated[str | None, typer.Option("--dates", metavar="ORDER", help="How to read 1/2/2024: dmy or mdy.")] = None,
) -> None:
    """Bring a CSV or JSON Lines file in. By default empty fields are filled and nothing is overwritten.

    Exit code 1 where every row was rejected.
    """
    options = ImportOptions(
        map=tuple(map_ or ()),
        set=tuple(set_ or ()),
        derive=tuple(derive or ()),
        key=key,
        source=source,
        overwrite=overwrite,
        create_companies=create_companies,
        dry_run=dry_run,
        rejects=rejects,
        delimiter=_tab(delimiter),
        encoding=encoding,
        has_header=header,
        dates=cast("Literal['dmy', 'mdy'] | None", one_of_words(("dmy", "mdy"), "--dates", dates)),
    )
    report = await _import(edge, one_of_words(ENTITIES, "ENTITY", entity) or entity, file, options)
    edge.emit(_facts(report), lambda: report_page(report))
    if report.rejected and report.rejected == report.rows:
        raise typer.Exit(1)


async def _import(edge: Edge, entity: str, file: Path, options: ImportOptions) -> ImportReport:
    """Import a file, or what comes through a pipe."""
    if is_piped(file):
        options = replace(options, name="stdin", rejects=options.rejects or Path("stdin.rejects.csv"))
    with as_file(file) as path:
        return await _import_file(edge, entity, path, options)


async def _import_file(edge: Edge, entity: str, file: Path, options: ImportOptions) -> ImportReport:
    """Show what the columns become, then import, with a bar on a terminal."""
    plan = plan_import(entity, file, options)
    errors = console(stderr=True)
    errors.print(Harmless(mapping_table(plan)))
    if plan.problems:
        raise InvalidValueError("FILE", "; ".join(plan.problems))
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
        console=errors, transient=True, disable=not errors.is_terminal,
    )  # fmt: skip
    async with edge.app() as parts:
        with bar:
            task = bar.add_task(f"Importing {entity}", total=None)

            def show(done: int, total: int, rows: int) -> None:
                bar.update(task, completed=done, total=total, description=f"{rows:,} rows")

            return await import_file(parts.db, entity, file, replace(options, on_progress=show))


def _tab(delimiter: str | None) -> str | None:
    """A tab is hard to type."""
    return {"\\t": "\t", "tab": "\t"}.get(delimiter or "", delimiter)


def _facts(report: ImportReport) -> dict[str, Any]:
    return {
        "entity": report.entity,
        "dry_run": report.is_dry_run,
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "repeated": report.repeated,
        "rejected": report.rejected,
        "companies_created": report.companies_created,
        "rejects": str(report.rejects) if report.rejects else None,
        "reasons": _counted(report.reasons),
        "set_aside": _counted(report.set_aside),
    }


def _counted(reasons: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"field": field, "reason": reason, "rows": rows} for (field, reason), rows in reasons.most_common()]


@command(exporting, "export")
async def export_(
    edge: Edge,
    entity: Entity,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to write it; standard output where none is said, or -.")
    ] = None,
    form: Annotated[str | None, typer.Option("--format", metavar="FORMAT", help="csv or jsonl [by the file's ending, else csv].")] = None,
    spreadsheet: Annotated[
        bool, typer.Option("--spreadsheet", help="For people who open it in a spreadsheet: no text in it can be a formula.")
    ] = False,
) -> None:
    """Write all rows of an entity to a file that `import` reads; --json without a file means JSON Lines."""
    if file is not None and str(file) in STANDARD_OUTPUT:
        file = None
    wanted = one_of_words(ENTITIES, "ENTITY", entity) or entity
    written = one_of_words(("csv", "jsonl"), "--format", form) or _format_of(file, as_json=edge.as_json)
    async with edge.app() as parts:
        rows = await export(
            parts.db, wanted, file or _standard_output(), cast("Literal['csv', 'jsonl']", written), for_spreadsheet=spreadsheet
        )
    if file is not None:
        edge.emit({"file": str(file), "format": written, "rows": rows}, lambda: f"{file}: {rows:,} rows of {wanted}.")
    else:
        edge.say(f"{rows:,} rows of {wanted}.")


def _format_of(file: Path | None, *, as_json: bool) -> str:
    if file is None:
        return "jsonl" if as_json else "csv"
    return "jsonl" if file.suffix.lower() in {".jsonl", ".ndjson", ".json"} else "csv"


def _standard_output() -> TextIO:
    """Standard output as a file has to be: UTF-8, and line ends as they are written."""
    out = sys.stdout
    if isinstance(out, TextIOWrapper):
        out.reconfigure(encoding="utf-8", newline="")
    return out
