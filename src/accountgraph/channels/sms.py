"""What a text message asks, where it is one of the words for it: to stop, to start again, for help."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class OptOut(StrEnum):
    """What a text asks about texts to come."""

    STOP = "stop"
    START = "start"
    HELP = "help"


def opt_out_of(text: str) -> OptOut | None:
    """What a text asks, where it is one of the words for it and nothing else; case, accents and punctuation do not matter."""
    word = re.sub(r"[^\w]+", " ", _folded(text)).strip()
    return next((meaning for meaning, words in OPT_OUT_WORDS.items() if word in words), None)


def _folded(text: str) -> str:
    # The dotless and the dotted i of Turkish are one letter here, and so are the slashed letters of the north and of Poland.
    plain = text.casefold().translate({0x131: "i", 0xF8: "o", 0x142: "l"})
    return "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))


def _words(text: str) -> frozenset[str]:
    return frozenset(_folded(word) for word in text.split("|"))


OPT_OUT_WORDS = {
    OptOut.STOP: _words(
        "stop|stop all|stopall|unsubscribe|cancel|end|quit|revoke|optout|opt out|remove"  # English, as US carriers ask
        "|stopp|abmelden|abbestellen|kündigen"
        "|arrêt|arrêter|arret|désabonner|désinscrire"
        "|alto|baja|cancelar|parar|detener|sair|remover"
        "|cancella|annulla|disiscrivi|disiscrivimi|basta"
        "|afmelden|uitschrijven"
        "|avsluta|avregistrera|sluta|afmeld|avmeld|lopeta|peruuta"
        "|rezygnuję|wypisz|zrušit|odhlásit|iptal|dur|стоп|отписаться|配信停止|退订|取消"
    ),
    OptOut.START: _words("start|unstop|subscribe|anmelden|starten|iniciar|alta|inizia|commencer|старт"),
    OptOut.HELP: _words("help|info|hilfe|aide|ayuda|ajuda|aiuto|hulp|hjälp|hjælp|hjelp|apua|pomoc|yardım|помощь"),
}
"""Whole messages by what they ask, in the languages of those who are likely to write them."""
