"""Who may see the books of a Stripe account, which may serve several events."""

from django.http import Http404

from donations.models import Donation
from events.access import FINANCE, Access, open_event
from events.models import Event, Member, User


def keeps_the_books(user: User, account: str) -> bool:
    """Whether all the money on a Stripe account is of events this user may see.

    Anybody may make an event of their own, and its charity may share an account: until
    somebody has paid, the books are those of the account's first event.
    """
    own = Event.objects.for_user(user.pk, FINANCE, Member.Role.HOST)
    sharing = Event.objects.filter(charity__stripe_account_id=account)
    first = sharing.order_by("pk").values_list("pk", flat=True).first()
    paid = Donation.objects.for_account(account).filter(paid_at__isnull=False)
    with_money = set(paid.values_list("event", flat=True).distinct()) or {first}
    return with_money <= set(own.values_list("pk", flat=True))


def open_books(user: User, slug: str) -> tuple[Access, str]:
    """The event and its account, for who keeps the books of it; else 404."""
    access = open_event(user, slug, FINANCE)
    account = access.event.charity.stripe_account_id
    if not keeps_the_books(user, account):
        raise Http404
    return access, account
