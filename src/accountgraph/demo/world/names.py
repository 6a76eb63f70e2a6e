"""Names of people who are not, by the country that they live in, and how an address is made of one."""

from __future__ import annotations

import unicodedata
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random


class Names(NamedTuple):
    """First and last names that go together."""

    first: tuple[str, ...]
    last: tuple[str, ...]


def _names(first: str, last: str) -> Names:
    return Names(tuple(first.split()), tuple(last.split()))


_ENGLISH = _names(
    "Grace Oliver Hannah Marcus Ruth Theo Imogen Calum Nadia Frank Esther Jonah Beatrice Leon Alison Derek Rosa Vincent Harriet Samir Joan"
    " Elliot Tamsin Gareth Yvonne Miles Bridget Hugo Lorna Curtis Paula Desmond",
    "Ashdown Barlow Caldecott Dunmore Ellery Fairbank Garrick Hartwell Inskip Jessop Kendrick Lockyer Merriman Norcott Overbury Pemberton"
    " Quarles Redfern Selwyn Thackeray Underhill Verrall Whitcombe Yardley Osei Adeyemi Kowalczyk Benitez Haddad Chaudhry Lindgren",
)
_GERMAN = _names(
    "Anke Jürgen Silke Matthias Birgit Holger Franziska Lukas Ute Dominik Katrin Rainer Sabine Florian Heike Ayşe",
    "Aschenbrenner Bruckmoser Dellbrück Eichstätt Fuhrländer Großkopf Hagenau Immendorf Kaltenegger Löwenthal Mühlbach Niederau Reitmeier"
    " Steinhöfel Trautwein Weidinger",
)
_FRENCH = _names(
    "Camille Étienne Solène Bastien Maëlle Olivier Aurore Thibault Inès Gaspard Nathalie Youssef",
    "Aubertin Beauvilliers Chastagnier Delacombe Fontenelle Grandjean Lavergne Montclair Pellissier Rochebrune Saint-Amand Vauquelin",
)
_DUTCH = _names(
    "Femke Joost Marijke Sander Annelies Ruben Wietske Maarten Lotte Daan Ineke Bram",
    "Achterberg Bloemendaal Dijksterhuis Eikelboom Groenewoud Hoogland Kloosterman Lindeboom Oosterhout Ravensberg Schaapveld Zonneveld",
)
_NORDIC = _names(
    "Ingrid Håkon Sigrid Torbjørn Maren Eirik Astrid Magnus Solveig Øystein Liv Kjetil Ragnhild Sindre Annika Björn Elin Halvard Tuva Aksel"
    " Marit Jonas Åse Henrik",
    "Aasgaard Brekkhus Dalseth Eikeland Fjellheim Granlund Haugseth Isdahl Kvamme Lundekvam Myrvoll Nordbø Rognstad Sandvær Tveitan"
    " Ulriksen Vågslid Østergren Sjöholm Lindqvist-Berg Bakkelund Strømsnes",
)
_SPANISH = _names(
    "Lucía Álvaro Marta Iñigo Rocío Sergio Pilar Gonzalo Elena Rubén Nuria Jordi",
    "Aldecoa Belmonte Carrasquer Escolano Ferrandis Gallardo Izquierdo Larrañaga Montesinos Peñalver Quiroga Salvatierra",
)
_ITALIAN = _names(
    "Chiara Lorenzo Federica Matteo Ilaria Davide Serena Tommaso Giulia Nicolò",
    "Albertazzi Bentivoglio Casadei Donnarumma Fioravanti Gualtieri Malaspina Pellegrini Rinaldesi Zambelli",
)
_POLISH = _names(
    "Agnieszka Paweł Magdalena Tomasz Katarzyna Marcin Justyna Łukasz Ewelina Grzegorz",
    "Białecki Chmielnik Dąbrówka Gołębiow Jaworek Konieczyn Lipowicz Mazurkow Olszany Wierzbin",
)
_INDIAN = _names(
    "Ananya Rohan Meera Vikram Kavitha Arjun Lakshmi Siddharth Divya Harish Nandini Suresh",
    "Balakrishna Chandrasekar Deshpande Iyengar Kulkarni Mukherji Narayanan Parthasarathy Raghunath Subbiah Tambekar Venkatesh",
)
_JAPANESE = _names(
    "Haruka Kenji Aiko Takumi Naomi Daichi Yuki Hiroshi", "Aokiyama Fujisawa Hoshikawa Inamoto Kuramochi Nishizawa Tachikawa Yamagishi"
)
_BRAZILIAN = _names(
    "Beatriz Thiago Luana Rafael Camila Otávio Mariana Caio",
    "Albuquerque Bittencourt Cavalcanti Figueiredo Guimarães Monteverde Siqueira Valadares",
)

BY_COUNTRY: dict[str, Names] = {
    "NO": _NORDIC, "SE": _NORDIC, "DE": _GERMAN, "AT": _GERMAN, "CH": _GERMAN, "FR": _FRENCH, "NL": _DUTCH, "ES": _SPANISH, "IT": _ITALIAN,
    "PL": _POLISH, "IN": _INDIAN, "JP": _JAPANESE, "BR": _BRAZILIAN,
}  # fmt: skip
_TRIES = 80
_PLAIN = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "ı": "i", "å": "a", "Å": "A"})


def some_name(chance: random.Random, country: str, taken: set[tuple[str, str]], among: set[str]) -> tuple[str, str]:
    """A first and a last name that nobody of `taken` has; it is taken afterwards. One in eight has come from elsewhere.

    `among`: the names of their colleagues; as long as there are others, nobody shares one.
    """
    own = BY_COUNTRY.get(country, _ENGLISH)
    for attempt in count():
        pool = chance.choice((_ENGLISH, _INDIAN, _SPANISH, _POLISH)) if chance.random() < 1 / 8 else own
        name = (chance.choice(pool.first), chance.choice(pool.last))
        if name not in taken and (attempt > _TRIES or not among.intersection(name)):
            break
    taken.add(name)
    among.update(name)
    return name


def plain(name: str) -> str:
    """A name as it stands in an address: a to z and hyphens."""
    letters = unicodedata.normalize("NFKD", name.translate(_PLAIN)).encode("ascii", "ignore").decode()
    return letters.lower().replace("'", "")
