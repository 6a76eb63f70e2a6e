"""HTML as lines. A scanner of its own, for it has to be linear: a tree that follows HTML5 to the letter is not, and needs none here.

Tags are taken as they come, nesting is counted per kind of tag, and nothing is recursive.
"""

from __future__ import annotations

import re
from html import unescape

from accountgraph.inbound.reply.lines import LIMIT, MOST_LINES, Line, Role, tidy

# What is between "<" and the next ">" without another "<": each character is looked at once.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)([^<>]*)>")
_BLANK = re.compile(r"[ \t\r\n\f]+")
_BREAKING = set(
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr html li "  # noqa: SIM905
    "main nav ol p pre section table tbody tfoot thead tr ul".split(),
)
_APART = frozenset({"p", "blockquote", "table"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "math"})
_HOLDERS = frozenset({"blockquote", "div", "pre", "span", "table", "td", "p", "section"})
# Words of class, id and style. The first that fits decides.
_QUOTE = re.compile(
    r"name=[\"']?quote[\"'\s]|name=[\"']?quote$|gmail_quote(?!_attribution|_container)|yahoo_quoted|protonmail_quote|zmail_extra|tutanota_quote|moz-forward-container|"
    r"gmx_quote|ydp[0-9a-z]{1,20}yahoo_quoted|mailrucl?ass_?quote|quoted_text|x_?gmail_quote|"
    r"OLK_SRC_BODY_SECTION|isForwardContent|replyheader|quotedtext",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"divRplyFwdMsg|appendonsend|OutlookMessageHeader|mail-editor-reference-message-container|reply-intro|zmail_extra_hr|"
    r"ms-outlook-mobile-reference-message|stopSpelling",
    re.IGNORECASE,
)
_ATTRIBUTION = re.compile(r"gmail_attr|moz-cite-prefix|gmail_quote_attribution|protonmail_attr", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"gmail_signature|moz-signature|protonmail_signature_block|AppleMailSignature|ms-outlook-mobile-signature|ydp[0-9a-z]{1,20}signature|"
    r"id=[\"']?signature[\"'\s>]|id=[\"']?signature$|x_signature|tutanota_signature|zsignature|lineBreakAtBeginningOfSignature",
    re.IGNORECASE,
)
_TOLD = ("class", "id=", "style", "data-", "type", "name", "hidden")
_HIDDEN = re.compile(r"display\s?:\s?none|mso-hide\s?:\s?all|max-height\s?:\s?0(?:px)?\s?[;\"']", re.IGNORECASE)


class _Reader:
    """Collects lines while the tags go by."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._piece: list[str] = []
        self._open: dict[str, list[tuple[int, Role, bool, int]]] = {}
        self._wrap: int | None = None
        self._pre = 0
        self.depth = 0
        self.cut = False
        self.roles = [0, 0, 0, 0]
        self.hidden = 0
        self.clues: dict[str, None] = {}

    def words(self, text: str) -> None:
        if self.hidden or not text:
            return
        if self._pre and "\n" in text:
            for line in text.split("\n")[:-1]:
                self._piece.append(line)
                self.end_line()
            text = text[text.rindex("\n") + 1 :]
        self._piece.append(text)

    @property
    def begun(self) -> bool:
        """Whether anything stands on the line so far."""
        return bool(self._piece)

    def end_line(self, *, blank: bool = False) -> None:
        """What was collected is a line; `blank`: an empty one behind it."""
        if self._piece:
            joined = "".join(self._piece)
            self._piece = []
            text = unescape(joined) if "&" in joined else joined
            text = text.strip() if text.isascii() and text.isprintable() and "  " not in text else tidy(_BLANK.sub(" ", text))
            if text:
                self.lines.append(Line(text, self.depth, self._role()))
                return
        if blank and self.lines and self.lines[-1].text:
            self.lines.append(Line("", self.depth, self._role()))

    def _role(self) -> Role:
        if self.cut:
            return Role.CUT
        if self.roles[Role.SIGNATURE]:
            return Role.SIGNATURE
        return Role.ATTRIBUTION if self.roles[Role.ATTRIBUTION] else Role.WORDS

    def opens(self, tag: str, attributes: str) -> None:
        quoted, role, hides, wraps = int(tag == "blockquote"), Role.WORDS, False, -1
        if attributes and any(word in attributes for word in _TOLD):
            hides = _HIDDEN.search(attributes) is not None
            role, quotes = self._told(attributes)
            if quotes and not quoted:
                # Only the outermost is kept in mind, so that closing tags cost nothing.
                if _WRAPS_ANSWERS.search(attributes):
                    wraps = len(self.lines) if self._wrap is None else -1
                    self._wrap = len(self.lines) if wraps >= 0 else self._wrap
                else:
                    quoted = 1
        self._open.setdefault(tag, []).append((quoted, role, hides, wraps))
        self._pre += tag == "pre"
        self.depth += quoted
        self.roles[role] += 1
        self.hidden += hides

    def _told(self, attributes: str) -> tuple[Role, bool]:
        """What class, id and style say of what is in an element: its role, and whether it is a quote."""
        clue = _CUT.search(attributes) or _ATTRIBUTION.search(attributes) or _QUOTE.search(attributes) or _SIGNATURE.search(attributes)
        if clue is None:
            return Role.WORDS, False
        self.clues[clue.group().lower()] = None
        if clue.re is _CUT:
            self.cut = self.cut or self.depth == 0
            return Role.WORDS, False
        if clue.re is _ATTRIBUTION:
            return Role.ATTRIBUTION, False
        return (Role.SIGNATURE, False) if clue.re is _SIGNATURE else (Role.WORDS, True)

    def closes(self, tag: str) -> None:
        stack = self._open.get(tag)
        if stack:
            quoted, role, hides, wraps = stack.pop()
            self._pre -= tag == "pre"
            self.depth -= quoted
            self.roles[role] -= 1
            self.hidden -= hides
            if wraps >= 0:
                self.unwrap()

    def unwrap(self) -> None:
        """Where what wraps a quote held no blockquote, all of it is the quote."""
        start, self._wrap = self._wrap, None
        if start is not None and not any(line.depth for line in self.lines[start:]):
            self.lines[start:] = [line._replace(depth=line.depth + 1) for line in self.lines[start:]]


# These hold the quote and, where somebody answers between the lines, the answers too: only blockquotes in them are quoted.
_WRAPS_ANSWERS = re.compile(r"gmail_quote|protonmail_quote|tutanota_quote|yahoo_quoted", re.IGNORECASE)


def lines_of_html(html: str) -> tuple[list[Line], tuple[str, ...]]:
    """The lines of an HTML body as a person sees them, and the words of its markup that told quotes and signatures."""
    html = _without_comments(html[:LIMIT])
    reader = _Reader()
    place = 0
    skipped: str | None = None
    for match in _TAG.finditer(html):
        closing, tag, attributes = match.groups()
        tag = tag.lower()
        if skipped:
            if closing and tag == skipped:
                skipped = None
                place = match.end()
            continue
        start, end = match.span()
        if start > place:
            reader.words(html[place:start])
        place = end
        if tag in _UNSEEN and not closing:
            skipped = None if attributes.endswith("/") else tag
            continue
        _tag(reader, tag, attributes, closes=bool(closing))
        if len(reader.lines) > MOST_LINES:
            break
    if not skipped:
        reader.words(html[place : place + LIMIT])
    reader.end_line()
    reader.unwrap()
    return reader.lines, tuple(reader.clues)


def _tag(reader: _Reader, tag: str, attributes: str, *, closes: bool) -> None:
    """One tag goes by."""
    if tag == "br":
        before = len(reader.lines)
        reader.end_line()
        if len(reader.lines) == before:
            reader.end_line(blank=True)
        return
    if tag in _BREAKING:
        blank = tag in _APART
        if blank or reader.begun:
            reader.end_line(blank=blank)
    elif tag == "td":
        reader.words(" ")
    if tag in _HOLDERS:
        if closes:
            reader.closes(tag)
        elif not attributes.endswith("/"):
            reader.opens(tag, attributes)


def _without_comments(html: str) -> str:
    """HTML without `<!-- -->`; one that never ends takes nothing with it."""
    if "<!--" not in html:
        return html
    pieces = []
    place = 0
    while True:
        start = html.find("<!--", place)
        end = html.find("-->", start + 4) if start >= 0 else -1
        if end < 0:
            pieces.append(html[place:])
            return "".join(pieces)
        pieces.append(html[place:start])
        place = end + 3
