"""What guests, hosts, the results desk and four phones press on a random night."""

import re
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from events.models import Category, Member
from guests import impact
from guests.models import Admission, Guest, ImportRun
from tests.factories import make_member
from tests.faults import visitors
from tests.faults.visitors import Visitor
from tests.guests.devices import make_device
from tests.rehearsal.real_night import Press, RealNight, is_done, is_open

SHOWN = re.compile(r'name="shown" value="([^"]*)"')
APPLY = re.compile(r"/import/([0-9]+)/apply/")
PHONES = 4


class People:
    """Adds its acts to the night's; whom it imported is `imported`, by name."""

    def __init__(self, night: RealNight) -> None:
        self.night, self.chance, self.told = night, night.chance, night.told
        self.event, base = night.event, night.stage.stack.url
        self.room = f"/events/{self.event.slug}"
        self.browsers: dict[int, Visitor] = {}
        roles = Member.Role
        self.host, self.rosa, self.ravi = (
            visitors.member(base, make_member(self.event, role).user)
            for role in (roles.HOST, roles.RESULTS, roles.RESULTS)
        )
        self.phones = [
            visitors.phone(base, make_device(self.event, name=f"Door {number}"))
            for number in range(PHONES)
        ]
        self.handed_in: list[list[dict[str, Any]]] = []
        self.numbers = count(1)
        self.imported: dict[str, bool] = {}
        night.acts |= {
            self._answer: 12,
            self._answer_for: 2,
            self._import: 3,
            self._invite: 2,
            self._announce: 8,
            self._confirm: 10,
            self._admit: 8,
            self._leave: 4,
            self._hand_in: 8,
        }

    def browser(self, guest: Guest) -> Visitor:
        if guest.invitation_id not in self.browsers:
            base = self.night.stage.stack.url
            found = visitors.guest_of(base, guest.invitation)
            self.browsers[guest.invitation_id] = found
        return self.browsers[guest.invitation_id]

    def _answer(self) -> Press:
        guest = self.night.principal()
        reply = self.chance.choice(["yes", "yes", "yes", "no", "waitlisted"])
        fields = {"answer": reply}
        if self.chance.random() < 0.4:
            fields["plus_one_1"] = "Ann"
        browser, where = self.browser(guest), guest.invitation.public_id

        def then(answer: Any) -> None:
            if is_done(answer):
                self.told.answers[guest.pk] = reply
            elif is_open(answer):
                self.told.answers.pop(guest.pk, None)

        return Press(
            f"{guest} answers {fields}",
            guest,
            lambda: browser.press(f"/invitation/{where}/rsvp/", fields),
            then,
        )

    def _answer_for(self) -> Press:
        guest = self.night.principal()
        reply = self.chance.choice(["yes", "yes", "no"])

        def then(answer: Any) -> None:
            # The words of a refusal come with the next page.
            guest.refresh_from_db()
            self.told.answers[guest.pk] = guest.answer

        return Press(
            f"the host answers {reply} for {guest}",
            guest,
            lambda: self.host.press(
                f"{self.room}/guests/{guest.pk}/answer/", {"answer": reply}
            ),
            then,
        )

    def _import(self) -> Press:
        number = next(self.numbers)
        names = [f"Imported {number} {one}" for one in "ABC"]
        rows = [f"{name},i{number}{name[-1].lower()}@example.com" for name in names]
        text = "\n".join(["name,email", *rows, "Friend 0,", rows[0]])

        def do() -> Any:
            uploaded = self.host.press(f"{self.room}/guests/import/", {"text": text})
            if not is_done(uploaded):
                return uploaded
            run = uploaded.headers["Location"]
            page = self.host.look(run)
            if found := SHOWN.search(page.text):
                return self.host.press(f"{run}apply/", {"shown": found[1]})
            return page

        def then(answer: Any) -> None:
            applied = APPLY.search(answer.url) if is_done(answer) else None
            run = applied and ImportRun.objects.get(pk=applied[1])
            # The list may have changed since it was looked at: then it is not begun.
            sure = bool(run) and run.state != ImportRun.State.PREVIEWED
            self.imported |= dict.fromkeys(names, sure)

        return Press(f"the host imports {names}", "import", do, then)

    def _invite(self) -> Press:
        return Press(
            "the host sends the invitations",
            "invitations",
            lambda: self.host.press(f"{self.room}/messages/send/"),
        )

    def _category(self, **unlike: object) -> Category | None:
        rows = list(self.event.categories.exclude(**unlike).order_by("pk"))
        return self.chance.choice(rows) if rows else None

    def _announce(self) -> Press:
        category = self._category()
        entries = list(category.nominations.order_by("pk").values_list("pk", flat=True))
        many = min(len(entries), self.chance.choice([1, 1, 1, 2, 0]))
        winners = self.chance.sample(entries, many)
        fields: dict[str, Any] = {"version": category.version, "winners": winners}
        if not winners:
            fields["nobody"] = "on"
        return self._at_the_desk("announce", self._desk(), category, fields)

    def _confirm(self) -> Press | None:
        category = self._category(draft_winners=None)
        if category is None:
            return None
        fields = {"version": category.version}
        if category.state == Category.State.OFFICIAL:
            fields["sheet"] = impact.of(category).stamp
        return self._at_the_desk("confirm", self._desk(), category, fields)

    def _desk(self) -> Visitor:
        return self.chance.choice([self.rosa, self.ravi])

    def _at_the_desk(
        self, name: str, desk: Visitor, category: Category, fields: dict[str, Any]
    ) -> Press:
        def then(answer: Any) -> None:
            won = set(
                category.nominations.filter(outcome="won").values_list("pk", flat=True)
            )
            if name == "confirm" and is_done(answer):
                assert won == set(category.draft_winners), "another result counts"
            self.told.official[category.pk] = won

        where = f"{self.room}/results/{category.pk}/{name}/"
        words = f"{name} {category} {fields}"
        return Press(words, category, lambda: desk.press(where, fields), then)

    # The door

    def _anybody(self) -> Guest:
        return self.chance.choice(list(self.event.guests.order_by("pk")))

    def _nonce(self) -> str:
        return f"press-{next(self.numbers)}"

    def _admit(self) -> Press:
        return self._at_the_door("admit")

    def _leave(self) -> Press:
        return self._at_the_door(self.chance.choice(["out", "home"]))

    def _at_the_door(self, name: str) -> Press:
        guest, phone = self._anybody(), self.chance.choice(self.phones)
        mine = [nonce for nonce, pk in self.told.presses.items() if pk == guest.pk]
        is_old = bool(mine) and self.chance.random() < 0.3
        nonce = self.chance.choice(sorted(mine)) if is_old else self._nonce()

        def then(answer: Any) -> None:
            row = self.event.admissions.filter(nonce=nonce).first()
            if row is not None and is_done(answer):
                self.told.presses[nonce] = row.guest_id

        where = f"{self.room}/door/{guest.pk}/{name}/"
        fields = {"nonce": nonce}
        words = f"door: {guest} {name} ({nonce})"
        return Press(words, guest, lambda: phone.press(where, fields), then)

    def _hand_in(self) -> Press:
        """Noted without network, handed in later; some of it once more."""
        phone = self.chance.choice(self.phones)
        if self.handed_in and self.chance.random() < 0.4:
            held = self.chance.choice(self.handed_in)
        else:
            held = [self._noted(seq) for seq in range(self.chance.randint(1, 4))]
            self.handed_in.append(held)
        body = {"sent_at": timezone.now().isoformat(), "scans": held}

        def then(answer: Any) -> None:
            if is_done(answer):
                kept = {row["nonce"] for row in answer.json()["received"]}
                rows = Admission.objects.filter(nonce__in=kept)
                found = dict(rows.values_list("nonce", "guest"))
                assert found.keys() == kept, "a scan was answered and is not there"
                self.told.presses |= found

        return Press(
            f"a phone hands in {[(one['nonce'], one['action']) for one in held]}",
            held[0]["nonce"],
            lambda: phone.hand_in(f"{self.room}/door/sync/", body),
            then,
        )

    def _noted(self, sequence: int) -> dict[str, Any]:
        ago = timedelta(seconds=self.chance.randint(0, 600))
        now = timezone.now()
        return {
            "nonce": f"scan-{next(self.numbers)}",
            "guest": self._anybody().pk,
            "action": self.chance.choice(["in", "in", "in", "out", "home"]),
            "at": (now - ago).isoformat(),
            "seq": sequence + 1,
            "as_of": (now - timedelta(hours=1)).isoformat(),
            "colour": "green",
            "allowed_by": self.chance.choice(["", "", "Amy"]),
            "reason": "",
        }

    def nobody_was_imported_twice(self) -> None:
        rows = self.event.guests.filter(name__startswith="Imported ")
        names = list(rows.values_list("name", flat=True))
        assert len(names) == len(set(names)), sorted(names)
        missing = [name for name, sure in self.imported.items() if sure]
        assert set(missing) <= set(names), set(missing) - set(names)
