"""Letters a host sends to many: save the date, invitation, reminder, details, thanks.

An assistant who wants it so gets one letter of a mailing for all of her guests.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from donations import totals
from events import letter_texts
from events.letter_texts import Words
from events.models import Event, Nomination
from events.outbox import Draft
from guests import reach
from guests.letters.drafts import OUR_WORDS, calendar, digest, draft, moment
from guests.models import Guest, Invitation, Mailing

Kind = Mailing.Kind
Outcome = Nomination.Outcome
WON, LOST, FRIEND = "won", "lost", "friend"


def mailing(plan: Mailing, rows: Sequence[Invitation]) -> list[Draft]:
    """The letters of a mailing to these invitations, whose contacts are read too.

    Whom they are about is looked up here, in a constant number of queries.
    """
    words = letter_texts.of(plan.event, plan.kind)
    people = _people(plan.kind, rows)
    standings = standing_of(g for found in people.values() for g in found)
    singles, digests = [], defaultdict(list)
    for row in rows:
        row.event = plan.event
        if not people[row.pk]:
            continue
        if row.contact.wants_one_letter:
            digests[row.contact_id].append(row)
        else:
            singles.append(row)
    drafts = [
        single(row, people[row.pk], plan, standings, words=words) for row in singles
    ]
    for own in digests.values():
        guests = [guest for row in own for guest in people[row.pk]]
        drafts.append(together(own, guests, plan, words=words))
    return drafts


def single(
    row: Invitation,
    guests: Sequence[Guest],
    plan: Mailing,
    standings: dict[int, str],
    words: Words = OUR_WORDS,
) -> Draft:
    """One invitation's letter of a mailing, about these of its principals."""
    return draft(
        row,
        guests[0],
        kind=plan.kind,
        key=_key(plan, row),
        is_bulk=True,
        words=words,
        mailing=plan.pk,
        invitations=[row.pk],
        guest_names=[guest.name for guest in guests],
        plus_ones=row.plus_ones,
        is_nominee=any(guest.nominee_id for guest in guests),
        **_extra(plan, row, guests, standings),
    )


def together(
    rows: Sequence[Invitation],
    guests: Sequence[Guest],
    plan: Mailing,
    words: Words = OUR_WORDS,
) -> Draft:
    """A contact's one letter of a mailing, naming all her principals."""
    return digest(
        rows,
        kind=plan.kind,
        key=f"{plan.kind}:contact:{rows[0].contact_id}:{plan.pk}",
        words=words,
        mailing=plan.pk,
        invitations=[row.pk for row in rows],
        guest_names=[guest.name for guest in guests],
        is_nominee=any(guest.nominee_id for guest in guests),
        **({"standing": FRIEND, **plan.stated} if plan.kind == Kind.THANKS else {}),
    )


def stated_total(event: Event, at: datetime) -> dict[str, object]:
    """What the evening has raised, as every thank-you of one mailing says it.

    Its scope stands in the letter: what Stripe took, less what went back; nothing
    promised.
    """
    found = totals.for_event(event, at)
    public = event.total_is_public
    return {
        "kept_cents": found.kept_cents,
        "gifts": found.gifts,
        "as_of": moment(event, at),
        "url": settings.SITE_URL + reverse("donations:total", args=[event.slug])
        if public
        else "",
    }


def standing_of(guests: Iterable[Guest]) -> dict[int, str]:
    """Won, lost or friend, by guest; who waits for a category is no loser yet."""
    nominees = {guest.nominee_id: guest.pk for guest in guests if guest.nominee_id}
    found: dict[int, str] = {}
    credits = Nomination.nominees.through.objects.filter(nominee__in=nominees)
    pairs = credits.values_list("nominee", "nomination__outcome")
    outcomes = defaultdict(set)
    for nominee, outcome in pairs:
        outcomes[nominees[nominee]].add(outcome)
    for guest, those in outcomes.items():
        if Outcome.WON in those:
            found[guest] = WON
        elif those == {Outcome.LOST}:
            found[guest] = LOST
    return found


def _people(kind: str, rows: Sequence[Invitation]) -> dict[int, list[Guest]]:
    found = defaultdict(list)
    for guest in reach.principals(kind).filter(invitation__in=[r.pk for r in rows]):
        found[guest.invitation_id].append(guest)
    return found


def _key(plan: Mailing, row: Invitation) -> str:
    if plan.kind == Kind.INVITATION:
        # A later wave writes again.
        return f"invitation:{row.pk}:{row.wave}"
    if plan.kind in reach.ONCE:
        return f"{plan.kind}:{row.pk}"
    return f"{plan.kind}:{row.pk}:{plan.pk}"


def _extra(
    plan: Mailing,
    row: Invitation,
    guests: Sequence[Guest],
    standings: dict[int, str],
) -> dict[str, object]:
    if plan.kind == Kind.INVITATION:
        return {"calendar": calendar(row.event, row)}
    if plan.kind == Kind.DETAILS:
        return _passes(row, [guest for guest in guests if guest.is_coming])
    if plan.kind == Kind.THANKS:
        found = [standings.get(guest.pk, FRIEND) for guest in guests]
        best = next((name for name in (WON, LOST) if name in found), FRIEND)
        return {"standing": best, **plan.stated}
    return {}


def _passes(row: Invitation, coming: Sequence[Guest]) -> dict[str, object]:
    """Who is coming alone has the pass in the letter; of more, each has a link."""
    links = [
        {
            "name": guest.name,
            "url": {"link": ["pass", guest.public_id, row.link_version]},
        }
        for guest in coming
    ]
    if len(links) == 1:
        return {"is_coming": True, "qr": links[0]["url"]}
    return {"is_coming": bool(links), "passes": links}
