"""The part of Jinja that templates may use, and what is wrong with one that uses more.

A template may print variables, use a few filters, choose (`if`) and repeat (`for`). Everything else is refused before it runs:
calls, assignments, includes, arithmetic. So what a template costs is bounded by its length and its data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, TemplateSyntaxError, nodes

from accountgraph.campaigns.definition.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_TEMPLATE = 20_000  # characters
MOST_NESTED = 2  # loops

FILTERS = frozenset(
    {"capitalize", "d", "default", "first", "join", "last", "length", "lower", "round", "title", "trim", "truncate", "upper"}
)
TESTS = frozenset({"defined", "undefined", "none", "eq", "ne", "in", "lt", "le", "gt", "ge"})
LOOP = ("index", "index0", "first", "last", "length")
# What a template may speak of. Anything may be in `attributes` and `research`: a user's own fields.
VARIABLES: dict[str, tuple[str, ...]] = {
    "contact": (
        "first_name",
        "last_name",
        "name",
        "email",
        "phone",
        "title",
        "role",
        "department",
        "seniority",
        "country",
        "interests",
        "has_written",
        "attributes",
        "research",
    ),
    "company": ("name", "domain", "industry", "size", "country", "attributes", "research"),
    "conversation": ("topics", "pain_points", "objections", "interests", "next_steps", "quotes"),
    "sender": ("name", "address", "legal_name"),
    "colleague": ("first_name", "name", "title", "verb"),
    "referred_by": ("first_name", "name", "title", "verb"),
}
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Slice,
    nodes.Filter,
    nodes.Test,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.List,
    nodes.Tuple,
    nodes.Keyword,
)
_UNCLOSED = "Close each {{ and {% with }} and %}, each if and for with its end."
_parser = Environment(autoescape=False, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - it renders nothing


def check_template(text: str) -> list[str]:
    """What is wrong with a template, each with its line and the cure; nothing where it can be used."""
    if len(text) > MOST_TEMPLATE:
        return [f"has {len(text):,} characters; {MOST_TEMPLATE:,} are the most."]
    try:
        tree = _parser.parse(text)
        return [f"line {line}: {trouble}" for line, trouble in sorted(set(_troubles(tree, frozenset(), 0)))]
    except TemplateSyntaxError as error:
        return [f"line {error.lineno}: {(error.message or 'is no template').rstrip('.')}. {_UNCLOSED}"]
    except RecursionError:
        return ["is nested too deeply; make it simpler."]


def _troubles(node: nodes.Node, own: frozenset[str], loops: int) -> Iterator[tuple[int, str]]:
    """Walk the tree. `own`: names that the loops around brought; `loops`: how many there are."""
    trouble = _trouble(node, own, loops)
    if trouble:
        yield node.lineno, trouble
    elif isinstance(node, nodes.For):
        yield from _troubles(node.iter, own, loops)
        own |= _targets(node.target) | {"loop"}
        for child in [*node.body, *node.else_, *([node.test] if node.test else [])]:
            yield from _troubles(child, own, loops + 1)
    else:
        for child in node.iter_child_nodes(exclude=("node",) if isinstance(node, nodes.Call) else ()):
            yield from _troubles(child, own, loops)


def _targets(target: nodes.Node) -> set[str]:
    return {target.name} if isinstance(target, nodes.Name) else {name.name for name in target.find_all(nodes.Name)}


def _trouble(node: nodes.Node, own: frozenset[str], loops: int) -> str | None:
    """What is wrong with one node by itself."""
    trouble = None
    match node:
        case nodes.Call() if isinstance(node.node, nodes.Name) and node.node.name == "range":
            pass
        case nodes.Call():
            trouble = "nothing can be called; use a filter, like {{ contact.name | upper }}."
        case nodes.Name() if node.name not in own and node.name not in VARIABLES:
            trouble = f"there is no variable {node.name!r}. {nearest(node.name, VARIABLES)}"
        case nodes.Output():
            trouble = next(
                (_whole(one.name) for one in node.nodes if isinstance(one, nodes.Name) and one.name in VARIABLES.keys() - own), None
            )
        case nodes.Getattr() | nodes.Getitem():
            trouble = _unknown_field(node, own)
        case nodes.Filter() if node.name not in FILTERS:
            trouble = f"there is no filter {node.name!r}. {nearest(node.name, FILTERS)}"
        case nodes.Test() if node.name not in TESTS:
            trouble = f"there is no test {node.name!r}. {nearest(node.name, TESTS)}"
        case nodes.For() if loops >= MOST_NESTED or node.recursive:
            trouble = f"loops stand in each other {MOST_NESTED} deep at most."
        case _ if not isinstance(node, _ALLOWED):
            trouble = f"{type(node).__name__.lower()} is not for templates: they print variables, with filters, if and for."
    return trouble


def _whole(name: str) -> str:
    return f"{name} has many fields; name one of them, like {name}.{VARIABLES[name][0]}."


def _unknown_field(node: nodes.Getattr | nodes.Getitem, own: frozenset[str]) -> str | None:
    field = node.attr if isinstance(node, nodes.Getattr) else node.arg.value if isinstance(node.arg, nodes.Const) else None
    if isinstance(field, str) and field.startswith("_"):
        return f"{field!r} cannot be read. Name a field, like contact.first_name."
    name = node.node.name if isinstance(node.node, nodes.Name) else ""
    fields = LOOP if name == "loop" else VARIABLES.get(name, ()) if name not in own else ()
    if not fields or field in fields:
        return None
    return f"{name} has no {field!r}. {nearest(field, fields)}" if field else f"a field of {name} is named, like {name}.{fields[0]}."
