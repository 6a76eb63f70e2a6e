"""Write the generated files of `src/accountgraph/client/` from the operations of the API.

python tools/client.py           # writes the files
python tools/client.py --check   # exit code 1 where they are not current
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from accountgraph.api.routes import OPERATIONS, TAGS

sys.path.insert(0, str(Path(__file__).parent.parent))
from tools.client_types import Types

if TYPE_CHECKING:
    from accountgraph.api.operation import Operation

FOLDER = Path(__file__).parent.parent / "src" / "accountgraph" / "client"
MADE = "Made by tools/client.py"
JSON = "application/json"
_BLOCKING = [
    (r"\bimport asyncio\b", "import time"),
    (r"asyncio\.sleep", "time.sleep"),
    (r"\basynccontextmanager\b", "contextmanager"),
    (r"\bAbstractAsyncContextManager\b", "AbstractContextManager"),
    (r"\bAsyncGenerator\b", "Generator"),
    (r"\bAsyncIterator\b", "Iterator"),
    (r"Awaitable\[Page\[T\]\]", "Page[T]"),
    (r"\bAwaitable, ", ""),
    (r"\basync (def|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\baiter_bytes\b", "iter_bytes"),
    (r"\.a(close|read)\(", r".\1("),
    (r"httpx\.AsyncClient\b", "httpx.Client"),
    (r"__a(enter|exit)__", r"__\1__"),
    (r"\bConnection\b", "BlockingConnection"),
    (r"accountgraph\.client\.connection\b", "accountgraph.client.blocking"),
    (r"for item in page\.items:\n\s+yield item", "yield from page.items"),
    (r"a program that awaits", "a program that waits"),
]


def files() -> dict[str, str]:
    """The text of each generated file."""
    types = Types()
    for operation in OPERATIONS:
        types.answered(operation.signature.answer)
    methods = [_method(types, operation) for operation in _by_tag()]
    head = f'"""Every operation of the API, as a call. {MADE}."""\n\nfrom __future__ import annotations\n\n'
    body = 'class Client(Connection):\n    """Every operation of the API."""\n\n' + "\n\n".join(methods) + "\n"
    imports = [
        "from contextlib import AbstractAsyncContextManager",
        "import httpx",
        "from accountgraph.client.asking import Page",
        "from accountgraph.client.connection import Connection",
        *types.imports(),
    ]
    operations = head + "\n".join(imports) + "\n\n\n" + body
    connection = (FOLDER / "connection.py").read_text(encoding="utf-8")
    return {
        "shapes.py": _formatted("shapes.py", types.module(f'"""What is sent and answered. {MADE}."""')),
        "operations.py": _formatted("operations.py", operations),
        "blocking.py": _formatted("blocking.py", _blocking(connection).replace('waits."""', f'waits. {MADE} from connection.py."""', 1)),
        "sync.py": _formatted("sync.py", _blocking(operations)),
    }


def _by_tag() -> list[Operation]:
    return [operation for tag in TAGS for operation in OPERATIONS if operation.tag == tag]


def _blocking(text: str) -> str:
    for pattern, instead in _BLOCKING:
        text = re.sub(pattern, instead, text)
    return text


def _method(types: Types, operation: Operation) -> str:
    """The text of one call."""
    answer = operation.signature.answer
    is_download = getattr(answer, "media", JSON) not in {JSON, (JSON,)}
    answered = "None" if answer is type(None) or operation.status == 204 else types.answered(answer)
    parameters, given = _parameters(types, operation)
    braces = re.sub(r"\{\w+\}", "{}", operation.path)
    ids = re.findall(r"\{(\w+)\}", operation.path)
    asked = ", ".join([repr(operation.method), repr(braces), *ids, *given])
    said = _doc(operation)
    if is_download:
        return (
            f"    def {operation.name}({parameters}) -> AbstractAsyncContextManager[httpx.Response]:\n{said}\n"
            f"        return self.download({asked})"
        )
    call = f"await self.do({asked})" if answered == "None" else f"return await self.ask({answered}, {asked})"
    return f"    async def {operation.name}({parameters}) -> {answered}:\n{said}\n        {call}"


def _parameters(types: Types, operation: Operation) -> tuple[str, list[str]]:
    """The parameters of a call, and how they are handed on."""
    fields = {field.name: field for field in msgspec.structs.fields(operation.signature.path)}
    taken = [f"{name}: {types.sent(field.type)}" for name, field in fields.items()]
    given = []
    if operation.media == "multipart/form-data":
        taken.append("form: dict[str, str | tuple[str, bytes]]")
        given.append("form=form")
    elif operation.media != JSON:
        taken.append("content: bytes")
        given += ["content=content", f"media={operation.media!r}"]
    elif (body := operation.body or operation.signature.body) is not None:
        taken.append(f"body: {types.sent(body)}")
        given.append("body=body")
    named = _query(types, operation)
    if named:
        given.append("query={" + ", ".join(f"{name!r}: {name}" for name in named) + "}")
    if operation.is_guarded:
        named["if_match"] = "str | None = None"
        given.append("if_match=if_match")
    if operation.is_keyed:
        named["idempotency_key"] = "str | None = None"
        given.append("idempotency_key=idempotency_key")
    return ", ".join(["self", *taken, *(["*"] if named else []), *(f"{name}: {kind}" for name, kind in named.items())]), given


def _query(types: Types, operation: Operation) -> dict[str, str]:
    """The query's parameters with their types; one that is not given is not sent."""
    named = {}
    for field in msgspec.structs.fields(operation.signature.query):
        if field.name in operation.signature.own:
            kind = types.sent(field.type)
            is_optional = not field.required
            named[field.name] = (
                f"{kind}{'' if 'None' in kind.split(' | ') or not is_optional else ' | None'}{' = None' if is_optional else ''}"
            )
    return dict(sorted(named.items(), key=lambda one: "= None" in one[1]))


def _doc(operation: Operation) -> str:
    needs = f"Needs `{operation.needs}`." if operation.needs else ""
    parts = [part for part in (operation.description, needs) if part]
    text = f"{operation.summary}." + "".join(f"\n\n{part}" for part in parts)
    lines = text.replace("\\", "\\\\").replace('"""', "'''").splitlines()
    return (
        '        """'
        + "\n".join(line if not number or not line else f"        {line}" for number, line in enumerate(lines))
        + ('"""' if len(lines) == 1 else '\n        """')
    )


def _formatted(name: str, text: str) -> str:
    for arguments in (("check", "--fix", "--unsafe-fixes", "--select=I,F401,TC,UP037", "--quiet"), ("format",)):
        command = [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", str(FOLDER / name), "-"]
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=False).stdout or sys.exit(text)  # noqa: S603 - ruff
    return text


def main() -> None:
    """Write the files, or check them."""
    for name, text in files().items():
        path = FOLDER / name
        if "--check" in sys.argv:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                sys.exit(f"{name} is not current; run `python tools/client.py`.")
        else:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
