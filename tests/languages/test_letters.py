"""Letters in the language of their event, the log in English, whoever acts."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from donations import receipts
from donations.models import Donation, Receipt
from events import mail
from events.letter_texts import Words
from events.models import Event, Message
from guests import personas, rsvp
from guests.models import Obligation
from guests.pledges import mandate
from tests.donations.factories import make_donation
from tests.factories import make_category, make_event
from tests.guests.factories import make_guest
from tests.guests.night import make_nominated_guest, win
from tests.guests.people import AT, YES, browser_of, page_of
from tests.guests.test_letters import texts, written
from tests.mail_lint import faults

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
    def test_why_somebody_owes_is_said_to_them_in_the_events_words(
        self, velada: Event
    ) -> None:
        category = make_category(velada, "Drama")
        guest = make_nominated_guest(velada, category)
        win(category, guest)
        why = Obligation.objects.get(guest=guest).why
        assert "Drama" in why and "Won" not in why
        with translation.override("es"):
            assert Obligation.objects.get(guest=guest).why == why

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
