"""Pages in the language of whoever reads them; files for machines in none."""

import html
import json
import re
from datetime import UTC, datetime
from http import HTTPStatus

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from events.models import Event, Member
from guests.models import Guest
from losers_lounge import moments
from losers_lounge.money import format_cents
from losers_lounge.telling import told_cents
from losers_lounge.templatetags import lounge
from tests.conftest import signed_in
from tests.factories import make_category, make_event, make_member
from tests.guests.factories import make_guest
from tests.guests.night import make_nominated_guest, win
from tests.guests.people import YES, browser_of, page_of
from tests.languages.test_catalogue import PLACEHOLDER, entries

pytestmark = pytest.mark.django_db

SPANISH = {"HTTP_ACCEPT_LANGUAGE": "es-MX,es;q=0.9,en;q=0.5"}
GUEST_PAGES = ("invitation", "pass", "donate")
TEAM_PAGES = (
    *("overview", "guest_list", "settings", "messages", "results", "door"),
    *("readiness", "obligations", "waiting", "activity", "trophies"),
)
PUBLIC_PAGES = ("events:home", "account_login", "guests:lost_link")
NIGHT = datetime(2013, 9, 23, 3, 30, tzinfo=UTC)
SCRIPT = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
SWITCH = re.compile(r'<form class="languages".*?</form>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")
SPOKEN = re.compile(r'(?:aria-label|alt|placeholder|title)="([^"]*)"')


def english_in(page: str) -> list[str]:
    """The English of the file for translators that a Spanish page still says."""
    page = SWITCH.sub("", SCRIPT.sub("", page))
    said = [*TAG.split(page), *SPOKEN.findall(page)]
    lines = {" ".join(html.unescape(text).split()) for text in said}
    known = {
        " ".join(text.split())
        for entry in entries()
        for text in (entry.msgid, entry.msgid_plural)
        if text and text != entry.msgstr and not PLACEHOLDER.search(text)
    }
    spanish = {" ".join(entry.msgstr.split()) for entry in entries()}
    return sorted(line for line in lines & (known - spanish) if len(line) > 3)


def check(client: Client, url: str) -> None:
    """The page is in Spanish, says so, and has no English left."""
    answer = client.get(url, **SPANISH)
    assert answer.status_code == HTTPStatus.OK, url
    page = answer.content.decode()
    assert '<html lang="es"' in page
    assert answer["Content-Language"] == "es"
    assert "Accept-Language" in answer["Vary"]
    assert english_in(page) == [], url


@pytest.fixture
def nominee(event: Event) -> Guest:
    guest = make_nominated_guest(event, make_category(event), name="Tina Fey")
    Guest.objects.filter(pk=guest.pk).update(answer=YES)
    return guest


class TestPages:
    @pytest.mark.parametrize("name", GUEST_PAGES)
    def test_a_guest_reads_no_english(self, nominee: Guest, name: str) -> None:
        row = nominee.invitation
        check(browser_of(row), page_of(row, name))

    @pytest.mark.parametrize("name", PUBLIC_PAGES)
    def test_nor_does_somebody_at_the_front_door(self, name: str) -> None:
        check(Client(), reverse(name))

    def test_nor_does_who_reads_the_total(self) -> None:
        event = make_event(total_is_public=True)
        check(Client(), reverse("donations:total", args=[event.slug]))

    def test_nor_does_the_team(self, host: Client, event: Event) -> None:
        make_guest(event)
        for name in TEAM_PAGES:
            check(host, reverse(f"guests:{name}", args=[event.slug]))

    def test_nor_does_the_charity(self, event: Event) -> None:
        finance = signed_in(make_member(event, Member.Role.FINANCE))
        for name in ("dashboard", "gifts", "receipts", "payouts", "reconciliation"):
            check(finance, reverse(f"donations:{name}", args=[event.slug]))

    def test_english_left_on_a_page_is_seen(self) -> None:
        page = '<p>You lost. Come on in.</p><a title="Log out">Mesa</a>'
        assert english_in(page) == ["Log out", "You lost. Come on in."]

    def test_a_page_that_is_not_there_says_so_in_spanish(self) -> None:
        answer = Client().get("/invitation/nobody/", **SPANISH)
        assert b'<html lang="es"' in answer.content
        assert english_in(answer.content.decode()) == []

    def test_a_thread_falls_back_to_english_after_an_answer(self) -> None:
        Client().get(reverse("guests:lost_link"), **SPANISH)
        assert translation.get_language() == settings.LANGUAGE_CODE == "en"


class TestChoice:
    """Two words at the foot of every page, by a press and without a script."""

    def choose(self, client: Client, language: str, to: str = "") -> str:
        typed = {"language": language, "next": to}
        answer = client.post(reverse("events:language"), typed)
        assert answer.status_code == HTTPStatus.FOUND
        return answer["Location"]

    def test_a_choice_outweighs_the_browser_and_lasts(self) -> None:
        client, url = Client(), reverse("guests:lost_link")
        assert self.choose(client, "en", url) == url
        page = client.get(url, **SPANISH)
        assert b'<html lang="en"' in page.content
        assert b'lang="en" aria-current="true"' in page.content
        cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
        assert cookie["max-age"] == settings.LANGUAGE_COOKIE_AGE
        assert self.choose(client, "es", url) == url
        assert b'<html lang="es"' in client.get(url).content

    @pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "\\\\e"])
    def test_it_leads_to_no_other_site(self, to: str) -> None:
        assert "evil" not in self.choose(Client(), "es", to)

    @pytest.mark.parametrize("language", ["", "fr", "xx", "es\x00", "../es"])
    def test_a_language_that_is_not_spoken_here_changes_nothing(
        self, language: str
    ) -> None:
        client, url = Client(), reverse("guests:lost_link")
        self.choose(client, language, url)
        assert b'<html lang="en"' in client.get(url).content

    def test_looking_at_its_address_changes_nothing(self) -> None:
        answer = Client().get(reverse("events:language"))
        assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies

    def test_every_face_offers_it(
        self, host: Client, event: Event, nominee: Guest
    ) -> None:
        team = [reverse(f"guests:{name}", args=[event.slug]) for name in TEAM_PAGES]
        pages = [host.get(url) for url in (*team, reverse("mfa_index"))]
        pages.append(browser_of(nominee.invitation).get(page_of(nominee.invitation)))
        pages.append(Client().get(reverse("account_login")))
        assert all(b'class="languages"' in page.content for page in pages)


class TestMachines:
    """What is compared, sorted and read in again is the same in every language."""

    def test_files_are_the_same(self, host: Client, winner_event: Event) -> None:
        for name in ("export_csv", "venue_csv", "export_xlsx"):
            url = reverse(f"guests:{name}", args=[winner_event.slug])
            english, spanish = (
                b"".join(host.get(url, **headers).streaming_content)
                for headers in ({}, SPANISH)
            )
            assert english == spanish, name

    def test_the_totals_figures_are_the_same(self) -> None:
        event = make_event(total_is_public=True)
        url = reverse("donations:total_json", args=[event.slug])
        english, spanish = (
            json.loads(Client().get(url, **headers).content)
            for headers in ({}, SPANISH)
        )
        words = {"counts", "corrections", "shown", "as_of"}
        assert english["counts"] != spanish["counts"]
        assert {k: v for k, v in english.items() if k not in words} == {
            k: v for k, v in spanish.items() if k not in words
        }

    @pytest.fixture
    def winner_event(self, event: Event, nominee: Guest) -> Event:
        win(nominee.nominee.nominations.get().category, nominee)
        return event


class TestForms:
    """How amounts, days and times are written, in one place for each language."""

    @pytest.mark.parametrize(
        ("language", "amount", "minus"),
        [
            ("en", "$1,234.50", "−$0.05"),
            ("es", "$1,234.50", "−$0.05"),
            # Not spoken here: seen to go through the forms of a language.
            ("de", "$1.234,50", "−$0,05"),
        ],
    )
    def test_an_amount_is_written_as_its_language_writes_it(
        self, language: str, amount: str, minus: str
    ) -> None:
        with translation.override(language):
            assert (told_cents(123_450), told_cents(-5)) == (amount, minus)
            assert lounge.dollars(123_450) == amount
            assert format_cents(123_450) == "$1,234.50"

    def test_days_and_times_follow_the_language(self) -> None:
        zone = "America/Los_Angeles"
        with translation.override("es"):
            told = moments.in_zone(NIGHT, zone)
            assert told == "domingo 22 de septiembre de 2013, 8:30 p.\u00a0m. PDT"
        assert moments.in_zone(NIGHT, zone).startswith("Sunday, September 22, 2013, 8")

    def test_a_mail_breaks_a_moment_between_its_day_and_its_clock(self) -> None:
        piece = '<span class="whole">{}</span>'.format
        told = lounge.day_and_clock("Sunday, September 22, 2013, 8:30 pm PDT")
        day, clock = piece("Sunday, September 22, 2013,"), piece("8:30 pm PDT")
        assert told == f"{day} {clock}"
        assert lounge.day_and_clock("<soon>") == "&lt;soon&gt;"
