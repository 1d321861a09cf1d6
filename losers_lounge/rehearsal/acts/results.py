"""The results desk: one announces, another confirms, an envelope was wrong."""

from events import results
from guests import results_night
from losers_lounge.counted import counted
from losers_lounge.rehearsal.script import Act
from losers_lounge.rehearsal.stage import Otherwise, Stage


def official(stage: Stage, act: Act) -> str:
    """Categories by name with their winners, as the academy lists them."""
    winners = {}
    for name in sorted(act.details):
        category = stage.category(name)
        winners[category.pk] = [
            stage.nomination(category, one).pk for one in act.texts(name)
        ]
    changed = results_night.record(stage.event, winners, by=stage.host, at=stage.at)
    return f"{counted(changed, 'category', 'categories')}, as the academy lists them"


def announce(stage: Stage, act: Act) -> str:
    """One person announces the `winners` of a `category`: a draft."""
    category = stage.category(act.text("category"))
    winners = [stage.nomination(category, name) for name in act.texts("winners")]
    ids = [entry.pk for entry in winners]
    try:
        if stage.event.second_confirmation_required:
            results.announce(category.pk, ids, by=stage.announcer, at=stage.at)
        else:
            results_night.announce_alone(
                category.pk,
                ids,
                by=stage.announcer,
                at=stage.at,
                version=category.version,
            )
    except results.ResultsRefused as refusal:
        raise Otherwise(f"{category}: {refusal}") from None
    return f"{category}: {', '.join(act.texts('winners')) or 'nobody'}, announced"


def withdraw(stage: Stage, act: Act) -> str:
    """A draft is taken back before anybody confirmed it."""
    category = stage.category(act.text("category"))
    try:
        results.withdraw(category.pk, by=stage.announcer, at=stage.at)
    except results.ResultsRefused as refusal:
        raise Otherwise(f"{category}: {refusal}") from None
    return f"{category}: taken back"


def confirm(stage: Stage, act: Act) -> str:
    """A second person confirms: it counts, and everything follows."""
    category = stage.category(act.text("category"))
    try:
        change = results_night.confirm(category.pk, by=stage.confirmer, at=stage.at)
    except results.ResultsRefused as refusal:
        raise Otherwise(f"{category}: {refusal}") from None
    return f"{category}: {'corrected' if change.is_correction else 'official'}"


def undo(stage: Stage, act: Act) -> str:
    """Within the hold what was confirmed a moment ago is simply undone."""
    category = stage.category(act.text("category"))
    try:
        results_night.undo(category.pk, by=stage.confirmer, at=stage.at)
    except results.ResultsRefused as refusal:
        raise Otherwise(f"{category}: {refusal}") from None
    return f"{category}: undone"
