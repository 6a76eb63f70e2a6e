"""Write `docs/api-reference.md`: every operation of the API, from its OpenAPI document.

python tools/api_reference.py           # writes it
python tools/api_reference.py --check   # exit code 1 where it is not current
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from accountgraph.api.document import document

PAGE = Path(__file__).parent.parent / "docs" / "api-reference.md"
BEGIN = """# The API's reference

Every operation with its parameters, its body and its answer, as the OpenAPI document says them; [the guide](api.md) says what holds for
all of them. This page is written by `python tools/api_reference.py`.
"""
HEADERS = {"Idempotency-Key", "If-Match"}  # the guide says what these are


def page() -> str:
    """The page, as it ought to be."""
    described = document()
    operations: dict[str, list[str]] = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            operations.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    parts = [BEGIN]
    for tag in described["tags"]:
        parts += [f"## {tag['name']}\n\n{tag['description']}\n", *operations.get(tag["name"], [])]
    parts.append("## Shapes\n\nFields without which something is not taken are marked with `*`.\n")
    parts += [_shape(name, schema) for name, schema in sorted(described["components"]["schemas"].items()) if schema.get("properties")]
    return "\n".join(parts).rstrip() + "\n"


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    lines = [f"### {operation['operationId']}\n", f"`{method.upper()} {path}`\n", f"{operation['summary']}.\n"]
    if said := operation.get("description"):
        lines.append(f"{said}\n")
    asked = [one for one in operation["parameters"] if one["in"] == "query"]
    if asked:
        lines += ["| parameter | type | |", "| --- | --- | --- |"]
        lines += [
            f"| `{one['name']}`{'*' if one['required'] else ''} | {_type(one['schema'])} | {_cell(one.get('description', ''))} |"
            for one in asked
        ]
        lines.append("")
    if body := operation.get("requestBody"):
        kinds = [
            f"{_type(content['schema'])}" + ("" if media == "application/json" else f" as {media}")
            for media, content in body["content"].items()
        ]
        lines.append(f"Takes {', or '.join(kinds)}.\n")
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            kinds = [
                _type(content["schema"]) if media == "application/json" else media for media, content in answer.get("content", {}).items()
            ]
            lines.append(f"Answers {status}{': ' + ', or '.join(kinds) if kinds else ''}.\n")
    return "\n".join(lines)


def _shape(name: str, schema: dict[str, Any]) -> str:
    needed = set(schema.get("required", ()))
    lines = [f"### {name}\n"]
    if said := schema.get("description"):
        lines.append(" ".join(said.split("\n\n")[0].split()) + "\n")
    lines += ["| field | type | |", "| --- | --- | --- |"]
    for field, kind in schema["properties"].items():
        lines.append(f"| `{field}`{'*' if field in needed else ''} | {_type(kind)} | {_cell(kind.get('description', ''))} |")
    return "\n".join([*lines, ""])


def _type(schema: dict[str, Any]) -> str:
    """A type in words; of a shape, with a link to it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if options := schema.get("anyOf", schema.get("oneOf")):
        return " or ".join(dict.fromkeys(_type(one) for one in options))
    if "enum" in schema:
        return " ".join(f"`{one}`" for one in schema["enum"])
    return _plain(schema)


def _plain(schema: dict[str, Any]) -> str:
    kinds, parts, values = schema.get("type", "anything"), schema.get("items"), schema.get("additionalProperties")
    if kinds == "array":
        return f"list of {_type(parts)}" if isinstance(parts, dict) else "list"
    if kinds == "object" and isinstance(values, dict):
        return f"object of {_type(values)}"
    text = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    return f"{text} ({schema['format']})" if "format" in schema else text


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def main() -> None:
    """Write the page, or with `--check` only look."""
    text = page()
    if "--check" in sys.argv[1:]:
        is_current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        sys.exit(0 if is_current else f"{PAGE.name}: not current; run `python tools/api_reference.py`.")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
