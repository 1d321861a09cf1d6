"""What the release before this one was: its schema, and what may wait in a queue.

A deploy is never one moment: for a while old processes run on the new schema, and
tasks that old processes rang for reach new workers. With each release these are set to
what it is; between releases they may only be added to.
"""

# The last migration of each app; what came before it is not looked at again.
MIGRATIONS = {
    "events": "0012_heartbeats_epochs_and_erasure",
    "donations": "0008_donor_erased_at",
    "guests": "0015_erased_at",
}

# Every task by the name that stands in a message, and how many ids it is rung with.
TASKS = {
    "events.tasks.deliver_queued": 0,
    "events.tasks.sweep_outbox": 0,
    "events.tasks.read_bounces": 0,
    "events.tasks.answer_ping": 0,
    "events.tasks.fold_tallies": 0,
    "donations.tasks.process_stripe_event": 1,
    "donations.tasks.process_owed_events": 0,
    "donations.tasks.catch_up_events": 0,
    "donations.tasks.sweep_checkouts": 0,
    "donations.tasks.sweep_returns": 0,
    "donations.tasks.reconcile": 0,
    "guests.tasks.apply_imports": 0,
    "guests.tasks.write_mailings": 0,
    "guests.tasks.pass_seats_on": 0,
    "guests.tasks.find_surpluses": 0,
    "guests.tasks.follow_pledges": 0,
    "guests.tasks.forget_what_is_due": 0,
}
