"""Write the generated parts of `docs/`: the schema diagram, the trigger chains, and the Python reference.

python tools/docs.py           # writes them, from the schema as it stands now
python tools/docs.py --check   # exit code 1 where one is not current

A part stands between `<!-- begin NAME -->` and `<!-- end NAME -->`; everything else on the page is written by hand.
"""

from __future__ import annotations

import inspect
import re
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg

import accountgraph
from accountgraph.access import GRANTS, Permission, Role
from accountgraph.access.principal import permissions_of
from accountgraph.campaigns.definition.policy import Policy, Window
from accountgraph.campaigns.definition.reactions import Reactions
from accountgraph.campaigns.desk.outcomes import OUTCOMES, Outcome, Time, Wrong
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.channels.providers.features import calendar_features, features
from accountgraph.postgres import EmbeddedServer
from accountgraph.schema import create_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCS = Path(__file__).parent.parent / "docs"
CLASSES = [
    *sorted(name for name in accountgraph.__all__ if name.endswith("Repository")),
    "CompanyGraph",
    "AccountOrchestrator",
    "Database",
    "Session",
]
# These say how rows are written down, and would only draw an arrow from every table to itself.
_QUIET = {"touch", "check_attributes", "note_change", "log_changes"}
_EVERYWHERE = "log_changes"  # on every table that is logged: a row for each would say the same a hundred times
_TIMES = {
    Time.CALLBACK: "a call at that time, for which the person waits",
    Time.MOVED: "what came of it is asked after the new time",
}
_WRONG = {
    Wrong.NUMBER: "the number is suppressed",
    Wrong.PROFILE: "the step is passed over, the link taken out",
    Wrong.ADDRESS: "suppressed on `mail`",
}
_PART = "<!-- begin {0} -->\n{1}\n<!-- end {0} -->"

_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL) AS type,
    EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)) AS is_primary,
    EXISTS (SELECT FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey)) AS is_foreign,
    EXISTS (SELECT FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'u' AND a.attnum = ANY (k.conkey)) AS is_unique,
    EXISTS (
        SELECT FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
            AND pg_get_constraintdef(k.oid) LIKE '%%ARRAY[%%'
    ) AS is_word
FROM pg_class AS c INNER JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    AND c.relname NOT IN ('alembic_version', 'overview_refreshes')
ORDER BY c.oid, a.attnum
"""
_EDGES = """
SELECT t.relname, f.relname, a.attname, a.attnotnull,
    CASE k.confdeltype WHEN 'c' THEN 'deleted with it' WHEN 'n' THEN 'emptied' ELSE 'kept from deletion' END
FROM pg_constraint AS k
INNER JOIN pg_class AS t ON t.oid = k.confrelid
INNER JOIN pg_class AS f ON f.oid = k.conrelid
INNER JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.contype = 'f' AND k.connamespace = %(schema)s::regnamespace
ORDER BY f.oid, a.attnum
"""
_TRIGGERS = """
SELECT c.relname, g.tgname, p.proname,
    CASE WHEN g.tgtype & 2 > 0 THEN 'before' ELSE 'after' END,
    array_to_string(array_remove(ARRAY[
        CASE WHEN g.tgtype & 4 > 0 THEN 'insert' END, CASE WHEN g.tgtype & 8 > 0 THEN 'delete' END,
        CASE WHEN g.tgtype & 32 > 0 THEN 'truncate' END, CASE WHEN g.tgtype & 16 > 0 THEN 'update' END
    ], NULL), ', '),
    ARRAY(SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum = ANY (g.tgattr) ORDER BY a.attnum),
    CASE WHEN g.tgtype & 1 > 0 THEN 'row' ELSE 'statement' END
FROM pg_trigger AS g INNER JOIN pg_class AS c ON c.oid = g.tgrelid INNER JOIN pg_proc AS p ON p.oid = g.tgfoid
WHERE NOT g.tgisinternal AND c.relnamespace = %(schema)s::regnamespace
ORDER BY c.oid, g.tgtype & 2 DESC, g.tgname
"""
_BODIES = """
SELECT p.proname, p.prosrc FROM pg_proc AS p WHERE p.pronamespace = %(schema)s::regnamespace
"""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a workspace's schema holds, as PostgreSQL tells it."""

    columns: list[tuple[Any, ...]]
    edges: list[tuple[Any, ...]]
    triggers: list[tuple[Any, ...]]
    bodies: dict[str, str]

    @classmethod
    def read(cls, url: str, schema: str) -> Catalogue:
        """Read the catalogue of `schema` in the database at `url`."""
        with psycopg.connect(url) as connection:
            columns, edges, triggers, bodies = (
                connection.execute(query, {"schema": schema}).fetchall() for query in (_COLUMNS, _EDGES, _TRIGGERS, _BODIES)
            )
        return cls(columns, edges, triggers, dict(bodies))


def tables_of(page: str) -> set[str]:
    """The tables that a page describes."""
    return set(re.findall(r"^### (\w+)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE))


def entities(catalogue: Catalogue, shown: Callable[[str], bool]) -> str:
    """The tables that are `shown` as a Mermaid diagram: keys, columns that are one of a few words, and what they point at."""
    lines = ["```mermaid", "erDiagram"]
    for parent, child, column, is_required, deletion in catalogue.edges:
        if shown(child):
            lines.append(f'    {parent} {"||" if is_required else "|o"}--o{{ {child} : "{column}, {deletion}"')
    tables: dict[str, list[str]] = {}
    for table, column, kind, *marks in catalogue.columns:
        if not shown(table):
            continue
        keys = ", ".join(mark for mark, is_set in zip(("PK", "FK", "UK"), marks, strict=False) if is_set)
        if keys or marks[3]:
            tables.setdefault(table, []).append(f"        {kind.replace(' ', '_')} {column}{' ' + keys if keys else ''}")
    for table, rows in tables.items():
        lines += [f"    {table} {{", *rows, "    }"]
    return "\n".join([*lines, "```"])


def trigger_chains(catalogue: Catalogue) -> str:
    """Which table's triggers write which tables, as a Mermaid diagram; read from the functions' bodies."""
    arrows: dict[tuple[str, str], dict[str, None]] = {}
    for table, _, function, *_ in catalogue.triggers:
        if function not in _QUIET:
            for written in sorted(_written(catalogue, function, set())):
                arrows.setdefault((table, written), {})[function] = None
    lines = ["```mermaid", "flowchart LR"]
    lines += [f"    {table} -- {'<br>'.join(functions)} --> {written}" for (table, written), functions in arrows.items()]
    return "\n".join([*lines, "```"])


def _written(catalogue: Catalogue, function: str, seen: set[str]) -> set[str]:
    """The tables that a function writes, by itself or through those it calls."""
    seen.add(function)
    body = catalogue.bodies[function]
    tables = {table for table, *_ in catalogue.columns}
    found = tables & set(re.findall(r"(?:UPDATE|INSERT INTO|DELETE FROM)\s+(\w+)", body))
    for called in set(re.findall(r"\b(\w+)\(", body)) & catalogue.bodies.keys() - seen:
        found |= _written(catalogue, called, seen)
    return found


def triggers(catalogue: Catalogue) -> str:
    """Every trigger, a row each, but for those of the audit log."""
    lines = ["| table | trigger | when | function |", "| --- | --- | --- | --- |"]
    for table, name, function, timing, events, columns, level in catalogue.triggers:
        if function == _EVERYWHERE:
            continue
        of = f" of {', '.join(columns)}" if columns else ""
        lines.append(f"| {table} | `{name}` | {timing} {events}{of}, each {level} | `{function}` |")
    return "\n".join(lines)


def methods(name: str) -> str:
    """The public methods of a class: how they are called, and the first line of what they say."""
    lines = ["| call | what it does |", "| --- | --- |"]
    for method, member in vars(getattr(accountgraph, name)).items():
        if inspect.isfunction(member) and not method.startswith("_"):
            first = inspect.getdoc(member) or ""
            lines.append(f"| `{_call(method, member)}` | {first.splitlines()[0].replace('|', chr(92) + '|')} |")
    return "\n".join(lines)


def _call(name: str, method: Any) -> str:  # noqa: ANN401 - a function
    """`name(arguments) -> result`, with defaults and without the types of the arguments."""
    signature = inspect.signature(method)
    shown = [
        parameter.replace(annotation=inspect.Parameter.empty, default=_plain(parameter.default))
        for parameter in list(signature.parameters.values())[1:]
    ]
    result = str(signature.return_annotation)
    return f"{name}{inspect.Signature(shown)} -> {result}".replace("|", "\\|")


def _plain(default: Any) -> Any:  # noqa: ANN401 - any default
    """A word instead of the member of an enumeration."""
    if isinstance(default, tuple):
        return tuple(map(_plain, default))
    return str(default) if isinstance(default, str) else default


def settings(kind: type[msgspec.Struct], prefix: str = "") -> str:
    """Every setting of a policy with its default: a table a group, under what the group's docstring says."""
    groups = {
        name: default
        for name, default in _defaults(kind).items()
        if isinstance(default, msgspec.Struct) and not isinstance(default, Window)
    }
    lines = [_prose(kind), "", "| setting | default |", "| --- | --- |"]
    lines += [f"| `{prefix}{name}` | {_shown(default)} |" for name, default in _defaults(kind).items() if name not in groups]
    parts = ["\n".join(lines)] if len(lines) > 4 else []
    parts += [settings(type(group), f"{prefix}{name}.") for name, group in groups.items() if not isinstance(group, Reactions)]
    return "\n\n".join(parts)


def reactions() -> str:
    """The table of reactions with its defaults."""
    lines = ["| signal | that person | the rest of the account | besides |", "| --- | --- | --- | --- |"]
    for kind in SignalKind:
        row = getattr(Reactions(), kind.value, None)
        if row is None:
            lines.append(f"| `{kind}` | nothing | nothing | conditions of steps look at it, where a person made it |")
            continue
        besides = [f"suppressed on `{row.suppress}`"] if row.suppress else []
        besides += ["the owner is asked"] if row.asks_owner else []
        besides += ["who is named is proposed"] if row.propose else []
        person = f"{row.person}, {row.pause_days} days" if row.pause_days else str(row.person)
        lines.append(f"| `{kind}` | {person} | {row.rest} | {', '.join(besides)} |")
    return "\n".join(lines)


def outcomes() -> str:
    """What can come of a task, a table a kind."""
    tables = []
    for kind, known in OUTCOMES.items():
        lines = [f"### {kind}", "", "| outcome | when | what it does | may come after |", "| --- | --- | --- | --- |"]
        lines += [f"| `{one.word}` | {one.says} | {_does(one)} | {', '.join(f'`{word}`' for word in one.follows)} |" for one in known]
        tables.append("\n".join(lines))
    return "\n\n".join(tables)


def _does(one: Outcome) -> str:
    does = ["a touchpoint" if one.is_touch else "no touchpoint"]
    does += [f"event `{one.event}`"] if one.event else []
    does += [f"signal `{one.signal}`"] if one.signal else []
    does += [f"{how}: signal `{kind}`" for how, kind in one.by_sentiment.items()]
    does += ["the signal that their words mean"] if one.reads else []
    does += [_TIMES[one.time]] if one.time and one.time in _TIMES else []
    does += [_WRONG[one.wrong]] if one.wrong else []
    does += ["no calls, SMS and WhatsApp to the number"] if one.forbids_calls else []
    return "; ".join(does)


def _defaults(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.name: getattr(kind(), field.name) for field in msgspec.structs.fields(kind)}


def _prose(kind: type[msgspec.Struct]) -> str:
    """A docstring as a paragraph."""
    return " ".join((inspect.getdoc(kind) or "").split())


def _shown(default: Any) -> str:  # noqa: ANN401 - any default
    if isinstance(default, Window):
        return f"`{default.start}` to `{default.end}` on weekdays {', '.join(map(str, default.days))}"
    if default is msgspec.UNSET:
        return "not given"
    return f"`{msgspec.json.encode(default).decode()}`"


def provider_features() -> str:
    """What each provider declares of itself, a provider a row."""
    head = ["provider", "transport", "threads", "search", "sent twice, once out", "Message-ID", "tracking off", "webhook proved by"]
    head += ["covers the body", "old ones refused", "event ids", "inbound", "tells machines"]
    lines = [f"| {' | '.join(head)} |", "| --- " * len(head) + "|"]
    for one in features():
        marks = ["yes" if can else "-" for can in (one.threads, one.search)]
        more = ["yes" if can else "-" for can in (one.is_signed, one.has_timestamp, one.event_ids, one.inbound, one.machines)]
        wire = one.message_id.value if one.message_id else "-"
        row = [one.title, f"`{one.name}`", *marks, one.idempotency or "-", wire, "yes" if one.tracking else "-", one.signature, *more]
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines)


def calendar_table() -> str:
    """What each calendar service declares of itself, a service a row."""
    lines = ["| service | webhook | proved by | covers the body | old ones refused |", "| --- | --- | --- | --- | --- |"]
    for one in calendar_features():
        marks = ["yes" if can else "-" for can in (one.is_signed, one.has_timestamp)]
        lines.append(f"| {one.title} | `{one.webhook}` | {one.signature} | {' | '.join(marks)} |")
    return "\n".join(lines)


def grants() -> str:
    """What each role is allowed, a permission a row."""
    lines = [f"| permission | {' | '.join(Role)} |", "| --- " * (len(Role) + 1) + "|"]
    for permission in Permission:
        marks = [_granted(role, permission) for role in Role]
        lines.append(f"| `{permission}` | {' | '.join(marks)} |")
    return "\n".join(lines)


def _granted(role: Role, permission: Permission) -> str:
    if permission not in GRANTS[role]:
        return "-"
    return "where a scope says so" if permission not in permissions_of(role) else "yes"


def pages(catalogue: Catalogue) -> dict[Path, str]:
    """The pages with generated parts, as they ought to be."""
    engine, channels, records = (tables_of(f"{name}-tables.md") for name in ("campaign", "channel", "record"))
    made = {
        "diagram.md": {
            "entities": entities(catalogue, lambda table: table not in engine | channels | records),
            "campaign-entities": entities(catalogue, lambda table: table in engine),
            "channel-entities": entities(catalogue, lambda table: table in channels),
            "record-entities": entities(catalogue, lambda table: table in records),
            "trigger-chains": trigger_chains(catalogue),
            "triggers": triggers(catalogue),
        },
        "campaigns.md": {"policy": settings(Policy), "reactions": reactions()},
        "access.md": {"grants": grants()},
        "tasks.md": {"outcomes": outcomes()},
        "providers.md": {"features": provider_features(), "calendars": calendar_table()},
        "python.md": {name: methods(name) for name in CLASSES},
    }
    return {DOCS / page: _filled(DOCS / page, parts) for page, parts in made.items()}


def _filled(page: Path, parts: dict[str, str]) -> str:
    text = page.read_text(encoding="utf-8")
    for name, part in parts.items():
        frame = re.compile(re.escape(f"<!-- begin {name} -->") + ".*?" + re.escape(f"<!-- end {name} -->"), re.DOTALL)
        place = frame.search(text)
        if not place:
            raise SystemExit(f"{page.name} has no place for {name}; add <!-- begin {name} --> and <!-- end {name} -->.")
        text = text[: place.start()] + _PART.format(name, part) + text[place.end() :]
    return text


def main() -> None:
    """Write the parts, or with `--check` only look."""
    with scratch_workspace() as url:
        catalogue = Catalogue.read(url, "abm")
    stale = [page for page, text in pages(catalogue).items() if page.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        sys.exit(f"{', '.join(page.name for page in stale)}: not current; run `python tools/docs.py`." if stale else 0)
    for page, text in pages(catalogue).items():
        page.write_text(text, encoding="utf-8")


@contextmanager
def scratch_workspace() -> Iterator[str]:
    """A server of this run's own with a workspace `abm` as the schema stands now, whatever the developer's own database holds."""
    home = Path(tempfile.mkdtemp(prefix="ag-"))
    home.chmod(0o755)
    server = EmbeddedServer(home)
    try:
        url = server.start()
        create_workspace(url, "abm")
        yield url
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
