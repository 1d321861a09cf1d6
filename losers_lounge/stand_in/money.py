"""Amounts in minor units: how they are written and what Stripe keeps of them."""

ZERO_DECIMAL = {
    "bif",
    "clp",
    "djf",
    "gnf",
    "jpy",
    "kmf",
    "krw",
    "mga",
    "pyg",
    "rwf",
    "vnd",
    "vuv",
    "xaf",
    "xof",
    "xpf",
}
THREE_DECIMAL = {"bhd", "jod", "kwd", "omr", "tnd"}
SYMBOLS = {"eur": "€", "gbp": "£", "jpy": "¥", "usd": "$"}

FEE_PER_MILLE = 29
FEE_FIXED = 30
SMALLEST_CHARGE = 50
LARGEST_CHARGE = 99_999_999


def written(amount: int, currency: str) -> str:
    """An amount for people: `$1,000.00`, `¥1,000`, `1.000 KWD`."""
    digits = decimals(currency)
    whole, part = divmod(abs(amount), 10**digits)
    number = f"{whole:,}" + (f".{part:0{digits}d}" if digits else "")
    sign = "-" if amount < 0 else ""
    if currency in SYMBOLS:
        return f"{sign}{SYMBOLS[currency]}{number}"
    return f"{sign}{number} {currency.upper()}"


def decimals(currency: str) -> int:
    """How many digits of the minor unit stand after the point."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def processing_fee(amount: int) -> int:
    """2.9 % rounded half up, and thirty of the minor unit."""
    return (amount * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED
