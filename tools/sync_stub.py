"""Write `src/accountgraph/sync.pyi` from the async source: the same calls, without the waiting.

python tools/sync_stub.py           # writes the file
python tools/sync_stub.py --check   # exit code 1 where it is not current
"""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from accountgraph import sync

ASYNC_ONLY: set[str] = vars(sync)["ASYNC_ONLY"]  # not in the stub, so it is no attribute for the type checker
STUB = Path(__file__).parent.parent / "src" / "accountgraph" / "sync.pyi"
CLASSES = {
    name: twin.kind.__module__
    for name, twin in vars(sync).items()
    if getattr(twin, "__module__", "") == sync.__name__ and hasattr(twin, "kind")
}
HEAD = '"""Made by tools/sync_stub.py from the async source; the same calls, blocking."""\n# ruff: noqa: ANN401\n'
_BLOCKING = {"AsyncIterator": "Iterator", "AsyncGenerator": "AbstractContextManager"}
_IMPORTS = {
    "Iterator": "from collections.abc import Iterator",
    "AbstractContextManager": "from contextlib import AbstractContextManager",
    "Self": "from typing import Self",
}


def stub() -> str:
    """The text of the stub, formatted."""
    imports: dict[str, str] = dict(_IMPORTS)
    bodies = []
    for name, module in CLASSES.items():
        tree = _source(module)
        imports |= {alias: line for alias, line in _imports(tree, module).items() if alias not in CLASSES}
        bodies.append(_class(next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)))
    bodies.append("def connect(url: str | None = None, *, workspace: str | None = None, as_agent: bool = False) -> Database: ...")
    used = {node.id for body in bodies for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    lines = ["from typing import TypeVar", *(line for alias, line in imports.items() if alias in used), 'T = TypeVar("T")']
    return _formatted(HEAD + "\n".join(lines) + "\n\n" + "\n\n".join(bodies) + "\n")


def _source(module: str) -> ast.Module:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        sys.exit(f"There is no module {module}.")
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


def _imports(tree: ast.Module, module: str) -> dict[str, str]:
    """Where each name comes from: imports at any depth, and what the module defines itself."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            found |= {alias.asname or alias.name: f"from {node.module} import {alias.name}" for alias in node.names}
    for item in tree.body:
        if isinstance(item, ast.ClassDef):
            found.setdefault(item.name, f"from {module} import {item.name}")
        elif isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            found.setdefault(item.targets[0].id, f"from {module} import {item.targets[0].id}")
    found.pop("T", None)
    return found


def _class(node: ast.ClassDef) -> str:
    methods = [_method(node.name, item) for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
    body = [method for method in methods if method]
    if node.name == "Database":
        body += ["def __enter__(self) -> Self: ...", "def __exit__(self, *error: object) -> None: ..."]
    if node.name == "Session":  # it comes from `Database.transaction`
        body = [method for method in body if "__init__" not in method]
    return f"class {node.name}:\n" + "\n".join(f"    {line}" for method in body for line in method.splitlines())


def _method(owner: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    is_public = not node.name.startswith("_") and not (owner in {"Database", "Session"} and node.name in ASYNC_ONLY)
    if node.name != "__init__" and not is_public:
        return None
    if any(isinstance(decorator, ast.Name) and decorator.id == "property" for decorator in node.decorator_list):
        return None
    made = ast.FunctionDef(
        name=node.name,
        args=_Blocking().visit(node.args),
        body=[ast.Expr(ast.Constant(...))],
        decorator_list=[],
        returns=_Blocking().visit(node.returns) if node.returns else None,
    )
    return ast.unparse(ast.fix_missing_locations(made))


class _Blocking(ast.NodeTransformer):
    """Annotations as they are for code that waits."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id == "Connectable":
            return ast.parse("Database | Session", mode="eval").body
        return ast.Name(_BLOCKING.get(node.id, node.id))


def _formatted(text: str) -> str:
    for arguments in (("check", "--fix", "--select=I,F401", "--quiet"), ("format",)):
        command = [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", str(STUB), "-"]
        text = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ruff
    return text


def main() -> None:
    """Write the stub, or check it."""
    wanted = stub()
    if "--check" in sys.argv:
        if not STUB.is_file() or STUB.read_text(encoding="utf-8") != wanted:
            sys.exit(f"{STUB.name} is not current; run `python tools/sync_stub.py`.")
        return
    STUB.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main()
