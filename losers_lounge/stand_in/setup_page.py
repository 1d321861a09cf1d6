"""The hosted page on which a card is saved for later."""

from html import escape
from urllib.parse import parse_qs

from losers_lounge.stand_in import saved_cards, sessions, setup_sessions
from losers_lounge.stand_in.call import Call
from losers_lounge.stand_in.errors import ApiError
from losers_lounge.stand_in.messages import Answer, Incoming, as_html, see_other
from losers_lounge.stand_in.page_frame import framed, link_to, return_url
from losers_lounge.stand_in.store import Object, Store

PREFIX = "/c/setup/"
BUTTONS = (
    ("good", "Save card"),
    ("authenticate", "Save a card that will ask for 3-D Secure later"),
    ("decline", "Save a card that will be declined"),
    ("expired", "Save a card that will have expired"),
    ("refuse", "Have the card refused now"),
)


def answer(store: Store, merchant: str, page_base: str, incoming: Incoming) -> Answer:
    """The page of one setup session: GET shows it, POST saves a card."""
    session_id = incoming.path.removeprefix(PREFIX)
    account = store.owner(sessions.KIND, session_id)
    call = Call(store, account or "", page_base)
    try:
        session = sessions.fetched(call, session_id)
    except ApiError:
        session = None
    if session is None or session["mode"] != "setup":
        return as_html(404, framed("No such page", "<p>Check the link.</p>"))
    if incoming.method == "POST" and session["status"] == "open":
        return _acted(call, session, incoming)
    return _shown(call, merchant, session)


def _acted(call: Call, session: Object, incoming: Incoming) -> Answer:
    form = {name: values[0] for name, values in parse_qs(incoming.body).items()}
    choice = form.get("action", "")
    if choice not in dict(BUTTONS):
        return see_other(incoming.path)
    session = setup_sessions.finish(call, session["id"], choice)
    if session["status"] == "complete":
        return see_other(return_url(session))
    return see_other(incoming.path)


def _shown(call: Call, merchant: str, session: Object) -> Answer:
    if session["status"] == "complete":
        words = "<p>The card is saved. Nothing was charged.</p>"
        words += link_to(return_url(session), "Back to the merchant")
        return as_html(200, framed("Card saved", words))
    if session["status"] == "expired":
        words = "<p>No card was saved.</p>"
        words += link_to(session["cancel_url"], "Cancel and go back")
        return as_html(200, framed("This page has expired", words))
    body = _problem(call, session) + _form(session)
    return as_html(200, framed(f"Save a card for {merchant}", body))


def _problem(call: Call, session: Object) -> str:
    setup = saved_cards.fetched_setup(call, session["setup_intent"])
    error = setup["last_setup_error"]
    if error is None:
        return ""
    words = escape(f"{error['message']} Try another card.")
    return f'<p class="problem" role="alert">{words}</p>'


def _form(session: Object) -> str:
    buttons = "".join(
        f'<button class="{_look(choice)}" name="action" value="{choice}">'
        f"{words}</button>"
        for choice, words in BUTTONS
    )
    email = (session["customer_details"] or {}).get("email")
    known = f'<p class="email">E-mail: <strong>{escape(email)}</strong></p>'
    return (
        f'<form method="post" novalidate>{known if email else ""}'
        '<p class="hint">Nothing is charged now. No card is needed: choose how it'
        f" will go.</p>{buttons}</form>"
        f"{link_to(session['cancel_url'], 'Cancel and go back')}"
    )


def _look(choice: str) -> str:
    return "plain" if choice == "good" else "quiet"
