"""Whom a mailing reaches, and why the others get nothing.

One judgement serves the figures before the press and the writing after it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from events import suppression
from events.models import Event, Message, Suppression
from guests.models import Admission, Guest, Invitation, Mailing

Kind = Mailing.Kind
Answer = Guest.Answer

NO_ADDRESS, NOT_INVITED = "no_address", "not_invited"
ANSWERED, ALREADY, UNSUBSCRIBED = "answered", "already", "unsubscribed"
REASONS = {
    NO_ADDRESS: _("No address"),
    UNSUBSCRIBED: _("Asked for no more mail"),
    ALREADY: _("Have it already"),
    NOT_INVITED: _("Not invited yet"),
    ANSWERED: _("Have answered"),
}
NOT_COMING = _("Not coming")
# A second one of these to the same people would only be a nuisance.
ONCE = (Kind.SAVE_THE_DATE, Kind.THANKS)


@dataclass(frozen=True)
class Reach:
    """Letters a mailing would write, and invitations that get none, by reason."""

    letters: int
    left_out: dict[str, int] = field(default_factory=dict)


def audience(
    event: Event, guests: QuerySet[Guest], chosen: Collection[int] = ()
) -> QuerySet[Invitation]:
    """The invitations of these principals, or of those chosen by hand."""
    if chosen:
        return of_somebody(event).filter(pk__in=chosen)
    return event.invitations.filter(Exists(guests.filter(invitation=OuterRef("pk"))))


def of_somebody(event: Event) -> QuerySet[Invitation]:
    """Invitations that still name a guest."""
    people = Guest.objects.principals().filter(invitation=OuterRef("pk"))
    return event.invitations.filter(Exists(people))


def judged(rows: QuerySet[Invitation], kind: str) -> QuerySet[Invitation]:
    """Adds `reason`: why an invitation gets no letter of this kind, or nothing.

    Who has unsubscribed is not known here; see `silent`.
    """
    cases = [When(contact__email="", then=Value(NO_ADDRESS))]
    cases += [When(condition, then=Value(why)) for condition, why in _unfit(kind)]
    return rows.annotate(
        reason=Case(*cases, default=Value(""), output_field=CharField())
    )


def measure(rows: QuerySet[Invitation], kind: str) -> Reach:
    """How many letters of this kind these invitations make, and who gets none."""
    found = judged(rows, kind)
    groups = found.order_by().values_list("reason").annotate(n=Count("pk"))
    left_out: dict[str, int] = dict(groups)
    left_out.pop("", None)
    fit = found.filter(reason="")
    quiet = set() if kind == Kind.INVITATION else silent(_addresses(fit))
    if quiet:
        fit = fit.exclude(contact__in=quiet)
        left_out[UNSUBSCRIBED] = found.filter(reason="", contact__in=quiet).count()
    return Reach(_letters(fit), _in_order(left_out))


def silent(addresses: Mapping[int, str]) -> set[int]:
    """Those of these contacts, by id, whose address asked for no more mail."""
    if not addresses:
        return set()
    asked = suppression.suppressed_among(set(addresses.values()))
    return {contact for contact, email in addresses.items() if email in asked}


def words(reason: str, kind: str) -> str:
    """A reason as it is said to a host about a letter of this kind."""
    if reason == ANSWERED and kind in (Kind.DETAILS, Kind.THANKS):
        return str(NOT_COMING)
    return str(REASONS[reason])


def principals(kind: str) -> QuerySet[Guest]:
    """Whom a letter of this kind is about, of an invitation's principals."""
    people = Guest.objects.principals().order_by("pk")
    if kind == Kind.REMINDER:
        return people.filter(answer=Answer.WAITING)
    if kind == Kind.DETAILS:
        return people.filter(answer__in=[Answer.YES, Answer.WAITING])
    if kind == Kind.THANKS:
        came = Admission.objects.filter(guest=OuterRef("pk"), action="in")
        return people.filter(Q(answer=Answer.YES) | Exists(came))
    if kind == Kind.SAVE_THE_DATE:
        return people.exclude(answer=Answer.NO)
    return people


def _unfit(kind: str) -> list[tuple[Q, str]]:
    """Conditions on an invitation under which it gets none, the first counts."""
    nobody = ~Exists(principals(kind).filter(invitation=OuterRef("pk")))
    invited, uninvited = Q(invited_at__isnull=False), Q(invited_at=None)
    if kind == Kind.INVITATION:
        return [(invited, ALREADY)]
    if kind == Kind.SAVE_THE_DATE:
        return [(invited | _had(kind), ALREADY), (Q(nobody), ANSWERED)]
    if kind == Kind.THANKS:
        return [(_had(kind), ALREADY), (Q(nobody), ANSWERED)]
    return [(Q(nobody), ANSWERED), (uninvited, NOT_INVITED)]


def _had(kind: str) -> Q:
    """One of this kind is there for the invitation, or for its whole contact."""
    taken_back = Message.Reason.WITHDRAWN
    there = Message.objects.filter(kind=kind).exclude(last_error=taken_back)
    return Q(Exists(there.filter(about=_about("invitation/", "pk")))) | Q(
        Exists(there.filter(about=_about("contact/", "contact_id")))
    )


def _about(prefix: str, column: str) -> Concat:
    return Concat(Value(prefix), Cast(OuterRef(column), CharField()))


def _addresses(fit: QuerySet[Invitation]) -> dict[int, str]:
    if not Suppression.objects.exists():
        return {}
    return dict(fit.values_list("contact", "contact__email"))


def _letters(fit: QuerySet[Invitation]) -> int:
    """One for each invitation, but one for all of a contact with a digest."""
    digest = Q(contact__is_assistant=True, contact__wants_digest=True)
    found = fit.aggregate(
        single=Count("pk", filter=~digest),
        digests=Count(F("contact"), filter=digest, distinct=True),
    )
    return found["single"] + found["digests"]


def _in_order(left_out: Mapping[str, int]) -> dict[str, int]:
    return {reason: left_out[reason] for reason in REASONS if left_out.get(reason)}
