"""Who was of a team and no guest is forgotten as everybody is, wherever they helped."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events import forgetting, team, tombstones
from events.models import Event, Member, Message
from tests.factories import make_member, make_user
from tests.guests.factories import make_contact
from tests.losers_lounge.commands import run

pytestmark = pytest.mark.django_db

DOT = "dot@team.example"


@pytest.mark.parametrize("is_still_there", [True, False])
def test_a_helper_s_name_goes_from_the_log_of_every_evening(
    event: Event, is_still_there: bool
) -> None:
    """Also once the letter that put them on the team has been forgotten."""
    host, at = make_user("Amy Poehler"), timezone.now()
    make_member(event, Member.Role.HOST, host)
    said = {"email": DOT, "name": "Dot Warner", "role": Member.Role.DOOR}
    member = team.add(event, **said, by=host, at=at)
    event.activities.create(actor=member.user, actor_name="Dot", verb="let in", at=at)
    if not is_still_there:
        team.remove(member.pk, event, by=host, at=at)
    forgetting.letters(Message.objects.all())
    run("erase_person", DOT, "--yes")
    names = event.activities.values_list("actor_name", "object_name")
    assert not [pair for pair in names if "Dot" in "".join(pair)]
    assert event.activities.filter(verb__contains="forgot a person").exists()


def test_a_restored_account_is_forgotten_again_and_a_new_one_is_not() -> None:
    left_at = timezone.now()
    tombstones.set_up(tombstones.Kind.PERSON, DOT, left_at)
    user = make_user("Dot Warner")
    for days, is_active in ((1, True), (-1, False)):
        user.email, user.date_joined = DOT, left_at + timedelta(days=days)
        user.save(update_fields=["email", "date_joined"])
        run("replay_erasures")
        user.refresh_from_db()
        assert user.is_active == is_active
        assert (user.name == "Dot Warner") == is_active


def test_a_restored_address_without_an_invitation_is_forgotten_again(
    event: Event,
) -> None:
    """One that everybody moved away from: nothing says when it was entered."""
    tombstones.set_up(tombstones.Kind.PERSON, DOT, timezone.now())
    contact = make_contact(event, "Dot Warner", email=DOT)
    run("replay_erasures")
    contact.refresh_from_db()
    assert contact.email == ""
