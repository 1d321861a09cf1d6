"""Every other letter there is, read by the same eyes as those of the eight people."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from events.models import Event, Message
from guests.letters import drafts
from guests.post_room import personas
from losers_lounge.templatetags.markup import reservation
from tests.factories import make_event
from tests.mail_lint import MARKUP, faults, list_faults, parsed, reading_faults

pytestmark = pytest.mark.django_db
LINK = {"link": ["invitation", "a" * 16, 1]}
FOLDERS = ("guests/email", "donations/email", "events/email")
# Whatever any of them asks for. A new one that asks for more shows a hole, or "None".
ASKED = {
    "guest": {"name": "Robin Vale"},
    "greeting": "Robin Vale",
    "link": LINK,
    "donor_url": LINK,
    "name": "Robin Vale",
    "donor_name": "Robin Vale",
    "by": "Amy Poehler",
    "role": "Results",
    "has_password": False,
    "charity_name": "Worldwide Orphans",
    "charity_ein": "00-0000000",
    "charity_address": "1 Example Street",
    "number": "LL-2013-000001",
    "paid_on": "September 22, 2013",
    "lines": [{"words": "Donation", "for_name": "", "cents": 100_000}],
    "engravings": ["For losing a statue"],
    "wording": "Thank you.",
    "why": "It was given back.",
    "whys": ["Won Outstanding Lead, confirmed 8:41 pm; $1,000.00 due once."],
    "amount_cents": 100_000,
    "fair_value_cents": 2_500,
    "deductible_cents": 97_500,
    "card": {"brand": "Visa", "last4": "4242"},
    "mandate": "I save a card with Stripe now.",
    "until": "Sunday, September 29, 2013, 4:00 pm PDT",
    "may_come": True,
}


def stems() -> list[str]:
    """The stems of all letters there are."""
    return [
        f"{folder}/{path.name.removesuffix('.html')}"
        for folder in FOLDERS
        for path in sorted((Path(settings.BASE_DIR) / "templates" / folder).iterdir())
        if path.suffix == ".html"
    ]


def kinds() -> list[str]:
    """The stems of all letters that the eight people do not get."""
    theirs = {f"guests/email/{kind}" for kind in personas.KINDS}
    return [stem for stem in stems() if stem not in theirs]


def letter(event: Event, stem: str) -> Message:
    return Message(
        event=event,
        kind=stem.rpartition("/")[2],
        about="",
        recipient_name="Robin Vale",
        recipient_email="robin@example.com",
        template=stem,
        context={**ASKED, "event": drafts._facts(event)},
        created_at=timezone.now(),
    )


@pytest.mark.parametrize("stem", kinds())
def test_every_other_letter_reads_well_too(stem: str) -> None:
    assert faults(letter(make_event(), stem)) == []


@pytest.mark.parametrize("stem", stems())
def test_a_name_with_a_full_stop_of_its_own_ends_a_sentence_with_one(stem: str) -> None:
    event = make_event(name="The Losers Co.", venue="Soho House Ltd.")
    row = letter(event, stem)
    two = ["Sammy Davis Jr.", "Robert Downey Jr."]
    brought = {"for_others": True, "guest_names": two, "heads": 2}
    who = dict.fromkeys(("name", "by", "greeting"), two[1])
    # An invitation says how many may come along, a confirmation who does.
    brought["plus_ones"] = 2 if stem.endswith("/invitation") else two
    row.context |= {**brought, **who, "guest": {"name": two[1]}}
    row.context["event"] |= {"charity": "Worldwide Orphans Inc.", "hosted_by": two[1]}
    sent = parsed(row)
    for kind in ("plain", "html"):
        body = sent.get_body([kind]).get_content()
        assert ".." not in body
        if two[0] in body:
            assert ", ".join(two) in body or f"<li>{two[0]}</li>" in body


def test_a_letter_that_reads_badly_is_noticed() -> None:
    """What the eyes look for: each is seen when it is there."""
    sent = parsed(letter(make_event(), "guests/email/link"))
    html = sent.get_body(["html"]).get_content()
    subject = sent["Subject"]
    for line in ("", subject):
        spoilt = re.sub(r'(class="preheader"[^>]*>)[^<]*', rf"\g<1>{line}", html)
        assert any("beside the subject" in f for f in list_faults(subject, spoilt))
    for spoilt, fault in {
        html.replace("(prefers-color-scheme: dark)", "print"): "for the night",
        html + '<img src="https://example.com/x.png" alt="">': "a picture",
        html + "<style>p{background:url(x)}</style>": "asks for a file",
        html + '<a href="/invitation/">x</a>': "leads nowhere",
    }.items():
        (found,) = reading_faults(spoilt)
        assert fault in found


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_reservation_cannot_be_ended_by_a_name(answer: str) -> None:
    event = make_event(name="</script><script>alert(1)</script>")
    name = "O'Neil & </script> <b>"
    context = {
        "event": drafts._facts(event),
        "guest": {"name": name},
        "calendar": {
            "uid": "invitation-1",
            "starts_at": "2013-09-22T21:00:00-07:00",
            "ends_at": "2013-09-23T02:00:00-07:00",
            "url": "https://lounge.example/invitation/1/",
        },
    }
    html = reservation(context, answer)
    assert html.count("<") == 2 and html.count("</script>") == 1
    (words,) = MARKUP.findall(html)
    assert json.loads(words)["underName"]["name"] == name
