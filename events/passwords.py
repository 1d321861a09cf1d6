"""Rules for passwords that Django has no validator for (ASVS 5.0, 6.2).

No rule asks for a digit or a sign: length and words nobody guesses are what counts.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from events.models import User
from losers_lounge.names import fold

LONGEST = 128
# What somebody who knows us tries first (ASVS 5.0, 6.1.2 asks for the list).
OWN_WORDS = (
    *("losers", "loser", "lounge", "award", "emmy", "trophy", "trophies", "winner"),
    *("charity", "donation", "guest", "party", "host", "password", "login"),
)
LEAST_BESIDE = 6


class LongestPassword:
    """At most 128 characters: more is no safer, and costs a hash its time."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > LONGEST:
            words = _("It may have %(most)d characters at most.") % {"most": LONGEST}
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
                _("It is made of words that everybody here would try first."),
                code="password_of_own_words",
            )

    def get_help_text(self) -> str:
        return _("Not only words of the evening, as lounge or trophy.")
