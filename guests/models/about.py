"""How mails of the outbox say which invitation they are about."""

INVITATION = "invitation/"


def about_invitation(pk: int) -> str:
    """The mark of this invitation's mails; for lists, which have ids alone."""
    return f"{INVITATION}{pk}"
