"""One press about one bottle: which form it needs, and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from donations.forms.rewards import (
    AddressForm,
    HandOverForm,
    PictureForm,
    ProofForm,
    RemarkForm,
    WordsForm,
)
from donations.models import Reward
from donations.rewards import NotEngravable, steps
from losers_lounge.form_errors import sentences


@dataclass(frozen=True)
class Press:
    """A button: what must be typed beside it, and the step it takes."""

    act: Callable[..., Reward]
    form: type[forms.Form] = forms.Form


# Both a donor and the team may: the team on the donor's word.
DONORS: Mapping[str, Press] = {
    "word": Press(steps.word, WordsForm),
    "approve": Press(steps.approve, ProofForm),
    "ask": Press(steps.ask, RemarkForm),
    "decline": Press(steps.decline),
    "address": Press(steps.address, AddressForm),
}
TEAMS: Mapping[str, Press] = {
    **DONORS,
    "show": Press(steps.show, PictureForm),
    "stop_there": Press(steps.stopped_there),
    "check": Press(steps.check),
    "again": Press(steps.again),
    "ship": Press(steps.ship),
    "hand_over": Press(steps.hand_over, HandOverForm),
}


class Refused(Exception):
    """Nothing was done; the text says why, `typed` holds what was typed."""

    def __init__(self, text: str, status: int, typed: forms.Form | None = None) -> None:
        super().__init__(text)
        self.status, self.typed = status, typed


def take(
    request: HttpRequest,
    presses: Mapping[str, Press],
    reward: Reward,
    by: Any,
    at: datetime,
) -> Reward:
    """Do what the pressed button says. Raises Refused."""
    press = presses.get(request.POST.get("do", ""))
    if press is None:
        raise Refused(_("Nothing was done. Press a button on this page."), 422)
    form = press.form(request.POST, request.FILES)
    if not form.is_valid():
        words = " ".join(sentences(form))
        raise Refused(words, 422, form)
    said = dict(form.cleaned_data)
    # Ticked, and that is all: the tick itself is the second look.
    said.pop("was_read", None)
    try:
        return press.act(reward.pk, **said, by=by, at=at)
    except steps.OtherProof as refusal:
        words = _("A newer proof was drawn since. Look at it, then decide.")
        raise Refused(words, 409, form) from refusal
    except (steps.NotNow, steps.Unfit, NotEngravable) as refusal:
        raise Refused(str(refusal), 409, form) from refusal
