"""Rules for passwords, and what is said of one that they refuse (ASVS 5.0, 6.2).

No rule asks for a digit or a sign: length and words nobody guesses are what counts.
"""

from django.contrib.auth import password_validation as of_django
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import User
from losers_lounge.names import fold

LONGEST = 128
# What somebody who knows us tries first (ASVS 5.0, 6.1.2 asks for the list).
OWN_WORDS = (
    *("losers", "loser", "lounge", "award", "emmy", "trophy", "trophies", "winner"),
    *("charity", "donation", "guest", "party", "host", "password", "login"),
)
LEAST_BESIDE = 6


class LongEnough(of_django.MinimumLengthValidator):
    """Django's rule, in our words."""

    def get_error_message(self) -> str:
        words = ngettext(
            "The password is too short: use at least %(least)d character.",
            "The password is too short: use at least %(least)d characters.",
            self.min_length,
        )
        return words % {"least": self.min_length}


class NotCommon(of_django.CommonPasswordValidator):
    """Django's rule, in our words."""

    def get_error_message(self) -> str:
        return _("Many people use this password, so it is tried first. Choose another.")


class NotTheirOwnName(of_django.UserAttributeSimilarityValidator):
    """Django's rule, in our words."""

    def get_error_message(self) -> str:
        return _("The password is nearly your own name or address. Choose another.")


class LongestPassword:
    """At most 128 characters: more is no safer, and costs a hash its time."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > LONGEST:
            words = _("The password is too long: use at most %(most)d characters.") % {
                "most": LONGEST
            }
            raise ValidationError(words, code="password_too_long")

    def get_help_text(self) -> str:
        return _("At most %(most)d characters.") % {"most": LONGEST}


class OwnWords:
    """More than our own words, with a few signs around them."""

    def validate(self, password: str, user: User | None = None) -> None:
        rest = fold(password)
        for word in OWN_WORDS:
            rest = rest.replace(word, "")
        letters = [sign for sign in rest if sign.isalpha()]
        if rest != fold(password) and len(set(letters)) < LEAST_BESIDE:
            raise ValidationError(
                _("Everybody here would try these words first. Choose others."),
                code="password_of_own_words",
            )

    def get_help_text(self) -> str:
        return _("Not just words from the evening, such as lounge or trophy.")
