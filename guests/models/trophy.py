from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Event, Nomination
from guests.models.guest import Guest
from losers_lounge.stored import told


class Trophy(models.Model):
    """A statue in custody, under a tag, until its owner takes it home."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="trophies")
    guest = models.ForeignKey(Guest, models.PROTECT, related_name="trophies")
    nomination = models.ForeignKey(
        Nomination, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    tag = models.CharField(max_length=20)
    shelf = models.CharField(max_length=40, blank=True)
    inscription = models.CharField(max_length=200, blank=True)
    condition = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    received_by_name = models.CharField(max_length=200, blank=True)
    # Left overnight: in the safe, with a receipt to the owner.
    safe_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    released_by_name = models.CharField(max_length=200, blank=True)
    released_to = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["tag"]
        verbose_name_plural = "trophies"
        constraints = [
            models.UniqueConstraint(
                fields=["event", "tag"],
                condition=Q(released_at=None),
                name="trophy_tag_in_use_once_per_event",
            ),
            models.CheckConstraint(
                name="trophy_released_to_somebody",
                condition=Q(released_at=None) | ~Q(released_to=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Tag {self.tag}"


class TrophyPhoto(models.Model):
    """How the statue looked when it came: a small JPEG without its camera's data.

    It lives in the database, so that every web server has it and a backup too.
    """

    trophy = models.ForeignKey(Trophy, models.CASCADE, related_name="photos")
    jpeg = models.BinaryField()
    taken_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["taken_at", "pk"]

    def __str__(self) -> str:
        return f"Photo of trophy {self.trophy_id}"


class TrophyMove(models.Model):
    """The custody log: whoever had the statue in their hands. Rows are only added."""

    class Action(models.TextChoices):
        RECEIVED = "received", _("taken in")
        SHELVED = "shelved", _("put on a shelf")
        PHOTOGRAPHED = "photo", _("photographed")
        ASKED = "asked", _("hand-over begun")
        CODE_SENT = "code", _("code sent to the owner")
        CODE_WRONG = "wrong", _("wrong code")
        CANCELLED = "cancelled", _("hand-over stopped")
        RELEASED = "released", _("handed over")
        TO_SAFE = "safe", _("put into the safe")

    trophy = models.ForeignKey(Trophy, models.CASCADE, related_name="moves")
    action = models.CharField(max_length=9, choices=Action)
    by_name = models.CharField(max_length=200)
    second_name = models.CharField(max_length=200, blank=True)
    words = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    # Whom it names has been forgotten; a trigger lets nothing else be changed.
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.trophy_id} {self.action}"

    @property
    def told_words(self) -> str:
        """Its words in the reader's language, as far as they are ours: never a name."""
        if self.action == self.Action.CANCELLED:
            return told(self.words)
        mark = {self.Action.ASKED: ": ", self.Action.RELEASED: ", "}.get(self.action)
        if mark is None:
            return self.words
        who, mark, how = self.words.rpartition(mark)
        return f"{who}{mark}{told(how)}"


class HandOver(models.Model):
    """A statue on its way out: to its identified owner, or to a proxy by a code.

    A tag alone never releases. An owner takes a second person of the team; a proxy
    takes the code that the owner was sent.
    """

    trophy = models.ForeignKey(Trophy, models.CASCADE, related_name="hand_overs")
    to = models.CharField(max_length=200)
    is_proxy = models.BooleanField(default=False)
    # How the owner was known: what was looked at.
    identity = models.CharField(max_length=200, blank=True)
    asked_by_key = models.CharField(max_length=40)
    asked_by_name = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    code_hash = models.CharField(max_length=128, blank=True)
    code_until = models.DateTimeField(null=True, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by_name = models.CharField(max_length=200, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["trophy"],
                condition=Q(done_at=None, cancelled_at=None),
                name="hand_over_open_once_per_trophy",
            )
        ]

    def __str__(self) -> str:
        return f"{self.trophy_id} to {self.to}"


class TrophyOutcome(models.Model):
    """Why a statue that was won is not at the desk. The newest of a pair stands."""

    class Outcome(models.TextChoices):
        EXPECTED = "expected", _("expected after all")
        NO_STATUE = "no_statue", _("has no statue tonight")
        LATER = "later", _("arrives later")
        REFUSED = "refused", _("keeps it")
        LET_OFF = "let_off", _("a host let them keep it")

    # With these a winner may come in without the statue.
    EXCUSES = (Outcome.NO_STATUE, Outcome.LATER, Outcome.LET_OFF)

    guest = models.ForeignKey(Guest, models.CASCADE, related_name="trophy_outcomes")
    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=9, choices=Outcome)
    words = models.CharField(max_length=300, blank=True)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.guest_id} {self.outcome}"
