"""Pictures are decoded and encoded anew: what is not pixels (place, camera, comments, hidden files) stays behind."""

from __future__ import annotations

import io
import struct
from threading import Lock

from PIL import Image, ImageOps

from workflows.errors import Invalid

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
EXTENSIONS = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",), "WEBP": (".webp",)}
_QUALITY = 90
#: What Pillow raises on broken files.
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, OverflowError)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
#: One picture at a time in a process: decoded, it takes up to four bytes a pixel.
_one_at_a_time = Lock()


def begins(data: bytes) -> bool:
    """Whether it begins as one of the three."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def encoded_anew(data: bytes, most_pixels: int) -> tuple[str, bytes, tuple[int, int]]:
    """Format, bytes, and (width, height) of the picture turned upright; of a moving one, the first frame.

    Raises Invalid where it is broken, or has more than `most_pixels`, before any is decoded.
    """
    try:
        with _one_at_a_time, Image.open(io.BytesIO(data), formats=tuple(TYPES)) as picture:
            if picture.width * picture.height > most_pixels:
                raise Invalid(fields={"file": ["picture_too_large"]})
            return _encoded(picture)
    except _BOMBS:
        raise Invalid(fields={"file": ["picture_too_large"]}) from None
    except _BROKEN:
        raise Invalid(fields={"file": ["file_broken"]}) from None


def _encoded(picture: Image.Image) -> tuple[str, bytes, tuple[int, int]]:
    kind = str(picture.format)
    upright = ImageOps.exif_transpose(picture)
    clear = upright.has_transparency_data and kind != "JPEG"
    plain = upright.convert("RGBA" if clear else "RGB")
    plain.info = {}
    out = io.BytesIO()
    plain.save(out, kind, quality=_QUALITY)
    return kind, out.getvalue(), plain.size
