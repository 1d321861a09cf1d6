from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models import Donation, Pledge
from guests.models.guest import Guest


class GuestPledge(models.Model):
    """Whose pledge it is. The charity's side knows a donor's name, never the guest."""

    guest = models.ForeignKey(Guest, models.CASCADE, related_name="pledges")
    pledge = models.OneToOneField(Pledge, models.PROTECT, related_name="of_guest")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Pledge {self.pledge_id} of {self.guest_id}"


class Surplus(models.Model):
    """Money given for what is no longer owed: the donor's choice, and never lost.

    Two people paid for one, or a result was corrected. Until the donor says
    otherwise it is a gift; it is never sent back by itself.
    """

    class Cause(models.TextChoices):
        PAID_TWICE = "twice", _("Paid twice")
        CORRECTED = "corrected", _("A result was corrected")

    class Choice(models.TextChoices):
        KEEP = "keep", _("Keep it as a gift")
        BACK = "back", _("Send it back")

    guest = models.ForeignKey(Guest, models.CASCADE, related_name="surpluses")
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="surpluses")
    cause = models.CharField(max_length=9, choices=Cause)
    amount_cents = models.PositiveIntegerField()
    found_at = models.DateTimeField()
    choice = models.CharField(max_length=4, choices=Choice, blank=True)
    chosen_at = models.DateTimeField(null=True, blank=True)
    chosen_by_name = models.CharField(max_length=200, blank=True)
    # Owed again after all (a correction undone): nothing is to be chosen any more.
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "surpluses"
        constraints = [
            models.UniqueConstraint(
                fields=["guest", "donation"],
                condition=Q(gone_at=None),
                name="surplus_once_per_guest_and_donation",
            ),
            models.CheckConstraint(
                name="surplus_positive", condition=Q(amount_cents__gt=0)
            ),
            models.CheckConstraint(
                name="surplus_chosen_has_a_time",
                condition=Q(choice="") | Q(chosen_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} cents of {self.donation_id}, {self.cause}"
