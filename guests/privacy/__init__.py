"""Data protection: tell people what is held of them, and forget them.

Two clocks forget by themselves (`retention`): the party's, so many days after the
event, and the books', after years. A person may ask earlier (`people`), and so may a
host for everybody (`evenings`). What was forgotten stays so after a restore
(`replaying`). No figure, total or proof changes by any of it.
"""

from guests.privacy.evenings import Waits, why_not_yet
from guests.privacy.people import Unsettled

__all__ = ["Unsettled", "Waits", "why_not_yet"]
