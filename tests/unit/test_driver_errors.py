"""The driver's errors say what to do, and give nothing away."""

from __future__ import annotations

import psycopg
import pytest
from psycopg_pool import PoolClosed, PoolTimeout

from accountgraph.driver_errors import translated
from accountgraph.errors import ConfigError, DatabaseError


@pytest.mark.parametrize(
    "url",
    [
        "postgres:/me:hunter2@host/db",
        "postgresql://me:hunter2@[::1/db",
        "postgresql://me:hunter2@[::1]x/db",
        "postgresql://me:p%zzhunter2@host/db",
        "postgresql://me:hunter2%00@host/db",
        "hunter2",
    ],
)
def test_unreadable_url_is_not_repeated(url: str) -> None:
    with pytest.raises(ConfigError) as refused, translated():
        psycopg.connect(url)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__suppress_context__  # a traceback would show it
    assert "DATABASE_URL" in str(refused.value)


@pytest.mark.parametrize(("error", "said"), [(PoolTimeout("after 30.00 sec"), "connections"), (PoolClosed("closed"), "closed while")])
def test_trouble_of_the_pool_is_not_taken_for_a_database_that_cannot_be_reached(error: Exception, said: str) -> None:
    with pytest.raises(DatabaseError, match=said), translated():
        raise error
