"""What a model is told of the tools, and how it calls them: names, descriptions, JSON schemas; all made from the functions themselves."""

from __future__ import annotations

import inspect
import re
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, get_type_hints

import msgspec
from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.errors import AccountGraphError, InvalidValueError
from accountgraph.tools.untrusted import harmless

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


_ARGUMENT = re.compile(r"^    (\w+): (.+)$")


class ToolDefinition(Struct, frozen=True, kw_only=True):
    """A tool as a model is told of it. `parameters`, `answer`: JSON Schema. `permission`: the scope that it needs.

    `is_read_only`: it changes nothing. `is_destructive`: what it does cannot be taken back in every case.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    answer: dict[str, Any]
    permission: str
    is_read_only: bool
    is_destructive: bool

    def for_openai(self) -> dict[str, Any]:
        """As `tools=[...]` of the OpenAI SDK's chat completions takes it."""
        return {"type": "function", "function": {"name": self.name, "description": self.description, "parameters": self.parameters}}


class Kind(NamedTuple):
    """What a tool needs and does."""

    permission: Permission
    is_read_only: bool = True
    is_destructive: bool = False


KINDS = {
    "find_account": Kind(Permission.GRAPH_READ),
    "brief": Kind(Permission.GRAPH_READ),
    "who_next": Kind(Permission.GRAPH_READ),
    "context": Kind(Permission.GRAPH_READ),
    "why_not_written": Kind(Permission.CAMPAIGNS_READ),
    "propose_message": Kind(Permission.MESSAGES_PROPOSE, is_read_only=False),
    "send_message": Kind(Permission.MESSAGES_SEND, is_read_only=False, is_destructive=True),
    "record": Kind(Permission.GRAPH_WRITE, is_read_only=False),
    "learn": Kind(Permission.GRAPH_WRITE, is_read_only=False, is_destructive=True),
    "list_tasks": Kind(Permission.TASKS_READ),
    "simulate": Kind(Permission.CAMPAIGNS_READ),
    "budget": Kind(Permission.MESSAGES_PROPOSE),
    "undo": Kind(Permission.MESSAGES_PROPOSE, is_read_only=False, is_destructive=True),
}


class Tool(NamedTuple):
    """A tool with the type of its arguments."""

    definition: ToolDefinition
    arguments: type[Struct]


def tool_of(function: Callable[..., Any], kind: Kind) -> Tool:
    """What a method with a docstring is as a tool; its arguments are those of its `Args:`."""
    text, said = _docstring(function)
    hints = get_type_hints(function)
    fields: list[Any] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "self":
            continue
        hint: Any = Annotated[hints[name], Meta(description=said[name])]
        fields.append((name, hint) if parameter.default is parameter.empty else (name, hint, parameter.default))
    arguments = msgspec.defstruct(function.__name__, fields, kw_only=True, forbid_unknown_fields=True)
    definition = ToolDefinition(
        name=function.__name__,
        description=text,
        parameters=schema_of(arguments),
        answer=schema_of(hints["return"]),
        permission=kind.permission.value,
        is_read_only=kind.is_read_only,
        is_destructive=kind.is_destructive,
    )
    return Tool(definition, arguments)


def schema_of(kind: type[Any]) -> dict[str, Any]:
    """The JSON Schema of a struct as an object of its own; what it is made of stands in `$defs`."""
    (found,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    name = found["$ref"].rpartition("/")[2]
    own = {key: value for key, value in parts.pop(name).items() if key != "title"}
    return {**own, "$defs": parts} if parts else own


def arguments_of(tool: Tool, given: Mapping[str, Any] | str | None) -> dict[str, Any]:
    """What a model gave, as the function takes it.

    Raises:
        InvalidValueError: it does not fit; the message says what would.
    """
    try:
        raw = msgspec.json.decode(given) if isinstance(given, str) else dict(given or {})
        found = msgspec.convert(raw, tool.arguments)
    except msgspec.MsgspecError as error:
        wanted = ", ".join(tool.definition.parameters.get("properties", {})) or "nothing"
        raise InvalidValueError("arguments", f"{error}; {tool.definition.name} takes {wanted}.") from None
    return {name: getattr(found, name) for name in found.__struct_fields__}


def failure(error: AccountGraphError) -> str:
    """What a model is told of an error: what is wrong, and what would be right."""
    return harmless(" ".join(error.lines))


def plain(method: Callable[..., Any]) -> Callable[..., Awaitable[dict[str, Any]]]:
    """A tool as a function that gives plain data, with the same signature and docstring."""

    @wraps(method)
    async def function(*args: object, **given: object) -> dict[str, Any]:
        answer: dict[str, Any] = msgspec.to_builtins(await method(*args, **given))
        return answer

    function.__annotations__ = {**get_type_hints(method), "return": dict[str, Any]}
    signature = inspect.signature(method)
    parameters = [one.replace(annotation=function.__annotations__[name]) for name, one in signature.parameters.items()]
    function.__signature__ = signature.replace(parameters=parameters, return_annotation=dict[str, Any])  # type: ignore[attr-defined]
    return function


def _docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """The text before `Args:`, and what is said of each argument."""
    text, _, rest = (inspect.getdoc(function) or "").partition("\nArgs:\n")
    said: dict[str, str] = {}
    name = ""
    for line in rest.partition("\nRaises:")[0].splitlines():
        if found := _ARGUMENT.match(line):
            name = found[1]
            said[name] = found[2]
        elif name and line.strip():
            said[name] += f" {line.strip()}"
    return text.partition("\nRaises:")[0].strip(), said
