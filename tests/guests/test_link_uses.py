"""In how many browsers a link is used, and what leaves no trace."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory

from events.models import Activity
from guests import invitations, portal
from guests.models import Guest, Invitation, LinkUse
from guests.realms import link_uses
from tests.factories import make_event, make_user
from tests.guests.assistants import make_dana, make_principal
from tests.guests.factories import make_guest, make_invitation
from tests.guests.people import AT, YES, browser_of, page_of, token_of

pytestmark = pytest.mark.django_db


def press(guest: Guest, client: Client | None = None) -> Client:
    """The first touch on the page, in a browser of its own unless one is given."""
    client = client or browser_of(guest.invitation)
    assert client.post(page_of(guest.invitation, "here")).status_code == 204
    return client


def test_opening_the_link_and_the_page_leaves_no_row() -> None:
    row = make_guest(answer=YES).invitation
    client = browser_of(row)
    for name in ("invitation", "pass", "calendar"):
        client.get(page_of(row, name))
    assert not LinkUse.objects.exists()


def test_a_browser_counts_once_however_often_it_presses() -> None:
    guest = make_guest()
    client = press(guest)
    press(guest, client)
    client.get(f"/i/{token_of(guest.invitation)}/")
    press(guest, client)
    assert len(link_uses.of(guest.invitation)) == 1


def test_the_fourth_browser_raises_the_flag() -> None:
    event = make_event()
    guest, other = make_guest(event), make_guest(event)
    press(other)
    for _ in range(3):
        press(guest)
    assert link_uses.leaked(event) == []
    assert not link_uses.is_leaked(link_uses.of(guest.invitation))
    press(guest)
    [leak] = link_uses.leaked(event)
    assert (leak.invitation, leak.browsers) == (guest.invitation, 4)
    assert link_uses.is_leaked(link_uses.of(guest.invitation))


def test_a_new_link_begins_to_count_anew() -> None:
    guest = make_guest()
    for _ in range(4):
        press(guest)
    invitations.rotate(guest.invitation_id, by=make_user(), at=AT)
    guest.refresh_from_db()
    assert link_uses.leaked(guest.event) == []
    assert link_uses.of(guest.invitation) == []
    press(guest)
    assert len(link_uses.of(guest.invitation)) == 1


def test_leaks_of_another_event_are_not_shown() -> None:
    guest = make_guest()
    for _ in range(4):
        press(guest)
    assert link_uses.leaked(make_event()) == []


def test_leaks_are_read_in_two_queries(django_assert_num_queries: object) -> None:
    event = make_event()
    for _ in range(3):
        row = make_guest(event).invitation
        LinkUse.objects.bulk_create(
            LinkUse(
                invitation=row,
                device=f"browser{n}",
                link_version=1,
                first_at=AT,
                last_at=AT + timedelta(hours=n),
            )
            for n in range(4)
        )
    with django_assert_num_queries(2):
        leaks = link_uses.leaked(event)
        assert [leak.invitation.contact.name for leak in leaks]
    assert len(leaks) == 3


def test_a_browser_without_our_name_for_it_is_not_counted() -> None:
    row = make_guest().invitation
    link_uses.note(RequestFactory().post("/"), row, AT)
    assert not LinkUse.objects.exists()


def test_an_old_link_of_a_merged_invitation_leads_to_the_one_that_was_kept() -> None:
    kept = make_guest()
    gone = make_invitation(kept.event)
    token, before = token_of(gone), browser_of(gone)
    gone.continues_as = kept.invitation
    gone.save()
    response = Client().get(f"/i/{token}/")
    assert response["Location"] == page_of(kept.invitation)
    # A browser that was in by the old link is in by the new one, without another mail.
    for page in (page_of(gone), page_of(kept.invitation)):
        assert kept.name in before.get(page).text
    assert press(kept, before)


def test_a_merged_link_dies_with_the_one_it_leads_to() -> None:
    kept = make_guest()
    gone = make_invitation(kept.event, continues_as=kept.invitation)
    token, client = token_of(gone), browser_of(gone)
    invitations.rotate(kept.invitation_id, by=make_user(), at=AT)
    assert Client().get(f"/i/{token}/").status_code == 410
    assert client.get(page_of(kept.invitation)).status_code == 404


def test_invitations_that_lead_in_a_circle_end_somewhere() -> None:
    first = make_guest().invitation
    second = make_invitation(first.event, continues_as=first)
    Invitation.objects.filter(pk=first.pk).update(continues_as=second)
    assert Client().get(f"/i/{token_of(first)}/").status_code == 302


def test_a_principal_grants_and_ends_on_their_own_page() -> None:
    dana = make_dana(make_event())
    ann = make_principal(dana, "Ann")
    client, row = browser_of(ann.invitation), ann.invitation
    assert "Dana answers for you too" in client.get(page_of(row)).text
    client.post(page_of(row, "may_give"), {"may": "yes"})
    assert Invitation.objects.get(pk=row.pk).contact_may_give
    refused = client.post(page_of(row, "own_address"), {"email": dana.email})
    assert refused.status_code == 422
    answer = client.post(page_of(row, "own_address"), {"email": "ann@guests.example"})
    # The link is a new one, and this browser has it already.
    assert "ann@guests.example" in client.get(answer["Location"]).text
    assert client.get(page_of(row, "own_address")).status_code == 404
    assert portal.evenings(dana) == []
    assert Activity.objects.filter(actor_name="Ann").count() == 2


def test_no_assistant_is_spoken_of_where_there_is_none() -> None:
    row = make_guest().invitation
    client = browser_of(row)
    assert "answers for you" not in client.get(page_of(row)).text
    assert client.get(page_of(row, "own_address")).status_code == 404
    client.post(page_of(row, "may_give"), {"may": "yes"})
    assert not Invitation.objects.get(pk=row.pk).contact_may_give
