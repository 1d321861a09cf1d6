"""A corrected win holds the bottle it earned, and nobody else's of the same payment."""

import pytest
from django.db import transaction
from django.utils import timezone

from donations import rewards
from donations.models import Donation, Reward
from guests import payments
from guests.payments.asked import asked_for
from tests.factories import make_category, make_event
from tests.guests.night import make_nominated_guest, nomination_of, win


@pytest.mark.django_db
def test_of_one_payment_for_two_only_the_corrected_one_waits() -> None:
    event, now = make_event(), timezone.now()
    writing, acting = make_category(event, "Writing"), make_category(event, "Acting")
    tina = make_nominated_guest(event, writing, name="Tina Fey")
    tony = make_nominated_guest(event, acting, name="Tony Hale")
    win(writing, tina)
    win(acting, tony)
    with transaction.atomic():
        donation = asked_for(payments.Wish.of_guest(tina, tony), now)
        donation.state, donation.paid_at = Donation.State.PAID, now
        donation.save()
        rewards.bring_up_to_date(donation, at=now)

    def states() -> dict[str, str]:
        return dict(donation.rewards.values_list("for_name", "state"))

    words = donation.rewards.get(for_name="Tony Hale").lines
    assert words[:2] == ["Tony Hale", "Acting"]
    asked, held = Reward.State.REQUESTED, Reward.State.ON_HOLD
    assert states() == {"Tina Fey": asked, "Tony Hale": asked}

    tony_s = nomination_of(tony, acting)
    win(acting)
    assert states() == {"Tina Fey": asked, "Tony Hale": held}
    win(acting, tony_s)
    assert states() == {"Tina Fey": asked, "Tony Hale": asked}
