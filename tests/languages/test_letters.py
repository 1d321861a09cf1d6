"""Letters in the language of their event, the log in English, whoever acts."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from donations import receipts
from donations.models import Donation, Receipt
from events import mail
from events.letter_texts import Words
from events.models import Activity, Event, Message
from guests import rsvp
from guests.models import Invitation, Obligation
from guests.pledges import mandate
from guests.post_room import personas
from losers_lounge import stored
from tests.donations.factories import make_donation
from tests.factories import make_category, make_event
from tests.guests.factories import make_guest
from tests.guests.night import make_nominated_guest, win
from tests.guests.people import AT, YES, browser_of, page_of
from tests.guests.test_letters import texts, written
from tests.mail_lint import faults
from tests.test_project import ROOT, tracked

pytestmark = pytest.mark.django_db

SPANISH = {"HTTP_ACCEPT_LANGUAGE": "es"}
DAY = "de septiembre de 2013"


@pytest.fixture
def velada() -> Event:
    """An evening whose letters are written in Spanish."""
    return make_event(language="es")


class TestLetters:
    def test_a_guest_who_reads_english_gets_the_letter_of_the_event(
        self, velada: Event
    ) -> None:
        guest = make_guest(velada, name="Tina Fey")
        browser_of(guest.invitation).post(
            page_of(guest.invitation, "rsvp"), {"answer": "yes", "version": "0"}
        )
        letter = written("confirmation")
        for text in texts(letter):
            assert "Tina Fey viene." in text
            assert "is coming" not in text
        assert '<html lang="es"' in texts(letter)[1]

    def test_and_one_of_an_english_event_is_english_for_a_spanish_browser(self) -> None:
        guest = make_guest(name="Tina Fey")
        browser_of(guest.invitation).post(
            page_of(guest.invitation, "rsvp"),
            {"answer": "yes", "version": "0"},
            **SPANISH,
        )
        for text in texts(written("confirmation")):
            assert "Tina Fey is coming." in text
            assert "viene" not in text

    def test_whoever_renders_it_the_bytes_are_the_same(self, velada: Event) -> None:
        rsvp.answer(make_guest(velada).pk, rsvp.Reply(YES), at=AT)
        row = Message.objects.get(kind="confirmation")
        first = mail.render(row)
        with translation.override("es"):
            assert mail.render(row) == first
        # What is set later is for letters that are written later.
        Event.objects.update(language="en")
        assert mail.render(Message.objects.get(pk=row.pk)) == first
        assert faults(row) == []

    @pytest.mark.parametrize("kind", personas.KINDS)
    def test_every_kind_is_read_in_spanish(self, velada: Event, kind: str) -> None:
        persona = personas.GETS.get(kind, ("nominee",))[0]
        english = make_event()
        said, ours = (
            personas.preview(event, kind, persona, Words(), AT)
            for event in (velada, english)
        )
        assert said.subject != ours.subject
        assert '<html lang="es"' in said.html

    def test_our_words_to_begin_from_are_the_events(self, velada: Event) -> None:
        body = personas.our_words(velada, "invitation", "nominee", AT)
        assert "[event]" in body or "[name]" in body or "[hosts]" in body
        assert personas.is_ours(velada, "invitation", body, AT)
        assert not personas.is_ours(make_event(), "invitation", body, AT)


class TestWhatIsKept:
    def test_why_somebody_owes_is_told_to_each_reader_in_their_language(
        self, velada: Event
    ) -> None:
        category = make_category(velada, "Drama")
        guest = make_nominated_guest(velada, category)
        Invitation.objects.update(invited_at=AT)
        win(category, guest)
        row = Obligation.objects.get(guest=guest)
        assert row.why.startswith("Won Drama, confirmed ")
        with translation.override("es"):
            spanish = row.why
        assert spanish.startswith("Ganó Drama, confirmado ")
        # A letter speaks its event's language, and the release before reads only that.
        assert row.written == Message.objects.get(kind="win").context["why"] == spanish
        # A row of that release has nothing else.
        row.facts = None
        assert row.why == spanish

    def test_and_on_every_page_that_says_why(self, host: Client, event: Event) -> None:
        category = make_category(event, "Drama")
        guest = make_nominated_guest(event, category)
        win(category, guest)
        invited = browser_of(guest.invitation)
        pages = (
            (host, reverse("guests:obligations", args=[event.slug])),
            (host, reverse("guests:guest_detail", args=[event.slug, guest.pk])),
            (host, reverse("guests:door_card", args=[event.slug, guest.pk])),
            (invited, page_of(guest.invitation)),
            (invited, page_of(guest.invitation, "donate")),
        )
        for client, url in pages:
            page = client.get(url, **SPANISH).text
            assert f"Ganó {category.name}" in page, url
            assert "Won " not in page, url
            assert f"Won {category.name}" in client.get(url).text, url

    def test_what_a_nominee_agrees_to_is_one_text(self, velada: Event) -> None:
        said = mandate.of(velada, "Tina Fey", 100_000, AT).text
        with translation.override("es"):
            assert mandate.of(velada, "Tina Fey", 100_000, AT).text == said
        assert "$1,000.00" in said and "nothing is charged" not in said

    def test_a_receipt_is_written_in_the_events_language(self, velada: Event) -> None:
        donation = make_donation(velada, state=Donation.State.PAID, paid_at=AT)
        found = receipts.contents_of(donation)
        assert "you received" not in found.wording
        with translation.override("es"):
            english = receipts.contents_of(make_donation(make_event(), paid_at=AT))
        assert "In return you received" in english.wording

    def test_a_receipt_prints_alike_whatever_its_event_becomes(
        self, velada: Event
    ) -> None:
        donation = make_donation(velada, state=Donation.State.PAID, paid_at=AT)
        receipt = receipts.bring_up_to_date(donation, at=AT)
        paper = receipts.printed(receipt)
        Event.objects.update(language="en", name="Otra", time_zone="Asia/Tokyo")
        again = Receipt.objects.get(pk=receipt.pk)
        assert receipts.printed(again) == paper
        with pytest.raises(IntegrityError), transaction.atomic():
            Receipt.objects.update(printed_in=None)
        # Issued by the release before, which kept none of it.
        again.printed_in = None
        assert "Otra" in str(receipts.describe(again))

    def test_the_log_is_kept_in_english_and_told_in_spanish(
        self, host: Client, event: Event
    ) -> None:
        url = reverse("guests:mail_hold", args=[event.slug])
        host.post(url, {"reason": ""}, **SPANISH)
        assert event.activities.get().verb == "held the mail"
        page = host.get(reverse("guests:activity", args=[event.slug]), **SPANISH)
        assert "held the mail" not in page.content.decode()

    def test_a_letter_is_called_in_the_log_what_its_page_calls_it(
        self, host: Client, event: Event
    ) -> None:
        url = reverse("guests:letter_words", args=[event.slug, "save_the_date"])
        with translation.override("es"):
            title = str(personas.KINDS["save_the_date"])
        assert f"<h1>{title}</h1>" in host.get(url, **SPANISH).text
        host.post(url, {"subject": "Sábado", "persona": "friend"}, **SPANISH)
        host.post(url, {"action": "standard"}, **SPANISH)
        assert [line.object_name for line in event.activities.all()] == [
            "Save the date",
            "Save the date",
        ]
        log = host.get(reverse("guests:activity", args=[event.slug]), **SPANISH).text
        assert log.count(f": {title}<") == 2


class TestWhatRowsSay:
    """Sentences of ours that are stored: each reader hears them in their language."""

    @pytest.mark.parametrize(
        ("verb", "thing", "spanish"),
        [
            ("imported Guests", "3 new, 1 changed", "3"),
            ("put on the team", "Amy Poehler, Host", "Amy Poehler, "),
            ("changed a role", "Amy Poehler, Host → At the door", "Amy Poehler, "),
            ("sent 12 letters", "Invitation", "12"),
            ("planned a mailing of 4", "Reminder", "4"),
            ("changed 3 guests at once", "Tagged: friends", ": friends"),
            ("granted a waiver", "Bill, PIN on Door 2", "Bill, "),
            ("froze", "Closing statement 2", " 2"),
        ],
    )
    def test_a_line_of_the_log_has_no_english_left(
        self, verb: str, thing: str, spanish: str
    ) -> None:
        line = Activity(verb=verb, object_name=thing)
        assert f"{line.told_verb}: {line.told_object}" == f"{verb}: {thing}"
        with translation.override("es"):
            said = f"{line.told_verb}: {line.told_object}"
        assert line.verb not in said and line.object_name not in said
        assert spanish in said

    def test_names_and_typed_words_stay_as_they_are(self) -> None:
        line = Activity(verb="added a guest", object_name="Host, Guests")
        with translation.override("es"):
            assert line.told_object == "Host, Guests"
            assert stored.told("No such sentence of ours") == "No such sentence of ours"
            assert stored.told("") == ""

    def test_every_shape_that_code_writes_is_known_again(self) -> None:
        """A placeholder in a sentence for the log, which no shape knows, is a gap."""
        said = re.compile(r'noop\(\s*"([^"]*%[^"]*)"')
        written = {
            text
            for name in tracked(".py")
            if not name.startswith(("tests/", "losers_lounge/stored"))
            for text in said.findall((ROOT / name).read_text())
        }
        assert written and written <= set(stored.SHAPES)

    def test_what_hosts_hear_of_a_hold_a_request_and_a_waiver(
        self, host: Client, event: Event
    ) -> None:
        host.post(reverse("guests:mail_hold", args=[event.slug]), **SPANISH)
        page = reverse("guests:messages", args=[event.slug])
        name = host.user.name
        assert f"Held by {name}" in host.get(page).text
        spanish = host.get(page, **SPANISH).text
        assert "Held by" not in spanish and name in spanish
