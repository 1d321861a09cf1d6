"""Reports as mail servers write them."""

from events.models import Message


def bounce(
    message: Message,
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "smtp; 550 5.1.1 no such user",
    returned: bool = True,
    recipient: str = "",
) -> bytes:
    """A delivery report (RFC 3464) about this mail, as Postfix makes it."""
    recipient = recipient or message.recipient_email
    lines = [
        "Return-Path: <>",
        "From: MAILER-DAEMON@relay.example",
        "To: lounge@lounge.example",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        "Content-Type: multipart/report; report-type=delivery-status;",
        ' boundary="b1"',
        "",
        "--b1",
        "Content-Type: text/plain",
        "",
        "I'm sorry to have to inform you ...",
        "--b1",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; relay.example",
        "Arrival-Date: Sat, 21 Nov 2026 06:00:00 +0000",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        f"Original-Recipient: rfc822;{recipient}",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: {words}",
        "",
    ]
    if returned:
        lines += ["--b1", "Content-Type: text/rfc822-headers", "", *headers(message)]
    return "\r\n".join([*lines, "--b1--", ""]).encode()


def complaint(message: Message, returned: bool = True) -> bytes:
    """Somebody pressed "spam" (RFC 5965)."""
    lines = [
        "From: feedback@mail.example",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b1"',
        "",
        "--b1",
        "Content-Type: text/plain",
        "",
        "This is an email abuse report.",
        "--b1",
        "Content-Type: message/feedback-report",
        "",
        "Feedback-Type: abuse",
        "User-Agent: SomeGenerator/1.0",
        "Version: 1",
        f"Original-Rcpt-To: <{message.recipient_email}>",
        "",
    ]
    if returned:
        whole = [*headers(message), "Hello"]
        lines += ["--b1", "Content-Type: message/rfc822", "", *whole]
    return "\r\n".join([*lines, "--b1--", ""]).encode()


def headers(message: Message) -> list[str]:
    return [
        "From: Losers Lounge <lounge@lounge.example>",
        f"To: {message.recipient_name} <{message.recipient_email}>",
        "Subject: You are invited",
        f"Message-ID: {message.message_id}",
        "",
    ]
