"""Days in words and numbers, by language: `3 January`, `14.03.`, `05/06`, `next Monday`, `in two weeks`, `from 3 to 14 May`.

Everything is relative to a day that is given. A date without its year is the one that is nearest, and rather to come than gone by.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from datetime import timedelta

from accountgraph.inbound.language.day_words import DayWords
from accountgraph.inbound.language.spans import Cue, When, day_of

_RANGE = re.compile(r"\s*(?:-|–|—|~|〜|～|to|bis|au|al|à|a|até|t/m|tot|do|til|till|по|から|至|到)\s*", re.IGNORECASE)
# "3 to" before "14 March".
_OPENER = re.compile(
    r"(\d{1,2})\s?(?:st|nd|rd|th|\.|er)?\s*(?:-|–|to|and|bis(?: zum)?|au|al|a|e|à|até|tot|t/m|till|til|do|по|und)\s*(?:el |le |den )?$",
)
_APART = re.compile(r",|\b(?:and|und|et|y|e|en|och|og|ja|i|a|и|ve)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|wont|won't|no|nicht|pas|non|não|niet|inte|ikke)\b", re.IGNORECASE)


class Days(DayWords):
    """Reads the days of one text, and what is said of them."""

    def all(self) -> list[When]:
        """Every day that the text names, in its order, the two ends of a stretch as one."""
        return self._stretches(self.each())

    def told(self) -> list[tuple[When, str | None]]:
        """Every day with what is said of it: `back`, `until`, `after`, `away`, or nothing."""
        found = self.all()
        told: list[tuple[When, str | None]] = []
        for number, when in enumerate(found):
            low = found[number - 1].end if number else 0
            high = found[number + 1].start if number + 1 < len(found) else len(self._words.text)
            told.append((when, self._said_of(when, low, high)))
        return told

    def _said_of(self, when: When, low: int, high: int) -> str | None:
        """The nearest word before a day says what it is, else the next one behind it, within its sentence."""
        inside = self._sentence(when)
        before = [cue for cue in self.cues if max(low, inside[0], when.start - 90) <= cue.start and cue.end <= when.start + 1]
        behind = [cue for cue in self.cues if when.end - 1 <= cue.start and cue.end <= min(high, inside[1], when.end + 50)]
        behind = [cue for cue in behind if not _APART.search(self._words.text[when.end : cue.start])]
        roles = [cue.role for cue in before if cue.role != "from"]
        # "Not back until Monday" is back on Monday; "back from leave after the 3rd" is after it.
        if roles and roles[-1] in {"until", "after"}:
            return "back" if "until" in roles and "back" in roles[:-1] and self._denied(before) else roles[-1]
        late = [cue.role for cue in behind]
        if late and late[0] == "until" and not (roles and roles[-1] == "back"):
            return "until"
        if roles and roles[-1] == "back":
            return "back"
        if "back" in late:
            return "back"
        if late and late[0] == "after":
            return "after"
        return roles[-1] if roles else "away" if "away" in late and not any(cue.role == "from" for cue in before) else None

    def _denied(self, cues: list[Cue]) -> bool:
        return any(_NOT.search(self._words.text[max(0, cue.start - 30) : cue.start]) for cue in cues if cue.role == "back")

    def _sentence(self, when: When) -> tuple[int, int]:
        """The letters of the sentence that a day stands in."""
        starts, sentence = self._words.starts, self._words.sentence
        if not starts:
            return 0, len(self._words.text)
        place = min(bisect_left(starts, when.start), len(starts) - 1)
        first = bisect_left(sentence, sentence[place])
        last = bisect_left(sentence, sentence[place] + 1) - 1
        return starts[first], self._words.ends[last]

    def _stretches(self, found: list[When]) -> list[When]:
        """`3 to 14 March`: what stands between two days, or before the second, makes them one stretch."""
        text = self._words.text
        made: list[When] = []
        for when in found:
            above = made[-1] if made else None
            if above and not above.stretch and when.last >= above.first and when.first <= above.first + timedelta(days=400):
                between = text[above.end : when.start]
                if _RANGE.fullmatch(between) or self._joins(above.end, when.start):
                    made[-1] = When(above.first, when.last, above.start, when.end, stretch=True, unsure=above.unsure or when.unsure)
                    continue
                if (
                    len(between) <= 12
                    and not re.search(r"[^\s,.(\w]", between)
                    and self._names_weekday(above)
                    and not self._names_weekday(when)
                ):
                    # "Monday, 3 January": the weekday only says it again.
                    made[-1] = when._replace(start=above.start)
                    continue
            opener = _OPENER.search(text[max(0, when.start - 14) : when.start])
            if opener and not when.vague and 1 <= int(opener.group(1)) <= 31:
                first = day_of(when.last.year, when.last.month, int(opener.group(1)))
                if first and first < when.last:
                    made.append(when._replace(first=first, start=when.start - len(opener.group(0)), stretch=True))
                    continue
            made.append(when)
        return made

    def _names_weekday(self, when: When) -> bool:
        term = self._term(self._place.get(when.start, -1), "weekdays")
        return term is not None and self._words.ends[term.last] == when.end

    def _joins(self, start: int, end: int) -> bool:
        """Whether a word like "to" is all that stands between two days, but for articles and weekdays."""
        if end - start > 40:
            return False
        starts = self._words.starts
        place, behind = bisect_left(starts, start), bisect_left(starts, end)
        joined = False
        while place < behind:
            term = self._term(place, "to", "until", "of", "weekdays", "from")
            if term is None:
                return False
            joined = joined or term.role in {"to", "until"}
            place = term.last + 1
        return joined
