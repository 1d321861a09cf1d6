"""Shapes of what hosts type about an event; validate and clean, nothing else."""

from events.forms.duplicate import DuplicateForm
from events.forms.event import EventForm, NewEventForm
from events.forms.fields import DollarsField, LocalTimeField
from events.forms.team import MemberForm, RoleForm

__all__ = [
    "DollarsField",
    "DuplicateForm",
    "EventForm",
    "LocalTimeField",
    "MemberForm",
    "NewEventForm",
    "RoleForm",
]
