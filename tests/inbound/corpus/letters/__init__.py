"""Letters as text files: easier to write and to read than code, and as many as are needed.

`### LANGUAGE CLIENT KIND [UNTIL] [NAME] [<ADDRESS>]`, the words, and behind a line `-- ` the signature. For a note of a machine the client is a
set of headers, and the first line `Subject: ...`; `person` stands for a note that is none. At the top stand the `writers:`; who wrote a letter
is the first of them who has a name in its signature, else the first of all.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.inbound.corpus.written import Note, Reply

_HERE = Path(__file__).parent
_HEAD = re.compile(
    r"(?P<language>\w+) (?P<client>\w+) (?P<kind>\w+)(?: (?P<day>\d{4}-\d\d-\d\d))?(?: (?P<name>[^<]+?))?(?: <(?P<email>\S+)>)?"
)


def replies(name: str) -> list[Reply]:
    """The replies of a file."""
    found = []
    writers = (_HERE / f"{name}.txt").read_text(encoding="utf-8").split("\n", 1)[0].removeprefix("writers: ").split(", ")
    for head, words in _blocks(name):
        text, _, signature = words.partition("\n-- \n")
        person = (head["name"], head["email"])
        signed = set(re.findall(r"\w+", signature))
        writer = next((one for one in writers if signed.intersection(one.split())), writers[0])
        found.append(Reply(str(head["client"]), str(head["language"]), text, signature, str(head["kind"]), head["day"], person, writer))
    return found


def notes(name: str) -> list[Note]:
    """The notes of a file."""
    found = []
    for head, words in _blocks(name):
        subject, _, text = words.removeprefix("Subject: ").partition("\n")
        kind = None if head["kind"] == "person" else head["kind"]
        person = (head["name"], head["email"])
        found.append(Note(str(head["language"]), subject, text, kind, str(head["client"]), head["day"], person))
    return found


def _blocks(name: str) -> list[tuple[dict[str, str | None], str]]:
    blocks = []
    for block in re.split(r"^### ", (_HERE / f"{name}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        first, _, words = block.partition("\n")
        head = _HEAD.fullmatch(first)
        if head is None:
            msg = f"{name}.txt: cannot read the head `{first}`"
            raise ValueError(msg)
        blocks.append((head.groupdict(), words.rstrip("\n")))
    return blocks
