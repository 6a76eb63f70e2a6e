"""How much of a mail is read. What a limit leaves out is said in the mail's `problems`."""

from __future__ import annotations

MOST_BYTES = 100 * 1024 * 1024  # of a whole mail
MOST_PARTS = 1_000  # of the MIME tree, those that hold others with them
MOST_DEPTH = 64  # multiparts within each other; what is deeper stays one part, unread
MOST_HEADERS = 1_000
MOST_HEADER_BYTES = 1024 * 1024  # all headers together
MOST_PART_HEADER_BYTES = 64 * 1024  # the headers of one part
LONGEST_HEADER = 64 * 1024  # one header, unfolded, in characters
LONGEST_PARAMETERS = 8 * 1024  # of a Content-Type or Content-Disposition, in characters
LONGEST_BOUNDARY = 256  # RFC 2046 allows 70
LONGEST_DATE = 200
MOST_ADDRESSES = 1_000  # of one header
MOST_IDS = 200  # of In-Reply-To and References: the first ones and the last ones
MOST_GUESSES = 20  # at charsets that are not named, or named wrongly; each costs about a millisecond
MOST_TEXT = 1_000_000  # characters of `text`, and of `html`


class Problems:
    """What was wrong with one mail, each said once; and how often its charsets may still be guessed."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}
        self.guesses = MOST_GUESSES

    def add(self, problem: str) -> None:
        """Say it; a second time changes nothing."""
        self._said[problem] = None

    def all(self) -> tuple[str, ...]:
        """In the order in which they were met."""
        return tuple(self._said)
