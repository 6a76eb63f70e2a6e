"""Merging and privacy at the command line: shown first, done with --yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Program

JO, QUILL = "jo@acme.test", "jo.quill@acme.test"


def two(run: Program, path: str) -> None:
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - a path for a program
        file.write(f"email,first_name,last_name,company_domain\n{JO},Jo,Quill,acme.test\n{QUILL},Jo,Quill,acme.test\n")
    assert run("import", "contacts", path, "--create-companies").code == 0


def test_a_merge_is_shown_then_done_then_undone(run: Program, tmp_path: object) -> None:
    two(run, f"{tmp_path}/people.csv")
    assert "the same name" in run("contact", "duplicates").out
    shown = run("contact", "merge", JO, QUILL)
    assert (shown.code, "--yes does it" in shown.out) == (0, True)
    assert run("contact", "show", QUILL, "--json").data["contact"]["email"] == QUILL
    done = run("contact", "merge", JO, QUILL, "--yes", "--by", "sam", "--json").data
    assert done["merge"]["merged_by"] == "sam"
    assert run("contact", "show", QUILL, "--json").data["contact"]["email"] == JO
    undone = run("contact", "unmerge", done["merge"]["id"])
    assert (undone.code, "is back" in undone.out) == (0, True)
    assert run("contact", "show", QUILL, "--json").data["contact"]["email"] == QUILL
    assert run("contact", "unmerge", done["merge"]["id"]).out.strip() == "It was undone already."


def test_accounts_are_merged_by_their_domains(run: Program, tmp_path: object) -> None:
    two(run, f"{tmp_path}/people.csv")
    (tmp_path / "accounts.csv").write_text("name,domain\nAcme Inc.,acme.example\nACME,acme-too.example\n")  # type: ignore[operator]
    assert run("import", "companies", f"{tmp_path}/accounts.csv").code == 0
    assert "the same name" in run("account", "duplicates").out
    done = run("account", "merge", "acme.example", "acme-too.example", "--yes", "--json").data
    assert run("account", "merge", "acme.example", "acme.example").code == 1
    assert run("account", "unmerge", done["merge"]["id"], "--json").data["was_undone"] is False
    assert run("account", "unmerge", "nonsense").code == 1


def test_a_person_is_exported_and_erased(run: Program, tmp_path: object) -> None:
    two(run, f"{tmp_path}/people.csv")
    assert run("privacy", "export", JO).data["tables"]["contacts"][0]["last_name"] == "Quill"
    shown = run("privacy", "erase", JO)
    assert (shown.code, "nothing brings it back" in shown.out) == (0, True)
    assert run("contact", "show", JO).code == 0
    assert run("privacy", "erase", JO, "--yes", "--json").data["suppressed"] == 1
    assert run("contact", "show", JO).code == 1
    assert list(run("privacy", "export", JO).data["tables"]) == ["suppressions"]
    assert "a hash is kept" in run("privacy", "erase", QUILL, "--yes").out


def test_a_rule_of_retention_is_shown_changed_and_applied(run: Program) -> None:
    assert run("privacy", "retain", "--kind", "mails", "--days", "30", "--json").data[7] == {"kind": "mails", "days": 30}
    assert "for ever" in run("privacy", "retain", "--kind", "mails", "--for-ever").out
    assert {one["rows"] for one in run("privacy", "retain", "--dry-run", "--json").data} == {0}
    assert "Gone" in run("privacy", "retain", "--apply").out
    assert run("privacy", "retain", "--kind", "mails").code == 2
    assert run("privacy", "retain", "--kind", "everything", "--days", "3").code == 1
