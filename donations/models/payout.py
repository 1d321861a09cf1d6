from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Stripe's words for what becomes of a payout; one that is new to us stands as it is.
IN_TRANSIT, PAID = "in_transit", "paid"
STATUS_WORDS = {
    "pending": _("Waits"),
    IN_TRANSIT: _("On its way"),
    PAID: _("In the bank"),
    "failed": _("Came back"),
    "canceled": _("Canceled"),
}


class Payout(models.Model):
    """Money that Stripe sent to the charity's bank, and what it is made of.

    `status` is Stripe's own word. `items_net_cents` is the sum of its balance
    transactions; of a manual payout Stripe cannot say what is in it.
    """

    account = models.CharField(max_length=255, blank=True)
    payout_id = models.CharField(max_length=255)
    currency = models.CharField(max_length=3)
    amount_cents = models.BigIntegerField()
    status = models.CharField(max_length=60)
    is_automatic = models.BooleanField(default=True)
    reconciliation_status = models.CharField(max_length=60, blank=True)
    failure_code = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    arrives_at = models.DateTimeField()
    # When its items were last asked for; empty: not itemised yet.
    itemised_at = models.DateTimeField(null=True, blank=True)
    items = models.PositiveIntegerField(default=0)
    items_net_cents = models.BigIntegerField(default=0)
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "payout_id"], name="payout_known_once"
            ),
            models.CheckConstraint(
                name="payout_items_only_when_asked",
                condition=Q(itemised_at__isnull=False) | Q(items=0, items_net_cents=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id}, {self.status}"

    @property
    def status_words(self) -> str:
        """Stripe calls "paid" what it has handed over, days before it is in."""
        is_early = self.status == PAID and self.arrives_at > timezone.now()
        status = IN_TRANSIT if is_early else self.status
        return str(STATUS_WORDS.get(status, status))

    @property
    def unexplained_cents(self) -> int:
        """What its items do not add up to; 0 when every cent is explained."""
        return self.amount_cents - self.items_net_cents
