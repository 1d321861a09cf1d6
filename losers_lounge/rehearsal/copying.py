"""A copy of an event to rehearse on: nobody in it can be reached, nothing is real.

The guest list, the ceremony, the house rules and the team are the event's own; the
night begins anew, with no answer given and every category open.
"""

from datetime import datetime

from django.db import transaction

from events import outbox
from events.models import Category, Charity, Event, Member, Nomination, Nominee
from guests import obligations
from guests.models import Contact, Guest, Invitation

HELD = "A rehearsal: no mail leaves."
LONGEST_STEM = 40


@transaction.atomic
def copy_of(source: Event, at: datetime) -> Event:
    """A new event "<slug>-rehearsal-N", ready for its doors; its mail is held."""
    # Two rehearsals that begin at once count on from each other.
    source = Event.objects.locked().get(pk=source.pk)
    event = Event.objects.get(pk=source.pk)
    event.pk, event._state.adding = None, True
    stem = f"{source.slug[:LONGEST_STEM]}-rehearsal"
    number = _next_number(stem)
    event.slug, event.creation_nonce = f"{stem}-{number}", None
    event.name = f"{source.name[:170]}, rehearsal {number}"
    event.status, event.total_is_public = Event.Status.OPEN, False
    event.charity = _charity(source.charity, event.slug)
    event.save()
    # Held before the first letter can be written.
    outbox.hold(HELD, at, event)
    _copy_team(source, event)
    nominees = _copy_ceremony(source, event)
    _copy_guests(source, event, nominees)
    obligations.bring_up_to_date(event, at)
    return event


def _next_number(stem: str) -> int:
    slugs = Event.objects.filter(slug__startswith=f"{stem}-")
    tails = (
        slug.removeprefix(f"{stem}-") for slug in slugs.values_list("slug", flat=True)
    )
    return max((int(tail) for tail in tails if tail.isdecimal()), default=0) + 1


def _charity(charity: Charity, slug: str) -> Charity:
    """Its own, with its own account: real receipts and books keep their numbers."""
    return Charity.objects.create(
        legal_name=charity.legal_name,
        ein=charity.ein,
        address=charity.address,
        receipt_wording=charity.receipt_wording,
        stripe_account_id="acct_" + slug.replace("-", "_"),
    )


def _copy_team(source: Event, event: Event) -> None:
    members = source.members.values_list("user", "role", "pin_hash")
    Member.objects.bulk_create(
        Member(event=event, user_id=user, role=role, pin_hash=pin_hash)
        for user, role, pin_hash in members
    )


def _copy_ceremony(source: Event, event: Event) -> dict[int, int]:
    """Categories and nominations, all of them open; nominees by their old ids."""
    people = list(source.nominees.order_by("pk"))
    made = Nominee.objects.bulk_create(
        Nominee(event=event, name=row.name, name_key=row.name_key, aliases=row.aliases)
        for row in people
    )
    nominees = {old.pk: new.pk for old, new in zip(people, made, strict=True)}
    old_categories = list(source.categories.order_by("pk"))
    categories = Category.objects.bulk_create(
        Category(event=event, order=row.order, name=row.name, name_key=row.name_key)
        for row in old_categories
    )
    by_old = dict(zip((row.pk for row in old_categories), categories, strict=True))
    old_entries = list(Nomination.objects.filter(category__event=source).order_by("pk"))
    entries = Nomination.objects.bulk_create(
        Nomination(
            category=by_old[row.category_id], work=row.work, work_key=row.work_key
        )
        for row in old_entries
    )
    by_entry = {old.pk: new.pk for old, new in zip(old_entries, entries, strict=True)}
    credit = Nomination.nominees.through
    credits = credit.objects.filter(nomination__category__event=source).order_by("pk")
    credit.objects.bulk_create(
        credit(nomination_id=by_entry[nomination], nominee_id=nominees[nominee])
        for nomination, nominee in credits.values_list("nomination", "nominee")
    )
    return nominees


def _copy_guests(source: Event, event: Event, nominees: dict[int, int]) -> None:
    """Invited people; whom they bring they say again, when the script answers."""
    people = source.guests.principals().select_related("invitation__contact")
    guests = list(people.order_by("pk"))
    invitations = _copy_invitations(
        event, {row.invitation_id: row.invitation for row in guests}
    )
    Guest.objects.bulk_create(
        Guest(
            event=event,
            invitation=invitations[row.invitation_id],
            nominee_id=nominees.get(row.nominee_id),
            tags=row.tags,
            is_vip=row.is_vip,
            is_blocked=row.is_blocked,
            **{column: getattr(row, column) for column in Guest.NAME_COLUMNS},
        )
        for row in guests
    )


def _copy_invitations(
    event: Event, old: dict[int, Invitation]
) -> dict[int, Invitation]:
    """New ones by the old ids; their contacts live at addresses that are nobody's."""
    contacts = {row.contact_id: row.contact for row in old.values()}
    made = Contact.objects.bulk_create(
        Contact(
            event=event,
            name=row.name,
            email=f"contact{number}@example.com" if row.email else "",
            is_assistant=row.is_assistant,
        )
        for number, row in enumerate(contacts.values(), 1)
    )
    by_contact = dict(zip(contacts, made, strict=True))
    invitations = Invitation.objects.bulk_create(
        Invitation(
            event=event,
            contact=by_contact[row.contact_id],
            wave=row.wave,
            plus_ones=row.plus_ones,
        )
        for row in old.values()
    )
    return dict(zip(old, invitations, strict=True))
