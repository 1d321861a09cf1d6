"""A photo of a statue: whatever comes, only a small picture is kept."""

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from events.models import Event
from guests.models import Guest, TrophyPhoto
from guests.views.door import access
from losers_lounge import photo
from losers_lounge.throttle import Throttle
from tests.conftest import signed_in
from tests.factories import make_event, make_member
from tests.guests.devices import make_phone
from tests.guests.doorstep import address
from tests.guests.statues import make_winner_of, moves, picture, receive

GPS = 0x8825
ORIENTATION = 0x0112


def kept(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photo.as_jpeg(io.BytesIO(data), len(data))))


def refused(data: bytes) -> str:
    with pytest.raises(photo.NotAPhoto) as refusal:
        photo.as_jpeg(io.BytesIO(data), len(data))
    return str(refusal.value)


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that says it is as wide and as high as that."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000)
    parts = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


@pytest.mark.parametrize("kind", photo.FORMATS)
def test_a_photo_becomes_a_jpeg_of_sixteen_hundred_pixels(kind: str) -> None:
    seen = kept(picture((2400, 1200), kind))

    assert (seen.format, seen.size) == ("JPEG", (1600, 800))


def test_what_the_camera_knew_is_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "A phone"
    exif.get_ifd(GPS)[1] = "N"
    exif[ORIENTATION] = 6

    seen = kept(picture((80, 60), "JPEG", exif=exif, comment=b"hello"))

    assert seen.size == (60, 80), "it stands upright"
    assert not dict(seen.getexif())
    assert not {"exif", "comment", "icc_profile", "xmp"} & seen.info.keys()


def test_a_photo_whose_pixels_are_drawn_a_thousand_times_is_refused() -> None:
    """Each of these scans is eleven bytes long, and goes over every pixel."""
    whole = picture((640, 480), "JPEG", progressive=True)
    start = whole.rindex(photo.SCAN)
    length = 2 + int.from_bytes(whole[start + 2 : start + 4])
    scans = (whole[start : start + length] + b"\0") * 1000
    assert "not a photo from a camera" in refused(whole[:-2] + scans + whole[-2:])
    assert kept(whole).size == (640, 480)


def test_what_is_clear_is_white() -> None:
    data = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(data, "PNG")

    assert min(kept(data.getvalue()).getpixel((1, 1))) > 250


@pytest.mark.parametrize("side", [5_000, 12_000, 60_000])
def test_a_small_file_that_holds_a_giant_is_refused_unopened(side: int) -> None:
    assert "too many pixels" in refused(bomb(side))


def test_a_strip_of_pixels_is_refused() -> None:
    assert "too many pixels" in refused(picture((4000, 4)))


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b"GIF89a" + b"\0" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"%PDF-1.7\n" * 9,
        picture()[:40],
        picture(kind="JPEG")[:200],
        bomb(100)[:60],
        bytes(range(256)) * 10,
    ],
)
def test_what_is_no_photo_is_refused_in_words(data: bytes) -> None:
    assert "read this photo" in refused(data)


def test_a_file_beyond_five_megabytes_is_refused() -> None:
    assert "5 MB" in refused(b"\0" * (photo.MAX_BYTES + 1))


@pytest.fixture
def winner(event: Event) -> Guest:
    return make_winner_of(event)


def upload(data: bytes, name: str = "x.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def test_a_statue_is_taken_in_with_its_photo(door: Client, winner: Guest) -> None:
    said = {"tag": "A7", "photo": upload(picture())}
    response = door.post(address(winner, "trophy_receive"), said)

    assert response.status_code == 302
    trophy = winner.trophies.get()
    assert moves(trophy) == ["received", "photo"]
    page = door.get(reverse("guests:trophy", args=[trophy.event.slug, trophy.pk]))
    address_of = reverse(
        "guests:trophy_photo", args=[trophy.event.slug, trophy.photos.get().pk]
    )
    assert address_of in page.content.decode()


@pytest.mark.parametrize("data", [b"", b"x", bomb(12_000), b"\0" * 5_300_000])
def test_a_bad_photo_is_said_at_its_field_and_takes_nothing_in(
    door: Client, winner: Guest, data: bytes
) -> None:
    said = {"tag": "A7", "shelf": "top", "photo": upload(data)}
    response = door.post(address(winner, "trophy_receive"), said)

    assert response.status_code == 422
    assert "id_photo_error" in response.content.decode()
    assert 'value="top"' in response.content.decode(), "what was typed is kept"
    assert not winner.trophies.exists()


def test_a_phone_cannot_flood_the_desk_with_pictures(
    winner: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that are refused: each is unpacked. Who sends none is not counted."""
    own = access.PICTURES
    monkeypatch.setattr(access, "PICTURES", Throttle(own.purpose, 2, own.seconds))
    phone, url = make_phone(winner.event, "trophies"), address(winner, "trophy_receive")
    bad = [phone.post(url, {"photo": upload(b"x")}).status_code for _ in range(3)]
    assert bad == [422, 422, 429]
    assert phone.post(url, {"tag": "A7"}).status_code == 302


def test_another_photo_is_added_until_there_are_enough(
    door: Client, winner: Guest
) -> None:
    trophy = receive(winner)
    url = reverse("guests:trophy_photo_add", args=[trophy.event.slug, trophy.pk])
    statuses = [
        door.post(url, {"photo": upload(picture())}).status_code for _ in range(9)
    ]

    assert statuses == [302] * 8 + [409]
    assert door.post(url, {}).status_code == 422
    assert "Take a photo first." in door.post(url, {}).content.decode()


def test_a_photo_is_for_the_team_and_stays_in_no_cache(
    door: Client, event: Event, winner: Guest, anonymous: Client, stranger: Client
) -> None:
    receive(winner, photo=photo.as_jpeg(io.BytesIO(picture()), 1))
    url = reverse(
        "guests:trophy_photo", args=[event.slug, TrophyPhoto.objects.get().pk]
    )

    response = door.get(url)

    assert response["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(response.content)).format == "JPEG"
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert anonymous.get(url).status_code == 302
    assert stranger.get(url).status_code == 404
    other = make_event()
    foreign = reverse(
        "guests:trophy_photo", args=[other.slug, TrophyPhoto.objects.get().pk]
    )
    assert signed_in(make_member(other)).get(foreign).status_code == 404


def test_a_board_with_photos_reads_none_of_them(
    door: Client, event: Event, winner: Guest, django_assert_max_num_queries: Any
) -> None:
    receive(winner, photo=photo.as_jpeg(io.BytesIO(picture()), 1))
    with django_assert_max_num_queries(20) as seen:
        door.get(reverse("guests:trophies", args=[event.slug]))
        trophy = winner.trophies.get()
        door.get(reverse("guests:trophy", args=[event.slug, trophy.pk]))
    assert not any('"jpeg"' in query["sql"] for query in seen.captured_queries)
