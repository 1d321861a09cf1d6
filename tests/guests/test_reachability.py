"""Whatever hosts do to people and addresses, everybody is reached by their own link.

Any sequence of additions, letters, corrected addresses, retired links, merges and
partings, against a model that only knows who is whom.
"""

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from events.models import Message
from guests import invitations, merging
from guests.merging import Choice
from guests.models import Guest, GuestMerge, Invitation
from guests.people import addresses
from guests.people.addresses import Address
from losers_lounge.links import is_genuine, make_token, split_token
from tests.factories import make_event, make_user
from tests.guests.factories import make_contact, make_guest, make_invitation

EXAMPLES, STEPS, MOST_PEOPLE = 12, 16, 5
ANY = st.integers(0, 99)
EMAILS = st.sampled_from([f"address{n}@guests.example" for n in range(4)])
SIDES = st.sampled_from(["kept", "gone"])


class Reachability(RuleBasedStateMachine):
    """n people over m addresses and k invitations."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.event = make_event()
        self.user = make_user()
        # Where mail for each person on the list goes, by the row's id.
        self.goes_to: dict[int, str] = {}
        self.stale: set[str] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def someone(self, number: int) -> Guest:
        people = sorted(self.goes_to)
        return Guest.objects.select_related("invitation__contact").get(
            pk=people[number % len(people)]
        )

    def behind(self, guest: Guest) -> list[int]:
        """The living rows that share this one's contact."""
        rows = addresses.people_behind(guest.invitation.contact)
        return [row.pk for row in rows]

    @rule(email=EMAILS, shared=st.booleans(), number=ANY)
    def add(self, email: str, shared: bool, number: int) -> None:
        if len(self.goes_to) >= MOST_PEOPLE:
            return
        contact = make_contact(self.event, email=email)
        if shared and self.goes_to:
            contact = self.someone(number).invitation.contact
        guest = make_guest(invitation=make_invitation(contact=contact))
        self.goes_to[guest.pk] = contact.email

    @rule()
    def send(self) -> None:
        invitations.send(self.event.pk, by="Amy", at=timezone.now())

    @precondition(lambda self: self.goes_to)
    @rule(number=ANY, email=EMAILS, everyone=st.booleans())
    def correct(self, number: int, email: str, everyone: bool) -> None:
        guest = self.someone(number)
        contact = guest.invitation.contact
        shared = contact.invitations.count() > 1
        moved = self.behind(guest) if everyone or not shared else [guest.pk]
        addresses.change(
            guest.pk,
            Address(contact.name, email),
            Address.of(contact).mark,
            everyone=everyone,
            by=self.user,
            at=timezone.now(),
        )
        if email != contact.email:
            self.goes_to |= dict.fromkeys(moved, email)

    @precondition(lambda self: self.goes_to)
    @rule(number=ANY, email=EMAILS)
    def repair(self, number: int, email: str) -> None:
        guest = self.someone(number)
        letters = Message.objects.filter(about=guest.invitation.about)
        if letters.filter(state="queued").update(state="bounced"):
            addresses.repair(
                letters.get(state="bounced").pk,
                email,
                by=self.user,
                at=timezone.now(),
            )
            self.goes_to |= dict.fromkeys(self.behind(guest), email)

    @precondition(lambda self: self.goes_to)
    @rule(number=ANY)
    def retire(self, number: int) -> None:
        row = self.someone(number).invitation
        gone = [row, *row.continued.all()]
        self.stale |= {token_of(one) for one in gone}
        invitations.rotate(row.pk, by=self.user, at=timezone.now())

    @precondition(lambda self: len(self.goes_to) > 1)
    @rule(number=ANY, other=ANY, name=SIDES, address=SIDES)
    def merge(self, number: int, other: int, name: str, address: str) -> None:
        kept, gone = self.someone(number), self.someone(other)
        if kept == gone:
            return
        choice = Choice(name=name, address=address)
        merging.merge(kept.pk, gone.pk, choice, by=self.user, at=timezone.now())
        theirs = self.goes_to.pop(gone.pk)
        if address == "gone":
            self.goes_to[kept.pk] = theirs

    @rule(number=ANY)
    def part(self, number: int) -> None:
        standing = GuestMerge.objects.filter(event=self.event, undone_at=None)
        rows = list(standing.filter(kept__in=self.goes_to).order_by("pk"))
        if not rows:
            return
        row = rows[number % len(rows)]
        merging.unmerge(row.pk, by=self.user, at=timezone.now())
        for guest in Guest.objects.filter(pk__in=[row.kept_id, row.gone_id]):
            self.goes_to[guest.pk] = guest.invitation.contact.email

    @invariant()
    def everybody_is_reached_by_their_contact_s_address(self) -> None:
        people = Guest.objects.principals().filter(event=self.event)
        found = people.values_list("pk", "invitation__contact__email")
        assert dict(found) == self.goes_to

    @invariant()
    def every_link_leads_to_its_own_person_and_a_retired_one_nowhere(self) -> None:
        for row in self.event.invitations.all():
            last = row.continues_as or row
            response = Client().get(f"/i/{token_of(row)}/")
            assert response.headers["Location"] == f"/invitation/{last.public_id}/"
            assert last.guests.principals().count() == 1
            assert last.continues_as_id is None
        for token in self.stale:
            # The view's own check; asked by address it would count as guessing.
            lookup, mac = split_token(token)
            row = Invitation.objects.get(public_id=lookup)
            assert not is_genuine("invitation", lookup, row.link_version, mac)

    @invariant()
    def no_letter_that_waits_holds_another_s_link_or_an_old_one(self) -> None:
        rows = {row.about: row for row in self.event.invitations.all()}
        for letter in Message.objects.filter(event=self.event, state="queued"):
            row = rows[letter.about]
            assert letter.context["link"]["link"] == [
                "invitation",
                row.public_id,
                row.link_version,
            ]
            assert letter.recipient_email == row.contact.email
            assert row.guests.principals().exists()


def token_of(row: Invitation) -> str:
    return make_token("invitation", row.public_id, row.link_version)


@pytest.mark.django_db
def test_everybody_is_reached_by_their_own_link_and_nobody_by_another_s() -> None:
    run_state_machine_as_test(
        Reachability,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
        ),
    )
