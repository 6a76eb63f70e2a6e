"""Written when the rules were done, so that the figures say how they do on what they have not seen."""

from tests.inbound.corpus.written import Note, Reply

HELD_REPLIES: list[Reply] = []
HELD_NOTES: list[Note] = []
