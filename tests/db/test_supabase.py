"""Supabase's database linter, run for real where it is installed (npm ci)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import psycopg
import pytest

LINTER = Path(__file__).parents[2] / "node_modules/@postgres-language-server/cli-x86_64-linux-gnu/postgres-language-server"
ROLES = ("anon", "authenticated", "service_role")


@pytest.mark.skipif(not LINTER.exists(), reason="Supabase's linter is not installed; `npm ci` brings it")
def test_database_linter_finds_nothing_but_unused_indexes(url: str, tmp_path: Path) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        for role in ROLES:
            admin.execute(f"DO $$ BEGIN IF to_regrole('{role}') IS NULL THEN CREATE ROLE {role}; END IF; END $$".encode())
        database = admin.info.dbname
        admin.execute(f"ALTER DATABASE {database} SET pgrst.db_schemas = 'public, abm, accountgraph'".encode())
    result = subprocess.run(
        [LINTER, "dblint", "--connection-string", as_url(url)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "Command completed" in result.stdout + result.stderr, result.stdout + result.stderr
    findings = set(re.findall(r"^splinter/(\w+/\w+)", result.stdout + result.stderr, re.MULTILINE))
    assert findings <= {"performance/unusedIndex"}, result.stdout


def as_url(conninfo: str) -> str:
    """A libpq connection string as the URL that the linter reads."""
    from urllib.parse import quote

    parts = psycopg.conninfo.conninfo_to_dict(conninfo)
    password = parts.get("password")
    if password is None and parts.get("passfile"):
        password = Path(str(parts["passfile"])).read_text(encoding="utf-8").strip().rsplit(":", 1)[1]
    user = quote(str(parts["user"])) + (f":{quote(str(password))}" if password else "")
    return f"postgresql://{user}@localhost/{parts['dbname']}?host={quote(str(parts['host']), safe='')}&port={parts.get('port', 5432)}"
