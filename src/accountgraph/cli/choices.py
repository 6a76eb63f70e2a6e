"""Values of options that are one of a few words."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum


def one_of(words: type[StrEnum], flag: str, given: str | None) -> str | None:
    """`given` as one of `words`, in any case.

    Raises:
        typer.BadParameter: it is none of them; the message offers what comes near.
    """
    return one_of_words([str(word) for word in words], flag, given)


def one_of_words(known: Sequence[str], flag: str, given: str | None) -> str | None:
    """`given` as one of `known`, as `one_of`."""
    if given is None:
        return None
    wanted = given.strip().lower()
    if wanted in known:
        return wanted
    near = get_close_matches(wanted, known, n=1, cutoff=0.5)
    offer = f"; did you mean {near[0]!r}? It" if near else ": it"
    raise typer.BadParameter(f"{given!r} is not known{offer} is one of {', '.join(known)}.", param_hint=flag)
