"""What a draft is checked against, and what comes of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.rules.references import Verb
from accountgraph.drafting.checking.amounts import Amounts
from accountgraph.drafting.checking.tokens import addresses_of, words_of
from accountgraph.graph.prompt import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator


class Draft(Struct, frozen=True, kw_only=True):
    """What a model wrote. `facts_used`: the ids of the facts that it says it used."""

    subject: str | None = None
    body: str
    facts_used: tuple[str, ...] = ()


class Named(Struct, frozen=True, kw_only=True):
    """Somebody by their names; one that is not known is empty."""

    id: UUID | None = None
    first_name: str = ""
    last_name: str = ""

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self.first_name} {self.last_name}".strip()


class Reference(Named, frozen=True, kw_only=True):
    """The colleague who may be named, and what may be told of them. `referred`: they sent us to the recipient."""

    verb: Verb
    referred: bool = False


class Verdict(Struct, frozen=True, kw_only=True):
    """What the checker says. No refusals: it may go on. `facts`: those that the draft rests on. `mentions_id`: the colleague it names."""

    refusals: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    mentions_id: UUID | None = None


class Ground(Struct, frozen=True, kw_only=True, dict=True):
    """All that a draft may rest on.

    `facts`: the context. `ours`: texts of our own: the template as this person would get it, the instructions, who the sender is.
    `recipient`, `sender`: who may always be named; `reference`: the colleague who may be. `others`: who may not, although we know them.
    `needs_subject`: it begins a thread.
    """

    facts: tuple[Fact, ...] = ()
    ours: tuple[str, ...] = ()
    recipient: Named
    sender: Named = Named()
    reference: Reference | None = None
    others: tuple[Named, ...] = ()
    max_words: int = 150
    needs_subject: bool = True

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of the ground, folded."""
        return frozenset(word for text in self._texts() for word in words_of(text))

    @cached_property
    def own_words(self) -> frozenset[str]:
        """Words of what is ours and of who may be named."""
        people = (self.recipient, self.sender, *([self.reference] if self.reference else []))
        return frozenset(word for text in (*self.ours, *(one.name for one in people)) for word in words_of(text))

    @cached_property
    def recorded_words(self) -> frozenset[str]:
        """Words of what is ours, and of what the records say: none that stand only in what somebody else wrote."""
        return self.own_words | {word for fact in self.facts if not fact.source.is_quoted for word in words_of(fact.text)}

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Web and mail addresses that may be written: our own and those of the records, none that somebody else wrote."""
        texts = (*self.ours, *(fact.text for fact in self.facts if not fact.source.is_quoted))
        return frozenset(address for text in texts for address in addresses_of(text))

    @cached_property
    def amounts(self) -> Amounts:
        """Numbers and dates of the ground."""
        return Amounts.of(self._texts())

    @cached_property
    def amounts_by_fact(self) -> dict[str, Amounts]:
        """Numbers and dates of each fact."""
        return {fact.id: Amounts.of([fact.text]) for fact in self.facts}

    def _texts(self) -> Iterator[str]:
        yield from self.ours
        yield from (fact.text for fact in self.facts)
        yield from (one.name for one in (self.recipient, self.sender, self.reference) if one is not None)
