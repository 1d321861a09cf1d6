"""What somebody has to look at now, and what to do about it: the runbook's words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from donations import reconciliation
from donations.models import Reconciliation, StripeEvent
from events import health, heartbeats
from events.models import Message, SendingHold, Tally
from events.outbox import epoch
from losers_lounge.telling import told_cents

DIFFERS_FOR = timedelta(hours=1)
FORGED_A_MINUTE = 10
LATELY = timedelta(minutes=5)


@dataclass(frozen=True)
class Alert:
    """One thing that is wrong: its name, what was seen, and what to do."""

    name: str
    seen: str
    to_do: str


def firing(at: datetime) -> list[Alert]:
    """Every alert that holds now; none is a quiet night."""
    return [
        *(*_of_holds(), *_of_mail(), *_of_work()),
        *(*_of_money(at), *_of_strangers(at)),
    ]


def _of_holds() -> Iterator[Alert]:
    if epoch.is_held():
        yield Alert(
            "held",
            _("This database came from a backup: no mail, charge or refund leaves."),
            _(
                "manage.py reconcile --since its day; erase again who was erased; "
                "look at manage.py outbox status; then manage.py outbox release."
            ),
        )
    for hold in SendingHold.objects.filter(event=None):
        seen = _("All mail is held since %(at)s: %(why)s")
        yield Alert(
            "held_by_hand",
            seen % {"at": f"{hold.held_at:%Y-%m-%d %H:%M} UTC", "why": hold.reason},
            _("manage.py outbox release, when the reason is gone."),
        )


def _of_mail() -> Iterator[Alert]:
    unknown = Message.objects.filter(state=Message.State.UNKNOWN).count()
    if unknown:
        yield Alert(
            "mail_unknown",
            ngettext(
                "%(n)d e-mail may or may not have arrived.",
                "%(n)d e-mails may or may not have arrived.",
                unknown,
            )
            % {"n": unknown},
            _(
                "Hosts see them in the post room and may copy the link or send again; "
                "manage.py outbox resend EVENT --state unknown does it for all."
            ),
        )
    if health.is_mail_late():
        yield Alert(
            "mail_late",
            _("Mail has waited for more than ten minutes."),
            _(
                "Is a worker up (manage.py healthy worker)? Does the relay answer "
                "(mail.relay_down in the log)? The rows wait; nothing is lost."
            ),
        )


def _of_work() -> Iterator[Alert]:
    to_do = {
        heartbeats.BEAT: _("Restart celery beat; a second one does no harm."),
        heartbeats.WORKER: _(
            "Restart the celery workers: one may live and hear nothing. Then look at "
            "Redis: mail goes out with beat even when no bell rings."
        ),
        heartbeats.RECONCILE: _(
            "manage.py reconcile says what Stripe answers; see its status page."
        ),
    }
    for name, age in health.silences().items():
        minutes = int(age.total_seconds() // 60)
        seen = _("%(name)s was last seen %(minutes)d minutes ago.")
        words = seen % {"name": name, "minutes": minutes}
        yield Alert(f"silent_{name}", words, to_do[name])


def _of_money(at: datetime) -> Iterator[Alert]:
    for account in reconciliation.accounts():
        run = _differs_since(account)
        if run and at - run.finished_at >= DIFFERS_FOR:
            yield _ledger_differs(account, run)
    dead = StripeEvent.objects.filter(state=StripeEvent.State.DEAD).count()
    if dead:
        yield Alert(
            "events_given_up",
            ngettext(
                "%(n)d event from Stripe could not be followed.",
                "%(n)d events from Stripe could not be followed.",
                dead,
            )
            % {"n": dead},
            _("manage.py replay_events follows them again, and names what fails."),
        )


def _ledger_differs(account: str, run: Reconciliation) -> Alert:
    seen = _("%(account)s: the ledger differs from Stripe since %(at)s.") % {
        "account": account or _("our own account"),
        "at": f"{run.finished_at:%Y-%m-%d %H:%M} UTC",
    }
    to_do = _(
        "Finance, Reconciliation names each difference. manage.py reconcile --since "
        "DATE asks Stripe again; explain what stays."
    )
    by = told_cents(run.difference_cents)
    return Alert("ledger_differs", f"{seen} ({by})", to_do)


def _differs_since(account: str) -> Reconciliation | None:
    """The first comparison of those that differ by now without a break."""
    runs = Reconciliation.objects.filter(account=account).order_by("-pk")
    matched = runs.filter(verdict=Reconciliation.Verdict.MATCHED).first()
    differing = runs.filter(pk__gt=matched.pk) if matched else runs
    return differing.last()


def _of_strangers(at: datetime) -> Iterator[Alert]:
    most = Tally.objects.most_in_a_minute("webhooks.forged", at - LATELY)
    if most > FORGED_A_MINUTE:
        yield Alert(
            "webhooks_forged",
            _("%(n)d forged webhooks in one minute.") % {"n": most},
            _(
                "Nothing was believed. If Stripe's own are among them, the "
                "secret was rotated: put the new one into "
                "STRIPE_WEBHOOK_SECRETS beside the old. Otherwise, block "
                "the sender at the proxy."
            ),
        )
