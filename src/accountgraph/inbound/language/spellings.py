"""Phrases as they are written down in the files, as the sequences of words that they stand for."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from accountgraph.inbound.language.words import Words, fold, head_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.inbound.language.classes import Classes

# By so many of its first letters a stem is looked up.
STEM = 3


def beginnings(text: str, language: str, classes: Classes) -> Iterator[str]:
    """The words that a phrase may begin with; a stem as its first letters and `~`."""
    if text.isascii() and text.replace(" ", "").isalnum():
        # Most are plain words; there are thousands, and the first mail waits for them.
        yield text.partition(" ")[0].lower()
        return
    known: set[str] = set()
    for spelled in (text, *_plain_umlauts(text)):
        for token in spelled.split():
            for option in token.strip("()").split("|"):
                if option[0] == "@":
                    known.update(classes.members(f"{language}:{option[1:]}"))
                elif option.endswith("~"):
                    known.add(fold(option[:-1])[:STEM] + "~")
                else:
                    known.add(head_of(option))
            if token[0] != "(" or token[-1] != ")":
                break
    yield from known


def spellings(text: str, language: str) -> Iterator[tuple[str, ...]]:
    """A phrase as it is written down here, as all the word sequences that it stands for."""
    for spelled in {text, *_plain_umlauts(text)}:
        choices: list[list[tuple[str, ...]]] = []
        for token in spelled.split():
            optional = token.startswith("(") and token.endswith(")")
            options = [_token(option, language) for option in token.strip("()").split("|")]
            choices.append([*options, ()] if optional else options)
        for picked in itertools.product(*choices):
            tokens = tuple(itertools.chain.from_iterable(picked))
            if tokens:
                yield tokens


def _token(written: str, language: str) -> tuple[str, ...]:
    """A token of the files as tokens of the tree: a word with a hyphen is two words, as it is in a text."""
    if written == ".." or written.endswith("~"):
        return (written,)
    if written[0] == "@":
        return (f"@{language}:{written[1:]}",)
    return (written.lower(),) if written.isascii() and written.isalnum() else tuple(Words(written).folded)


def _plain_umlauts(text: str) -> Iterator[str]:
    """German keyboards that are none: `Gruesse` for `Grüße`."""
    if text.isascii():
        return
    plain = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    if plain != text:
        yield plain
