"""One JSON line per event, without names, addresses or tokens."""

import re
from typing import Any, TextIO

import structlog

# /i/<lookup>.<mac>/ and its kin: the lookup may be told, the mac may not.
TOKEN = re.compile(r"(/[A-Za-z0-9_-]{8,})\.[A-Za-z0-9_-]{20,}")
RESET_KEY = re.compile(r"(/password/reset/key/)[^/\s]+")
# What was searched for: names, mostly.
QUERY = re.compile(r"(?<=[\w/])\?[^\s\"']+")
# PostgreSQL adds the whole row to its refusal.
DETAIL = re.compile(r"DETAIL:.*?(?=\n\n|\Z)", re.DOTALL)
# It begins where a word does: tried at every letter, a stranger's long header would
# keep a process busy for its length squared.
_BETWEEN = r"\s\"'<>,;:()="
ADDRESS = re.compile(rf"(?<![^{_BETWEEN}])[^{_BETWEEN}]+@[^{_BETWEEN}]+")

# What each line is told, whoever begins it.
EVERY_LINE = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
)


# One list for all: structlog's loggers keep the one that they first met, and a second
# configuration would part them.
LINES = [
    structlog.stdlib.filter_by_level,
    *EVERY_LINE,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]


def mask(text: str) -> str:
    """Hide what opens a door and who somebody is; the rest of the line stays."""
    # Most strings hold none of it, and every request writes two lines.
    if "." in text:
        text = TOKEN.sub(r"\1.[masked]", text)
    if "/password/" in text:
        text = RESET_KEY.sub(r"\1[masked]", text)
    if "?" in text:
        text = QUERY.sub("?[masked]", text)
    if "DETAIL:" in text:
        text = DETAIL.sub("DETAIL: [masked]", text)
    return ADDRESS.sub("[address]", text) if "@" in text else text


def mask_values(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A structlog processor over every string of the line, tracebacks included."""
    return {key: _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner) for inner in value]
    return value


def logging_config(stream: TextIO, level: str) -> dict[str, Any]:
    """Django's LOGGING: structlog's lines and the standard library's, as one kind."""
    _set_up_structlog()
    handler = {"class": "logging.StreamHandler", "stream": stream, "formatter": "json"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": _json_lines()},
        "handlers": {"stderr": handler},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": [], "propagate": False},
            # Two lines for each question; what came of it is a line of ours.
            "stripe": {"level": "WARNING"},
        },
    }


def _set_up_structlog() -> None:
    """It hands its lines to the standard library, which writes them."""
    structlog.configure(
        processors=LINES,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _json_lines() -> dict[str, Any]:
    """The formatter of both kinds."""
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": EVERY_LINE,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            mask_values,
            structlog.processors.JSONRenderer(),
        ],
    }
