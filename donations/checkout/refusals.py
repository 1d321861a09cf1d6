"""Why there is no payment page to show."""


class CheckoutFailed(Exception):
    """There is no payment page to show; the text says why, for the donor to read."""


class AlreadySettled(CheckoutFailed):
    """The donation was paid, or its money is being looked at."""


class CheckoutUnavailable(CheckoutFailed):
    """Stripe does not answer. Nothing was charged; the same press may be repeated."""


class CheckoutRefused(CheckoutFailed):
    """Stripe would not take it, today or tomorrow."""
