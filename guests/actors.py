"""Who acts at the door: somebody who signed in, or a phone that a host has paired."""

from dataclasses import dataclass

from events.models import Event, Member, User
from guests.models import Device
from losers_lounge.names import fold

ACCOUNT = "user/"


class HostDecides(Exception):
    """Only a host of the event may do this, and says why."""


@dataclass(frozen=True)
class Actor:
    """A name for the logs, and the one row behind it."""

    name: str
    user: User | None = None
    device: Device | None = None

    @classmethod
    def of(cls, row: User | Device) -> "Actor":
        if isinstance(row, Device):
            return cls(name=str(row), device=row)
        return cls(name=str(row), user=row)

    @property
    def key(self) -> str:
        """Two acts need two people where their keys must differ."""
        if self.device is not None:
            return f"device/{self.device.pk}"
        return f"{ACCOUNT}{self.user.pk}" if self.user is not None else self.name

    def is_one_person_with(self, key: str, name: str) -> bool:
        """Whether an act under that key and name may be the same person's as this one.

        Somebody may have an account and hold a phone, or two phones: a phone has the
        name of who holds it, so one name, or a part of it, is one person. Two accounts
        are two people, whatever they are called.
        """
        if key == self.key:
            return True
        if self.user is not None and key.startswith(ACCOUNT):
            return False
        mine, theirs = set(fold(self.name).split()), set(fold(name).split())
        return bool(mine and theirs) and (mine <= theirs or theirs <= mine)

    def is_host_of(self, event: Event) -> bool:
        """An account among the event's hosts; a phone never is one. One query."""
        hosts = event.members.filter(role=Member.Role.HOST)
        return self.user is not None and hosts.filter(user=self.user).exists()

    @property
    def logged(self) -> User | str:
        """As the activity log takes it: an account, else a plain name."""
        return self.user or self.name

    def __str__(self) -> str:
        return self.name
