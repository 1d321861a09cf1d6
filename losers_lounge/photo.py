"""A photo as it is kept: a small JPEG without what its camera knew.

Whatever comes is read by Pillow and written anew, so that nothing but a picture is
ever stored: no place, no name of a phone, nothing hidden behind the last pixel.
"""

import io
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from PIL import Image, ImageOps

MAX_BYTES = 5 * 1024 * 1024
MAX_SIDE = 1600
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
# A JPEG is made smaller while it is read; the others stand in memory whole.
MAX_PIXELS = 24_000_000
MAX_JPEG_PIXELS = 60_000_000
MAX_PROPORTION = 20
# A progressive JPEG has ten scans; each, of a few bytes, goes over every pixel again.
SCAN = b"\xff\xda"
MAX_SCANS = 200
TOO_MANY_PIXELS = gettext_noop("This picture has too many pixels. Take a smaller one.")


class NotAPhoto(Exception):
    """Nothing was kept; the text says why, for the one who took it."""


def as_jpeg(file: BinaryIO, size: int) -> bytes:
    """This upload as a JPEG of at most 1,600 pixels a side. Raises NotAPhoto."""
    if size > MAX_BYTES:
        raise NotAPhoto(_("This photo is larger than 5 MB. Take a smaller one."))
    if file.read().count(SCAN) > MAX_SCANS:
        raise NotAPhoto(_("This is not a photo from a camera. Take another one."))
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as picture:
            _check_size(picture)
            return _written(picture)
    except NotAPhoto:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPhoto(_(TOO_MANY_PIXELS)) from error
    except Exception as error:
        # A decoder fails on odd bytes in as many ways as there are bytes.
        text = _("We cannot read this photo: use a JPEG, PNG or WebP.")
        raise NotAPhoto(text) from error


def _check_size(picture: Image.Image) -> None:
    """Before a single pixel is unpacked: a small file may hold a giant."""
    width, height = picture.size
    most = MAX_JPEG_PIXELS if picture.format == "JPEG" else MAX_PIXELS
    is_strip = max(width, height) > MAX_PROPORTION * min(width, height)
    if width * height > most or is_strip:
        raise NotAPhoto(_(TOO_MANY_PIXELS))


def _written(picture: Image.Image) -> bytes:
    picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    # What is clear in a PNG would be black.
    flat = Image.new("RGB", upright.size, "white")
    flat.paste(upright, mask=upright)
    kept = io.BytesIO()
    flat.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return kept.getvalue()
