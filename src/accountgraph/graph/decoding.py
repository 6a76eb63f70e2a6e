"""From the JSON text of an answer straight to its types."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

if TYPE_CHECKING:
    from accountgraph.models import Contact

T = TypeVar("T")


def decoded(kind: type[T], text: str) -> T:
    """A JSON text as `kind`."""
    return cast("T", _decoder(kind).decode(text))  # type: ignore[arg-type]  # a type can be hashed


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401 - any type; made once each
    return msgspec.json.Decoder(kind)


def show_score(contact: Contact, score: int) -> None:
    """Put the score of this moment in the place of the one at the last event; for contacts just decoded."""
    # The contact is frozen, but nobody else has seen it yet; a copy of all its fields would cost more than decoding it.
    msgspec.structs.force_setattr(contact, "engagement_score", score)
