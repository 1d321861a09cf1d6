"""What a mail tells a program that reads along: an evening one is expected at.

schema.org, as mail programs take it: https://schema.org/EventReservation
"""

import json
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()
# A name may hold "</script>": no letter of markup leaves as it is.
ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}
STATES = {
    "yes": "https://schema.org/ReservationConfirmed",
    "no": "https://schema.org/ReservationCancelled",
}


@register.simple_tag(takes_context=True)
def reservation(context: Context, answer: str) -> str:
    """The guest's place at the evening as JSON-LD; nothing for a letter without one."""
    entry, event, guest = (context.get(key) for key in ("calendar", "event", "guest"))
    if not (entry and event and guest):
        return ""
    text = json.dumps(_reservation(entry, event, guest, answer), ensure_ascii=False)
    # Escaped just above; what is left is JSON.
    words = mark_safe(text.translate(ESCAPES))  # noqa: S308 (no letter of markup is left)
    return format_html('<script type="application/ld+json">{}</script>', words)


def _reservation(
    entry: dict[str, Any], event: dict[str, Any], guest: dict[str, Any], answer: str
) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "EventReservation",
        "reservationNumber": entry["uid"],
        "reservationStatus": STATES[answer],
        "underName": {"@type": "Person", "name": guest["name"]},
        "reservationFor": {
            "@type": "Event",
            "name": event["name"],
            "startDate": entry["starts_at"],
            "endDate": entry["ends_at"],
            "location": {
                "@type": "Place",
                "name": event["venue"],
                "address": event["address"] or event["venue"],
            },
        },
        "modifyReservationUrl": entry["url"],
    }
