"""The face of an evening: a drawing, and the colours that go with it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cover(models.TextChoices):
    """Each has a drawing (static/img/covers/) and a class in static/css/site.css."""

    PLINTH = "plinth", _("The empty plinth")
    CURTAIN = "curtain", _("The open microphone")
    PALMS = "palms", _("Midnight palms")
    GARDEN = "garden", _("Lanterns in the garden")
    TOWER = "tower", _("A tower of coupes")


# What of a cover a mail shows too, where no style sheet of ours reaches.
GROUNDS = {
    Cover.PLINTH: "#100912",
    Cover.CURTAIN: "#2a0610",
    Cover.PALMS: "#0a1130",
    Cover.GARDEN: "#08231b",
    Cover.TOWER: "#21130a",
}
