"""Why a press at the door did nothing, by name."""

from guests.admission import Decision
from guests.models import Admission


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
