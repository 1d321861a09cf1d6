"""The hosted payment page: shows a session, and lets its donor pay or fail to."""

from html import escape
from urllib.parse import parse_qs

from losers_lounge.stand_in import bank_debits, payments, sessions, three_d_secure
from losers_lounge.stand_in.call import Call
from losers_lounge.stand_in.errors import ApiError
from losers_lounge.stand_in.line_items import of_session
from losers_lounge.stand_in.messages import Answer, Incoming, as_html, see_other
from losers_lounge.stand_in.money import written
from losers_lounge.stand_in.page_frame import framed, link_to, return_url
from losers_lounge.stand_in.store import Object, Store

PREFIX = "/c/pay/"
EMAIL_NEEDED = "Please enter an e-mail address such as name@example.org."


def answer(store: Store, merchant: str, page_base: str, incoming: Incoming) -> Answer:
    """The page of one session: GET shows it, POST pays or declines."""
    session_id = incoming.path.removeprefix(PREFIX)
    account = store.owner(sessions.KIND, session_id)
    call = Call(store, account or "", page_base)
    try:
        session = sessions.fetched(call, session_id)
    except ApiError:
        return as_html(404, framed("No such payment page", "<p>Check the link.</p>"))
    if incoming.method == "POST":
        return _acted(call, merchant, session, incoming)
    return _shown(call, merchant, session)


def _acted(call: Call, merchant: str, session: Object, incoming: Incoming) -> Answer:
    form = {name: values[0] for name, values in parse_qs(incoming.body).items()}
    action = form.get("action", "pay")
    email = session["customer_email"] or form.get("email", "").strip()
    try:
        if action in ("bank_pays", "bank_refuses"):
            bank_debits.finish(call, session["id"], pays=action == "bank_pays")
            return see_other(incoming.path)
        if action == "decline":
            payments.decline(call, session["id"], email or None)
            return see_other(incoming.path)
        if action == "deny":
            three_d_secure.deny(call, session["id"])
            return see_other(incoming.path)
        if not sessions.looks_like_email(_typed(session) or email):
            return _shown(call, merchant, session, problem=EMAIL_NEEDED)
        return _went_on(call, session, action, email, incoming.path)
    except payments.SessionClosed:
        return _shown(call, merchant, session)


def _went_on(call: Call, session: Object, action: str, email: str, path: str) -> Answer:
    """The ways to pay: with a card, after a word with its bank, from an account."""
    if action == "secure":
        three_d_secure.ask(call, session["id"], email)
        return see_other(path)
    if action == "debit":
        return see_other(return_url(bank_debits.begin(call, session["id"], email)))
    email = email or _typed(session)
    return see_other(return_url(payments.pay(call, session["id"], email)))


def _typed(session: Object) -> str:
    """The address that was typed before the bank asked its question."""
    return (session["customer_details"] or {}).get("email") or ""


def _shown(call: Call, merchant: str, session: Object, problem: str = "") -> Answer:
    if session["status"] == "complete" and session["payment_status"] == "unpaid":
        return as_html(200, framed("With your bank", _at_the_bank(call, session)))
    if session["status"] == "complete":
        return as_html(200, framed("Paid", _paid(merchant, session)))
    if session["status"] == "expired":
        return as_html(200, framed("This payment page has expired", _gone(session)))
    if three_d_secure.is_asking(call, session):
        return as_html(200, framed("Your bank asks: is it you?", _asking(session)))
    problem = problem or _last_problem(call, session)
    body = _problem(problem) + _summary(call, session) + _form(session)
    return as_html(200, framed(f"Pay {merchant}", body))


def _last_problem(call: Call, session: Object) -> str:
    """What went wrong at the last attempt, if anything."""
    if session["payment_intent"] is None:
        return ""
    error = payments.fetched(call, session["payment_intent"])["last_payment_error"]
    return f"{error['message']} Try another card." if error else ""


def _problem(message: str) -> str:
    return f'<p class="problem" role="alert">{escape(message)}</p>' if message else ""


def _summary(call: Call, session: Object) -> str:
    rows = "".join(_row(item) for item in of_session(call, session["id"])["data"])
    total = written(session["amount_total"], session["currency"])
    return (
        "<table><caption>What you are paying for</caption><thead><tr>"
        '<th scope="col">Item</th><th scope="col">Amount</th></tr></thead>'
        f'<tbody>{rows}</tbody><tfoot><tr><th scope="row">Total</th>'
        f"<td>{total}</td></tr></tfoot></table>"
    )


def _row(item: Object) -> str:
    times = f" × {item['quantity']}" if item["quantity"] > 1 else ""
    name = escape(item["description"]) + times
    amount = written(item["amount_total"], item["currency"])
    return f'<tr><th scope="row">{name}</th><td>{amount}</td></tr>'


def _form(session: Object) -> str:
    total = written(session["amount_total"], session["currency"])
    return (
        f'<form method="post" novalidate>{_email(session["customer_email"])}'
        '<p class="hint">No card is needed: choose how the payment goes.</p>'
        f'<button name="action" value="pay">Pay {total}</button>'
        '<button class="other" name="action" value="secure">Pay with a card that asks'
        " for 3-D Secure</button>"
        '<button class="other" name="action" value="debit">Pay from a bank account'
        "</button>"
        '<button class="quiet" name="action" value="decline">Decline the card</button>'
        f"</form>{link_to(session['cancel_url'], 'Cancel and go back')}"
    )


def _email(known: str | None) -> str:
    if known is not None:
        return f'<p class="email">E-mail: <strong>{escape(known)}</strong></p>'
    return (
        '<label for="email">E-mail</label>'
        '<input id="email" name="email" type="email" autocomplete="email" required>'
    )


def _paid(merchant: str, session: Object) -> str:
    total = written(session["amount_total"], session["currency"])
    thanks = f"<p>{escape(merchant)} has your {total}. Nothing more is taken.</p>"
    return thanks + link_to(return_url(session), "Back to the merchant")


def _asking(session: Object) -> str:
    """What a bank's own page would ask."""
    total = written(session["amount_total"], session["currency"])
    return (
        f"<p>A payment of {total} wants your word.</p>"
        '<form method="post"><button name="action" value="pay">Yes, it is me</button>'
        '<button class="quiet" name="action" value="deny">No, refuse it</button></form>'
    )


def _at_the_bank(call: Call, session: Object) -> str:
    """Between the donor's word and the bank's, which somebody here may give."""
    if not bank_debits.is_under_way(call, session):
        words = "<p>The bank refused the payment. Nothing was taken.</p>"
        return words + link_to(return_url(session), "Back to the merchant")
    total = written(session["amount_total"], session["currency"])
    return (
        f"<p>Your bank is asked for {total}. That takes four or five days; here you"
        " may say at once what it answers.</p>"
        '<form method="post">'
        '<button name="action" value="bank_pays">Let the bank pay</button>'
        '<button class="quiet" name="action" value="bank_refuses">Let the bank refuse'
        f"</button></form>{link_to(return_url(session), 'Back to the merchant')}"
    )


def _gone(session: Object) -> str:
    nothing = "<p>Nothing was charged.</p>"
    return nothing + link_to(session["cancel_url"], "Cancel and go back")
