"""How often beat looks at what is owed. The rows say what that is; these only look."""

# In seconds; the demo's people do not wait for a quarter of an hour.
SECONDS = {
    "events.tasks.answer_ping": 30,
    "events.tasks.fold_tallies": 1800,
    "events.tasks.sweep_outbox": 30,
    "guests.tasks.apply_imports": 30,
    "guests.tasks.write_mailings": 60,
    "guests.tasks.pass_seats_on": 60,
    "guests.tasks.find_surpluses": 60,
    "guests.tasks.follow_pledges": 60,
    # Whose days are up is asked each hour: a beat that is restarted daily asks too.
    "guests.tasks.forget_what_is_due": 3_600,
    "donations.tasks.process_owed_events": 60,
    "donations.tasks.catch_up_events": 600,
    "donations.tasks.sweep_checkouts": 900,
    "donations.tasks.sweep_returns": 300,
    "donations.tasks.reconcile": 900,
}
READING_BOUNCES = {"events.tasks.read_bounces": 300}
IN_A_HURRY = {
    "events.tasks.answer_ping": 5,
    "events.tasks.sweep_outbox": 5,
    "guests.tasks.apply_imports": 5,
    "guests.tasks.write_mailings": 5,
    "guests.tasks.follow_pledges": 5,
    "donations.tasks.catch_up_events": 60,
    "donations.tasks.sweep_checkouts": 60,
    "donations.tasks.sweep_returns": 60,
    "donations.tasks.reconcile": 60,
}


def beat(*, in_a_hurry: bool, reads_bounces: bool) -> dict[str, dict[str, object]]:
    """Celery's beat_schedule: each task by its name, with its seconds."""
    seconds = SECONDS | (READING_BOUNCES if reads_bounces else {})
    if in_a_hurry:
        seconds |= IN_A_HURRY
    return {task: {"task": task, "schedule": every} for task, every in seconds.items()}
