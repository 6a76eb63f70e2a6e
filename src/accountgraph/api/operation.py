"""Operations: what a method and a path do, who may, what goes in and what comes out. Said once, beside the function."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

import msgspec

from accountgraph.api.parameters import Signature
from accountgraph.listing import Page
from accountgraph.models import Entity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from accountgraph.access import Permission

F = TypeVar("F", bound="Callable[..., Any]")


@dataclass(frozen=True, slots=True)
class Include:
    """Rows that belong to an answer's: `query` gives those whose ids stand in `field`, all in one statement."""

    kind: type[msgspec.Struct]
    field: str
    query: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    Args:
        needs: the permission; None: whoever is known may.
        is_open: nobody has to be known.
        writes: it runs in one transaction, which `Idempotency-Key` joins; else it reads, or sees to its transactions itself.
        body: the shape of what is sent, where the function takes it as it is (a dict).
        location: where what was made can be read, with fields of the answer in braces.
        is_shown_once: the answer holds a secret, which is kept nowhere.
        largest: bytes of a body at most.
    """

    name: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    run: Callable[..., Any]
    signature: Signature
    needs: Permission | None
    is_open: bool
    writes: bool
    status: int
    body: Any
    location: str | None
    includes: Mapping[str, Include]
    is_sparse: bool
    is_shown_once: bool
    largest: int
    media: str

    @property
    def is_tagged(self) -> bool:
        """Whether the answer is one entity, with its ETag."""
        answer = self.signature.answer
        return isinstance(answer, type) and issubclass(answer, Entity)

    @property
    def is_guarded(self) -> bool:
        """Whether `If-Match` is looked at."""
        return self.is_tagged and self.method in {"PATCH", "PUT"}

    @property
    def is_keyed(self) -> bool:
        """Whether `Idempotency-Key` is looked at: it changes something, and is known by whom it was asked."""
        return self.method != "GET" and not self.is_open

    @property
    def entity(self) -> type[msgspec.Struct] | None:
        """What the answer is, or is a list of, where that is a struct."""
        kind = self.item or self.signature.answer
        return kind if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind is not Page else None

    @property
    def item(self) -> Any:  # noqa: ANN401 - a type
        """What the answer is a list of; None: it is no list."""
        return _item(self.signature.answer)


@dataclass
class Routes:
    """The operations of one subject. `tag`: its heading in the reference."""

    tag: str
    operations: list[Operation] = field(default_factory=list)

    def get(self, path: str, **options: Any) -> Callable[[F], F]:  # noqa: ANN401 - of `_declared`
        """An operation that reads."""
        return self._declare("GET", path, {"writes": False, **options})

    def post(self, path: str, **options: Any) -> Callable[[F], F]:  # noqa: ANN401 - of `_declared`
        """An operation that makes something, or does something."""
        return self._declare("POST", path, options)

    def put(self, path: str, **options: Any) -> Callable[[F], F]:  # noqa: ANN401 - of `_declared`
        """An operation that makes something be as it is sent."""
        return self._declare("PUT", path, options)

    def patch(self, path: str, **options: Any) -> Callable[[F], F]:  # noqa: ANN401 - of `_declared`
        """An operation that changes fields."""
        return self._declare("PATCH", path, options)

    def delete(self, path: str, **options: Any) -> Callable[[F], F]:  # noqa: ANN401 - of `_declared`
        """An operation that takes something away."""
        return self._declare("DELETE", path, options)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def _declare(self, method: str, path: str, options: dict[str, Any]) -> Callable[[F], F]:
        def declared(run: F) -> F:
            self.operations.append(_declared(self.tag, method, path, run, **options))
            return run

        return declared


def _item(answer: Any) -> Any:  # noqa: ANN401 - types
    return get_args(answer)[0] if get_origin(answer) is Page else None


def _declared(
    tag: str,
    method: str,
    path: str,
    run: Callable[..., Any],
    *,
    needs: Permission | None = None,
    is_open: bool = False,
    writes: bool = True,
    status: int = 200,
    body: Any = None,  # noqa: ANN401 - a type
    location: str | None = None,
    includes: Mapping[str, Include] | None = None,
    is_sparse: bool = False,
    is_shown_once: bool = False,
    largest: int = 1_000_000,
    media: str = "application/json",
) -> Operation:
    signature = Signature(run, path)
    if is_sparse:
        entity = _item(signature.answer) or signature.answer
        signature.add("fields", "Only these fields, and the id.", entity.__struct_fields__)
    if includes:
        signature.add("include", "Also the rows that belong to it.", tuple(includes))
    summary, _, description = (run.__doc__ or "").strip().partition("\n")
    return Operation(
        name=run.__name__,
        method=method,
        path=path,
        tag=tag,
        summary=summary.rstrip("."),
        description="\n".join(line.strip() for line in description.strip().splitlines()),
        run=run,
        signature=signature,
        is_sparse=is_sparse,
        is_shown_once=is_shown_once,
        needs=needs,
        is_open=is_open,
        writes=writes,
        status=status,
        body=body,
        location=location,
        includes=includes or {},
        largest=largest,
        media=media,
    )
