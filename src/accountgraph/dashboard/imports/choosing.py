"""What a file is, and what its columns become: chosen on a page that shows at once what would come of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.dashboard.forms import Done, Form
from accountgraph.errors import InvalidInputError, InvalidValueError
from accountgraph.transfer.fields import fields_of
from accountgraph.transfer.uploads import ImportSettings, check_head, copy_upload, get_import, get_upload, preview_import, queue_import

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit
    from accountgraph.transfer.uploads import ImportPreview, ImportRun, Upload

ENTITIES = ("companies", "contacts", "relationships", "conversations", "touchpoints")
NOT_YET = "It cannot be imported yet. What is missing stands below “What would come of it”, with what can be done about it."
_WORDS = {"companies": ("domain", "industry", "sector", "ticker", "security"), "contacts": ("email", "first name", "last name", "title")}
_SAID = re.compile(r"(map|key|derive|set) '([^']+)'")
_TEXTS = ("key", "source", "delimiter", "encoding", "dates")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the form says. `becomes`: of each column that somebody chose, by its name; `guesses`: what each was taken for before."""

    entity: str
    becomes: dict[str, str] = field(default_factory=dict)
    guesses: dict[str, str] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, run: ImportRun) -> Chosen:
        """What an import was begun with. Nothing that it says counts as guessed."""
        settings = msgspec.convert(run.options, ImportSettings)
        becomes = {column: target for column, _, target in (one.rpartition("=") for one in settings.map)}
        said = {name: value for name, value in msgspec.to_builtins(settings).items() if name not in {"entity", "map", "dry_run"}}
        return cls(settings.entity, becomes, dict.fromkeys(becomes, ""), said)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The same as the form sends it."""
        found = [("entity", self.entity)]
        for column, target in self.becomes.items():
            found += [("column", column), ("guess", self.guesses.get(column, "")), ("target", target)]
        for name, value in self.said.items():
            texts = value if isinstance(value, list) else ["yes" if value is True else "no" if value is False else value]
            found += [(name, text) for text in texts]
        return found

    @property
    def settings(self) -> ImportSettings:
        """As the importer takes it.

        Raises:
            InvalidValueError: something in it cannot be.
        """
        given = {"entity": self.entity, "map": [f"{column}={target}" for column, target in self.becomes.items()], **self.said}
        try:
            return msgspec.convert(given, ImportSettings, strict=False)
        except msgspec.ValidationError as error:
            raise InvalidValueError("mapping", f"{error}.") from None


async def choosing_page(visit: Visit) -> Response:
    """The page as it begins: everything guessed, or as it was tried before: `like` names the dry run."""
    upload = await get_upload(visit.db, visit.id_in_path("import_id", "import"))
    entity, like = visit.asked("entity"), visit.id_in_query("like", "import")
    if like is not None:
        return await _drawn(visit, upload, Chosen.of(await get_import(visit.db, like)))
    return await _drawn(visit, upload, Chosen(entity if entity in ENTITIES else _guessed(upload)))


async def choose(visit: Visit, form: Form) -> Done | Response:
    """Look at it again, try it without writing, or import it."""
    upload = await get_upload(visit.db, visit.id_in_path("import_id", "import"))
    chosen = _chosen(form)
    what = form.get("do")
    if what not in {"try", "start"}:
        return await _drawn(visit, upload, chosen)
    try:
        settings = msgspec.structs.replace(chosen.settings, dry_run=what == "try")
        plan = await check_head(settings, upload.file_name, upload.head, is_whole=upload.is_whole)
        if plan.problems:
            return await _drawn(visit, upload, chosen, problem=NOT_YET)
    except InvalidInputError as error:
        return await _drawn(visit, upload, chosen, problem=str(error))
    import_id = upload.id
    if what == "try":  # the file stays for the import itself
        import_id = await copy_upload(visit.db, upload.id, visit.principal.acting())
    run = await queue_import(visit.db, import_id, settings, upload.size)
    visit.parts.imports.wake(visit.principal.workspace)
    said = "The dry run has begun; nothing will be written." if what == "try" else f"The import of {upload.file_name} has begun."
    return Done(said, to=f"{visit.base}/imports/{run.id}" + (f"?of={upload.id}" if what == "try" else ""))


def _chosen(form: Form) -> Chosen:
    entity = form.get("entity")
    if entity not in ENTITIES:
        raise InvalidValueError("entity", f"choose one of {', '.join(ENTITIES)}.")
    if form.get("entity_before") not in {"", entity}:
        return Chosen(entity)  # what was chosen for another kind of rows says nothing here
    columns = form.fields.get("column", ())
    guesses = dict(zip(columns, form.fields.get("guess", ()), strict=False))
    targets = dict(zip(columns, form.fields.get("target", ()), strict=False))
    becomes = {column: target for column, target in targets.items() if target and target != guesses.get(column)}
    said: dict[str, Any] = {name: form.get(name) for name in _TEXTS if form.get(name)}
    said |= {name: True for name in ("overwrite", "create_companies") if form.is_on(name)}
    said |= {name: form.all(name) for name in ("set", "derive") if form.all(name)}
    if form.get("header") in {"yes", "no"}:
        said["header"] = form.get("header") == "yes"
    kind, _, text = form.get("take").partition(":")
    if kind == "map" and "=" in text:
        column, _, target = text.rpartition("=")
        becomes[column] = target
    elif kind == "key":
        said["key"] = text
    elif kind in {"derive", "set"}:
        said[kind] = [*said.get(kind, []), text]
    return Chosen(entity, becomes, guesses, said)


def _guessed(upload: Upload) -> str:
    """What the rows most likely are, by the words of the first line."""
    head = re.sub(r"[_\W]+", " ", upload.head[:2000].decode("latin-1").partition("\n")[0].casefold())
    scores = {entity: sum(word in head for word in words) for entity, words in _WORDS.items()}
    best = max(scores, key=lambda entity: scores[entity])
    return best if scores[best] else "companies"


async def _drawn(visit: Visit, upload: Upload, chosen: Chosen, *, problem: str | None = None) -> Response:
    preview: ImportPreview | None = None
    try:
        preview = await preview_import(visit.db, chosen.settings, upload.file_name, upload.head, is_whole=upload.is_whole)
    except InvalidInputError as error:
        problem = problem or str(error)
    return visit.drawn(
        "imports/choose",
        f"Import {upload.file_name}",
        status=422 if problem and not visit.is_partial else 200,
        upload=upload,
        chosen=chosen,
        preview=preview,
        problem=problem,
        entities=ENTITIES,
        fields=sorted(fields_of(chosen.entity)),
        cures=[_cures(one) for one in preview.problems] if preview else [],
        path=f"{visit.base}/imports/{upload.id}/choose",
    )


def _cures(problem: str) -> tuple[str, list[tuple[str, str]]]:
    """A problem, and what can be done about it by a button: what it sends, and its words."""
    words = {
        "map": lambda text: "“{}” is the {}".format(*text.rpartition("=")[::2]).replace("_", " "),
        "key": lambda text: f"“{text}” tells rows apart",
        "derive": lambda text: f"Give each a made-up {text.partition('=')[0]}, {text.partition('=')[2]}",
        "set": lambda text: f"All have {text.partition('=')[0]} {text.partition('=')[2]}",
    }
    said = problem.partition("; say ")[0]
    found = [(kind, text) for kind, text in _SAID.findall(problem) if "COLUMN" not in text and "VALUE" not in text]
    return said, [(f"{kind}:{text}", words[kind](text)) for kind, text in found]
