"""A host's own words: the page, the preview, the test to oneself."""

from http import HTTPStatus
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from events import letter_texts, mail
from events.letter_texts import Words
from events.models import Event
from guests.post_room import personas
from guests.views.letter_words import TESTS
from tests.guests.factories import make_guest
from tests.guests.people import AT
from tests.guests.rounds import plan
from tests.security.hostile import HOSTILE, MARKUP

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def url_of(event: Event, name: str, *args: Any) -> str:
    return reverse(f"guests:{name}", args=[event.slug, *args])


def look(host: Client, event: Event, **typed: str) -> HttpResponse:
    """Press "Show me", then what the frame on that page shows."""
    page = host.post(url_of(event, "letter_preview", "invitation"), typed)
    mark = page.context["words_mark"]
    query = {"as": typed.get("persona", "nominee"), "words": mark}
    return host.get(url_of(event, "letter_frame", "invitation"), query)


class TestWords:
    @pytest.mark.parametrize("kind", personas.KINDS)
    def test_every_kind_has_its_page(
        self, host: Client, event: Event, kind: str
    ) -> None:
        page = host.get(url_of(event, "letter_words", kind))
        assert page.status_code == HTTPStatus.OK
        assert page.context["is_ours"]

    @pytest.mark.parametrize(
        ("kind", "is_planned"), [("reminder", True), ("win", False)]
    )
    def test_what_hosts_send_leads_on_to_its_mailing(
        self, host: Client, event: Event, kind: str, is_planned: bool
    ) -> None:
        page = host.get(url_of(event, "letter_words", kind)).text
        planned = reverse("guests:mailing_new", args=[event.slug])
        assert (f'href="{planned}?letters={kind}"' in page) is is_planned

    def test_words_are_saved_and_ours_come_back(
        self, host: Client, event: Event
    ) -> None:
        url = url_of(event, "letter_words", "reminder")
        typed = {
            "subject": "Well?",
            "body": "Dear [name],\n\nWell?",
            "persona": "friend",
        }
        saved = host.post(url, typed)
        assert saved["Location"] == f"{url}?as=friend"
        assert letter_texts.of(event, "reminder") == Words(
            "Well?", "Dear [name],\n\nWell?"
        )
        assert "Back to our words" in host.get(url).text
        host.post(url, {"action": "standard"})
        assert not letter_texts.of(event, "reminder")

    def test_ours_are_put_in_the_field_to_start_from(
        self, host: Client, event: Event
    ) -> None:
        page = host.get(url_of(event, "letter_words", "invitation"))
        assert 'value="ours"' in page.text
        url = url_of(event, "letter_preview", "invitation")
        page = host.post(url, {"action": "ours", "persona": "friend", "body": "x"})
        assert page.status_code == HTTPStatus.OK
        body = page.context["form"]["body"].value()
        assert body.startswith("Dear [name],")
        assert "nothing to lose and nothing to pay" in body
        assert "[event]" in body
        assert not letter_texts.of(event, "invitation"), "nothing is saved by it"

    def test_ours_saved_untouched_stay_ours_for_each_reader(
        self, host: Client, event: Event
    ) -> None:
        url = url_of(event, "letter_words", "invitation")
        ours = personas.our_words(event, "invitation", "friend", AT)
        typed = {"body": ours.replace("\n", "\r\n"), "persona": "nominee"}
        page = host.post(url, typed, follow=True)
        assert not letter_texts.of(event, "invitation")
        assert "still ours" in page.text
        host.post(url, {**typed, "subject": "Well?"})
        assert letter_texts.of(event, "invitation") == Words("Well?", "")

    def test_an_unknown_placeholder_is_refused_in_words(
        self, host: Client, event: Event
    ) -> None:
        url = url_of(event, "letter_words", "reminder")
        page = host.post(url, {"body": "Dear [nmae]"})
        assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "[nmae] stands for nothing" in page.text
        assert "Dear [nmae]" in page.text
        assert not letter_texts.of(event, "reminder")

    def test_a_letter_there_is_none_of_is_not_there(
        self, host: Client, event: Event
    ) -> None:
        for name in ("letter_words", "letter_frame"):
            page = host.get(url_of(event, name, "receipt"))
            assert page.status_code == HTTPStatus.NOT_FOUND


class TestPreview:
    def test_unsaved_words_are_shown_and_not_saved(
        self, host: Client, event: Event
    ) -> None:
        seen = look(host, event, body="Come [name]!", persona="friend")
        assert "Come Alex Finch!" in seen.text
        assert not letter_texts.of(event, "invitation")

    def test_it_works_as_a_part_of_the_page_too(
        self, host: Client, event: Event
    ) -> None:
        url = url_of(event, "letter_preview", "invitation")
        part = host.post(url, {"body": "Come!", "persona": "friend"}, **HTMX)
        assert part.text.lstrip().startswith("<section")
        assert "Come!" in part.text

    def test_the_frame_carries_its_own_rules(self, host: Client, event: Event) -> None:
        seen = host.get(url_of(event, "letter_frame", "details"), {"as": "owing"})
        policy = seen["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert seen["X-Frame-Options"] == "SAMEORIGIN"
        assert "data:image/png;base64," in seen.text
        assert "cid:" not in seen.text

    def test_it_is_what_would_be_sent(self, host: Client, event: Event) -> None:
        """The very bytes of the letter, but for a base that keeps links in place."""
        seen = host.get(url_of(event, "letter_frame", "loss"), {"as": "loser"}).text
        assert "You lost. Come on in." in seen
        assert '<base target="_blank">' in seen

    @pytest.mark.parametrize("text", [MARKUP, HOSTILE["template"], "[name]" * 900])
    def test_hostile_words_are_inert(
        self, host: Client, event: Event, text: str
    ) -> None:
        seen = look(host, event, subject="Hello", body=text, persona="friend")
        assert "<script>" not in seen.text
        assert "onerror=alert(1)>" not in seen.text
        if "{{" in text:
            assert "settings.SECRET_KEY" in seen.text

    def test_a_hundred_kilobytes_are_refused_in_words(
        self, host: Client, event: Event
    ) -> None:
        url = url_of(event, "letter_words", "invitation")
        page = host.post(url, {"body": "x" * 100_000})
        assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not letter_texts.of(event, "invitation")

    def test_a_subject_is_one_line_in_the_header(
        self, host: Client, event: Event
    ) -> None:
        url = url_of(event, "letter_words", "invitation")
        host.post(url, {"subject": "Hello\r\nBcc: all@example.com", "body": ""})
        make_guest(event)
        plan(event)
        head = mail.render(event.messages.get()).split(b"\r\n\r\n")[0]
        assert b"\r\nBcc:" not in head
        assert b"Subject: Hello Bcc: all@example.com" in head


class TestToOneself:
    def test_a_test_goes_to_the_host_alone_and_once(
        self, host: Client, event: Event
    ) -> None:
        url = url_of(event, "letter_test", "win")
        typed = {"persona": "owing", "body": "Oh [name].", "nonce": "n"}
        for _ in range(2):
            page = host.post(url, typed)
            assert "Oh [name]." in page.text, "what was typed is still there"
        letter = event.messages.get()
        user = event.members.get(role="host").user
        assert (letter.kind, letter.recipient_email) == ("test", user.email)
        assert not letter.is_bulk
        assert "Oh Morgan Pryce." in mail.compose(letter).as_string()

    def test_there_is_an_end_to_tests(self, host: Client, event: Event) -> None:
        cache.clear()
        url = url_of(event, "letter_test", "win")
        for number in range(TESTS.most):
            host.post(url, {"persona": "owing", "nonce": f"n{number}"})
        refused = host.post(url, {"persona": "owing", "nonce": "one more"})
        assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert event.messages.count() == TESTS.most
