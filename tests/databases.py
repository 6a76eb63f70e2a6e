"""A server of this run's own, for speed and not for safety: nothing of a test outlives the run. And databases on it."""

from __future__ import annotations

import atexit
from contextlib import contextmanager
from functools import cache
from time import sleep
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
from psycopg import conninfo, sql

from accountgraph.postgres import EmbeddedServer
from tests.homes import scratch_home

if TYPE_CHECKING:
    from collections.abc import Iterator

# No disk is waited for. Three checkpoints a database look through all buffers, and write whole each page that is changed after them.
SETTINGS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB"}
CATALOG = "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'"


@contextmanager
def scratch_server() -> Iterator[str]:
    """A superuser's URL of a new server."""
    with scratch_home() as home:
        server = EmbeddedServer(home)
        with psycopg.connect(server.start(), autocommit=True) as admin:
            for name, value in SETTINGS.items():
                admin.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
            _let_in_quickly(admin)
        server.stop()
        yield EmbeddedServer(home).start()


def _let_in_quickly(admin: psycopg.Connection) -> None:
    """The same password, proved by one round of hashing instead of 4,096: tests connect tens of thousands of times."""
    password = admin.info.password
    admin.execute("SET scram_iterations = 1")
    admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(admin.info.user), sql.Literal(password)))


@contextmanager
def scratch_database(server_url: str, template: str | None = None) -> Iterator[str]:
    """The URL of a database that is as its template is. Where nobody has written in it, the next gets it, else it is dropped."""
    admin, unwritten = _admin(server_url), _unwritten(server_url)
    name = unwritten.pop(template, None) or _copy(admin, template)
    began_at = _next_transaction(admin)
    try:
        yield conninfo.make_conninfo(server_url, dbname=name)
    finally:
        if template not in unwritten and _next_transaction(admin) == began_at and _is_left(admin, name):
            unwritten[template] = name
        else:
            _drop(admin, name)


def drop_unwritten(server_url: str) -> None:
    """Drop those that nobody has taken any more."""
    for name in _unwritten(server_url).values():
        _drop(_admin(server_url), name)
    _unwritten(server_url).clear()


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _copy(admin: psycopg.Connection, template: str | None) -> str:
    name = f"ag_{uuid4().hex[:12]}"
    names = (sql.Identifier(name), sql.Identifier(template or "template0"))
    admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*names))  # cheaper where nothing is synced
    return name


def _next_transaction(admin: psycopg.Connection) -> str:
    """The number that the next transaction gets which writes anything, rolled back or not: in whatever database of the server."""
    [(number,)] = admin.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchall()
    return str(number)


def _is_left(admin: psycopg.Connection, name: str) -> bool:
    """Whether everybody has left it, or does so at once."""
    for _ in range(20):
        if not admin.execute("SELECT FROM pg_stat_activity WHERE datname = %s", (name,)).fetchall():
            return True
        sleep(0.002)
    return False


@cache
def _unwritten(server_url: str) -> dict[str | None, str]:
    """By template: a copy of it that is still like it."""
    del server_url
    return {}


@cache
def _admin(server_url: str) -> psycopg.Connection:
    """Where databases are made and dropped; open as long as the run, for one is made and dropped a test."""
    connection = psycopg.connect(server_url, autocommit=True)
    atexit.register(connection.close)
    return connection


def tidy(url: str) -> None:
    """Make the catalogue of a template small: what made its tables left a third of it empty. Our own tables stay as they are."""
    with psycopg.connect(url, autocommit=True) as connection:
        names = ", ".join(name for (name,) in connection.execute(CATALOG).fetchall())
        connection.execute(f"VACUUM (FULL, FREEZE) {names}".encode())
    psycopg.connect(url).close()  # the first to come notes what the next begin with, and a copy has that too
