"""The driver's errors give nothing away."""

from __future__ import annotations

import psycopg
import pytest

from accountgraph.driver_errors import translated
from accountgraph.errors import ConfigError


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
    assert "DATABASE_URL" in str(refused.value)
