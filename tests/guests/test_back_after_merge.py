"""Who comes back after the invitation they shared was merged into another."""

import pytest
from django.utils import timezone

from events.models import Event
from guests import people
from guests.listing import changes
from guests.models import Guest, ListChange
from tests.factories import make_user
from tests.guests.factories import make_guest, make_invitation
from tests.guests.merges import merge, unmerge
from tests.guests.people import browser_of, page_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("at_once", [False, True])
def test_their_link_still_shows_their_own_evening(event: Event, at_once: bool) -> None:
    row, by, at = make_invitation(event), make_user(), timezone.now()
    ann, bob = (make_guest(name=name, invitation=row) for name in ("Ann", "Bob"))
    kept = make_guest(event, "Ann Again")
    if at_once:
        chosen = Guest.objects.filter(pk=bob.pk)
        done = changes.apply(
            event, chosen, ListChange.Kind.REMOVE, "", by=by, at=at, nonce="n"
        )
    else:
        people.remove(bob.pk, by=by, at=at)
    merged = merge(kept, ann)
    if at_once:
        changes.undo(done.change.pk, by=by, at=at)
    else:
        people.bring_back(bob.pk, by=by, at=at)
    page = browser_of(row).get(page_of(kept.invitation))
    assert "Bob" in page.content.decode()

    unmerge(merged)

    assert "Bob" in browser_of(row).get(page_of(row)).content.decode()
    other = browser_of(kept.invitation).get(page_of(kept.invitation))
    assert "Bob" not in other.content.decode(), "whom they never brought"
