import io
import json
import logging
import logging.config
import time
from collections.abc import Callable, Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from losers_lounge.links import make_lookup, make_token
from losers_lounge.logs import logging_config, mask

Line = Callable[[Callable[[logging.Logger], None]], dict[str, str]]


@pytest.fixture
def line() -> Iterator[Line]:
    """What a call to a logger writes, read as JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    config = logging_config(stream, "INFO")["formatters"]["json"]
    factory = config.pop("()")
    handler.setFormatter(factory(**config))
    logger = logging.getLogger("lounge.test")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)

    def written(call: Callable[[logging.Logger], None]) -> dict[str, str]:
        call(logger)
        return json.loads(stream.getvalue())

    yield written
    logger.removeHandler(handler)
    logger.propagate = True


def test_a_line_is_one_json_object(line: Line) -> None:
    told = line(lambda logger: logger.warning("mail.refused by %s", "relay"))
    assert told["event"] == "mail.refused by relay"
    assert told["level"] == "warning"
    assert told["logger"] == "lounge.test"
    assert told["timestamp"]


def test_a_link_in_a_line_opens_no_door(line: Line) -> None:
    token = make_token("invitation", make_lookup(), 1)
    told = line(lambda logger: logger.info("GET /i/%s/", token))
    assert token not in told["event"]
    assert token.partition(".")[2] not in told["event"]


def test_an_address_in_a_traceback_is_masked(line: Line) -> None:
    def fail(logger: logging.Logger) -> None:
        try:
            raise ValueError("no mailbox <amy.poehler+lounge@pawnee.example>")
        except ValueError:
            logger.exception("mail.failed")

    told = line(fail)
    assert "pawnee" not in json.dumps(told)
    assert "ValueError" in told["exception"]


@pytest.mark.parametrize(
    "text", ["a@b.example", "Dana <dana@charity.example>, a@b.example", "x='a@b.c'"]
)
def test_addresses_are_masked(text: str) -> None:
    assert "@" not in mask(text)


def test_what_is_no_secret_stays() -> None:
    assert mask("GET /events/losers-lounge/guests/ 200") == (
        "GET /events/losers-lounge/guests/ 200"
    )


@pytest.mark.parametrize("text", ["@{}", "{}@", "@ {}", "/{}.x?@", ".{}@ @"])
def test_a_long_header_is_masked_in_a_moment(text: str) -> None:
    """Anybody may send 8 KB as a user agent; it stands in a line of every request."""
    long = text.format("a" * 40_000)
    began = time.process_time()
    assert mask(long)
    assert time.process_time() - began < 0.5


def test_a_second_configuration_parts_no_logger_from_its_capture() -> None:
    """A logger keeps the list of its first line: all must be handed the same."""
    logger = structlog.get_logger("lounge.capture")
    logger.warning("first")
    logging_config(io.StringIO(), "INFO")
    with capture_logs() as lines:
        logger.warning("second")
    assert [line["event"] for line in lines] == ["second"]
