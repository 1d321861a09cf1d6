"""The face of an evening: a drawing, and the colours that go with it."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cover(models.TextChoices):
    """Each has a drawing (static/img/covers/) and a class in static/css/site.css."""

    PLINTH = "plinth", _("The empty plinth")
    CURTAIN = "curtain", _("The open microphone")
    PALMS = "palms", _("Midnight palms")
    GARDEN = "garden", _("Lanterns in the garden")
    TOWER = "tower", _("A tower of coupes")


@dataclass(frozen=True)
class Colours:
    """What of a cover a mail shows too, where no style sheet of ours reaches."""

    ground: str
    accent: str


COLOURS = {
    Cover.PLINTH: Colours("#100912", "#8c1846"),
    Cover.CURTAIN: Colours("#2a0610", "#9b1531"),
    Cover.PALMS: Colours("#0a1130", "#23458f"),
    Cover.GARDEN: Colours("#08231b", "#1b5e46"),
    Cover.TOWER: Colours("#21130a", "#7d4a06"),
}
