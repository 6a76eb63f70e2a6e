"""Settings are what the environment says, and a URL says whether it leads to a transaction pooler."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from accountgraph.clients import environment, masked
from accountgraph.config import Settings
from accountgraph.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

SUPABASE = "postgresql://u:p@aws-0-eu.pooler.supabase.com:6543/postgres"


@pytest.mark.parametrize(
    ("environ", "pooler"),
    [
        ({"DATABASE_URL": SUPABASE}, True),
        ({"DATABASE_URL": "postgresql://u:p@aws-0-eu.pooler.supabase.com:6543"}, True),
        ({"DATABASE_URL": "postgresql://u:p@aws-0-eu.pooler.supabase.com:6543?sslmode=require"}, True),
        ({"DATABASE_URL": "postgresql://u:p@/postgres?host=h&port=6543"}, True),
        ({"DATABASE_URL": "host=h port=6543 dbname=postgres"}, True),
        ({"DATABASE_URL": "port = '6543' host=h"}, True),
        ({"DATABASE_URL": "host=h port=65432"}, False),
        ({"DATABASE_URL": "postgresql://u:p@db.abc.supabase.co:5432/postgres"}, False),
        ({"DATABASE_URL": "postgresql://u:6543@h:5432/postgres"}, False),
        ({"DATABASE_URL": "postgresql://u:p@h:6432/x?pgbouncer=true"}, True),
        ({"DATABASE_URL": "host=h pgbouncer=true"}, True),
        ({"DATABASE_URL": SUPABASE + "?pgbouncer=false"}, False),
        ({"DATABASE_URL": "postgresql://u:p@localhost:6432/x", "ACCOUNTGRAPH_POOLER": "transaction"}, True),
        ({"DATABASE_URL": "postgresql://u:p@localhost:6543/x", "ACCOUNTGRAPH_POOLER": "none"}, False),
        ({}, False),
    ],
)
def test_transaction_pooler_is_known_by_the_url_unless_it_is_named(environ: dict[str, str], pooler: bool) -> None:
    assert Settings.from_environment(environ).pooler is pooler


@pytest.mark.parametrize("url", [SUPABASE, "host=h dbname=x"])
def test_url_given_by_a_caller_says_its_own_pooler(url: str) -> None:
    chosen = Settings.from_environment({}).with_choices(url=url, workspace=None, pooler=None)
    assert chosen.pooler is (url == SUPABASE)


@pytest.mark.parametrize(
    ("url", "left"),
    [
        (SUPABASE + "?pgbouncer=true", SUPABASE),
        (SUPABASE + "?pgbouncer=true&sslmode=require", SUPABASE + "?sslmode=require"),
        (SUPABASE + "?sslmode=require&pgbouncer=true", SUPABASE + "?sslmode=require"),
        ("host=h pgbouncer=true port=5432", "host=h port=5432"),
        ("pgbouncer=true host=h", "host=h"),
    ],
)
def test_libpq_is_not_given_what_it_does_not_know(url: str, left: str) -> None:
    read = Settings.from_environment({"DATABASE_URL": url}).database_url
    assert read == left
    assert psycopg.conninfo.conninfo_to_dict(read)["host"] in {"h", "aws-0-eu.pooler.supabase.com"}


def test_password_shows_in_no_representation() -> None:
    assert "hunter2" not in repr(Settings.from_environment({"DATABASE_URL": "postgresql://u:hunter2@h/db"}))
    assert "hunter2" not in masked("postgresql://u:hunter2@h/db?sslpassword=hunter2")
    assert "host=h" in masked("postgresql://u:hunter2@h/db")


@pytest.mark.parametrize("use", [masked, environment])
def test_url_that_cannot_be_read_is_not_repeated_where_it_is_shown_or_passed_on(use: Callable[[str], object]) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL") as refused:
        use("postgresql://u:hunter2@[::1/db")
    assert "hunter2" not in str(refused.value)


def test_unknown_pooler_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(ConfigError, match=r"ACCOUNTGRAPH_POOLER.*transaction.*none"):
        Settings.from_environment({"ACCOUNTGRAPH_POOLER": "session"})
