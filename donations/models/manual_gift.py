from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation


class ManualGift(models.Model):
    """Cash or a cheque: counted by one, signed by a second, kept with a photo.

    It counts from the second name on, and never within Stripe's sums.
    """

    class Kind(models.TextChoices):
        CASH = "cash", _("Cash")
        CHEQUE = "cheque", _("Check")

    donation = models.OneToOneField(
        Donation, models.PROTECT, related_name="manual_gift"
    )
    kind = models.CharField(max_length=6, choices=Kind)
    cheque_number = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True)
    photo = models.BinaryField()
    # The press that entered it: pressed twice, it is one gift.
    nonce = models.CharField(max_length=90, unique=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    received_by_name = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    confirmed_by_name = models.CharField(max_length=200, blank=True)
    void_at = models.DateTimeField(null=True, blank=True)
    void_by_name = models.CharField(max_length=200, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="manual_gift_signed_by_two",
                condition=Q(confirmed_at=None)
                | (
                    ~Q(confirmed_by_name="")
                    & (
                        Q(confirmed_by=None)
                        | Q(received_by=None)
                        | ~Q(confirmed_by=models.F("received_by"))
                    )
                ),
            ),
            models.CheckConstraint(
                name="manual_gift_void_with_a_reason",
                condition=Q(void_at=None) | ~Q(void_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.donation_id}"
