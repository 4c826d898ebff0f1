"""What a file is, by what is in it and never by its name; what is not on the list, or not sound, is refused.

On the list: JPEG, PNG and WebP pictures, PDF, DOCX and XLSX without macros, MP4 video, M4A and MP3 sound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workflows.attach import media, office, pdf, pictures
from workflows.errors import Invalid


@dataclass(frozen=True)
class Found:
    """A file looked through: its kind, the endings its name may have, and what will be kept of it."""

    media_type: str
    extensions: tuple[str, ...]
    kept: bytes
    width: int | None = None
    height: int | None = None


def look_through(data: bytes, most_pixels: int) -> Found:
    """What is to be kept of a file. Raises Invalid for what is not on the list, broken, or dangerous."""
    for begins, look in _LOOKS:
        if begins(data):
            return look(data, most_pixels)
    raise Invalid(fields={"file": ["file_kind_refused"]})


def _picture(data: bytes, most_pixels: int) -> Found:
    kind, kept, (width, height) = pictures.encoded_anew(data, most_pixels)
    return Found(pictures.TYPES[kind], pictures.EXTENSIONS[kind], kept, width, height)


def _pdf(data: bytes, _most_pixels: int) -> Found:
    pdf.check(data)
    return Found("application/pdf", (".pdf",), data)


def _office(data: bytes, _most_pixels: int) -> Found:
    kind = office.kind_of(data)
    return Found(office.TYPES[kind], (f".{kind}",), data)


def _mpeg4(data: bytes, _most_pixels: int) -> Found:
    sound = media.check_mpeg4(data)
    return Found("audio/mp4", (".m4a",), data) if sound else Found("video/mp4", (".mp4", ".m4v"), data)


def _mp3(data: bytes, _most_pixels: int) -> Found:
    media.check_mp3(data)
    return Found("audio/mpeg", (".mp3",), data)


_LOOKS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes, int], Found]], ...] = (
    (pictures.begins, _picture),
    (lambda data: data.startswith(b"%PDF-"), _pdf),
    (lambda data: data.startswith(b"PK\x03\x04"), _office),
    (lambda data: data[4:8] == b"ftyp", _mpeg4),
    (media.begins_as_mp3, _mp3),
)
