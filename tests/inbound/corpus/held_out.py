"""Written when the code was done, so that the figures say how it does on what it has not seen."""

from tests.inbound.corpus.written import Note, Reply

HELD_REPLIES: list[Reply] = []
HELD_NOTES: list[Note] = []
