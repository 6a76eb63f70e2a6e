"""Write the corpus: `python -m tests.inbound.corpus.make`.

Each mail is a file; what is expected of a folder's mails stands in its `expected.json`.
"""

from __future__ import annotations

import json
import unicodedata
from email.message import EmailMessage
from pathlib import Path

from tests.inbound.corpus.clients import US, WRITER, Letter, mail_of
from tests.inbound.corpus.first_held_out import FIRST_NOTES, FIRST_REPLIES
from tests.inbound.corpus.letters import notes as notes_of
from tests.inbound.corpus.letters import replies as replies_of
from tests.inbound.corpus.notes import NOTES
from tests.inbound.corpus.replies import REPLIES
from tests.inbound.corpus.second_held_out import SECOND_NOTES, SECOND_REPLIES
from tests.inbound.corpus.third_held_out import THIRD_NOTES, THIRD_REPLIES
from tests.inbound.corpus.written import HEADERS, Note, Reply

HERE = Path(__file__).parent
DATE = "Tue, 10 Mar 2026 09:15:00 +0000"


REPLIES_OF = {
    "replies": [*REPLIES, *FIRST_REPLIES, *SECOND_REPLIES],
    "development-replies": [*THIRD_REPLIES, *replies_of("development"), *replies_of("fifth_held_out")],
    "held-out-replies": replies_of("fourth_held_out"),
    "late-replies": replies_of("sixth_held_out"),
}
NOTES_OF = {
    "automatic": [*NOTES, *FIRST_NOTES, *SECOND_NOTES],
    "development-automatic": [*THIRD_NOTES, *notes_of("development_notes")],
    "held-out-automatic": notes_of("fourth_held_out_notes"),
}


def written() -> list[Path]:
    """The files that stand in the folders of this corpus."""
    return [path for folder in (*REPLIES_OF, *NOTES_OF) for path in (HERE / folder).glob("*") if path.suffix in {".eml", ".json"}]


def made() -> dict[str, bytes]:
    """Every file of the corpus by its path."""
    files: dict[str, bytes] = {}
    for folder, replies in REPLIES_OF.items():
        expected = {}
        for number, reply in enumerate(replies, 1):
            name = f"{number:03}-{reply.language}-{reply.client}-{reply.kind}"
            letter = Letter(reply.client, reply.language, reply.text, reply.signature, (reply.writer, _address(reply.writer)))
            files[f"{folder}/{name}.eml"] = mail_of(letter, subject="Re: Your accounts", date=DATE, headers={}).as_bytes()
            expected[name] = _of_reply(reply)
        files[f"{folder}/expected.json"] = _json(expected)
    for folder, notes in NOTES_OF.items():
        expected = {}
        for number, note in enumerate(notes, 1):
            name = f"{number:03}-{note.language}-{note.kind or 'person'}"
            files[f"{folder}/{name}.eml"] = _note(note).as_bytes()
            expected[name] = {"kind": note.kind, "back_on": note.back_on, "name": note.person[0], "email": note.person[1]}
        files[f"{folder}/expected.json"] = _json(expected)
    return files


def _address(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().replace("ı", "i"))
    local = "".join(letter for letter in plain if letter == " " or (letter.isalnum() and letter.isascii()))
    return f"{local.strip().replace(' ', '.') or 'info'}@kunde.example"


def _of_reply(reply: Reply) -> dict[str, str | None]:
    text = "\n\n".join(piece.strip() for piece in reply.text.split("|")) if "inline" in reply.client else reply.text
    return {"text": text, "kind": reply.kind, "until": reply.until, "name": reply.person[0], "email": reply.person[1]}


def _note(note: Note) -> EmailMessage:
    mail = EmailMessage()
    for name, value in HEADERS[note.headers].items():
        mail[name] = value
    mail["From"], mail["To"] = f"{WRITER[0]} <{WRITER[1]}>", f"{US[0]} <{US[1]}>"
    mail["Subject"], mail["Date"] = note.subject, DATE
    mail["Message-ID"] = "<note@kunde.example>"
    mail.set_content(note.text, cte="8bit")
    return mail


def _json(expected: dict[str, dict[str, str | None]]) -> bytes:
    return (json.dumps(expected, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def main() -> None:
    """Write what is missing or stands otherwise, take away what is no longer made."""
    files = made()
    for path in written():
        if str(path.relative_to(HERE)) not in files:
            path.unlink()
    for name, content in files.items():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main()
