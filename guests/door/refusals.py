"""Why a press at the door did nothing, by name."""

from django.utils.translation import gettext as _

from events.models import Event
from guests.admission import Colour, Decision
from guests.models import Admission
from losers_lounge.moments import short_time
from losers_lounge.stored import told


class NotAdmitted(Exception):
    """The rules do not let this person in; `decision` says why."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.words)
        self.decision = decision


class DeniedBefore(NotAdmitted):
    """Somebody sent this person away; to let them in takes a press that says so."""


class NonceUsed(Exception):
    """This press was made for something else already."""


class AlreadyInside(Exception):
    """Somebody who is inside was let in before; `admission` says by whom."""

    def __init__(self, admission: Admission) -> None:
        super().__init__(admission.by_name)
        self.admission = admission


def sent_away(denied: Admission, event: Event) -> Decision:
    """Somebody was not admitted before: when, by whom and why."""
    words = _("Not admitted at %(time)s by %(who)s: %(reason)s") % {
        "time": short_time(denied.at, event.zone),
        "who": denied.by_name,
        "reason": told(denied.reason),
    }
    return Decision(Colour.GREY, words)


def house_full() -> Decision:
    """Who went home gave their seat away."""
    words = _("The house is full: one out, one in.")
    reason = _("Went home before; the seat is somebody else's now.")
    return Decision(Colour.GREY, words, (reason,))


def signed_off() -> Decision:
    """The night is over, and a host has said so."""
    words, reason = _("The night is signed off."), _("A host may open it again.")
    return Decision(Colour.GREY, words, (reason,))
