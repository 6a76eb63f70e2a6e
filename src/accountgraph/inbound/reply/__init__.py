"""The words that somebody wrote now: a reply without what it quotes and without how it is signed, in plain text and HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.findings import ReplyText
from accountgraph.inbound.reply.html import lines_of_html
from accountgraph.inbound.reply.lines import LIMIT, Line, lines_of_text
from accountgraph.inbound.reply.quotes import cut_of
from accountgraph.inbound.reply.signature import banner_end, postscript, signature_start

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accountgraph.inbound.mail import Mail

__all__ = ["reply_text"]

_CLIENTS = {
    "gmail": "gmail",
    "yahoo": "yahoo",
    "proton": "proton",
    "moz-": "thunderbird",
    "divrplyfwdmsg": "outlook",
    "appendonsend": "outlook",
    "outlook": "outlook",
    "mail-editor": "outlook",
    "olk_src": "outlook",
    "applemail": "apple",
    "zmail": "zoho",
    "tutanota": "tuta",
    "gmx": "gmx",
    "name=": "gmx",
}


class _Divided(NamedTuple):
    """Lines as what they are: written now (in blocks, between quotes) and quoted; `evidence` says how it was told."""

    blocks: list[list[Line]]
    quoted: list[Line]
    evidence: list[str]
    certain: bool


def reply_text(mail: Mail) -> ReplyText:
    """What the writer of a mail wrote now.

    HTML is read where there is any, for it says what is quoted; else the plain text. Only the first 200,000 characters are looked at,
    and where there were more, `evidence` says so. An answer below or between quoted lines is kept; quotes and signature stand apart.
    `confidence` is lower where a quote was told by its words alone, and low where nothing new was found.
    """
    lines, clues = lines_of_html(mail.html) if mail.html.strip() else ([], ())
    if not any(line.text for line in lines):
        lines, clues = lines_of_text(mail.text), ()
    evidence = [f"markup: {clue}" for clue in clues]
    if max(len(mail.html), len(mail.text)) > LIMIT:
        evidence.append(f"only the first {LIMIT:,} characters were read")
    banner = banner_end(lines)
    if banner:
        evidence.append("a warning about outside mail at the top")
    divided = _divide(lines[banner:])
    texts: list[str] = []
    signatures: list[str] = []
    for block in divided.blocks:
        written, signed, why = _signed(block, mail.sender.name if mail.sender else None, later=any(texts))
        texts.append(_joined(written))
        signatures.append(_joined(signed))
        evidence += [f"signature by {why}"] if why else []
    text = "\n\n".join(filter(None, texts))
    return ReplyText(
        text=text,
        quoted=_joined(divided.quoted),
        signature="\n\n".join(filter(None, signatures)),
        client=_client(clues, divided.evidence, mail),
        confidence=0.4 if not text else 1.0 if divided.certain else 0.85,
        evidence=tuple([*evidence, *divided.evidence][:20]),
    )


def _divide(lines: Sequence[Line]) -> _Divided:
    """Written now or quoted, line by line."""
    divided = _Divided([], [], [], certain=True)
    rest = lines
    while rest:
        cut = cut_of(rest)
        end = len(rest) if cut is None else cut.start
        _share_out(rest[:end], divided)
        if cut is None:
            break
        divided.evidence.append(cut.why)
        if cut.open:
            divided.quoted.extend(rest[cut.start :])
            return divided._replace(certain=cut.why == "markup")
        divided.quoted.extend(rest[cut.start : cut.end])
        # A mail that introduces more quotes than this is no letter.
        rest = rest[cut.end :] if len(divided.evidence) < 50 else []
    return divided


def _share_out(lines: Sequence[Line], divided: _Divided) -> None:
    """Lines by their marks; what stands together is a block."""
    block: list[Line] = []
    for number, line in enumerate(lines):
        if line.depth or _torn(lines, number):
            divided.quoted.append(line)
            if any(one.text for one in block):
                divided.blocks.append(block)
            block = []
        else:
            block.append(line)
    if any(one.text for one in block):
        divided.blocks.append(block)


def _torn(lines: Sequence[Line], number: int) -> bool:
    """A quoted line that was wrapped on its way lost the mark of its second half."""
    if number == 0 or number + 1 >= len(lines):
        return False
    above, line, below = lines[number - 1], lines[number], lines[number + 1]
    return bool(
        above.depth
        and below.depth
        and len(above.text) >= 60
        and line.text
        and below.text
        and line.text[:1].islower()
        and len(line.text) <= 40,
    )


def _signed(block: list[Line], name: str | None, *, later: bool) -> tuple[list[Line], list[Line], str | None]:
    """A block as what it says and how it is signed."""
    found = signature_start(block, name, later=later)
    if found is None:
        return block, [], None
    start, why = found
    signed = block[start:]
    more = postscript(signed)
    if more is None:
        return block[:start], signed, why
    return [*block[:start], Line(""), *signed[more:]], signed[:more], why


def _joined(lines: Sequence[Line]) -> str:
    return "\n".join(_without_gaps(lines)).strip()


def _without_gaps(lines: Sequence[Line]) -> Iterator[str]:
    """Lines with one empty line between paragraphs at most."""
    blank = True
    for line in lines:
        if line.text or not blank:
            yield line.text
        blank = not line.text


def _client(clues: Sequence[str], evidence: Sequence[str], mail: Mail) -> str | None:
    """Whose quote it looks like: by the markup, else by what the program says of itself in the headers."""
    for clue in clues:
        for start, client in _CLIENTS.items():
            if start in clue:
                return client
    mailer = (mail.header("x-mailer") or mail.header("user-agent") or "").lower()
    for word in ("thunderbird", "apple mail", "iphone mail", "outlook", "lotus notes", "yahoo", "foxmail", "zoho", "mutt"):
        if word in mailer:
            return word.split(" ")[0]
    if any(why in {"header block", "rule and header block"} for why in evidence):
        return "outlook"
    return None
