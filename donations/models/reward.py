from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation
from events.models import Event
from losers_lounge.links import make_lookup


class EngravingBatch(models.Model):
    """What was sent to the engraver, frozen: the file and its hash never change."""

    event = models.ForeignKey(
        Event, models.PROTECT, related_name="engraving_batches", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_by_name = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    # The words on its bottles have been forgotten; their hash stays.
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "engraving batches"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "number"], name="engraving_batch_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"Batch {self.number}"


class RewardQuerySet(models.QuerySet):
    def owed(self) -> Self:
        """Bottles that somebody still waits for."""
        return self.filter(state__in=Reward.OWED)


class Reward(models.Model):
    """The engraved bottle that thanks for a donation, from wish to hand."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("Text to be set")
        PROOF = "proof", _("Proof with the donor")
        APPROVED = "approved", _("Approved by the donor")
        ENGRAVING = "engraving", _("At the engraver's")
        READY = "ready", _("Checked and ready")
        SHIPPED = "shipped", _("On its way")
        HANDED_OVER = "handed_over", _("Handed over")
        ON_HOLD = "on_hold", _("On hold")
        STOPPED = "stopped", _("Stopped")
        DECLINED = "declined", _("Declined by the donor")

    OWED = (
        State.REQUESTED,
        State.PROOF,
        State.APPROVED,
        State.ENGRAVING,
        State.READY,
        State.SHIPPED,
    )

    public_id = models.CharField(
        max_length=16, unique=True, default=make_lookup, editable=False
    )
    # One for each part of the donation that earned it.
    donation = models.ForeignKey(
        Donation, models.PROTECT, related_name="rewards", db_index=False
    )
    for_name = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField(default=0)
    engraving = models.CharField(max_length=200)
    state = models.CharField(max_length=11, choices=State, default=State.REQUESTED)
    # Where it stood when money or a correction put it on hold.
    held_from = models.CharField(max_length=11, blank=True)
    # Held back whatever the money says: the win it was given for was corrected.
    is_held = models.BooleanField(default=False)
    # At the engraver's when the money went: somebody must ring them up.
    stop_order_at = models.DateTimeField(null=True, blank=True)
    proof = models.BinaryField(null=True, blank=True)
    proof_at = models.DateTimeField(null=True, blank=True)
    # What the donor said of the proof, if it was not yes.
    remark = models.CharField(max_length=300, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    batch = models.ForeignKey(
        EngravingBatch, models.PROTECT, null=True, blank=True, related_name="rewards"
    )
    requested_at = models.DateTimeField()
    checked_by_name = models.CharField(max_length=200, blank=True)
    ship_to = models.CharField(max_length=400, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    is_of_age = models.BooleanField(default=False)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_over_to = models.CharField(max_length=200, blank=True)
    handed_over_by_name = models.CharField(max_length=200, blank=True)

    objects = RewardQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["donation", "order"], name="reward_once_per_part"
            ),
            models.CheckConstraint(
                name="reward_handed_over_has_a_time",
                condition=~Q(state="handed_over") | Q(handed_over_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reward_engraved_only_when_approved",
                condition=~Q(state__in=["approved", "engraving", "ready", "shipped"])
                | Q(approved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engraving}, {self.get_state_display()}"

    @property
    def proof_key(self) -> str:
        """Names one proof among those that were drawn; "" when there is none."""
        return self.proof_at.isoformat() if self.proof_at else ""

    @property
    def lines(self) -> list[str]:
        """What is engraved, line by line."""
        return self.engraving.split("\n") if self.engraving else []

    @property
    def must_be_stopped(self) -> bool:
        """At the engraver's, and its money is gone: somebody must ring them up."""
        return self.state == self.State.ENGRAVING and self.stop_order_at is not None
