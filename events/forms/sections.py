"""How the form of an event is laid out: its parts, and where each begins."""

from typing import Any

from crispy_forms.layout import Column, Div, Fieldset, Layout, Row, Submit
from django.utils.translation import gettext as _

from events.forms.fields import COVER


def parts(mark: str) -> list[Any]:
    """The parts, in the order a host thinks of them; `mark` is the hidden field."""
    return [
        Fieldset(
            *(_("The evening"), "name", "hosted_by", "welcome", COVER),
            css_id="evening",
        ),
        Fieldset(
            _("Where and when"),
            "venue",
            "address",
            Row(Column("time_zone"), Column("language")),
            Row(Column("doors_at"), Column("starts_at"), Column("ends_at")),
            css_id="where",
        ),
        Fieldset(
            _("Seats and answers"),
            Row(Column("capacity"), Column("offer_hours")),
            Row(Column("rsvp_deadline_at"), Column("names_lock_at")),
            Row(Column("send_from"), Column("send_until")),
            css_id="seats",
        ),
        _rules(),
        Fieldset(_("State"), "status", "keep_guests_days", css_id="state"),
        Div(
            mark,
            Submit("save", _("Save"), css_class="button"),
            css_class="form-save",
        ),
    ]


def _rules() -> Fieldset:
    return Fieldset(
        _("House rules"),
        Row(
            Column("winner_amount_cents"),
            Column("charge_per"),
            Column("cap_cents"),
        ),
        "exempt_tags",
        "plus_one_pays",
        "second_confirmation_required",
        "hold_minutes",
        "charges_pledges_by_rule",
        "total_is_public",
        css_id="rules",
    )


def charity() -> Fieldset:
    """Asked once, of an event that is new."""
    return Fieldset(
        _("Charity"),
        Row(Column("charity_name"), Column("charity_ein")),
        "charity_address",
        css_id="charity",
    )


def contents(layout: Layout) -> list[tuple[str, str]]:
    """Where each part begins on the page, and what it is called."""
    return [
        (part.css_id, part.legend)
        for part in layout.fields
        if isinstance(part, Fieldset)
    ]
