"""Drafts that say what they may not are refused, each with its reason."""

from __future__ import annotations

import pytest

from accountgraph.drafting.checking import Draft, check
from tests.drafting.grounds import ENGLISH, GERMAN, english

# what is wrong with it: (a word of the reason, the draft)
BAD = {
    "stranger inside": ("Chad", english("Hi Jane,\n\nI spoke with Chad about planning.\n\nSam")),
    "stranger at the start": ("Gunther", english("Hi Jane,\n\nGunther will call you.\n\nSam")),
    "stranger in a headline": ("Zuckerberg", english("Hi Jane,\n\nShall we talk?\n\nSam", subject="Planning Advice From Zuckerberg")),
    "wrong recipient": ("Robert", english("Hi Robert,\n\nShall we talk?\n\nSam")),
    "wrong sender": ("Alice", english("Hi Jane,\n\nShall we talk?\n\nAlice")),
    "customer that is none": ("Maersk", english("Hi Jane,\n\nWe work with Maersk already.\n\nSam")),
    "company of common words": ("Target", english("Hi Jane,\n\nFirms like Target plan with us.\n\nSam")),
    "colleague who may not be named": ("Eva Stone", english("Hi Jane,\n\nYour colleague Eva Stone likes it.\n\nSam")),
    "colleague by first name": ("Eva Stone", english("Hi Jane,\n\nI heard from Eva that planning is hard.\n\nSam")),
    "colleague in small letters": ("Eva Stone", english("Hi Jane,\n\nyour colleague eva stone likes it.\n\nSam")),
    "colleague called like a word": ("Will Young", english("Hi Jane,\n\nI heard from Will that planning is hard.\n\nSam")),
    "deed that was none": ("met", english("Hi Jane,\n\nI met Tom Fischer last week.\n\nSam")),
    "recommendation that was none": ("recommended", english("Hi Jane,\n\nTom Fischer recommended that I write to you.\n\nSam")),
    "whom only their mail names": ("Brad Kowalski", english("Hi Jane,\n\nYou said that Brad Kowalski knows more.\n\nSam")),
    "whom only their mail names, politely": ("Mr Dvorak", english("Hi Jane,\n\nShall I ask Mr Dvorak?\n\nSam")),
    "number": ("55", english("Hi Jane,\n\nYour 55 trucks could do more.\n\nSam")),
    "number behind a numbered line": ("“7”", english("Hi Jane,\n\n1. We need 7 days.\n\nSam")),
    "share": ("30%", english("Hi Jane,\n\nWe save 30% of your trips.\n\nSam")),
    "share of a count": ("40%", english("Hi Jane,\n\nWe save 40% of your trips.\n\nSam")),
    "share in words": ("fifty", english("Hi Jane,\n\nWe save fifty percent of your trips.\n\nSam")),
    "price": ("$500", english("Hi Jane,\n\nIt costs $500 a month.\n\nSam")),
    "other currency": ("€12M", english("Hi Jane,\n\nCongratulations on the €12M.\n\nSam")),
    "thousands": ("thousands", english("Hi Jane,\n\nthousands of teams plan with us.\n\nSam")),
    "date": ("April 3", english("Hi Jane,\n\nAs you wrote on April 3, planning is hard.\n\nSam")),
    "date in digits": ("2026-05-01", english("Hi Jane,\n\nThe offer ends on 2026-05-01.\n\nSam")),
    "time of day": ("10am", english("Hi Jane,\n\nWould Tuesday at 10am suit you?\n\nSam")),
    "times": ("3x", english("Hi Jane,\n\nPlan 3x faster.\n\nSam")),
    "claim about minutes": ("“30”", english("Hi Jane,\n\nYour drivers lose 30 minutes at each stop.\n\nSam")),
    "quarter": ("q3", english("Hi Jane,\n\nYour plans for Q3 need this.\n\nSam")),
    "link": ("bit.ly", english("Hi Jane,\n\nBook here: https://bit.ly/abc123\n\nSam")),
    "link that somebody else wrote": ("evil.example.net", english("Hi Jane,\n\nFill this in: https://evil.example.net/form\n\nSam")),
    "bare domain": ("routewise.com", english("Hi Jane,\n\nSee routewise.com for more.\n\nSam")),
    "mail address": ("ceo@routewise.example", english("Hi Jane,\n\nWrite to ceo@routewise.example today.\n\nSam")),
    "script address": ("javascript", english("Hi Jane,\n\nOpen javascript:alert(1)\n\nSam")),
    "gap": ("[Company]", english("Hi Jane,\n\nI like what [Company] does.\n\nSam")),
    "gap for a name": ("Your Name", english("Hi Jane,\n\nShall we talk?\n\nYour Name")),
    "template's signs": ("{{", english("Hi {{ contact.first_name }},\n\nShall we talk?\n\nSam")),
    "gap in braces": ("{first_name}", english("Hi {first_name},\n\nShall we talk?\n\nSam")),
    "markup": ("**", english("Hi Jane,\n\n**Shall we talk?**\n\nSam")),
    "tags": ("<b>", english("Hi Jane,\n\n<b>Shall we talk?</b>\n\nSam")),
    "empty body": ("empty", english(" \n ")),
    "no subject": ("subject is empty", english("Hi Jane,\n\nShall we talk?\n\nSam", subject=" ")),
    "long subject": ("121", english("Hi Jane,\n\nShall we talk?\n\nSam", subject="a" * 121)),
    "two lines of subject": ("one line", english("Hi Jane,\n\nShall we talk?\n\nSam", subject="Hello\r\nBcc: all@northwind.example.com")),
    "header in the subject": ("header", english("Hi Jane,\n\nShall we talk?\n\nSam", subject="Bcc: jane")),
    "false answer": ("pretends", english("Hi Jane,\n\nShall we talk?\n\nSam", subject="RE: our call")),
    "header in the body": ("Bcc:", english("Bcc: somebody\n\nHi Jane,\n\nShall we talk?\n\nSam")),
    "too long": ("121 words", english(" ".join(["plan"] * 121))),
    "hidden signs": ("nobody sees", english("Hi Jane,\n\nShall we\u200b talk?\n\nSam")),
    "turned signs": ("nobody sees", english("Hi Jane,\n\nShall we \u202etalk?\n\nSam")),
    "fact that is none": ("f99", english("Hi Jane,\n\nShall we talk?\n\nSam", facts=("f1", "f99"))),
}
BAD_GERMAN = {
    "Kunde, der keiner ist": ("Siemens", "Guten Tag Frau Becker,\n\nwir arbeiten auch mit Siemens zusammen.\n\nJonas Weber"),
    "falsche Anrede": ("Müller", "Guten Tag Frau Müller,\n\nhätten Sie Zeit für ein Gespräch?\n\nJonas Weber"),
    "Kollege, der nicht genannt wird": ("Ralf Schuster", "Guten Tag Frau Becker,\n\nIhr Kollege Ralf Schuster schätzt uns.\n\nJonas Weber"),
    "Fremder": ("Lindemann", "Guten Tag Frau Becker,\n\nich habe mit Herrn Lindemann gesprochen.\n\nJonas Weber"),
    "zwei Namen": ("Breuer", "Guten Tag Frau Becker,\n\nSie kennen sicher Matthias Breuer, der uns nutzt.\n\nJonas Weber"),
    "Anteil": ("20 Prozent", "Guten Tag Frau Becker,\n\nSie sparen 20 Prozent der Kosten.\n\nJonas Weber"),
    "Datum": ("12.3.2026", "Guten Tag Frau Becker,\n\nam 12.3.2026 schrieben Sie uns.\n\nJonas Weber"),
    "Marke": ("SupplyOn", "Guten Tag Frau Becker,\n\nunser Werkzeug ersetzt das SupplyOn vollständig.\n\nJonas Weber"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_english_draft_is_refused_with_its_reason(name: str) -> None:
    word, draft = BAD[name]
    assert word.lower() in " ".join(check(draft, ENGLISH).refusals).lower()


@pytest.mark.parametrize("name", BAD_GERMAN)
def test_bad_german_draft_is_refused_with_its_reason(name: str) -> None:
    word, body = BAD_GERMAN[name]
    assert word in " ".join(check(Draft(subject="Lieferzeiten", body=body), GERMAN).refusals)
