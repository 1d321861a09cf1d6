"""Our columns as a host reads them."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "name": _("Name"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "plus_ones": _("Plus-ones allowed"),
    "tags": _("Tags"),
    "contact_name": _("Assistant's name"),
    "contact_email": _("Assistant's e-mail"),
    "notes": _("Notes"),
    "vip": _("VIP"),
    "category": _("Category"),
    "work": _("Work"),
    "nominees": _("Nominees"),
    "outcome": _("Outcome"),
}
