"""A page from which to act as the donor's bank, and as somebody in the dashboard."""

from html import escape
from urllib.parse import parse_qs

from losers_lounge.stand_in import disputes, fraud_warnings, payments, refunds
from losers_lounge.stand_in.call import Call, now
from losers_lounge.stand_in.errors import ApiError
from losers_lounge.stand_in.messages import Answer, Incoming, as_html, see_other
from losers_lounge.stand_in.money import written
from losers_lounge.stand_in.page_frame import framed
from losers_lounge.stand_in.store import Object, Store

PREFIX = "/bank/"
MOST_SHOWN = 30
OF_A_PAYMENT = (
    ("refund", "Refund it in the dashboard"),
    ("hold", "Let its next refund wait"),
    ("warn", "Warn of fraud"),
    ("inquire", "Ask about it"),
    ("dispute", "Dispute it"),
)
OF_A_DISPUTE = (
    ("needs_response", "Take the money after all"),
    ("won", "The charity wins"),
    ("lost", "The donor wins"),
)
OF_A_REFUND = (("succeeded", "It arrives"), ("failed", "It comes back"))


def answer(store: Store, page_base: str, incoming: Incoming) -> Answer:
    """GET shows the latest payments, POST does something to one of them."""
    if incoming.method != "POST":
        return as_html(200, framed("The donor's bank", _body(store)))
    said = {name: values[0] for name, values in parse_qs(incoming.body).items()}
    kind, object_id = said.get("kind", ""), said.get("id", "")
    account = store.owner(kind, object_id)
    if account is None:
        return as_html(404, framed("Nothing to act on", "<p>Check the page.</p>"))
    call = Call(store, account, page_base, object_id, {"payment_intent": object_id})
    try:
        _act(call, kind, said.get("do", ""))
    except ApiError as refusal:
        words = f"<p>{escape(refusal.message)}</p>"
        return as_html(409, framed("Not possible", words))
    return see_other(PREFIX)


def _act(call: Call, kind: str, do: str) -> None:
    match kind, do:
        case payments.KIND, "refund":
            refunds.create(call)
        case payments.KIND, "hold":
            refunds.hold(call, call.object_id, "pending")
        case payments.KIND, "warn":
            fraud_warnings.warn(call, call.object_id)
        case payments.KIND, "inquire" | "dispute":
            disputes.open_one(call, call.object_id, is_inquiry=do == "inquire")
        case disputes.KIND, "needs_response" | "won" | "lost":
            disputes.move(call, call.object_id, do)
        case refunds.KIND, "succeeded" | "failed":
            refunds.end(call, call.object_id, do)


def _body(store: Store) -> str:
    paid = [row for _, row in store.due("charge", now()) if row["paid"]]
    rows = [_row(store, charge) for charge in reversed(paid[-MOST_SHOWN:])]
    words = "<p>What banks do, and what a charity does in Stripe's own dashboard.</p>"
    return words + ("".join(rows) or "<p>Nobody has paid yet.</p>")


def _row(store: Store, charge: Object) -> str:
    amount = written(charge["amount"], charge["currency"])
    email = charge["billing_details"]["email"] or ""
    parts = [
        f"<h2>{amount}, {escape(email)}</h2>",
        _form(payments.KIND, charge["payment_intent"], OF_A_PAYMENT),
    ]
    for kind, buttons in ((disputes.KIND, OF_A_DISPUTE), (refunds.KIND, OF_A_REFUND)):
        for _account, row in store.due(kind, now()):
            if row["charge"] == charge["id"]:
                words = f"{kind} {written(row['amount'], row['currency'])}"
                parts.append(
                    f"<p>{words}: <strong>{escape(row['status'])}</strong></p>"
                )
                parts.append(_form(kind, row["id"], buttons))
    return f"<section>{''.join(parts)}</section>"


def _form(kind: str, object_id: str, buttons: tuple[tuple[str, str], ...]) -> str:
    presses = "".join(
        f'<button class="quiet" name="do" value="{do}">{words}</button>'
        for do, words in buttons
    )
    return (
        f'<form method="post" action="{PREFIX}">'
        f'<input type="hidden" name="kind" value="{kind}">'
        f'<input type="hidden" name="id" value="{escape(object_id)}">{presses}</form>'
    )
