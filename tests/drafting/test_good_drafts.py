"""Drafts that say only what they may go on, however they are written."""

from __future__ import annotations

import pytest

from accountgraph.drafting.checking import Draft, check
from tests.drafting.grounds import ENGLISH, GERMAN

GOOD_ENGLISH = {
    "plain": (
        "Empty return trips",
        "Hi Jane,\n\nYou mentioned empty return trips. We help teams plan them. Worth a short call?\n\nBest,\nSam",
    ),
    "numbers of the ground": ("Your 40 trucks", "Hi Jane,\n\nWith 40 trucks, 18% late deliveries add up. Shall we talk?\n\nSam"),
    "money of the ground": (
        "After the round",
        "Hi Jane, congratulations on the $12M in March 2025. Growth usually means more planning.\n\nSam",
    ),
    "weekdays and months": (
        "A call?",
        "Hi Jane,\n\nWould Tuesday or Thursday suit you? In March I am free on most days.\n\nBest regards,\nSam Porter",
    ),
    "an offered length": ("A call?", "Hi Jane,\n\nWould you have 15 minutes for a call next week?\n\nSam"),
    "title case subject": ("Quick Question About Your Return Trips", "Hi Jane,\n\nHow do you plan today?\n\nSam"),
    "tool of the ground": ("Planning in Excel", "Hi Jane,\n\nPlanning with Excel works until it does not. Is it time for a change?\n\nSam"),
    "link of ours": ("A tour", "Hi Jane,\n\nHave a look: https://routewise.example/tour. Happy to answer questions.\n\nSam"),
    "our mail address": ("A tour", "Hi Jane,\n\nWrite to sam@routewise.example whenever it suits you.\n\nSam"),
    "their domain": ("northwind.example.com", "Hi Jane,\n\nI had a look at northwind.example.com and liked it.\n\nSam"),
    "colleague who may be named": (
        "After Tom's reply",
        "Hi Jane,\n\nYour colleague Tom Fischer replied to us, so I wanted to ask you too.\n\nSam",
    ),
    "bullets": (
        "Three ideas",
        "Hi Jane,\n\nThis is what helps:\n\n- Fewer empty trips\n- Shorter planning\n- Happier drivers\n\nInterested?\n\nSam",
    ),
    "questions": (
        "How do you plan?",
        "Jane, who plans your return trips? Do drivers choose? Does a team decide? What would you change first?\n\nSam",
    ),
    "roles in capitals": (
        "For a VP Operations",
        "Hi Jane,\n\nAs VP Operations you know this. Our Head of Customer Success can show it.\n\nSam",
    ),
    "short forms": ("ROI", "Hi Jane,\n\nThe ROI depends on your TMS and ERP. FYI: no IT project is needed.\n\nSam"),
    "possessives": ("Northwind's trips", "Hi Jane,\n\nNorthwind's trips and Jane's time are worth more. It's simple.\n\nSam"),
    "exclamations": ("Hello!", "Hello Jane! Thanks for your reply! Great to hear that planning matters. Let's talk!\n\nCheers,\nSam"),
    "quotation": ("You wrote", 'Hi Jane,\n\nYou wrote: "We still plan with Excel." Many do. Would you like to see another way?\n\nSam'),
    "curly signs": ("You’re right", "Hi Jane,\n\nYou’re right — it’s not easy. I’d love to help; we’ve seen this before…\n\nSam"),
    "emphasis": ("No project", "Hi Jane,\n\nThis is NOT another project. Nobody has to change how they work.\n\nSam"),
    "date of the ground": ("Your mail", "Hi Jane,\n\nThank you for your mail of February 10. Has anything changed since?\n\nSam"),
    "long sentence": (
        "Return trips",
        "Hi Jane,\n\nWhile most teams in freight plan outbound trips carefully, return trips are often left to chance, "
        "which is why I thought a short conversation might be useful for both of us.\n\nKind regards,\nSam Porter\nRoutewise",
    ),
    "numbered list": ("Two questions", "Hi Jane,\n\n1. Who plans return trips?\n2) Is it a priority?\n\nSam"),
    "postscript": ("Return trips", "Hi Jane,\n\nShall we talk?\n\nSam\n\nPS: If this is nothing for you, simply tell me."),
    "sentence starts": (
        "Return trips",
        "Jane, planning is hard. Drivers wait. Customers complain. Warehouses fill up. Dispatchers improvise. "
        "Sometimes everything works. Often nothing does. Wondering whether that sounds familiar?\n\nSam",
    ),
}
GOOD_GERMAN = {
    "schlicht": (
        "Kürzere Lieferzeiten",
        "Guten Tag Frau Becker,\n\nSie nannten lange Lieferzeiten bei Gussteilen. Wir finden Lieferanten dafür. Hätten Sie nächste Woche Zeit für ein Gespräch?\n\nMit freundlichen Grüßen\nJonas Weber",
    ),
    "viele Hauptwörter": (
        "Gussteile",
        "Guten Tag Frau Becker,\n\nder Einkauf steht unter Druck: Preise, Qualität und Termine ändern sich, und der Aufwand für Anfragen und Angebote wächst mit jedem Projekt. Unsere Plattform gibt Ihrer Abteilung einen Überblick.\n\nViele Grüße\nJonas Weber",
    ),
    "Zahlen der Unterlage": (
        "Drei Standorte",
        "Guten Tag Frau Becker,\n\nmit 3 Werken und 250 Mio. Euro Umsatz lohnt sich der Vergleich. Darf ich anrufen?\n\nBeste Grüße\nJonas Weber",
    ),
    "Wochentage": (
        "Termin",
        "Guten Tag Frau Becker,\n\npasst Ihnen Dienstag oder Donnerstag für 30 Minuten Austausch? Im März habe ich Zeit.\n\nHerzliche Grüße\nJonas Weber",
    ),
    "Firma": (
        "Hansa Maschinenbau",
        "Guten Tag Frau Becker,\n\nbei Hansa Maschinenbau zählt Verlässlichkeit. Für Rückfragen stehe ich mit Freude zur Verfügung.\n\nMit besten Grüßen\nJonas Weber",
    ),
    "Anrede mit Titel": (
        "Rückfrage",
        "Sehr geehrte Frau Becker,\n\nals Leiterin Einkauf kennen Sie das Thema. Über eine kurze Rückmeldung würde ich mich freuen.\n\nMit Dank\nJonas Weber",
    ),
    "Zusammensetzungen": (
        "Lieferkette",
        "Guten Tag Frau Becker,\n\nLieferkettenrisiken, Einkaufspreise und Kundentermine hängen zusammen. Ein Erfahrungsaustausch mit Ihrer Fachabteilung wäre ein guter Anfang. Was meinen Sie?\n\nJonas Weber",
    ),
}


@pytest.mark.parametrize("name", GOOD_ENGLISH)
def test_good_english_draft_is_let_through(name: str) -> None:
    subject, body = GOOD_ENGLISH[name]
    assert check(Draft(subject=subject, body=body), ENGLISH).refusals == ()


@pytest.mark.parametrize("name", GOOD_GERMAN)
def test_good_german_draft_is_let_through(name: str) -> None:
    subject, body = GOOD_GERMAN[name]
    assert check(Draft(subject=subject, body=body), GERMAN).refusals == ()
