from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Event, Nominee
from guests.models.invitation import Invitation
from losers_lounge.links import make_lookup
from losers_lounge.names import fold, match_key


class GuestQuerySet(models.QuerySet):
    def on_the_list(self) -> "GuestQuerySet":
        return self.filter(removed_at=None)

    def attending(self) -> "GuestQuerySet":
        """The heads: guests and plus-ones who said yes."""
        return self.on_the_list().filter(answer=Guest.Answer.YES)

    def principals(self) -> "GuestQuerySet":
        return self.on_the_list().filter(plus_one_of=None)

    def locked(self) -> "GuestQuerySet":
        """Locked until the transaction ends: who answers, pays or comes in waits.

        After the event's lock, where both are taken, and many in the order of their
        keys. no_key lets rows that refer to a guest be inserted meanwhile.
        """
        return self.select_for_update(of=("self",), no_key=True)


class Guest(models.Model):
    """A person and their evening; a plus-one is a person too."""

    class Answer(models.TextChoices):
        WAITING = "waiting", _("No answer yet")
        YES = "yes", _("Coming")
        NO = "no", _("Not coming")
        WAITLISTED = "waitlisted", _("On the waiting list")

    # Keys that few rows hold have indexes of those rows alone: a row of an import
    # would else be written into three more that say nothing.
    event = models.ForeignKey(
        Event, models.CASCADE, related_name="guests", db_index=False
    )
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="guests")
    public_id = models.CharField(max_length=16, default=make_lookup)
    name = models.CharField(max_length=200)
    aliases = models.JSONField(default=list, blank=True)
    # Written by `named` alone: to sort by, to find likely doubles by, to search in.
    name_key = models.CharField(max_length=200, editable=False)
    match_key = models.CharField(max_length=200, editable=False, default="")
    search_key = models.TextField(editable=False, default="")
    nominee = models.ForeignKey(
        Nominee,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="guests",
        db_index=False,
    )
    plus_one_of = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="plus_one_guests",
        db_index=False,
    )
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)
    tags = models.JSONField(default=list, blank=True)
    # A plus-one whose name the guest tells later; `name` says whose guest it is.
    is_unnamed = models.BooleanField(default=False)
    is_vip = models.BooleanField(default=False)
    is_blocked = models.BooleanField(default=False)
    notes = models.TextField(blank=True)
    # What the guest told us for the venue.
    dietary = models.CharField(max_length=300, blank=True)
    accessibility = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(
        "guests.ImportRun",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="added_guests",
        db_index=False,
    )
    merged_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="merged",
        db_index=False,
    )
    # Went home for good: the seat is free for somebody else.
    gone_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    # Who this was has been forgotten; answer and heads stay for the figures.
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GuestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["event", "name_key", "id"], name="guest_by_name"),
            # People by answer are counted from the index alone.
            models.Index(
                fields=["event", "answer"],
                condition=Q(removed_at=None),
                name="guest_by_answer",
            ),
            models.Index(fields=["event", "match_key"], name="guest_by_match"),
            models.Index(
                fields=["added_by"],
                condition=Q(added_by__isnull=False),
                name="guest_by_import",
            ),
            models.Index(
                fields=["nominee"],
                condition=Q(nominee__isnull=False),
                name="guest_by_nominee",
            ),
            models.Index(
                fields=["plus_one_of"],
                condition=Q(plus_one_of__isnull=False),
                name="guest_by_principal",
            ),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="guest_by_merged",
            ),
            # The list by newest answer, newest guest, and what few rows are asked for.
            models.Index(
                fields=["event", "answered_at", "id"],
                condition=Q(answered_at__isnull=False),
                name="guest_by_answer_time",
            ),
            # Guests without their plus-ones are counted from this one alone.
            models.Index(
                fields=["event", "id"],
                condition=Q(removed_at=None, plus_one_of=None),
                name="guest_by_newness",
            ),
            models.Index(fields=["event"], condition=Q(is_vip=True), name="guest_vips"),
            models.Index(
                fields=["event"],
                condition=~Q(dietary="", accessibility=""),
                name="guest_needs",
            ),
            # Few people go by other names too, and each import asks for them.
            models.Index(
                fields=["event"], condition=~Q(aliases=[]), name="guest_with_aliases"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="guest_public_id_once"),
            models.CheckConstraint(
                name="guest_answered_has_a_time",
                condition=Q(answer="waiting") | Q(answered_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["event", "nominee"],
                condition=Q(nominee__isnull=False, removed_at=None),
                name="guest_is_one_nominee_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    NAME_COLUMNS = ("name", "aliases", "name_key", "match_key", "search_key")

    @staticmethod
    def named(name: str, aliases: Sequence[str] = ()) -> dict[str, Any]:
        """The NAME_COLUMNS of somebody of this name, also known by those others."""
        key = fold(name)
        return {
            "name": name,
            "aliases": list(aliases),
            "name_key": key,
            "match_key": match_key(name),
            "search_key": "\n".join([key, *map(fold, aliases)]),
        }

    def call(self, name: str, aliases: Sequence[str] = ()) -> None:
        """Give this row a name and others it is known by: save its NAME_COLUMNS."""
        for column, value in self.named(name, aliases).items():
            setattr(self, column, value)

    @property
    def about(self) -> str:
        """How the log marks what is about this person."""
        return f"guest/{self.pk}"

    @property
    def is_coming(self) -> bool:
        return self.answer == self.Answer.YES and self.removed_at is None
