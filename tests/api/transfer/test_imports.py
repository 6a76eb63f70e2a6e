"""Imports over HTTP: uploaded, watched, cancelled, and what was rejected."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import TYPE_CHECKING, Any

from tests.api.transfer.events import reading
from tests.db.uploads.looking import value

if TYPE_CHECKING:
    import httpx

    from accountgraph.db import Database
    from tests.api.conftest import Asker

PEOPLE = "email,first_name\nada@acme.com,Ada\nnobody,Bob\ncid@acme.com,Cid\n"


async def upload(
    api: Asker, text: str | bytes = PEOPLE, *, name: str = "people.csv", path: str = "/imports", **fields: Any
) -> httpx.Response:
    content = text.encode() if isinstance(text, str) else text
    return await api.post(path, files={"file": (name, content)}, data={"entity": "contacts", **fields})


async def over(api: Asker, import_id: str) -> dict[str, Any]:
    """An import once it is over."""
    async with asyncio.timeout(20):
        while (found := (await api.get(f"/imports/{import_id}")).json())["finished_at"] is None:  # noqa: ASYNC110 - as a caller would
            await asyncio.sleep(0.02)
    assert isinstance(found, dict)
    return found


async def test_uploaded_file_is_imported_in_the_background(api: Asker) -> None:
    answer = await upload(api)
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/api/v1/imports/{answer.json()['id']}"
    found = await over(api, answer.json()["id"])
    assert (found["state"], found["rows"], found["created"], found["rejected"]) == ("done", 3, 2, 1)
    assert found["started_by"] == "owner of abm"
    assert found["reasons"][0]["field"] == "email"


async def test_same_file_twice_changes_nothing(api: Asker) -> None:
    await over(api, (await upload(api)).json()["id"])
    found = await over(api, (await upload(api)).json()["id"])
    assert (found["created"], found["updated"], found["unchanged"]) == (0, 0, 2)


async def test_large_file_is_imported_whole(api: Asker, db: Database) -> None:
    text = "email,first_name,note\n" + "".join(f"p{number}@acme.com,Ada,{'x' * 300}\n" for number in range(8_000))
    assert len(text) > 2_000_000  # several parts
    found = await over(api, (await upload(api, text)).json()["id"])
    assert (found["state"], found["created"], found["bytes_done"]) == ("done", 8_000, len(text))
    assert await value(db, "SELECT count(*) FROM contacts") == 8_000


async def test_changes_stand_in_the_audit_log_under_the_name_of_the_key(api: Asker, db: Database) -> None:
    member = await api.as_role("member")
    await over(api, (await upload(member)).json()["id"])
    names = await value(db, "SELECT array_agg(DISTINCT actor_name) FROM audit_log WHERE table_name IN ('contacts', 'imports')")
    assert names == ["member of abm"]


async def test_options_are_those_of_the_command(api: Asker) -> None:
    text = "Mail;Who;Born\nada@acme.com;Ada;x\n"
    fields: dict[str, Any] = {
        "map": ["Mail=email", "Who=first_name", "Born=ignore"],
        "set": ["last_name=Lovelace"],
        "delimiter": ";",
        "header": "true",
    }
    await over(api, (await upload(api, text, **fields)).json()["id"])
    page = (await api.get("/exports/contacts")).text
    row = next(csv.DictReader(io.StringIO(page, newline="")))
    assert (row["email"], row["first_name"], row["last_name"], row["attributes"]) == ("ada@acme.com", "Ada", "Lovelace", "")


async def test_bad_mapping_is_refused_at_once_and_nothing_stays(api: Asker, db: Database) -> None:
    answer = await upload(api, map="Nothing=email")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "map"
    assert "--" not in answer.json()["detail"]
    assert await value(db, "SELECT count(*) FROM imports") == 0
    assert await value(db, "SELECT count(*) FROM import_chunks") == 0


async def test_option_that_is_not_known_is_refused(api: Asker) -> None:
    assert (await upload(api, overwirte="true")).json()["errors"] == [{"field": "overwirte", "message": "is not known here."}]
    assert (await upload(api, overwrite="perhaps")).json()["errors"][0]["field"] == "overwrite"
    assert (await upload(api, entity="people")).json()["errors"][0]["field"] == "entity"


async def test_dry_run_reports_and_keeps_nothing(api: Asker, db: Database) -> None:
    found = await over(api, (await upload(api, dry_run="true")).json()["id"])
    assert (found["is_dry_run"], found["created"]) == (True, 2)
    assert await value(db, "SELECT count(*) FROM contacts") == 0


async def test_preview_tells_what_would_happen_and_writes_nothing(api: Asker, db: Database) -> None:
    found = (await upload(api, "Mail;Vorname\nada@acme.com;Ada\nno;Bob\n", path="/imports/preview", map="Mail=email")).json()
    assert (found["kind"], found["delimiter"], found["has_header"], found["is_whole"]) == ("csv", ";", True, True)
    assert found["columns"][0] == {
        "column": "Mail", "becomes": "email", "why": found["columns"][0]["why"], "examples": ["ada@acme.com", "no"], "suggestion": None,
    }  # fmt: skip
    assert (found["outcome"]["created"], found["outcome"]["rejected"]) == (1, 1)
    for table in ("contacts", "imports", "audit_log", "changes"):
        assert await value(db, f"SELECT count(*) FROM {table}") == 0


async def test_preview_of_a_large_file_looks_at_its_beginning(api: Asker) -> None:
    text = "email,note\n" + "".join(f"p{number}@acme.com,{'x' * 300}\n" for number in range(5_000))
    found = (await upload(api, text, path="/imports/preview")).json()
    assert found["is_whole"] is False
    assert 2_000 < found["outcome"]["created"] < 5_000


async def test_preview_names_what_is_missing_and_the_cure(api: Asker) -> None:
    found = (await upload(api, "Nickname\nada\n", path="/imports/preview")).json()
    assert found["outcome"] is None
    assert "map 'COLUMN=" in " ".join(found["problems"]) or "key" in " ".join(found["problems"])
    assert "--" not in " ".join(found["problems"])


async def test_rejected_rows_come_back_as_a_file(api: Asker) -> None:
    import_id = (await upload(api)).json()["id"]
    await over(api, import_id)
    answer = await api.get(f"/imports/{import_id}/rejects")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="people.rejects.csv"'
    row = next(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert (row["rejected_line"], row["rejected_field"], row["email"]) == ("3", "email", "nobody")
    assert row["rejected_reason"]


async def test_progress_ends_with_what_became_of_it(api: Asker) -> None:
    import_id = (await upload(api)).json()["id"]
    async with reading(api, f"/imports/{import_id}/progress") as stream:
        seen = await stream.rest()
    assert seen[-1].event == "finished"
    assert (seen[-1].data["state"], seen[-1].data["created"]) == ("done", 2)
    steps = [int(one.id) for one in seen]
    assert steps == sorted(set(steps))
    done = await api.get(f"/imports/{import_id}/progress", headers={"Last-Event-ID": seen[-1].id})
    assert done.status_code == 204  # an EventSource asks no more
    async with reading(api, f"/imports/{import_id}/progress", after="0") as again:
        assert [one.event for one in await again.rest()] == ["finished"]


async def test_progress_refuses_what_is_no_step(api: Asker) -> None:
    import_id = (await upload(api)).json()["id"]
    answer = await api.get(f"/imports/{import_id}/progress", headers={"Last-Event-ID": "x' OR 1"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Last-Event-ID"


async def test_import_that_is_over_can_be_forgotten_and_not_cancelled(api: Asker) -> None:
    import_id = (await upload(api)).json()["id"]
    await over(api, import_id)
    assert (await api.post(f"/imports/{import_id}/cancel")).status_code == 409
    assert (await api.delete(f"/imports/{import_id}")).status_code == 204
    assert (await api.get(f"/imports/{import_id}")).status_code == 404


async def test_imports_are_listed_the_latest_first(api: Asker) -> None:
    made = [(await upload(api)).json()["id"] for _ in range(3)]
    first = (await api.get("/imports?limit=2")).json()
    second = (await api.get(f"/imports?limit=2&after={first['next']}")).json()
    assert [one["id"] for one in first["items"] + second["items"]] == made[::-1]
    assert second.get("next") is None


async def test_upload_of_other_bytes_under_the_same_key_is_refused(api: Asker, db: Database) -> None:
    first, again = await keyed(api, PEOPLE), await keyed(api, PEOPLE)
    assert (first.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert (again.headers["idempotency-replayed"], again.headers["location"]) == ("true", first.headers["location"])
    for text in (PEOPLE.replace("Bob", "Bab"), PEOPLE + "bob@acme.com,Bob\n"):
        other = await keyed(api, text)
        assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert await value(db, "SELECT count(*) FROM imports") == 1


async def test_upload_under_the_same_key_with_other_options_is_refused(api: Asker) -> None:
    await keyed(api, PEOPLE)
    assert (await keyed(api, PEOPLE, overwrite="true")).status_code == 422
    assert (await keyed(api, PEOPLE, name="others.csv")).status_code == 422


async def test_equal_uploads_at_once_under_one_key_are_one_import(api: Asker, db: Database) -> None:
    answers = await asyncio.gather(*(keyed(api, PEOPLE) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await value(db, "SELECT count(*) FROM imports") == 1


async def test_refused_upload_may_be_sent_again_under_its_key(api: Asker) -> None:
    assert (await keyed(api, PEOPLE, map="Nothing=email")).status_code == 422
    assert (await keyed(api, PEOPLE)).status_code == 202


async def test_preview_under_a_key_is_answered_twice_the_same(api: Asker) -> None:
    first = await keyed(api, PEOPLE, path="/imports/preview")
    await over(api, (await upload(api)).json()["id"])
    again = await keyed(api, PEOPLE, path="/imports/preview")
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert (await keyed(api, PEOPLE + "bob@acme.com,Bob\n", path="/imports/preview")).status_code == 422


async def keyed(api: Asker, text: str, *, name: str = "people.csv", path: str = "/imports", **fields: Any) -> httpx.Response:
    """An upload under the key `one`, with a boundary of its own."""
    files, data = {"file": (name, text.encode())}, {"entity": "contacts", **fields}
    return await api.post(path, files=files, data=data, headers={"Idempotency-Key": "one"})
