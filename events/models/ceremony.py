from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.event import Event


class Nominee(models.Model):
    """A person at this ceremony, however many nominations credit them."""

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="nominees", db_index=False
    )
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    aliases = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["event", "name_key"], name="nominee_by_name")]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """An award. A draft counts for nothing until a second person confirms it."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANNOUNCED = "announced", _("Announced")
        OFFICIAL = "official", _("Official")

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="categories", db_index=False
    )
    order = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    # Ids of the winning nominations as one person announced them. An empty list is
    # "nobody won"; over an official category a draft is a proposed correction.
    draft_winners = models.JSONField(null=True, blank=True)
    draft_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    draft_at = models.DateTimeField(null=True, blank=True)
    official_at = models.DateTimeField(null=True, blank=True)
    # Raised by every change, so that a stale page is told and not obeyed.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "name_key"], name="category_name_once_per_event"
            ),
            models.CheckConstraint(
                name="category_announced_has_a_draft",
                condition=~Q(state="announced") | Q(draft_winners__isnull=False),
            ),
            models.CheckConstraint(
                name="category_official_has_a_time",
                condition=~Q(state="official") | Q(official_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_draft(self) -> bool:
        return self.draft_winners is not None


class Nomination(models.Model):
    """One entry in a category; it may credit seventeen people."""

    class Outcome(models.TextChoices):
        PENDING = "pending", _("Still open")
        LOST = "lost", _("Lost")
        WON = "won", _("Won")

    category = models.ForeignKey(Category, models.CASCADE, related_name="nominations")
    work = models.CharField(max_length=300, blank=True)
    work_key = models.CharField(max_length=300, editable=False)
    nominees = models.ManyToManyField(Nominee, related_name="nominations")
    outcome = models.CharField(max_length=7, choices=Outcome, default=Outcome.PENDING)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.work}, {self.category}"


class ResultChange(models.Model):
    """One act at the results desk: from which winners to which, by whom."""

    class Action(models.TextChoices):
        ANNOUNCED = "announced", _("announced")
        WITHDRAWN = "withdrawn", _("withdrawn")
        CONFIRMED = "confirmed", _("confirmed")
        CORRECTED = "corrected", _("corrected")
        IMPORTED = "imported", _("imported")
        UNDONE = "undone", _("undone")

    # With these the winners counted from then on.
    MADE_OFFICIAL = (Action.CONFIRMED, Action.CORRECTED, Action.IMPORTED)

    category = models.ForeignKey(Category, models.CASCADE, related_name="changes")
    action = models.CharField(max_length=9, choices=Action)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    by_name = models.CharField(max_length=200)
    winners_before = models.JSONField()
    winners_after = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.category}: {self.action} by {self.by_name}"
