import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.event import Event
from events.models.reply_words import words_for
from losers_lounge.links import make_lookup


def make_message_id() -> str:
    """The Message-ID header, fixed when the row is made (RFC 5322 3.6.4)."""
    return f"<{uuid.uuid4().hex}@{settings.MAIL_DOMAIN}>"


class MessageQuerySet(models.QuerySet):
    def about(self, prefix: str) -> "MessageQuerySet":
        """Mail about one thing ("invitation/12") or one kind of it ("invitation/")."""
        return self.filter(about__startswith=prefix)


class Message(models.Model):
    """One mail to one address: the row is the queue.

    `context` holds plain values and links as {"link": [purpose, lookup, version]};
    a link is signed only when the mail is rendered, so the row opens no door.
    """

    class State(models.TextChoices):
        HELD = "held", _("Held")
        QUEUED = "queued", _("Queued")
        CLAIMED = "claimed", _("Being prepared")
        HANDING_OVER = "handing_over", _("Handing over")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("May have arrived")
        SUPPRESSED = "suppressed", _("Not sent")
        BOUNCED = "bounced", _("Came back")
        COMPLAINED = "complained", _("Called spam")

    class Reason(models.TextChoices):
        """Why the last try did not send it; `smtp_code` says more."""

        RELAY_DOWN = "relay_down", _("Waiting for the mail server")
        DEFERRED = "deferred", _("The mail server asked to try again later")
        REFUSED = "refused", _("The mail server refused it")
        BROKEN = "broken", _("The message could not be written")
        WORKER_LOST = "worker_lost", _("The worker stopped while preparing it")
        TOO_OLD = "too_old", _("The mail server did not take it for a whole day")
        NO_ANSWER = "no_answer", _("The mail server did not say whether it took it")
        CANCELLED = "cancelled", _("The event is canceled")
        UNSUBSCRIBED = "unsubscribed", _("This address asked for no more mail")
        NO_MAILBOX = "no_mailbox", _("There is no such address")
        DELAYED = "delayed", _("Their mail server has not taken it yet")
        RETURNED = "returned", _("The mail came back")
        COMPLAINED = "complained", _("The reader called it spam")
        ARRIVED = "arrived", _("The guest has used its link")
        WITHDRAWN = "withdrawn", _("Taken back before it left")

    # In nobody's hand yet: what can still be changed, stopped or sent elsewhere.
    WAITING = (State.HELD, State.QUEUED)
    UNDER_WAY = (*WAITING, State.CLAIMED, State.HANDING_OVER)
    CAME_BACK = (State.FAILED, State.BOUNCED)
    # Its template's name once nobody knows any more to whom it went and what it said.
    FORGOTTEN = "forgotten"
    # May go once more; a reader who called it spam is not asked again.
    REPAIRABLE = (*CAME_BACK, State.UNKNOWN)

    # Its index is the one by state, which begins with the event.
    event = models.ForeignKey(
        Event, models.CASCADE, related_name="messages", db_index=False
    )
    kind = models.CharField(max_length=20)
    # What the mail is about, e.g. "invitation/12": apps above find theirs by it.
    about = models.CharField(max_length=60, db_index=True)
    dedupe_key = models.CharField(max_length=200, unique=True)
    lookup = models.CharField(max_length=16, unique=True, default=make_lookup)
    message_id = models.CharField(max_length=200, unique=True, default=make_message_id)
    recipient_name = models.CharField(max_length=200)
    recipient_email = models.EmailField()
    # The address as Suppression knows it.
    address_mac = models.CharField(max_length=64, blank=True)
    template = models.CharField(max_length=100)
    context = models.JSONField(default=dict)
    # Whether an unsubscribed address still gets it: receipts yes, invitations no.
    is_bulk = models.BooleanField(default=False)

    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    # Claims, committed before the work; and how many of them the relay put off.
    attempts = models.PositiveSmallIntegerField(default=0)
    deferrals = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    # Kept after the lease, so that a late answer still finds its row.
    claim_id = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    handover_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    smtp_code = models.PositiveSmallIntegerField(null=True, blank=True)
    # A Reason and perhaps a detail such as "rcpt 5.1.1": never a relay's own words,
    # which name people.
    last_error = models.CharField(max_length=300, blank=True)
    # The server's own words, addresses taken out: for the host's page, never a log.
    server_words = models.CharField(max_length=300, blank=True)
    # When it came back or was complained about, as the report says.
    returned_at = models.DateTimeField(null=True, blank=True)
    # The turn its domain has given it (events/outbox/pace.py); empty: none yet.
    paced_until = models.DateTimeField(null=True, blank=True)
    copies_possible = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    # The request, or task, that wrote it: its lines in the log have the same.
    request_id = models.CharField(max_length=36, blank=True, default="", db_default="")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["address_mac"], name="message_by_address"),
            # A receipt does not wait behind ten thousand invitations.
            models.Index(
                fields=["is_bulk", "not_before", "id"],
                condition=Q(state="queued"),
                name="message_queue",
            ),
            models.Index(fields=["event", "kind", "state"], name="message_by_state"),
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=["claimed", "handing_over"]),
                name="message_leases",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_sent_has_a_time",
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="message_in_hand_has_a_lease",
                condition=~Q(state__in=["claimed", "handing_over"])
                | Q(lease_until__isnull=False, claim_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}, {self.state}"

    @property
    def explanation(self) -> str:
        """Why it is not sent, in a host's words; empty when nothing went wrong."""
        reason, _space, detail = self.last_error.partition(" ")
        if reason not in self.Reason.values:
            return ""
        label = str(self.Reason(reason).label)
        is_a_reply = reason in (
            self.Reason.DEFERRED,
            self.Reason.REFUSED,
            self.Reason.DELAYED,
            self.Reason.RETURNED,
        )
        words = words_for(detail) if is_a_reply else ""
        return f"{label}: {words}" if words else label


class SendingHold(models.Model):
    """While a row stands here, no mail leaves; what is created waits as held.

    A row of one event holds that event's mail, a row of none holds everybody's.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, null=True, blank=True, related_name="sending_holds"
    )
    held_at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.reason


class Suppression(models.Model):
    """An address that wants no more invitations, kept only as an HMAC of itself."""

    address_mac = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.address_mac
