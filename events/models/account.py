from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

# What allauth calls a way in, in words for who took it.
WAYS = {
    "password": _("password"),
    "totp": _("app"),
    "webauthn": _("passkey"),
    "recovery_codes": _("recovery codes"),
}


class AccountActivity(models.Model):
    """What happened to an account: who came in by what, and what was changed.

    Written once, never changed (ASVS 5.0, 16.3.1). It holds no address and no name: a
    try for an account that is not here names nobody. What belongs to an event, as a
    role does, stands in that event's Activity.
    """

    class Kind(models.TextChoices):
        LOGGED_IN = "logged_in", _("Logged in")
        LOGIN_FAILED = "login_failed", _("A log-in failed")
        LOGGED_OUT = "logged_out", _("Logged out")
        PASSWORD_CHANGED = "password_changed", _("Changed the password")
        PASSWORD_RESET = "password_reset", _("Set a new password by mail")
        FACTOR_ADDED = "factor_added", _("Added a second factor")
        FACTOR_REMOVED = "factor_removed", _("Removed a second factor")
        FACTOR_FAILED = "factor_failed", _("A second factor was wrong")
        CODES_RENEWED = "codes_renewed", _("Made new recovery codes")
        FACTORS_RESET = "factors_reset", _("The operator removed all second factors")
        SESSIONS_ENDED = "sessions_ended", _("Logged out everywhere else")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        db_index=False,
        related_name="account_activities",
    )
    kind = models.CharField(max_length=20, choices=Kind)
    # By what, in words of ours: "password+totp", "webauthn".
    how = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "account activities"
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="account_newest_doings")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.how}".strip()

    @property
    def ways(self) -> list[str]:
        """By what, in words: password, app."""
        return [str(WAYS.get(way, way)) for way in self.how.split("+") if way]
