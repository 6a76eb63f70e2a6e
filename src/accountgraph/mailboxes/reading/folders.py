"""Which folder is which: by what the server says (SPECIAL-USE, RFC 6154), else by the names that mail programs give them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accountgraph.mailboxes.reading.settings import FolderNames

_SENT = """
Sent|Sent Items|Sent Mail|Sent Messages|Sent-Mail|Gesendet|Gesendete Elemente|Gesendete Objekte|
Gesendete Nachrichten|Envoyés|Messages envoyés|Éléments envoyés|Courrier envoyé|Enviados|Elementos enviados|
Correo enviado|Mensajes enviados|Itens enviados|Mensagens enviadas|Posta inviata|Inviati|Inviata|
Messaggi inviati|Verzonden|Verzonden items|Verzonden berichten|Skickat|Skickade|Skickade objekt|Sendt|Sendte|
Sendte elementer|Sendt post|Lähetetyt|Lähetetyt kohteet|Wysłane|Elementy wysłane|Odeslané|Odeslaná pošta|
Odoslané|Elküldött|Elküldött elemek|Trimise|Elemente trimise|Изпратени|Отправленные|Надіслані|Απεσταλμένα|
Gönderilmiş Öğeler|Gönderilenler|נשלח|פריטים שנשלחו|المرسلة|البريد المرسل|已发送|已发送邮件|已傳送|寄件備份|送信済み|送信済みアイテム|
送信済みメール|보낸편지함|보낸 편지함|보낸메일함
"""
_JUNK = """
Junk|Junk E-mail|Junk Email|Junk Mail|Spam|Bulk Mail|Spamverdacht|Junk-E-Mail|Indésirables|
Courrier indésirable|Pourriel|Correo no deseado|Lixo eletrônico|Lixo electrónico|Posta indesiderata|
Ongewenste e-mail|Skräppost|Søppelpost|Uønsket e-mail|Roskaposti|Wiadomości-śmieci|Nevyžádaná pošta|
Levélszemét|Спам|Нежелательная почта|Önemsiz|垃圾邮件|垃圾郵件|迷惑メール|스팸|스팸메일함|정크 메일
"""


class Role(StrEnum):
    """What a folder holds: what came in, what people sent, what a filter put aside, and the others that are read."""

    INBOX = "inbox"
    SENT = "sent"
    JUNK = "junk"
    ALL = "all"
    MORE = "more"

    @property
    def kept(self) -> str:
        """As the cursor of a folder keeps it: `inbox`, `sent` or `other`."""
        return self.value if self in {Role.INBOX, Role.SENT} else "other"


class Folder(Struct, frozen=True):
    """A folder, as the server calls it."""

    name: str
    role: Role


class Listed(Struct, frozen=True):
    """A line of the server's LIST."""

    flags: frozenset[str]
    delimiter: str
    name: str


def _names(text: str) -> frozenset[str]:
    return frozenset(" ".join(name.split()).casefold() for name in text.split("|"))


_KNOWN = {Role.SENT: _names(_SENT), Role.JUNK: _names(_JUNK)}
_USES = {Role.SENT: "\\sent", Role.JUNK: "\\junk", Role.ALL: "\\all"}
_CLOSED = frozenset({"\\noselect", "\\nonexistent"})


def found(listed: Sequence[Listed], names: FolderNames) -> list[Folder]:
    """The folders that matter, each once: those that are named, then those that the server or their name tells."""
    chosen = {
        names.inbox: Role.INBOX,
        **dict.fromkeys(names.more, Role.MORE),
        **_one(Role.SENT, names.sent or _by_use(Role.SENT, listed) or _by_name(Role.SENT, listed)),
        **_one(Role.JUNK, names.junk or _by_use(Role.JUNK, listed) or _by_name(Role.JUNK, listed)),
        **_one(Role.ALL, _by_use(Role.ALL, listed)),
    }
    return [Folder(name, role) for name, role in chosen.items()]


def _one(role: Role, name: str | None) -> dict[str, Role]:
    return {name: role} if name else {}


def _open(listed: Iterable[Listed]) -> list[Listed]:
    return [one for one in listed if not one.flags & _CLOSED]


def _by_use(role: Role, listed: Iterable[Listed]) -> str | None:
    return next((one.name for one in _open(listed) if _USES[role] in one.flags), None)


def _by_name(role: Role, listed: Iterable[Listed]) -> str | None:
    """The one that stands highest: a `Sent` below a project's folder is the project's."""
    able = [one for one in _open(listed) if _last(one).casefold() in _KNOWN[role]]
    return min(able, key=lambda one: one.name.count(one.delimiter) if one.delimiter else 0).name if able else None


def _last(listed: Listed) -> str:
    return listed.name.rpartition(listed.delimiter)[2] if listed.delimiter else listed.name
