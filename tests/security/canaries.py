"""What one may not hear: words of another event, and of one's own what is not for one.

Every text of an event says its mark, so that a single one that sings is heard.
"""

from collections.abc import Iterable, Mapping

from django.http import HttpResponse

from tests.guests.factories import make_guest
from tests.security.scene import Scene, make_scene

OWN, FOREIGN, OTHER_GUEST = "Peacock", "Nightjar", "Kingfisher"
# Who holds a link may see what it is for, whoever is signed in beside.
LINKS = ("guests:link", "guests:contact_link", "guests:pair", "guests:pay_link")
LINKS += ("events:unsubscribe", "donations:donor_link", "guests:calendar_link")
# The total is published.
TOTALS = ("donations:total", "donations:total_json", "donations:total_press")
# What a role is never shown of its own event (DESIGN.md section 1).
TO_CONTACTS = ("peacock@x.example", "Peacock Notes")
HIDDEN = {
    "door": (*TO_CONTACTS, "Peacock Donor", "donor-peacock"),
    "results": (*TO_CONTACTS, "Peacock Donor", "donor-peacock"),
    "finance": (*TO_CONTACTS, "Peacock Companion", "Peacock Agent"),
}
# And who is: a secret that nobody is ever told would not be missed.
TOLD = {
    "host": {"peacock@x.example", "Peacock Companion", "Peacock Agent"},
    "finance": {"Peacock Donor", "donor-peacock"},
}
# Of the evening itself these see their own party.
GUESTS = ("guest", "agent", "payer", "donor")
# What somebody was told, by method and page.
Told = Mapping[tuple[str, str], str]


def words_of(response: HttpResponse) -> str:
    """All that a browser is handed: what it shows, and what it keeps."""
    body = response.getvalue().decode(errors="replace")
    return f"{response.headers} {response.cookies.output()} {body}"


def make_scenes() -> tuple[Scene, Scene]:
    """One's own evening, with a guest of another party, and somebody else's."""
    own = make_scene(OWN)
    make_guest(own.event, f"{OTHER_GUEST} Guest", answer="yes")
    return own, make_scene(FOREIGN)


def heard(person: str, told: Told, foreign: Scene) -> list[tuple[str, tuple[str, str]]]:
    """Each word that this person should never have heard, and where they did."""
    return [
        (word, page)
        for page, text in told.items()
        for word in forbidden(person, page[0], foreign)
        if word in text
    ]


def forbidden(person: str, route: str, foreign: Scene) -> Iterable[str]:
    yield from (FOREIGN, foreign.winner.public_id)
    if route in LINKS or route in TOTALS:
        return
    yield from HIDDEN.get(person, ())
    if person in ("stranger", "anonymous"):
        yield OWN
    if person in GUESTS:
        yield OTHER_GUEST


def unheard(person: str, told: Told) -> set[str]:
    """What this person is there to see, and was not shown on any page."""
    everything = "".join(told.values())
    return {word for word in TOLD.get(person, ()) if word not in everything}
