from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from events.models.event import Event


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None, **fields: Any) -> "User":
        """A team member who signs in by e-mail; None makes an unusable password."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractUser):
    """Somebody on a team. Guests are not users and never become one."""

    username = None
    first_name = None
    last_name = None
    name = models.CharField(max_length=200)
    email = models.EmailField(unique=True)
    # Part of every session's hash: raising it ends them all.
    session_generation = models.PositiveIntegerField(default=0)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Password and generation: a session ends when either one changes."""
        return salted_hmac(
            "events.models.User.session",
            f"{self.password}\0{self.session_generation}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Member(models.Model):
    """One user's role in one event; a user may hold several."""

    class Role(models.TextChoices):
        HOST = "host", _("Host")
        RESULTS = "results", _("Results desk")
        DOOR = "door", _("Door")
        FINANCE = "finance", _("Charity staff")

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="members", db_index=False
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=7, choices=Role)
    # What a host types on somebody else's phone at the door, hashed.
    pin_hash = models.CharField(max_length=128, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "user", "role"], name="member_role_once_per_event"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"
