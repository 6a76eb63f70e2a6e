"""What a report on delivery says to people: its own words, without the message that it brings back."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accountgraph.inbound.mail import Mail

_MOST = 16_384  # characters that are read; reports say what they have to say at their beginning
_MOST_HTML = 131_072
_UNSEEN = re.compile(r"<(style\b|script\b|!--)", re.IGNORECASE)
_SEEN_AGAIN = {
    "style": re.compile(r"</style\b[^<>]*+>?", re.IGNORECASE),
    "script": re.compile(r"</script\b[^<>]*+>?", re.IGNORECASE),
    "!--": re.compile(r"-->"),
}
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/h\d|/li|/td)\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
# Where a report's own words end.
_ORIGINAL = re.compile(
    r"^[ \t>*_-]*(?:"
    r"below this line is a copy of the message|this is a copy of (?:the|your) message|original message (?:follows|headers)"
    r"|-{2,} ?original message ?-{2,}|copy of the message|message headers follow|returned message|unsent message below"
    r"|the (?:header|text) of the original message|included is a copy|the following is a copy|body of (?:original|the) message"
    r"|(?:kopie|text) der (?:ursprünglichen )?(?:nachricht|e-?mail)|originalnachricht|ursprüngliche nachrichtenkopfzeilen"
    r"|en-têtes (?:du message|de message) d'origine|encabezados de mensajes? original|cabeçalhos de mensagem original"
    r"|intestazioni (?:del )?messaggio originale|oorspronkelijke berichtkoppen|oryginalne nagłówki|исходные заголовки|原始邮件"
    r"|元のメッセージ"
    r"|original message headers|begin of original|start of returned|return-path:|received:|x-accountgraph-intent:|message-id:"
    r")",
    re.IGNORECASE | re.MULTILINE,
)


def words_of(mail: Mail) -> str:
    """The words for people, the plain ones first; at most 16,384 characters."""
    plain = mail.text.strip()
    text = plain if len(plain) > 40 or not mail.html else _plain(mail.html)
    copy = _ORIGINAL.search(text, min(20, len(text)), _MOST)
    return text[: copy.start() if copy else _MOST]


def _plain(html: str) -> str:
    shown = _TAG.sub(" ", _BREAK.sub("\n", _seen(html[:_MOST_HTML])))
    return re.sub(r"[ \t\xa0]+", " ", unescape(shown)).strip()


def _seen(html: str) -> str:
    """HTML without what no reader sees; what never closes goes to the end."""
    kept: list[str] = []
    at = 0
    while unseen := _UNSEEN.search(html, at):
        kept.append(html[at : unseen.start()])
        again = _SEEN_AGAIN[unseen[1].lower()].search(html, unseen.end())
        at = again.end() if again else len(html)
    return "".join([*kept, html[at:]])
