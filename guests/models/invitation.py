from django.db import models
from django.db.models import Q

from events.models import Event
from guests.models.about import about_invitation
from losers_lounge.links import absolute_url, make_lookup


class Contact(models.Model):
    """Where mail goes: perhaps an assistant, perhaps shared by twenty guests."""

    # Its index is the one by address, which begins with the event.
    event = models.ForeignKey(
        Event, models.CASCADE, related_name="contacts", db_index=False
    )
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    # An assistant answers for others, on a page of their own (/contact/<token>/).
    is_assistant = models.BooleanField(default=False)
    wants_digest = models.BooleanField(default=False)
    public_id = models.CharField(max_length=16, default=make_lookup)
    link_version = models.PositiveIntegerField(default=1)
    # Who this was has been forgotten; the row stays for the figures.
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["event", "email"], name="contact_by_email")]
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="contact_public_id_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def page_url(self) -> str:
        """The link of an assistant's own page; it opens for assistants alone."""
        return absolute_url("contact", self.public_id, self.link_version)

    @property
    def about(self) -> str:
        """How a mail about all of this contact's guests is marked in the outbox."""
        return f"contact/{self.pk}"

    @property
    def wants_one_letter(self) -> bool:
        """Of a mailing, for all of their guests together."""
        return self.is_assistant and self.wants_digest


class Invitation(models.Model):
    """One household's way in: a contact, its guests, and a link that can be retired."""

    # Its index is the one by wave, which begins with the event.
    event = models.ForeignKey(
        Event, models.CASCADE, related_name="invitations", db_index=False
    )
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="invitations")
    public_id = models.CharField(max_length=16, default=make_lookup)
    link_version = models.PositiveIntegerField(default=1)
    wave = models.PositiveSmallIntegerField(default=1)
    plus_ones = models.PositiveSmallIntegerField(default=0)
    # Raised by every answer: the .ics sequence, and what a stale page is held to.
    version = models.PositiveIntegerField(default=0)
    invited_at = models.DateTimeField(null=True, blank=True)
    # Two invitations turned out to be one person's: this link leads to the other.
    continues_as = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="continued",
        db_index=False,
    )
    # The principal lets their assistant give and pledge in their name.
    contact_may_give = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["public_id"], name="invitation_public_id_once"
            )
        ]
        indexes = [
            models.Index(fields=["event", "wave"], name="invitation_by_wave"),
            models.Index(
                fields=["event"],
                condition=Q(invited_at=None),
                name="invitation_not_written",
            ),
            models.Index(
                fields=["continues_as"],
                condition=Q(continues_as__isnull=False),
                name="invitation_by_continued",
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.public_id}"

    @property
    def about(self) -> str:
        """How this invitation's mails are marked in the outbox."""
        return about_invitation(self.pk)
