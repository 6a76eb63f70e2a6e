"""What was asked for wrongly is answered in one line that offers the cure; exit code 1 or 2, never a traceback."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Process, Program

REFUSED = {
    ("account", "overview", "acmemedcal.com"): "did you mean 'acmemedical.com'",
    ("account", "overview", ""): "There is no account ''",
    ("account", "health", "00000000-0000-0000-0000-000000000000"): "account search",
    ("account", "expansion", "acmemedical.com", "--from", "nobody@nowhere.example"): "nobody@nowhere.example",
    ("account", "search", " "): "term: give some text",
    ("contact", "show", "nobody@nowhere.example"): "There is no contact",
    ("contact", "context", "not an address@"): "email",
    ("conversation", "history", "xyz"): "e-mail address",
    ("account", "list", "--workspace", "nowhere"): "accountgraph workspace create nowhere",
    ("workspace", "create", "Bad Name"): "a-z, 0-9 and _",
    ("workspace", "create", "abm"): "already",
    ("workspace", "drop", "nowhere", "--yes"): "There is no workspace 'nowhere'",
    ("import", "contacts", "/nowhere/x.csv"): "/nowhere/x.csv",
    ("export", "contacts", "/nowhere/x.csv"): "/nowhere/x.csv",
    ("db", "restore", "/nowhere/x.zip"): "/nowhere/x.zip",
    ("account", "list", "--database-url", "postgresql://127.0.0.1:1/x"): "",
}
CALLED_WRONGLY = {
    ("account", "list", "--tier", "teir1"): "did you mean 'tier1'?",
    ("account", "list", "--status", "custmer"): "did you mean 'customer'?",
    ("account", "expansion", "acmemedical.com", "--strength", "huge"): "weak, medium, strong",
    ("account", "list", "--teir", "tier1"): "--tier",
    ("acount", "list"): "'account'",
    ("account", "lits"): "'list'",
    ("account", "list", "--limit", "0"): "--limit",
    ("import", "contact", "x.csv"): "did you mean 'contacts'?",
    ("export", "contacts", "--format", "xml"): "csv, jsonl",
    ("conversation", "health"): "--account",
    ("account", "overview"): "ACCOUNT",
    ("serve", "--trusted-proxy", "proxy.example"): "'proxy.example' is no address or network",
}


@pytest.mark.parametrize(("arguments", "said"), REFUSED.items(), ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_what_cannot_be_done_is_said_in_one_line(demo: Program, arguments: tuple[str, ...], said: str) -> None:
    answer = demo(*arguments)
    assert answer.code == 1
    assert answer.out == ""
    [line] = answer.err.splitlines()
    assert line.startswith("accountgraph: ")
    assert said in line


@pytest.mark.parametrize(
    ("arguments", "said"), CALLED_WRONGLY.items(), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_a_wrong_call_ends_with_2_and_offers_what_comes_near(demo: Program, arguments: tuple[str, ...], said: str) -> None:
    answer = demo(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert said in " ".join(answer.err.split())


def test_an_ambiguous_name_is_not_guessed(run: Program, tmp_path: Path) -> None:
    file = tmp_path / "companies.csv"
    file.write_text("name,domain\nAcme,acme.com\nAcme,acme.org\n")
    assert run("import", "companies", str(file)).code == 0
    answer = run("account", "overview", "Acme")
    assert answer.code == 1
    assert "Acme (acme.com), Acme (acme.org)" in answer.err


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_to_is_named_with_the_cure(process: Process, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    answer = process("up", env={"DATABASE_URL": "", "ACCOUNTGRAPH_HOME": str(tmp_path / "home")})
    assert answer.code == 1
    assert "ACCOUNTGRAPH_HOME" in answer.err


def test_a_home_that_is_a_file_is_named_with_the_cure(process: Process, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    answer = process("up", env={"DATABASE_URL": "", "ACCOUNTGRAPH_HOME": str(tmp_path / "home")})
    assert answer.code == 1
    assert "ACCOUNTGRAPH_HOME" in answer.err
    assert len(answer.err.splitlines()) == 1


def test_a_workspace_is_not_dropped_without_a_yes(run: Program) -> None:
    assert run("workspace", "drop", "abm", stdin="n\n").code == 1
    assert [workspace["name"] for workspace in run("workspace", "list", "--json").data] == ["abm"]


def test_a_port_that_is_taken_is_named_before_anything_is_served(demo: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = demo("serve", "--port", str(taken.getsockname()[1]))
    assert answer.code == 2
    assert "--port: 127.0.0.1:" in answer.err
    assert "choose another" in answer.err
    assert "Serving" not in answer.err


def test_an_address_of_another_machine_cannot_be_listened_on(demo: Program) -> None:
    answer = demo("serve", "--host", "192.0.2.1")
    assert answer.code == 2
    assert "--host: 192.0.2.1:8080 cannot be listened on" in answer.err
