"""What the door does on a random night, with a network and without."""

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import count

from django.utils import timezone

from events.models import Event, Member
from guests import door, seats, trophies
from guests.actors import Actor
from guests.door import requests, scans, walk_ins
from guests.door.scans import Scan
from guests.door.walk_ins import Visitor
from guests.models import Admission, Device, Guest, Obligation
from tests.factories import make_member

Press = Callable[[], object]
Action = Admission.Action


class RandomDoor:
    """Two phones and an account; `seen` are presses that were answered, by nonce."""

    def __init__(self, event: Event, chance: random.Random, told: list[str]) -> None:
        self.event, self.chance, self.told = event, chance, told
        self.host = make_member(event, Member.Role.HOST).user
        self.phones = [Actor.of(self._phone(name)) for name in ("Door 1", "Door 2")]
        self.queues: dict[str, list[Scan]] = {phone.name: [] for phone in self.phones}
        self.told_before: list[tuple[Actor, list[Scan]]] = []
        self.numbers = count(1)
        self.seen: dict[str, int] = {}
        self.acts: dict[Callable[[], Press | None], int] = {
            self._come: 14,
            self._leave: 6,
            self._deny: 2,
            self._scan: 8,
            self._deliver: 4,
            self._walk_in: 2,
            self._waive: 2,
            self._statue: 8,
        }

    def _phone(self, name: str) -> Device:
        now = timezone.now()
        return self.event.devices.create(
            role=Device.Role.DOOR,
            name=name,
            paired_by_name="Amy",
            created_at=now,
            claimed_at=now,
            expires_at=now + timedelta(hours=12),
        )

    def _by(self) -> Actor:
        return self.chance.choice([*self.phones, Actor.of(self.host)])

    def _nonce(self, guest: Guest) -> str:
        """A new press; now and then the browser repeats one that is old."""
        mine = sorted(nonce for nonce, pk in self.seen.items() if pk == guest.pk)
        if mine and self.chance.random() < 0.2:
            return self.chance.choice(mine)
        return f"press-{self.event.pk}-{next(self.numbers)}"

    def _anybody(self) -> Guest:
        return self.chance.choice(list(self.event.guests.order_by("pk")))

    def _press(self, guest: Guest, name: str, act: Callable[..., object]) -> Press:
        nonce, by = self._nonce(guest), self._by()

        def press() -> None:
            self.told.append(f"{by}: {guest} {name} ({nonce})")
            try:
                done = act(nonce=nonce, by=by, at=timezone.now())
            except (door.NotAdmitted, door.NonceUsed, door.AlreadyInside) as refusal:
                self.told.append(f"  refused: {type(refusal).__name__}")
                return
            row = done.admission if isinstance(done, door.Admitted) else done
            if row is not None:
                self.seen[row.nonce] = guest.pk

        return press

    def _come(self) -> Press:
        guest = self._anybody()

        def act(**press: object) -> object:
            return door.admit(guest.pk, event=self.event, **press)

        return self._press(guest, "in", act)

    def _leave(self) -> Press:
        guest = self._anybody()
        action = self.chance.choice([Action.OUT, Action.HOME, Action.UNDONE])

        def act(**press: object) -> object:
            return door.close(guest.pk, action, reason="why", **press)

        return self._press(guest, action, act)

    def _deny(self) -> Press:
        guest = self._anybody()

        def act(**press: object) -> object:
            return door.deny(guest.pk, reason="Will not pay", **press)

        return self._press(guest, "denied", act)

    def _scan(self) -> None:
        """Without a network the phone only notes it, by its own clock."""
        phone, guest = self.chance.choice(self.phones), self._anybody()
        action = self.chance.choice([*[Action.IN] * 4, Action.OUT, Action.HOME])
        ago = timedelta(seconds=self.chance.randint(0, 600))
        queue = self.queues[phone.name]
        queue.append(
            Scan(
                nonce=f"scan-{self.event.pk}-{next(self.numbers)}",
                guest_id=guest.pk,
                action=action,
                at=timezone.now() - ago,
                sequence=len(queue) + 1,
                colour="green",
                allowed_by=self.chance.choice(["", "", "Amy"]),
            )
        )
        self.told.append(f"{phone} notes {guest} {action}")

    def _deliver(self) -> Press | None:
        """Some of what a phone noted arrives, in any order; some of it once more."""
        phone = self.chance.choice(self.phones)
        queue = self.queues[phone.name]
        noted = self.chance.sample(queue, self.chance.randint(0, len(queue)))
        if self.told_before and self.chance.random() < 0.4:
            phone, noted = self.chance.choice(self.told_before)
        return (lambda: self._merge(phone, noted)) if noted else None

    def _merge(self, phone: Actor, noted: list[Scan]) -> None:
        self.told.append(f"{phone} tells {[scan.nonce for scan in noted]}")
        now = timezone.now()
        scans.merge(self.event, phone, noted, sent_at=now, at=now)
        self.told_before.append((phone, noted))
        queue = self.queues[phone.name]
        queue[:] = [scan for scan in queue if scan not in noted]
        self.seen |= {scan.nonce: scan.guest_id for scan in noted}

    def deliver_everything(self) -> None:
        """The phones hear again."""
        for phone in self.phones:
            if noted := list(self.queues[phone.name]):
                self.chance.shuffle(noted)
                self._merge(phone, noted)

    def _walk_in(self) -> Press:
        name = f"Walk-in {self.chance.randint(1, 3)}"
        nonce = f"ask-{self.event.pk}-{next(self.numbers)}"
        is_welcome, by = self.chance.random() < 0.7, self._by()

        def press() -> None:
            self.told.append(f"{by} asks for {name}, welcome: {is_welcome}")
            now = timezone.now()
            try:
                asked = requests.ask_walk_in(
                    self.event, Visitor(name), nonce=nonce, by=by, at=now
                )
                decide = requests.grant if is_welcome else requests.refuse
                decide(asked.pk, by=self.host, at=now)
            except (
                requests.CannotAsk,
                requests.AlreadyDecided,
                walk_ins.CannotWelcome,
                seats.EventFull,
            ) as refusal:
                self.told.append(f"  refused: {refusal}")

        return press

    def _waive(self) -> Press | None:
        owing = Obligation.objects.unpaid().filter(guest__event=self.event)
        row = owing.order_by("pk").first()
        if row is None:
            return None
        nonce, by = f"let-off-{next(self.numbers)}-{self.event.pk}", self._by()

        def press() -> None:
            self.told.append(f"{by} asks to let guest {row.guest_id} off")
            now = timezone.now()
            try:
                asked = requests.ask_waiver(
                    row.guest_id, reason="A friend", nonce=nonce, by=by, at=now
                )
                requests.grant(asked.pk, by=self.host, at=now)
            except (requests.CannotAsk, requests.AlreadyDecided) as refusal:
                self.told.append(f"  refused: {refusal}")

        return press

    def _statue(self) -> Press | None:
        won = self.event.guests.filter(nominee__nominations__outcome="won")
        if not won.exists():
            return None
        guest = self.chance.choice(list(won.order_by("pk")))
        tag, by = f"T{next(self.numbers)}", self._by()

        def press() -> None:
            self.told.append(f"{by} takes a statue of {guest} in, {tag}")
            try:
                trophies.receive(
                    guest.pk, trophies.Intake(tag), by=by, at=timezone.now()
                )
            except trophies.TooManyTrophies:
                self.told.append("  has no other")

        return press
