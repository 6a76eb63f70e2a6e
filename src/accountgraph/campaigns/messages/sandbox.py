"""Rendering templates over what is known of a person, in Jinja's sandbox: they read what they are given and nothing else."""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import Undefined, UndefinedError
from jinja2.exceptions import SecurityError, TemplateError, TemplateRuntimeError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from accountgraph.campaigns.messages.errors import MissingVariableError, TemplateRefusedError
from accountgraph.campaigns.messages.grammar import FILTERS, LOOP, TESTS, check_template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jinja2 import Template

MOST_OUTPUT = 100_000  # characters
MOST_RANGE = 100
DEFAULTS = frozenset({"d", "default"})


class Known:
    """What is known under one name; what is empty counts as not known. `read`: the keys that a template asked for and got."""

    def __init__(self, path: str, values: Mapping[str, Any]) -> None:
        self.path = path
        self.read: set[str] = set()
        self._values = values

    def get(self, key: object) -> Any:  # noqa: ANN401 - whatever was recorded
        """The value, or None where there is none, or an empty one."""
        value = self._values.get(key) if isinstance(key, str) else None
        if _is_empty(value):
            return None
        self.read.add(str(key))
        return _wrapped(f"{self.path}.{key}", value)

    def __bool__(self) -> bool:
        return not all(_is_empty(value) for value in self._values.values())

    def __str__(self) -> str:
        raise TypeError(f"{self.path} has many fields; name one of them")


def _wrapped(path: str, value: Any) -> Any:  # noqa: ANN401 - whatever was recorded
    if isinstance(value, dict):
        return Known(path, value)
    return [_wrapped(path, one) for one in value if not _is_empty(one)] if isinstance(value, (list, tuple)) else value


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, (dict, list, tuple)) and not value)


class _NotKnownError(UndefinedError):
    """Carries the path of what is missing."""


class _Missing(Undefined):
    """Something that is not known: it can be asked for (`if`) and given a `default`, but not said."""

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = None,  # noqa: ANN401 - as the base has it
        name: str | None = None,
        exc: type[TemplateRuntimeError] = UndefinedError,
    ) -> None:
        super().__init__(hint, obj, name, _NotKnownError if exc is UndefinedError else exc)
        parent = obj.path if isinstance(obj, (Known, _Missing)) else ""
        self.path: str = f"{parent}.{name}" if parent else str(name)

    @property
    def _undefined_message(self) -> str:
        return self._undefined_hint or self.path

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the base has it
        if name.startswith("_"):
            raise AttributeError(name)
        return _Missing(obj=self, name=name)

    def __getitem__(self, name: Any) -> Any:  # noqa: ANN401 - as the base has it
        return _Missing(obj=self, name=name)

    def __contains__(self, item: object) -> bool:
        return False

    def _refuse(self) -> NoReturn:
        self._fail_with_undefined_error()

    __str__ = __iter__ = __len__ = _refuse


class _Sandbox(ImmutableSandboxedEnvironment):
    """Reads the keys of what it is given, never an attribute."""

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - as the base has it
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401 - as the base has it
        if isinstance(obj, _Missing):
            return obj[argument]
        if isinstance(obj, LoopContext):
            return getattr(obj, argument) if argument in LOOP else self.undefined(obj=obj, name=argument)
        try:
            value = obj.get(argument) if isinstance(obj, Known) else obj[argument]
        except (LookupError, TypeError):
            value = None
        return self.undefined(obj=obj, name=argument) if value is None else value


def _range(*args: int) -> range:
    numbers = range(*args)
    if len(numbers) > MOST_RANGE:
        raise SecurityError(f"range gives {len(numbers):,} numbers; {MOST_RANGE} are the most")
    return numbers


def _passing(filtered: Callable[..., Any]) -> Callable[..., Any]:
    """A filter of what is not known is not known, so that a `default` behind it speaks."""
    takes_environment = hasattr(filtered, "jinja_pass_arg")

    @wraps(filtered)
    def filter_known(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the filter has it
        value = args[takes_environment]
        return value if isinstance(value, _Missing) else filtered(*args, **kwargs)

    return filter_known


def _environment() -> _Sandbox:
    environment = _Sandbox(undefined=_Missing, autoescape=False, trim_blocks=True, lstrip_blocks=True)
    environment.globals = {"range": _range}
    environment.filters = {name: environment.filters[name] if name in DEFAULTS else _passing(environment.filters[name]) for name in FILTERS}
    environment.tests = {name: environment.tests[name] for name in TESTS}
    return environment


_sandbox = _environment()


@lru_cache(maxsize=2000)
def _compiled(text: str) -> Template:
    troubles = check_template(text)
    if troubles:
        raise TemplateRefusedError(" ".join(troubles))
    template = _sandbox.from_string(text)
    template.globals = dict(template.globals)  # every rendering copies them, and a chain of maps is slow to copy
    return template


def render(text: str, variables: Mapping[str, Known], where: str) -> str:
    """What a template says. `where` names it in errors.

    Raises:
        MissingVariableError: it speaks of something that is not known, or is empty.
        TemplateRefusedError: it is no template that can be used, or says too much.
    """
    said: list[str] = []
    length = 0
    try:
        for part in _compiled(text).generate(**variables):
            said.append(part)
            length += len(part)
            if length > MOST_OUTPUT:
                raise TemplateRefusedError(f"{where} gives more than {MOST_OUTPUT:,} characters; make it shorter.")
    except _NotKnownError as missing:
        raise MissingVariableError(str(missing.message), where) from None
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
        raise TemplateRefusedError(f"{where} cannot be used here: {error}.") from None
    return "".join(said).strip()
