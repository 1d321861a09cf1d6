from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.cover import Cover
from losers_lounge.languages import ENGLISH


class Charity(models.Model):
    """The merchant of record: donations are its money from the first second."""

    legal_name = models.CharField(max_length=200)
    ein = models.CharField(max_length=20, blank=True)
    address = models.TextField(blank=True)
    receipt_wording = models.TextField(blank=True)
    # Set: direct charges on a connected account. Empty: the charity's own keys.
    stripe_account_id = models.CharField(max_length=255, blank=True)

    class Meta:
        verbose_name_plural = "charities"

    def __str__(self) -> str:
        return self.legal_name


class EventQuerySet(models.QuerySet):
    def for_user(self, user_id: int, *roles: str) -> "EventQuerySet":
        """Events on whose team this user is, in one of the roles if any is named."""
        member = Q(members__user_id=user_id)
        if roles:
            member &= Q(members__role__in=roles)
        return self.filter(member).distinct()

    def locked(self) -> "EventQuerySet":
        """With their charity, locked until the transaction ends.

        The first lock of every change to the list: event, then guest, then the rest.
        no_key lets rows that refer to the event be inserted meanwhile.
        """
        rows = self.select_related("charity")
        return rows.select_for_update(of=("self",), no_key=True)


class Event(models.Model):
    """One evening: where, when, for which charity and by which house rules."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Canceled")

    class ChargePer(models.TextChoices):
        PERSON = "person", _("once per person")
        WIN = "win", _("for every win")

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    hosted_by = models.CharField(max_length=200, blank=True)
    welcome = models.TextField(blank=True)
    cover = models.CharField(
        max_length=10, choices=Cover, default=Cover.PLINTH, db_default=Cover.PLINTH
    )
    venue = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    time_zone = models.CharField(max_length=64)
    # In which its letters, receipts and calendar entries are written, whoever reads
    # them; a page follows its reader's browser.
    language = models.CharField(
        max_length=8, choices=settings.LANGUAGES, default=ENGLISH, db_default=ENGLISH
    )
    doors_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    rsvp_deadline_at = models.DateTimeField(null=True, blank=True)
    # From then on a name is asked for and granted, no longer simply changed.
    names_lock_at = models.DateTimeField(null=True, blank=True)
    capacity = models.PositiveIntegerField()
    # How long a freed seat is kept for whom it is offered.
    offer_hours = models.PositiveSmallIntegerField(default=24)
    # Bulk mail leaves between these hours of the event's zone; empty: at any hour.
    send_from = models.TimeField(null=True, blank=True)
    send_until = models.TimeField(null=True, blank=True)
    charity = models.ForeignKey(Charity, models.PROTECT, related_name="events")
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    total_is_public = models.BooleanField(default=False)
    second_confirmation_required = models.BooleanField(default=True)
    # So long after it was confirmed, a result can simply be undone.
    hold_minutes = models.PositiveSmallIntegerField(default=10)

    # House rules
    winner_amount_cents = models.PositiveIntegerField(default=100_000)
    currency = models.CharField(max_length=3, default="usd", editable=False)
    charge_per = models.CharField(
        max_length=6, choices=ChargePer, default=ChargePer.PERSON
    )
    cap_cents = models.PositiveIntegerField(null=True, blank=True)
    plus_one_pays = models.BooleanField(default=False)
    exempt_tags = models.JSONField(default=list, blank=True)
    # Saved cards of winners are charged after the hold by themselves, or by a press.
    charges_pledges_by_rule = models.BooleanField(default=False)
    # What a giver gets in return, in good faith (IRS Publication 1771), and whose
    # estimate that is.
    admission_value_cents = models.PositiveIntegerField(default=0)
    reward_value_cents = models.PositiveIntegerField(default=0)
    values_estimated_by = models.CharField(max_length=200, blank=True)

    # So long after the evening its guests' names and addresses are kept.
    keep_guests_days = models.PositiveSmallIntegerField(default=90)
    guests_erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    created_at = models.DateTimeField(auto_now_add=True)
    # The press that made it: pressed twice, it is one event.
    creation_nonce = models.CharField(
        max_length=90, null=True, blank=True, unique=True, editable=False
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="event_ends_after_it_starts",
                condition=Q(ends_at__gt=models.F("starts_at")),
            ),
            models.CheckConstraint(
                name="event_capacity_positive", condition=Q(capacity__gt=0)
            ),
            models.CheckConstraint(
                name="event_keeps_guests_for_a_while",
                condition=Q(keep_guests_days__range=(30, 90)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("guests:overview", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def zone_name(self) -> str:
        """The zone as people write it: "America/Los Angeles"."""
        return self.time_zone.replace("_", " ")

    @property
    def guests_kept_until(self) -> datetime:
        """From then on its guests are forgotten by themselves (guests/privacy).

        An evening that was entered when it was over counts from its entry.
        """
        since = max(self.ends_at, self.created_at or self.ends_at)
        return since + timedelta(days=self.keep_guests_days)

    def names_are_locked(self, at: datetime) -> bool:
        """Whether a guest must ask for another name instead of writing it."""
        return self.names_lock_at is not None and at >= self.names_lock_at

    def became(self, at: datetime) -> str:
        """What became of it: "cancelled", "over" once past and closed; else nothing."""
        if self.status == self.Status.CANCELLED:
            return "cancelled"
        is_over = self.status == self.Status.CLOSED and self.ends_at <= at
        return "over" if is_over else ""

    def takes_answers(self, at: datetime | None = None) -> bool:
        """Whether guests may still answer: open, and not past the deadline."""
        at = at or timezone.now()
        deadline = self.rsvp_deadline_at
        return self.status == self.Status.OPEN and (deadline is None or at <= deadline)
