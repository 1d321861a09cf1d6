"""What a report means for the mail it is about."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from events import suppression
from events.bounces.reports import Kind, Report
from events.mail import bare_address
from events.models import Message
from events.outbox.decisions import IN_DOUBT, as_arrived
from events.server_words import cleaned

State = Message.State
Reason = Message.Reason

# A relay gives up within five days (RFC 5321 4.5.4.1).
RECENT = timedelta(days=7)
# The relay has it, or may have it: only of such mail can anything be reported.
HANDED_OVER = Q(state__in=[State.SENT, State.UNKNOWN, State.HANDING_OVER]) | (
    IN_DOUBT & Q(state__in=Message.WAITING)
)


@transaction.atomic
def record(report: Report, at: datetime) -> bool:
    """Write it to the mail it is about; whether that changed anything.

    Twice is once. A mail that came back or was called spam stays so, whatever the
    relay's late answer; a delay changes no state, but is proof that it was taken.
    """
    message = _reported(report, at)
    if message is None:
        return False
    row = Message.objects.filter(HANDED_OVER, pk=message.pk)
    match report.kind:
        case Kind.DELAYED:
            return bool(_note_delay(row, message, report))
        case Kind.FAILED:
            state, reason = State.BOUNCED, _why(report)
        case Kind.COMPLAINT:
            state, reason = State.COMPLAINED, str(Reason.COMPLAINED)
            suppression.suppress(message.recipient_email, at)
    changed = row.update(
        state=state,
        returned_at=at,
        sent_at=Coalesce("sent_at", "handover_at"),
        last_error=reason,
        server_words=cleaned(report.words, message),
        lease_until=None,
    )
    return bool(changed)


def _reported(report: Report, at: datetime) -> Message | None:
    """The mail, locked: by our Message-ID, else the newest to that address."""
    locked = Message.objects.select_for_update(of=("self",), no_key=True)
    if report.message_id:
        message = locked.filter(message_id=report.message_id).first()
        if message:
            return None if _is_about_a_former_address(report, message) else message
        if report.message_id.endswith(f"@{settings.MAIL_DOMAIN}>"):
            return None  # of ours, but no guest's: a password's, perhaps
    if not report.recipient or not (report.is_trusted or _may_be_forged(report)):
        return None
    return _recent(locked, report.recipient, at).first()


def _may_be_forged(report: Report) -> bool:
    """Whether it does so little that it is believed from anybody."""
    return report.kind != Kind.COMPLAINT


def _is_about_a_former_address(report: Report, message: Message) -> bool:
    """A host has repaired the address since: the old report is no news."""
    sent_to = report.sent_to or (report.recipient if report.is_trusted else "")
    return bool(sent_to) and sent_to != bare_address(message.recipient_email).lower()


def _recent(
    messages: QuerySet[Message], recipient: str, at: datetime
) -> QuerySet[Message]:
    return messages.filter(
        address_mac__in=suppression.all_macs(recipient),
        # Told twice, it finds the same mail again and not the one before it.
        state__in=[State.SENT, State.BOUNCED, State.COMPLAINED],
        sent_at__gte=at - RECENT,
    ).order_by("-sent_at")


def _note_delay(row: QuerySet[Message], message: Message, report: Report) -> int:
    noted = {
        "last_error": f"{Reason.DELAYED} {report.code}".strip(),
        "server_words": cleaned(report.words, message),
    }
    if message.state == State.HANDING_OVER:
        return row.update(last_error=Reason.ARRIVED)
    if message.state == State.SENT:
        return row.exclude(**noted).update(**noted)
    return row.update(**as_arrived() | noted)


def _why(report: Report) -> str:
    is_nobody = report.code.endswith(".1.1")
    reason = Reason.NO_MAILBOX if is_nobody else Reason.RETURNED
    return f"{reason} {report.code}".strip()
