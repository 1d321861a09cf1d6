"""Static files as the embedded lounge hands them out, which has collected none."""

import gzip
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from losers_lounge.static_files import ServeStaticFiles

# Nothing is stored; the end of an answer looks after its connections.
pytestmark = pytest.mark.django_db
SHEET = "/static/css/site.css"


@pytest.fixture
def served() -> Iterator[ServeStaticFiles]:
    with override_settings(WHITENOISE_USE_FINDERS=True, STATIC_ROOT=None):
        yield ServeStaticFiles(page)


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a secret and what a stranger typed " * 100)


def get(served: ServeStaticFiles, path: str, **asked: str) -> HttpResponse:
    """The answer as a server sends it: read to its end, and closed."""
    request = RequestFactory().get(path, headers={"Accept-Encoding": "gzip", **asked})
    answer = served(request)
    body = b"".join(answer)
    answer.close()
    return HttpResponse(body, status=answer.status_code, headers=dict(answer.items()))


def test_a_style_sheet_travels_compressed_and_arrives_whole(
    served: ServeStaticFiles,
) -> None:
    packed = get(served, SHEET)
    plain = get(served, SHEET, **{"Accept-Encoding": "identity"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) * 3 < len(plain.content)


def test_a_part_of_a_file_is_left_as_it_is(served: ServeStaticFiles) -> None:
    part = get(served, SHEET, Range="bytes=0-99")
    assert (part.status_code, len(part.content)) == (206, 100)


def test_a_page_is_never_compressed(served: ServeStaticFiles) -> None:
    assert not get(served, "/").has_header("Content-Encoding")


def test_what_was_collected_comes_as_it_was_collected(
    served: ServeStaticFiles,
) -> None:
    with override_settings(WHITENOISE_USE_FINDERS=False):
        assert not get(served, SHEET).has_header("Content-Encoding")
