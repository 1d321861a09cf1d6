from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from donations.models.donation import Donation


class RewardQuerySet(models.QuerySet):
    def owed(self) -> Self:
        """Bottles that somebody still waits for."""
        return self.filter(state__in=Reward.OWED)


class Reward(models.Model):
    """The engraved bottle that thanks for a donation, from wish to hand."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        ON_HOLD = "on_hold", _("On hold")
        ENGRAVING = "engraving", _("At the engraver's")
        READY = "ready", _("Ready")
        HANDED_OVER = "handed_over", _("Handed over")
        STOPPED = "stopped", _("Stopped")

    OWED = (State.REQUESTED, State.ENGRAVING, State.READY)

    donation = models.OneToOneField(Donation, models.PROTECT, related_name="reward")
    engraving = models.CharField(max_length=200)
    state = models.CharField(max_length=11, choices=State, default=State.REQUESTED)
    # Held back whatever the money says: the win it was given for was corrected.
    is_held = models.BooleanField(default=False)
    requested_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True, blank=True)

    objects = RewardQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="reward_handed_over_has_a_time",
                condition=~Q(state="handed_over") | Q(handed_over_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.engraving}, {self.get_state_display()}"
