"""How a donor is named in public: a name of their own choice, or none."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from donations.models import Donation
from events import activity

VERB = noop("chose how to be named in public for")


@transaction.atomic
def name_in_public(donation_id: int, name: str, *, at: datetime) -> None:
    """From now on so; an empty name is none. Receipts keep the donor's own name."""
    donation = Donation.objects.locked().get(pk=donation_id)
    if donation.credit_name == name:
        return
    donation.credit_name = name
    donation.save(update_fields=["credit_name"])
    activity.record(
        donation.event,
        donation.donor_name,
        VERB,
        name or "nobody",
        at=at,
        about=f"donation/{donation.pk}",
    )
