"""Files in and out, and `verify`, by the command line."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import threading
from typing import TYPE_CHECKING

import psycopg

from tests.cli.conftest import command

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.cli.conftest import Process, Program

SHEET = "Symbol,Security,GICS Sector,Headquarters Location\nMMM,3M,Industrials,Saint Paul\nAOS,A. O. Smith,Industrials,Milwaukee\n"
SAID = ("--map", "Security=name", "--map", "GICS Sector=industry", "--key", "Symbol", "--set", "country=US")


def sheet(folder: Path, text: str = SHEET) -> str:
    file = folder / "companies.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_what_is_missing_is_said_with_the_flags_that_help(run: Program, tmp_path: Path) -> None:
    answer = run("import", "companies", sheet(tmp_path))
    assert answer.code == 1
    assert "--map 'Security=name'" in answer.err
    assert "--key 'Symbol'" in answer.err


def test_the_mapping_is_shown_and_the_report_is_data(run: Program, tmp_path: Path) -> None:
    answer = run("import", "companies", sheet(tmp_path), *SAID, "--json")
    assert answer.data["created"] == 2
    assert "attribute:" not in answer.out
    assert "headquarters_location" in answer.err


def test_a_dry_run_keeps_nothing(run: Program, tmp_path: Path) -> None:
    answer = run("import", "companies", sheet(tmp_path), *SAID, "--dry-run")
    assert "2 would be created" in answer.out
    assert run("account", "list", "--json").data == []


def test_values_of_another_system_that_are_none_of_ours_are_told(run: Program, tmp_path: Path) -> None:
    words = "name,domain,Type\nAcme,acme.com,Competitor\n"
    answer = run("import", "companies", sheet(tmp_path, words))
    assert answer.code == 0
    assert "1 x account_status: 'Competitor' is not known" in answer.out
    assert run("import", "companies", sheet(tmp_path, words), "--json").data["set_aside"][0]["rows"] == 1


def test_a_second_import_changes_nothing(run: Program, tmp_path: Path) -> None:
    run("import", "companies", sheet(tmp_path), *SAID)
    assert run("import", "companies", sheet(tmp_path), *SAID, "--json").data["unchanged"] == 2


def test_an_account_is_found_by_the_key_of_the_system_it_came_from(run: Program, tmp_path: Path) -> None:
    run("import", "companies", sheet(tmp_path), *SAID)
    assert run("account", "overview", "MMM", "--json").data["company"]["name"] == "3M"


def test_rejected_rows_go_to_a_file_with_line_field_and_reason(run: Program, tmp_path: Path) -> None:
    rejects = tmp_path / "out.csv"
    answer = run(
        "import", "contacts", sheet(tmp_path, "email,first_name\nann@acme.com,Ann\nnot an address,Bob\n"), "--rejects", str(rejects)
    )
    assert answer.code == 0
    assert "1 row was rejected" in answer.out
    [row] = csv.DictReader(io.StringIO(rejects.read_text(encoding="utf-8")))
    assert (row["rejected_line"], row["rejected_field"]) == ("3", "email")


def test_a_wrong_field_in_a_mapping_is_a_wrong_call_that_offers_what_comes_near(run: Program, tmp_path: Path) -> None:
    answer = run("import", "companies", sheet(tmp_path), "--map", "Security=nmae")
    assert answer.code == 2
    assert "'name'" in answer.err


def test_an_export_without_a_file_is_standard_output(run: Program, tmp_path: Path) -> None:
    run("import", "companies", sheet(tmp_path), *SAID)
    rows = list(csv.DictReader(io.StringIO(run("export", "companies").out)))
    assert {row["name"] for row in rows} == {"3M", "A. O. Smith"}
    assert {json.loads(line)["country"] for line in run("export", "companies", "--json").out.splitlines()} == {"US"}


def test_the_ending_of_a_file_chooses_the_format(run: Program, tmp_path: Path) -> None:
    run("import", "companies", sheet(tmp_path), *SAID)
    answer = run("export", "companies", str(tmp_path / "out.jsonl"), "--json")
    assert (answer.data["format"], answer.data["rows"]) == ("jsonl", 2)


def test_verify_ends_with_1_and_names_what_differs(run: Program, url: str, tmp_path: Path) -> None:
    run("import", "companies", sheet(tmp_path), *SAID)
    assert run("verify").code == 0
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica; UPDATE abm.companies SET total_contacts = 4 WHERE name = '3M'")
    answer = run("verify", "--json")
    assert answer.code == 1
    [difference] = answer.data["differences"]
    assert (difference["column"], difference["stored"], difference["expected"]) == ("total_contacts", "4", "0")
    assert run("verify").code == 1


def test_an_import_of_which_every_row_is_rejected_fails_and_does_not_say_that_nothing_was_to_do(run: Program, tmp_path: Path) -> None:
    answer = run("import", "contacts", sheet(tmp_path, "email,first_name\nnot an address,Ann\n"))
    assert answer.code == 1
    assert "1 row of contacts: none was taken." in answer.out
    [reason] = [line for line in answer.out.splitlines() if "an @-sign" in line]
    assert reason.startswith("      ") or "1 x email" in reason


def test_a_header_cannot_steer_the_terminal(run: Program, tmp_path: Path) -> None:
    answer = run("import", "contacts", sheet(tmp_path, "email,\x1b]0;title\x07\nann@acme.com,x\n"))
    assert answer.code == 0
    assert not {"\x1b", "\x07"} & set(answer.err)


def test_who_has_no_primary_contact_is_told_an_address_to_start_from(run: Program, tmp_path: Path) -> None:
    people = sheet(tmp_path, "email,first_name,company_domain\nann@acme.com,Ann,acme.com\n")
    assert run("import", "contacts", people, "--create-companies").code == 0
    assert "--from ann@acme.com" in run("account", "expansion", "acme.com").err


def test_a_dash_is_standard_input(run: Program) -> None:
    answer = run("import", "companies", "-", *SAID, "--json", stdin=SHEET)
    assert (answer.code, answer.data["created"]) == (0, 2)
    assert [one["name"] for one in run("account", "list", "--json").data] == ["3M", "A. O. Smith"]


def test_standard_input_by_its_device_is_read(process: Process) -> None:
    answer = process("import", "companies", "/dev/stdin", *SAID, "--json", stdin=SHEET)
    assert (answer.code, answer.data["created"]) == (0, 2)


def test_a_named_pipe_is_read(run: Program, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=[SHEET])
    writer.start()
    assert run("import", "companies", str(pipe), *SAID, "--json").data["created"] == 2
    writer.join()


def test_rejects_of_standard_input_stand_where_the_program_runs(run: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = run("import", "contacts", "-", "--json", stdin="email,first_name\nann@acme.com,Ann\nnobody,Bob\n")
    assert (answer.data["rejected"], answer.data["rejects"]) == (1, "stdin.rejects.csv")
    assert "nobody,Bob" in (tmp_path / "stdin.rejects.csv").read_text()


def test_a_dash_is_standard_output(run: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("import", "companies", "-", *SAID, stdin=SHEET)
    assert "3M" in run("export", "companies", "-").out
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_has_enough_of_an_export_ends_it_without_a_word(process: Process, url: str) -> None:
    rows = "".join(f"Company {number},c{number}.example\n" for number in range(3_000))
    process("import", "companies", "-", stdin=f"name,domain\n{rows}")
    started = command("export", "companies", "-")
    reading = subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"DATABASE_URL": url})
    assert reading.stdout
    assert reading.stderr
    reading.stdout.readline()
    reading.stdout.close()
    assert reading.stderr.read() == b""
    reading.stderr.close()
    reading.wait(timeout=60)
