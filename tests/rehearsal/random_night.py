"""One night by chance: everything that people, Stripe, phones and machines may do.

Each act is made up first and then pressed: a press may die in the middle, and mostly
is repeated then, exactly as it was. What was answered is kept, to be found again.
"""

import random
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from donations import checkout, reconciliation, webhooks
from events import results
from events.models import Category, Event
from guests import results_night, rsvp, waiting_list
from guests.models import Guest
from losers_lounge.stand_in.server import StandIn
from tests.factories import make_category, make_event, make_nomination, make_user
from tests.guests.factories import make_guest
from tests.guests.night import make_nominated_guest
from tests.rehearsal.mishaps import Died, death
from tests.rehearsal.random_door import RandomDoor
from tests.rehearsal.random_money import RandomMoney

Press = Callable[[], object]

# Most of what may die is never reached by a press.
DIES = 0.5


class RandomNight:
    """The evening of one seed; `told` is what happened, for whoever has to look."""

    def __init__(self, seed: int, stand_in: StandIn) -> None:
        self.chance = random.Random(seed)
        self.told: list[str] = []
        self.event = self._event()
        self.desk = [make_user("Rosa"), make_user("Ravi")]
        self.door = RandomDoor(self.event, self.chance, self.told)
        self.money = RandomMoney(self.event, self.chance, self.told, stand_in)
        # What somebody was told, and must find again.
        self.answers: dict[int, str] = {}
        self.official: dict[int, set[int]] = {}
        self.acts: dict[Callable[[], Press | None], int] = {
            self._answer: 8,
            self._announce: 7,
            self._confirm: 10,
            self._undo: 2,
            self._sweep: 2,
            self._reconcile: 1,
            **self.door.acts,
            **self.money.acts,
        }
        self.open_doors()

    def _event(self) -> Event:
        event = make_event(
            capacity=self.chance.choice([6, 9, 40]),
            charge_per=self.chance.choice(list(Event.ChargePer)),
            plus_one_pays=self.chance.random() < 0.3,
            cap_cents=self.chance.choice([None, 150_000]),
        )
        categories = [make_category(event) for _ in range(3)]
        for number in range(7):
            up_for = self.chance.sample(categories, self.chance.choice([1, 1, 2]))
            make_nominated_guest(event, *up_for, name=f"Nominee {number}")
        for number in range(3):
            make_guest(event, f"Friend {number}")
        event.guests.update(answer=Guest.Answer.WAITING, answered_at=None)
        event.invitations.update(plus_ones=1)
        for category in categories:
            make_nomination(category)
        return event

    def open_doors(self) -> None:
        """Most have said yes by then, and a category is decided."""
        for guest in self.event.guests.principals().order_by("pk"):
            if self.chance.random() < 0.7:
                rsvp.answer(guest.pk, rsvp.Reply(Guest.Answer.YES), at=timezone.now())
                self.answers[guest.pk] = Guest.Answer.YES
            if len(self.answers) == self.event.capacity:
                break
        first = self.event.categories.first()
        entries = list(first.nominations.order_by("pk").values_list("pk", flat=True))
        won = {first.pk: self.chance.sample(entries, 1)}
        results_night.record(self.event, won, by=None, at=timezone.now())

    def step(self) -> None:
        """One act, which may die in the middle and be pressed again."""
        made_up = self.chance.choices(list(self.acts), list(self.acts.values()))[0]
        press = made_up()
        if press is None:
            return
        try:
            with death(self.chance, DIES):
                press()
        except Died as reason:
            self.told.append(f"  died at {reason}")
            if self.chance.random() < 0.7:
                self.told.append("  pressed again")
                press()

    def heal(self) -> None:
        """Everything goes well again, and time passes: beat does what it does."""
        self.told.append("heal")
        self.money.stand_in.clear_faults()
        self.door.deliver_everything()
        now = timezone.now()
        webhooks.catch_up(now)
        webhooks.process_owed(now + timedelta(hours=2))
        checkout.sweep(now + timedelta(minutes=30))
        waiting_list.sweep(now)
        reconciliation.reconcile("", at=timezone.now())

    # Guests

    def _answer(self) -> Press:
        guest = self._somebody()
        reply = self.chance.choice([*[Guest.Answer.YES] * 4, Guest.Answer.NO])
        brought = ["Ann"] if self.chance.random() < 0.4 else []
        said = f"{guest} answers {reply} {brought}"

        def press() -> None:
            self.told.append(said)
            try:
                at = timezone.now()
                rsvp.answer(guest.pk, rsvp.Reply(reply, plus_ones=brought), at=at)
            except (rsvp.AnswerRefused, rsvp.EventFull) as refusal:
                self.told.append(f"  refused: {refusal}")
            else:
                self.answers[guest.pk] = reply

        return press

    def _somebody(self) -> Guest:
        rows = self.event.guests.principals().order_by("pk")
        return self.chance.choice(list(rows))

    # The results desk

    def _category(self, **unlike: object) -> Category:
        """Mostly not one of these; now and then a press where it makes no sense."""
        rows = self.event.categories.order_by("pk")
        found = list(rows.exclude(**unlike)) if unlike else []
        if not found or self.chance.random() < 0.1:
            found = list(rows)
        return self.chance.choice(found)

    def _announce(self) -> Press:
        category = self._category()
        entries = list(category.nominations.order_by("pk").values_list("pk", flat=True))
        many = min(len(entries), self.chance.choice([0, 1, 1, 1, 2]))
        winners = self.chance.sample(entries, many)
        return self._at_the_desk("announce", results.announce, category, winners)

    def _confirm(self) -> Press:
        category = self._category(draft_winners=None)
        return self._at_the_desk("confirm", results_night.confirm, category)

    def _undo(self) -> Press:
        category = self._category(official_at=None)
        return self._at_the_desk("undo", results_night.undo, category)

    def _at_the_desk(
        self, name: str, act: Callable[..., object], category: Category, *more: object
    ) -> Press:
        # Mostly somebody else than who announced.
        others = [one for one in self.desk if one.pk != category.draft_by_id]
        by = self.chance.choice([*others, *others, *self.desk])

        def press() -> None:
            self.told.append(f"{by}: {name} {category} {more}")
            # Until it is answered, either may stand.
            self.official.pop(category.pk, None)
            try:
                act(category.pk, *more, by=by, at=timezone.now())
            except results.ResultsRefused as refusal:
                self.told.append(f"  refused: {refusal}")
            self.official[category.pk] = self.winners(category)

        return press

    @staticmethod
    def winners(category: Category) -> set[int]:
        rows = category.nominations.filter(outcome="won")
        return set(rows.values_list("pk", flat=True))

    def _sweep(self) -> Press:
        self.told.append("sweep")

        def press() -> None:
            checkout.sweep(timezone.now() + timedelta(minutes=30))
            waiting_list.sweep(timezone.now())

        return press

    def _reconcile(self) -> Press:
        self.told.append("reconcile")
        return lambda: reconciliation.reconcile_all(at=timezone.now())
