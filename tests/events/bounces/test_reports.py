import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.bounces import Kind, parse
from events.models import Message
from tests.events.bounces.letters import bounce, complaint

JON = Message(
    recipient_name="Jon Hamm",
    recipient_email="jon@mail.example",
    message_id="<0123@lounge.example>",
)


def test_a_failure_is_read_with_its_mail_and_its_reason() -> None:
    report = parse(bounce(JON))
    assert report.kind == Kind.FAILED
    assert report.message_id == JON.message_id
    assert report.recipient == report.sent_to == "jon@mail.example"
    assert report.code == "5.1.1"
    assert report.words == "550 5.1.1 no such user"
    assert not report.is_trusted


def test_a_delay_is_not_a_failure() -> None:
    report = parse(bounce(JON, action="delayed", status="4.4.1"))
    assert (report.kind, report.code) == (Kind.DELAYED, "4.4.1")


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "nonsense"])
def test_good_news_is_no_report(action: str) -> None:
    assert parse(bounce(JON, action=action)) is None


def test_a_complaint_is_read_with_its_mail() -> None:
    report = parse(complaint(JON))
    assert report.kind == Kind.COMPLAINT
    assert report.message_id == JON.message_id
    assert report.recipient == "jon@mail.example"


def test_a_report_that_returns_nothing_names_the_recipient_alone() -> None:
    report = parse(bounce(JON, returned=False))
    assert (report.message_id, report.recipient) == ("", "jon@mail.example")


def test_the_whole_mail_may_have_been_returned() -> None:
    """The Message-ID inside counts, not that of the report."""
    whole = bounce(JON).replace(b"text/rfc822-headers", b"message/rfc822")
    report = parse(b"Message-ID: <of-the-report@relay.example>\r\n" + whole)
    assert report.message_id == JON.message_id


def test_of_a_report_about_many_the_first_counts() -> None:
    """A forged one could name everybody."""
    more = b"\r\n".join(
        b"Final-Recipient: rfc822; guest%d@mail.example\r\nAction: failed\r\n" % number
        for number in range(1000)
    )
    report = parse(bounce(JON).replace(b"Reporting-MTA", more + b"\r\nReporting-MTA"))
    assert report.recipient == "guest0@mail.example"


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: Out of office\r\n\r\nI am away",
        b"Content-Type: multipart/report\r\n\r\nno boundary",
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\n--b--",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" * 2000,
        b"".join(
            b'Content-Type: multipart/report; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
            for n in range(3000)
        ),
        b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        b"Content-Type: multipart/report; boundary=b; charset=\xff\r\n\r\n--b\r\n"
        b"Content-Type: text/rfc822-headers; charset=none\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--b--",
    ],
)
def test_what_is_no_report_is_none(mail: bytes) -> None:
    assert parse(mail) is None


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([bounce, complaint]))
def test_a_mangled_report_is_read_or_left_but_never_fatal(
    chance: random.Random, make: object
) -> None:
    mail = bytearray(make(JON))
    for _ in range(chance.randint(1, 12)):
        start = chance.randrange(len(mail))
        end = start + chance.randint(0, 30)
        mail[start:end] = bytes(chance.choices(b'\x00\xff\r\n:;<>=?"-b1 ', k=5))
    report = parse(bytes(mail))
    assert report is None or isinstance(report.recipient + report.words, str)
