"""A mail server's own words, fit for the host's page: nobody's name or address."""

import re

from events.models import Message

LENGTH = Message._meta.get_field("server_words").max_length
ADDRESS = re.compile(r"<?[^\s<>\"']+@[^\s<>\"']+>?")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
CODES = re.compile(r"(?:^|(?<=\s))(?:[245]\d\d[ -])?[245]\.\d{1,3}\.\d{1,3}\s+")
SHORTEST_NAME = 3
MOST_READ = 4000
TAKEN_OUT = "…"


def cleaned(words: str, message: Message) -> str:
    """One line without codes, addresses and the guest's name; empty when none is left.

    The code is told apart (`Message.explanation`), the name is on the page already.
    """
    line = ADDRESS.sub(TAKEN_OUT, CONTROL.sub(" ", words[:MOST_READ]))
    if names := _names(message):
        line = names.sub(TAKEN_OUT, line)
    return " ".join(CODES.sub(" ", line).split())[:LENGTH]


def _names(message: Message) -> re.Pattern[str] | None:
    local = message.recipient_email.rpartition("@")[0]
    whole = [message.recipient_email, local, message.recipient_name]
    parts = re.split(r"[\W_\d]+", f"{local} {message.recipient_name}")
    found = {name for name in (*whole, *parts) if len(name) >= SHORTEST_NAME}
    if not found:
        return None
    longest_first = sorted(found, key=len, reverse=True)
    either = "|".join(re.escape(name) for name in longest_first)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
