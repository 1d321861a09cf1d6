from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from donations.models.donation import Donation


class Dispute(models.Model):
    """A bank asks for a donor's money back: from the first word to the last.

    `status` is Stripe's own word, whatever it may be; the money is in the ledger.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", pgettext_lazy("a dispute", "Won")
        LOST = "lost", pgettext_lazy("a dispute", "Lost")
        CLOSED = "closed", _("Closed without money moved")

    class Evidence(models.TextChoices):
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent to the bank")
        REFUSED = "refused", _("Refused by Stripe")

    account = models.CharField(max_length=255, blank=True)
    dispute_id = models.CharField(max_length=255)
    donation = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="disputes"
    )
    charge_id = models.CharField(max_length=255, blank=True)
    amount_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=60)
    outcome = models.CharField(max_length=6, choices=Outcome, default=Outcome.OPEN)
    # While it is so, giving the money back ends it: Stripe says when.
    is_refundable = models.BooleanField(default=False)
    evidence_due_at = models.DateTimeField(null=True, blank=True)
    # What is sent to the bank, frozen before Stripe is called: asked again, it is
    # the same question.
    evidence = models.JSONField(default=dict, blank=True)
    evidence_state = models.CharField(max_length=7, choices=Evidence, blank=True)
    evidence_error = models.CharField(max_length=300, blank=True)
    evidence_sent_at = models.DateTimeField(null=True, blank=True)
    evidence_by_name = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "dispute_id"], name="dispute_known_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id}, {self.status}"


class FraudWarning(models.Model):
    """A card's bank suspects fraud before any dispute: somebody looks at it."""

    account = models.CharField(max_length=255, blank=True)
    warning_id = models.CharField(max_length=255)
    donation = models.ForeignKey(
        Donation, models.PROTECT, null=True, blank=True, related_name="fraud_warnings"
    )
    charge_id = models.CharField(max_length=255, blank=True)
    fraud_type = models.CharField(max_length=100, blank=True)
    is_actionable = models.BooleanField(default=True)
    warned_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    seen_words = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-warned_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "warning_id"], name="fraud_warning_known_once"
            )
        ]

    def __str__(self) -> str:
        return self.warning_id
