"""What comes back: mail that was returned, delayed, or called spam.

A mailbox (`mailboxes`) or a provider's webhook (`providers`) brings it, `reports` and
`providers` read it, `records` says what it means for the mail it is about.

Anybody can write to a mailbox. A report from there that carries our Message-ID, which
only the mail's readers know, counts in full. One that does not can make one mail, the
newest to that address, "came back", and nothing else: never a complaint, for that
would silence a guest for ever.
"""

from events.bounces.mailboxes import MailboxDown, read
from events.bounces.records import record
from events.bounces.reports import Kind, Report, parse

__all__ = ["Kind", "MailboxDown", "Report", "parse", "read", "record"]
