"""Enhanced status codes (RFC 3463) in a host's words."""

import re

from django.utils.translation import gettext_lazy as _

ENHANCED = re.compile(r"\b[245]\.(\d{1,3}\.\d{1,3})\b")
# Subject and detail mean the same whether it is for now (4) or for good (5).
WORDS = {
    "1.0": _("The address was not accepted"),
    "1.1": _("There is no such address"),
    "1.2": _("There is no such mail domain"),
    "1.3": _("The address is not written the way addresses are"),
    "1.6": _("The reader has moved and left no address"),
    "1.8": _("Our own sending address was not accepted"),
    "1.10": _("That mail domain takes no mail at all"),
    "2.0": _("The mailbox did not take it"),
    "2.1": _("The mailbox has been switched off"),
    "2.2": _("The mailbox is full"),
    "2.3": _("The mail is larger than that mailbox accepts"),
    "3.2": _("Their mail server takes no mail at the moment"),
    "3.4": _("The mail is larger than their mail server accepts"),
    "4.1": _("Their mail server does not answer"),
    "4.4": _("No mail server was found for that address"),
    "4.6": _("The mail went round in circles"),
    "4.7": _("Their mail server could not be reached for too long"),
    "7.0": _("Their mail server does not trust this mail"),
    "7.1": _("Their mail server does not want mail from us"),
    "7.8": _("Our mail server did not accept our password"),
    "7.25": _("Their mail server finds no name for our mail server"),
    "7.26": _("Their mail server finds our SPF or DKIM wanting"),
}
OF_SUBJECT = {
    "1": _("Something is wrong with the address"),
    "2": _("Something is wrong with the mailbox"),
    "3": _("Their mail server could not take it"),
    "4": _("The way to their mail server is blocked"),
    "5": _("The two mail servers did not understand each other"),
    "6": _("Their mail server did not like how the mail is written"),
    "7": _("Their mail server does not trust this mail"),
}


def words_for(text: str) -> str:
    """What the status code in the text means; empty when there is none we know."""
    found = ENHANCED.search(text)
    if not found:
        return ""
    subject = found[1].partition(".")[0]
    return str(WORDS.get(found[1]) or OF_SUBJECT.get(subject, ""))
