"""Backup and restore of everything AccountGraph keeps in a database, as one file.

The file is a zip of SQL: the registry's rows, and each workspace as `pg_dump` writes it, all of one
moment. Roles belong to the cluster and are in no dump: restoring makes those the registry names.
Everything here blocks.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import msgspec
import psycopg
from psycopg import sql

from accountgraph.clients import environment, program
from accountgraph.driver_errors import translated
from accountgraph.errors import DatabaseError, InvalidValueError
from accountgraph.schema import Workspace, list_workspaces, migrate, no_shared_rights, shared_rights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from accountgraph.config import Settings

_FORMAT = 1
# Who was logged in is asked to log in again: what ended since the backup was taken must not come back with it.
_NOT_KEPT = ("alembic_version", "sessions", "password_resets", "oidc_logins", "mailbox_logins", "login_throttles")
_SNAPSHOT = "SELECT pg_export_snapshot(), now(), current_setting('server_version')"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds."""

    format: int
    taken_at: str
    server_version: str
    workspaces: list[Workspace]


def back_up(url: str, settings: Settings, path: Path, *, on_step: Callable[[str], None]) -> Manifest:
    """Write everything to `path`, as it is at one moment; writers are not held up.

    Raises:
        InvalidValueError: there is such a file already.
        DatabaseError: `pg_dump` failed.
    """
    if path.exists():
        raise InvalidValueError("FILE", f"{path} exists already; choose another name.")
    with _whole(path, on_step) as file, _snapshot(url) as (snapshot, taken_at, version), ZipFile(file, "w", ZIP_DEFLATED) as archive:
        manifest = Manifest(format=_FORMAT, taken_at=taken_at, server_version=version, workspaces=list_workspaces(url))
        archive.writestr("manifest.json", msgspec.json.format(msgspec.json.encode(manifest)))
        dump: list[str | Path] = [program(settings, "pg_dump"), f"--snapshot={snapshot}", "--no-owner"]
        tables = ["--data-only", "--schema=accountgraph", *(f"--exclude-table=accountgraph.{table}" for table in _NOT_KEPT)]
        _run(archive, "registry.sql", [*dump, *tables], url)
        for workspace in manifest.workspaces:
            on_step(f"Workspace {workspace.name} ...")
            one = [f"--schema={workspace.schema}", f"--role={workspace.role}"]
            _run(archive, f"{workspace.name}.sql", [*dump, *one], url)
    return manifest


@contextmanager
def _whole(path: Path, on_step: Callable[[str], None]) -> Iterator[IO[bytes]]:
    """A new file that only its owner may read, and that gets its name when it is complete."""
    unfinished = path.with_name(path.name + ".part")
    if unfinished.exists():
        on_step(f"{unfinished} was left behind by a backup that did not finish; it is removed.")
        unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "w+b") as file:
        own = os.fstat(file.fileno())
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            file.close()
            if _is(unfinished, own):
                unfinished.unlink()
            raise
    if not _is(unfinished, own):
        raise DatabaseError(f"Another backup into {path} began meanwhile; that one goes on, this one ends.")
    unfinished.rename(path)


def _is(path: Path, own: os.stat_result) -> bool:
    return path.exists() and os.path.samestat(path.stat(), own)


def restore(url: str, settings: Settings, path: Path, *, replace: bool, on_step: Callable[[str], None]) -> Manifest:
    """Bring back what `back_up` wrote, in one transaction: all of it, or nothing is changed.

    Raises:
        InvalidValueError: `path` is no backup, or there are data already and not `replace`.
        DatabaseError: the database refused.
    """
    manifest = read_manifest(path)
    before = list_workspaces(url)
    if not replace and (full := [workspace.name for workspace in before if _has_data(url, workspace)]):
        raise DatabaseError(f"{', '.join(full)}: there are data already; say --replace to give them up, and back them up first.")
    migrate(url)
    with ZipFile(path) as archive, TemporaryFile() as script:
        _write_script(script, archive, manifest, before, url)
        script.seek(0)
        on_step(f"Restoring {', '.join(workspace.name for workspace in manifest.workspaces) or 'nothing'} ...")
        psql: list[str | Path] = [program(settings, "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
        done = subprocess.run(psql, stdin=script, stderr=subprocess.PIPE, env=environment(url), check=False)  # noqa: S603 - a fixed program
    if done.returncode:
        raise DatabaseError(f"Nothing was restored: {_first_error(done.stderr)}")
    return manifest


def read_manifest(path: Path) -> Manifest:
    """What the backup at `path` holds.

    Raises:
        InvalidValueError: it is no backup of ours, or of a newer program.
    """
    try:
        with ZipFile(path) as archive:
            manifest = msgspec.json.decode(archive.read("manifest.json"), type=Manifest)
    except (BadZipFile, KeyError, msgspec.DecodeError):
        raise InvalidValueError("FILE", f"{path} is no backup; `accountgraph db backup FILE` writes one.") from None
    if manifest.format != _FORMAT:
        raise InvalidValueError("FILE", f"{path} was written by a newer accountgraph; use that one to restore it.")
    return manifest


@contextmanager
def _snapshot(url: str) -> Iterator[tuple[str, str, str]]:
    """A moment that every `pg_dump` sees: its name, its time, and the server's version."""
    with translated(), psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = connection.execute(_SNAPSHOT).fetchone()
        assert row is not None  # noqa: S101 - it has no FROM
        yield row[0], row[1].isoformat(), row[2]


def _run(archive: ZipFile, name: str, command: list[str | Path], url: str) -> None:
    """Put what `command` prints into the archive, as it comes."""
    with (
        TemporaryFile() as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment(url)) as process,  # noqa: S603 - a fixed program
        archive.open(name, "w", force_zip64=True) as entry,
    ):
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        copyfileobj(process.stdout, entry, 1 << 20)
        if process.wait():
            errors.seek(0)
            raise DatabaseError(f"The backup failed: {_first_error(errors.read())}")


def _has_data(url: str, workspace: Workspace) -> bool:
    with translated(), psycopg.connect(url) as connection:
        connection.execute(
            sql.SQL("SET ROLE {}; SET search_path = {}").format(sql.Identifier(workspace.role), sql.Identifier(workspace.schema))
        )
        return connection.execute("SELECT EXISTS (SELECT FROM companies) OR EXISTS (SELECT FROM contacts)").fetchone() == (True,)


def _write_script(script: IO[bytes], archive: ZipFile, manifest: Manifest, before: list[Workspace], url: str) -> None:
    with translated(), psycopg.connect(url) as connection:
        version = connection.info.server_version
        trigrams = connection.execute("SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'pg_trgm'").fetchone()

    def write(statement: sql.Composable) -> None:
        script.write(statement.as_string(None).encode() + b"\n")

    write(sql.SQL("BEGIN;"))
    kept = {workspace.role for workspace in manifest.workspaces}
    for workspace in before:
        write(_removal(workspace, keep_roles=workspace.role in kept))
    write(sql.SQL("TRUNCATE accountgraph.workspaces, accountgraph.users CASCADE;"))
    write(sql.SQL(_LOG_ASIDE))
    _append(script, archive, "registry.sql", version)
    write(sql.SQL(_LOG_BACK))
    for workspace in manifest.workspaces:
        write(sql.SQL("RESET ALL;"))
        write(_roles_and_schema(workspace, trigrams[0] if trigrams else "accountgraph"))
        # pg_dump puts a name that is a keyword ("user", "order") into quotes.
        made = (f"CREATE SCHEMA {workspace.schema};", f'CREATE SCHEMA "{workspace.schema}";')
        _append(script, archive, f"{workspace.name}.sql", version, *made)
        write(_BEGIN_ANEW.format(events=sql.Identifier(workspace.schema, "events")))
        write(_HOLD.format(holds=sql.Literal(f"{workspace.schema}.holds"), do=sql.Literal(_hold_of(workspace, manifest))))
        write(sql.SQL("RESET ROLE;"))
    write(sql.SQL("COMMIT;"))


# The access log only grows: what was done since the backup stays in it, behind what the backup holds.
_LOG_ASIDE = (
    "CREATE TEMP TABLE log_before ON COMMIT DROP AS SELECT * FROM accountgraph.access_log;"
    " ALTER TABLE accountgraph.access_log DISABLE TRIGGER USER; DELETE FROM accountgraph.access_log;"
    " ALTER TABLE accountgraph.access_log ENABLE TRIGGER USER;"
)
_LOG_BACK = (
    "INSERT INTO accountgraph.access_log (at, action, workspace, subject_id, subject, actor_kind, actor_id, actor, ip, user_agent,"
    " request_id, details) SELECT b.at, b.action, b.workspace, b.subject_id, b.subject, b.actor_kind, b.actor_id, b.actor, b.ip,"
    " b.user_agent, b.request_id, b.details FROM pg_temp.log_before AS b WHERE NOT EXISTS ("
    "SELECT FROM accountgraph.access_log AS l WHERE l.id = b.id AND l.at = b.at AND l.action = b.action) ORDER BY b.id;"
)

# Transactions are counted anew in another server: what was restored comes before all that happens here.
_BEGIN_ANEW = sql.SQL(
    "ALTER TABLE {events} DISABLE TRIGGER USER; UPDATE {events} SET recorded_in = '0'; ALTER TABLE {events} ENABLE TRIGGER USER;"
)

# A backup of a version without campaigns has nothing to hold.
_HOLD = sql.SQL("DO $hold$ BEGIN IF to_regclass({holds}) IS NOT NULL THEN EXECUTE {do}; END IF; END $hold$;")


def _hold_of(workspace: Workspace, manifest: Manifest) -> str:
    """Campaigns that were active are held: what left after the backup was made is not in it, and would leave again."""
    statement = sql.SQL(
        "INSERT INTO {holds} (scope, reason, note) SELECT 'workspace', 'restored', {note}"
        " WHERE EXISTS (SELECT FROM {campaigns} AS c WHERE c.status = 'active') ON CONFLICT DO NOTHING"
    )
    note = f"Restored from a backup of {manifest.taken_at}: what left since then is not known here. Lift it once nothing can leave twice."
    return statement.format(
        holds=sql.Identifier(workspace.schema, "holds"), campaigns=sql.Identifier(workspace.schema, "campaigns"), note=sql.Literal(note)
    ).as_string(None)


def _append(script: IO[bytes], archive: ZipFile, name: str, version: int, *done_already: str) -> None:
    """Add a dump's statements, without those this server does not know or that are done already."""
    unwanted = {f"{line}\n".encode() for line in done_already}
    if version < 170000:
        unwanted.add(b"SET transaction_timeout = 0;\n")
    with archive.open(name) as entry:
        for line in entry:
            if line.startswith(b"COPY "):
                script.write(line)
                break  # what follows are rows, and nobody's statements
            if line not in unwanted:
                script.write(line)
        copyfileobj(entry, script, 1 << 20)


def _removal(workspace: Workspace, *, keep_roles: bool) -> sql.Composable:
    roles = {"role": sql.Identifier(workspace.role), "agent": sql.Identifier(workspace.agent_role)}
    statement = "DROP SCHEMA {schema} CASCADE; {no_rights} DROP OWNED BY {role}, {agent};"
    if not keep_roles:
        statement += " DO $$ BEGIN DROP ROLE {role}, {agent}; EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END $$;"
    return sql.SQL(statement).format(schema=sql.Identifier(workspace.schema), no_rights=no_shared_rights(workspace), **roles)


def _roles_and_schema(workspace: Workspace, trigrams: str) -> sql.Composable:
    """What `create_workspace` makes before the tables; a role may be there, of a copy in the same cluster.

    The grant is that of `create_workspace`: without inheritance, who is no superuser could not drop the schema again.
    """
    statement = "".join(
        f"DO $$ BEGIN CREATE ROLE {{{role}}} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;\n" for role in ("role", "agent")
    )
    statement += "GRANT {role}, {agent} TO CURRENT_USER;\n"
    statement += "CREATE SCHEMA {schema} AUTHORIZATION {role};\n{rights}\nSET ROLE {role};"
    return sql.SQL(statement).format(
        role=sql.Identifier(workspace.role),
        agent=sql.Identifier(workspace.agent_role),
        schema=sql.Identifier(workspace.schema),
        rights=shared_rights(workspace, trigrams),
    )


def _first_error(output: bytes) -> str:
    lines = output.decode(errors="replace").splitlines()
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "no reason was given")
