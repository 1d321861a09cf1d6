"""Letters to assistants, and to principals who no longer have one."""

from events.outbox import Draft
from guests.letters.drafts import draft
from guests.models import Contact, Guest, Invitation


def portal_link(contact: Contact, hour: str) -> Draft:
    """The link of the assistant's own page, once, however many they answer for."""
    return _to(
        contact,
        kind="portal_link",
        key=f"portal:{contact.pk}:{hour}",
        link={"link": ["contact", contact.public_id, contact.link_version]},
    )


def handed_over(row: Invitation, assistant: Contact, name: str) -> Draft:
    """The assistant no longer answers for this one; there is nothing to do."""
    key = f"handed_over:{row.pk}:{row.link_version}"
    return _to(assistant, kind="handed_over", key=key, guest={"name": name})


def own_link(row: Invitation, guest: Guest) -> Draft:
    """The new link, to the principal's own address."""
    return draft(row, guest, kind="link", key=f"link:{row.pk}:{row.link_version}")


def _to(contact: Contact, kind: str, key: str, **values: object) -> Draft:
    return Draft(
        kind=kind,
        about=contact.about,
        dedupe_key=key,
        event=contact.event,
        recipient_name=contact.name,
        recipient_email=contact.email,
        template=f"guests/email/{kind}",
        context={
            "event": {
                "name": contact.event.name,
                "charity": contact.event.charity.legal_name,
            },
            "greeting": contact.name,
            **values,
        },
    )
