"""Imports go down and left. A rule in a document is a wish; here it is a fact.

Each rule is a function from one module's name and imports to the imports that break
it, and is seen to find a planted breach.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("events", "donations", "guests")
PACKAGES = ("losers_lounge", *APPS)
# Rooms of losers_lounge that may know every app, and which no app may know.
WIRING = ("demo", "management", "rehearsal", "stand_in", "urls", "asgi", "wsgi")
WIRING += ("operations",)
ENTRY_POINTS = ("admin", "apps", "forms", "management", "tasks", "urls", "views")
ENTRY_POINTS += ("webhooks", "account_urls")
STRIPE_IS_KNOWN_TO = ("donations.stripe_gateway", "losers_lounge.stand_in")

Rule = Callable[[str, list[str]], list[str]]


def imports(source: str) -> list[str]:
    """Every module that may be meant: `from a import b` is both a and a.b."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            room = "." * node.level + (node.module or "")
            found += [room, *(f"{room}.{alias.name}" for alias in node.names)]
    return found


def room(module: str) -> str:
    """The first name below the package: guests.views.host -> views."""
    return (module.split(".") + [""])[1]


def within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(name + ".") for name in packages)


def is_wiring(module: str) -> bool:
    return within(module, ("losers_lounge",)) and room(module) in WIRING


def rightward(module: str, imported: list[str]) -> list[str]:
    """Between apps, imports go left; a leaf of losers_lounge knows no app."""
    if is_wiring(module):
        return []
    app = module.split(".")[0]
    allowed = APPS[: APPS.index(app) + 1] if app in APPS else ()
    forbidden = tuple(name for name in APPS if name not in allowed)
    return [name for name in imported if within(name, forbidden) or is_wiring(name)]


def upward(module: str, imported: list[str]) -> list[str]:
    """Inside an app, imports go down: entry points, domain, models."""
    if not within(module, APPS) or room(module) in (*ENTRY_POINTS, "migrations"):
        return []
    if room(module) == "models":
        return [
            name
            for name in imported
            if within(name, APPS) and room(name) != "models" and name not in APPS
        ]
    return [
        name for name in imported if within(name, APPS) and room(name) in ENTRY_POINTS
    ]


def knows_stripe(module: str, imported: list[str]) -> list[str]:
    if within(module, STRIPE_IS_KNOWN_TO):
        return []
    return [name for name in imported if within(name, ("stripe",))]


def relative(module: str, imported: list[str]) -> list[str]:
    return [name for name in imported if name.startswith(".")]


def transacts(module: str, imported: list[str]) -> list[str]:
    """Views translate; what happens together or not at all, the domain decides."""
    if room(module) != "views":
        return []
    return [name for name in imported if name == "django.db.transaction"]


RULES: list[Rule] = [rightward, upward, knows_stripe, relative, transacts]


def modules() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts).removesuffix(".__init__"), path.read_text()


@pytest.mark.parametrize("rule", RULES)
def test_imports_keep_the_rule(rule: Rule) -> None:
    broken = {
        module: found
        for module, source in modules()
        if (found := rule(module, imports(source)))
    }
    assert broken == {}


@pytest.mark.parametrize(
    ("rule", "module", "planted"),
    [
        (rightward, "events.results", "from guests.models import Guest"),
        (rightward, "events.views.host", "import donations"),
        (rightward, "donations.ledger", "from guests import rsvp"),
        (rightward, "losers_lounge.money", "from events.models import Event"),
        (rightward, "guests.door", "from losers_lounge.stand_in import server"),
        (rightward, "guests.door", "from losers_lounge import demo"),
        (upward, "guests.rsvp", "from guests import views"),
        (upward, "guests.rsvp", "from guests.views.host import guest_list"),
        (upward, "donations.ledger", "import donations.webhooks"),
        (upward, "guests.invitations", "from events.tasks import deliver_queued"),
        (upward, "guests.models.guest", "from guests.admission import decide"),
        (knows_stripe, "donations.ledger", "import stripe"),
        (knows_stripe, "guests.payments.page", "from stripe import StripeClient"),
        (relative, "guests.payments.page", "from . import models"),
        (relative, "guests.payments.page", "from .models import Guest"),
        (transacts, "donations.views.receipts", "from django.db import transaction"),
    ],
)
def test_a_planted_breach_is_found(rule: Rule, module: str, planted: str) -> None:
    assert rule(module, imports(planted)) != []


@pytest.mark.parametrize(
    ("module", "fine"),
    [
        ("guests.admission", "from donations.models import Donation"),
        ("guests.views.host", "from guests.forms import GuestForm"),
        ("events.models.event", "from losers_lounge.links import make_lookup"),
        ("losers_lounge.demo.process", "from guests import invitations"),
        ("donations.stripe_gateway.client", "import stripe"),
    ],
)
def test_an_honest_import_is_let_through(module: str, fine: str) -> None:
    assert [found for rule in RULES for found in rule(module, imports(fine))] == []


def hidden_imports(source: str) -> list[int]:
    """The lines of imports inside functions, where no reader looks for them."""
    return [
        inner.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def test_no_import_hides_in_a_function() -> None:
    found = {name: hidden_imports(source) for name, source in modules()}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_planted_hidden_import_is_found() -> None:
    assert hidden_imports("def late():\n    import guests\n") == [2]


def test_every_package_is_looked_at() -> None:
    seen = {module.split(".")[0] for module, _ in modules()}
    assert seen == set(PACKAGES)
