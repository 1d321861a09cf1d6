"""What making one person of two would do, in sentences; reads only."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Message
from guests.merging.joining import YES
from guests.merging.pair import Choice, Pair
from guests.models import Guest, Obligation
from guests.obligations import HouseRules
from guests.people import Person
from losers_lounge import edit_conflict
from losers_lounge.names import at_end
from losers_lounge.telling import told_cents


@dataclass(frozen=True)
class Foreseen:
    """Seats before and after, what else happens, and the mark of what was read."""

    heads: int
    heads_after: int
    words: list[str]
    mark: str


def foresee(pair: Pair, choice: Choice) -> Foreseen:
    """What a merge with this choice would do to the rows as they stand."""
    heads = pair.kept.event.guests.attending().count()
    before = [row for row in (pair.kept, pair.gone, *pair.party) if row.answer == YES]
    after = _party_after(pair, choice)
    is_coming = pair.of(choice.answer).answer == YES
    words = [
        *_words_of_names(pair, choice),
        *_words_of_links(pair, choice),
        *_words_of_party(pair, after),
        *_words_of_money(pair),
    ]
    return Foreseen(
        heads=heads,
        heads_after=heads - len(before) + is_coming + len(after),
        words=words,
        mark=mark(pair),
    )


def mark(pair: Pair) -> str:
    """What the page carries, to be held against what stands when it is pressed."""
    parts = [
        part
        for row in (pair.kept, pair.gone)
        for part in (
            Person.of(row).mark,
            row.answer,
            row.nominee_id,
            row.invitation.contact.email,
        )
    ]
    parts += [(row.pk, row.name, row.answer) for row in pair.party]
    return edit_conflict.mark(*parts)


def _party_after(pair: Pair, choice: Choice) -> list[Guest]:
    """Whom the one person brings, each once."""
    if pair.of(choice.answer).answer != YES:
        return []
    coming = [row for row in pair.party if row.answer == YES]
    own = {row.name_key for row in pair.kept_party if row in coming}
    return [
        row
        for row in coming
        if row.plus_one_of_id == pair.kept.pk or row.name_key not in own
    ]


def _words_of_names(pair: Pair, choice: Choice) -> list[str]:
    stays = pair.of(choice.name).name
    other = pair.of("gone" if choice.name == "kept" else "kept").name
    words = [
        _("The row is called %(stays)s and is found as %(other)s too.")
        % {"stays": stays, "other": other}
        if stays != other
        else _("The row is called %(stays)s.") % {"stays": at_end(stays)}
    ]
    if pair.gone.plus_one_of_id not in (None, pair.kept.pk):
        text = _("%(host)s brings one person fewer: this one is invited anyway.")
        words.append(text % {"host": pair.gone.plus_one_of.name})
    if pair.kept.is_blocked or pair.gone.is_blocked:
        words.append(_("The door is shut to one of the two, so it stays shut."))
    return words


def _words_of_links(pair: Pair, choice: Choice) -> list[str]:
    if not pair.has_two_invitations:
        return []
    contact = pair.of(choice.address).invitation.contact
    where = {"name": contact.name, "email": contact.email}
    words = [
        _("Mail goes to %(name)s, %(email)s.") % where
        if contact.email
        else _("There is no address: hand the link over yourself.")
    ]
    others = pair.gone.invitation.guests.principals().exclude(pk=pair.gone.pk)
    if others.exists():
        text = _("%(name)s's link stays with the others it invites.")
        return [*words, text % {"name": pair.gone.name}]
    words.append(_("Both links that were sent lead to this one person."))
    about = pair.gone.invitation.about
    unsent = Message.objects.filter(about=about, state__in=Message.WAITING).count()
    if unsent:
        text = ngettext(
            "%(n)d letter that has not left is taken back.",
            "%(n)d letters that have not left are taken back.",
            unsent,
        )
        words.append(text % {"n": unsent})
    return words


def _words_of_party(pair: Pair, after: list[Guest]) -> list[str]:
    coming = [row for row in pair.party if row.answer == YES]
    if not coming:
        return []
    if not after:
        names = ", ".join(row.name for row in coming)
        return [
            _("No longer brought as a plus-one: %(names)s.") % {"names": at_end(names)}
        ]
    names = ", ".join(row.name for row in after)
    return [_("Comes with %(names)s.") % {"names": at_end(names)}]


def _words_of_money(pair: Pair) -> list[str]:
    rows = Obligation.objects.live().with_paid_cents().filter(guest__in=pair.ids)
    found = list(rows.order_by("pk"))
    tags = [*pair.kept.tags, *pair.gone.tags]
    words = []
    if found and HouseRules.of(pair.kept.event).exempt(tags):
        words.append(_("With both sets of tags they owe nothing."))
    elif found:
        words += dict.fromkeys(row.why for row in found)
    paid = sum(row.paid_cents for row in found)
    if paid:
        text = _("What was given stays given: %(amount)s.")
        words.append(text % {"amount": told_cents(paid)})
    return words
