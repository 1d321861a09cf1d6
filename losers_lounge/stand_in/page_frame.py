"""The look of the stand-in's own pages: one file, no script, nothing fetched."""

from html import escape

from losers_lounge.stand_in.store import Object

STYLE = """
:root { color-scheme: light; --ink: #1a2033; --soft: #505a73; --line: #d5dae6; }
* { box-sizing: border-box; }
body { margin: 0; background: #eef1f7; color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 30rem; margin: 0 auto; padding: 1.5rem; background: #fff;
  border-radius: 0.75rem; }
.page { padding: 1rem; }
.banner { max-width: 30rem; margin: 0 auto 1rem; padding: 0.5rem 1rem;
  background: #fff3cd; color: #5c4300; border-radius: 0.5rem; font-size: 0.9rem; }
h1, h2 { overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.25rem; }
th { text-align: left; font-weight: 400; overflow-wrap: anywhere; }
td, th { padding: 0.5rem 0; border-top: 1px solid var(--line); }
td, th + th { text-align: right; white-space: nowrap; padding-left: 1rem; }
tfoot th, tfoot td { font-weight: 700; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { width: 100%; padding: 0.7rem; font: inherit; color: inherit;
  border: 1px solid #6b7590; border-radius: 0.5rem; background: #fff; }
button { display: block; width: 100%; margin: 0.75rem 0 0; padding: 0.85rem;
  font: inherit; font-weight: 700; border: 2px solid #3a2f8f; border-radius: 0.5rem;
  background: #3a2f8f; color: #fff; cursor: pointer; }
button.other { background: #fff; color: #2b2486; }
button.quiet { background: #fff; color: #8a1c1c; border-color: #8a1c1c; }
:focus-visible { outline: 3px solid #c77700; outline-offset: 2px; }
a { color: #2b2486; display: inline-block; padding: 0.5rem 0; }
.hint, .email { color: var(--soft); overflow-wrap: anywhere; }
.problem { padding: 0.75rem 1rem; background: #fdecec; color: #8a1c1c;
  border-radius: 0.5rem; font-weight: 600; }
"""


def framed(title: str, body: str) -> str:
    """A whole page around a body that is already safe HTML."""
    heading = escape(title)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><link rel="icon" href="data:,">'
        f"<title>{heading}</title><style>{STYLE}</style></head>"
        '<body><div class="page"><header class="banner">Test payment: a stand-in for'
        " Stripe. No money moves.</header>"
        f"<main><h1>{heading}</h1>{body}</main></div></body></html>"
    )


def link_to(url: str | None, words: str) -> str:
    """A link on a line of its own; nothing where there is no address."""
    return f'<p><a href="{escape(url)}">{words}</a></p>' if url else ""


def return_url(session: Object) -> str:
    """Where a donor who is through with the page is sent."""
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
