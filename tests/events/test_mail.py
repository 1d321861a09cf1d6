"""A mail as its reader's program gets it, linted."""

import io
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar

from events import mail
from events.models import Event, Message
from losers_lounge.links import absolute_url
from tests.events.mails import make_message, use_templates
from tests.mail_lint import faults, link_faults, parsed

pytestmark = pytest.mark.django_db

CALENDAR = {
    "uid": "invitation-1@lounge.example",
    "sequence": 2,
    "summary": "Losers Lounge, Soho House; bring \\ a trophy",
    "starts_at": "2013-09-22T21:00:00-07:00",
    "ends_at": "2013-09-23T02:00:00-07:00",
    "location": "Soho House, 9200 Sunset Blvd",
    "description": "You lost. Come on in.",
    "url": {"link": ["unsubscribe", "c" * 16, 1]},
}
PASS = {"link": ["unsubscribe", "p" * 16, 3]}


@pytest.fixture(autouse=True)
def _templates(settings: Any) -> None:
    use_templates(settings)


def context(**more: object) -> dict[str, object]:
    return {
        "name": "Zoë",
        "link": {"link": ["unsubscribe", "l" * 16, 1]},
        **more,
    }


@pytest.fixture
def message(event: Event) -> Message:
    return make_message(
        event,
        is_bulk=True,
        recipient_name="Zoë Saldaña-Perego, Jr.",
        context=context(qr=PASS, calendar=CALENDAR),
    )


def test_the_headers_name_one_reader_and_one_message(message: Message) -> None:
    sent = parsed(message)

    (reader,) = sent["To"].addresses
    assert reader.addr_spec == message.recipient_email
    assert reader.display_name == "Zoë Saldaña-Perego, Jr."
    assert sent["From"] == "Losers Lounge <lounge@lounge.example>"
    assert sent["Subject"] == "You lost, Zoë & friends"
    assert sent["Message-ID"] == message.message_id
    assert sent["Date"].datetime == message.created_at.replace(microsecond=0)
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["MIME-Version"] == "1.0"
    assert not {"Cc", "Bcc"} & set(sent.keys())
    assert all(count == 1 for count in map(len, map(sent.get_all, sent.keys())))


def test_the_lint_finds_nothing(message: Message, event: Event) -> None:
    assert faults(message) == []
    assert faults(make_message(event, kind="receipt")) == []


def test_the_lint_finds_what_is_wrong(message: Message, settings: Any) -> None:
    message.context |= {"name": "None {{ x }}"}
    found = faults(message)
    assert any("Subject" in fault for fault in found)
    assert any("the text shows" in fault for fault in found)
    sent_from_here = mail.render(message)
    settings.SITE_URL = "https://elsewhere.example"
    assert any("leads elsewhere" in f for f in link_faults(sent_from_here.decode()))


def test_bulk_mail_can_be_stopped_with_one_click(message: Message) -> None:
    sent = parsed(message)
    url = absolute_url("unsubscribe", message.lookup, 1)
    assert sent["List-Unsubscribe"] == f"<{url}>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_receipt_cannot_be_unsubscribed_from(event: Event) -> None:
    sent = parsed(make_message(event, kind="receipt"))
    assert sent["List-Unsubscribe"] is None


def test_the_lines_are_fit_for_any_relay(message: Message) -> None:
    raw = mail.render(message)
    assert raw.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    lines = [line for line in raw.split(b"\r\n") if b"List-Unsub" not in line]
    assert max(map(len, lines)) <= 78


def test_rendering_again_gives_the_same_bytes(message: Message) -> None:
    first = mail.render(message)
    assert mail.render(Message.objects.get(pk=message.pk)) == first


def test_the_text_reads_without_the_html(message: Message) -> None:
    text = parsed(message).get_body(["plain"]).get_content()
    assert "Dear Zoë," in text
    assert absolute_url("unsubscribe", "l" * 16, 1) in text
    assert "\n.A line that begins with a dot." in text
    assert "<" not in text and "&amp;" not in text


def test_the_html_has_its_styles_inside_and_keeps_dark_mode(message: Message) -> None:
    html = parsed(message).get_body(["html"]).get_content()
    assert '<p style="color: #222222;">' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert len(html) < 102_000


def test_every_link_leads_to_this_site(message: Message, settings: Any) -> None:
    sent = parsed(message)
    bodies = [sent.get_body([kind]).get_content() for kind in ("plain", "html")]
    links = re.findall(r"https?://[^\s\"'<>]+", "".join(bodies))
    assert len(links) == 4
    assert {urlsplit(link).netloc for link in links} == {
        urlsplit(settings.SITE_URL).netloc
    }


def test_the_pass_is_a_picture_in_the_mail_and_a_code_in_words(
    message: Message,
) -> None:
    sent = parsed(message)
    html = sent.get_body(["html"]).get_content()
    (picture,) = (
        part for part in sent.walk() if part.get_content_type() == "image/png"
    )
    code = absolute_url(*PASS["link"]).split("/")[-2]

    assert picture["Content-ID"] == "<pass>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content().startswith(b"\x89PNG")
    assert 'src="cid:pass"' in html
    assert code in sent.get_body(["plain"]).get_content()


def test_the_calendar_entry_is_published_in_utc(message: Message) -> None:
    (part,) = parsed(message).iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "PUBLISH"

    calendar = Calendar.from_ical(part.get_content())
    (entry,) = calendar.events
    assert calendar["METHOD"] == "PUBLISH"
    assert (entry["UID"], entry["SEQUENCE"]) == (CALENDAR["uid"], 2)
    assert entry["SUMMARY"] == CALENDAR["summary"]
    assert entry.start == datetime(2013, 9, 23, 4, tzinfo=UTC)
    assert entry["URL"] == absolute_url("unsubscribe", "c" * 16, 1)
    assert "ATTENDEE" not in entry


def test_the_parts_are_nested_as_mail_programs_expect(message: Message) -> None:
    def tree(part: EmailMessage) -> object:
        kind = part.get_content_type()
        return (
            (kind, [tree(p) for p in part.iter_parts()])
            if part.is_multipart()
            else kind
        )

    related = ("multipart/related", ["text/html", "image/png"])
    alternative = ("multipart/alternative", ["text/plain", related])
    assert tree(parsed(message)) == (
        "multipart/mixed",
        [alternative, "text/calendar"],
    )


def test_a_plain_letter_has_two_parts(event: Event) -> None:
    sent = parsed(make_message(event))
    kinds = [part.get_content_type() for part in sent.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def test_a_name_cannot_add_a_header(event: Event) -> None:
    names = 'Eve" <eve@evil.example>\r\nBcc: all@evil.example'
    message = make_message(event, recipient_name=names, context=context(name=names))
    sent = parsed(message)
    (reader,) = sent["To"].addresses
    assert reader.addr_spec == message.recipient_email
    assert sent["Bcc"] is None
    assert "\n" not in sent["Subject"]


def test_a_very_long_foreign_name_is_folded(event: Event) -> None:
    name = "Ærøskøbing Ångström " * 9
    message = make_message(event, recipient_name=name.strip())
    folded = message_from_bytes(mail.render(message))["To"]
    unfolded = str(make_header(decode_header(folded)))
    assert unfolded == f"{name.strip()} <{message.recipient_email}>"
    assert max(map(len, folded.splitlines())) <= 78


def test_a_domain_with_accents_is_written_in_ascii(event: Event) -> None:
    message = make_message(event, recipient_email="amy@bücher.example")
    assert parsed(message)["To"].addresses[0].domain == "xn--bcher-kva.example"


def test_names_are_escaped_in_html_only(event: Event) -> None:
    sent = parsed(make_message(event, context=context(name="<b>Tom & Jerry</b>")))
    assert "<b>Tom & Jerry</b>" in sent.get_body(["plain"]).get_content()
    assert "&lt;b&gt;Tom &amp; Jerry" in sent.get_body(["html"]).get_content()


def test_the_row_keeps_no_link_that_opens_a_door(message: Message) -> None:
    stored = repr(Message.objects.values().get(pk=message.pk))
    token = absolute_url(*PASS["link"]).split("/")[-2]
    assert token.split(".")[1] not in stored


def test_a_broken_context_is_named_without_its_values(event: Event) -> None:
    message = make_message(event, context={"link": {"link": ["nowhere", "secret", 1]}})
    with pytest.raises(mail.NotRendered, match="^KeyError$"):
        mail.render(message)


def test_the_picture_can_be_scanned_at_arm_s_length(message: Message) -> None:
    (part,) = (p for p in parsed(message).walk() if p.get_content_type() == "image/png")
    header = io.BytesIO(part.get_content()[16:24]).read()
    width, height = (int.from_bytes(header[at : at + 4]) for at in (0, 4))
    assert width == height >= 200
