"""Video and sound: the frame of the file is followed from end to end; what is in the frames is not decoded."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.errors import Invalid

_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash",
                     b"qt  ", b"3gp4", b"3gp5", b"3gp6"})
_SOUND = frozenset({b"M4A ", b"M4B "})
_MPEG1_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2_KBPS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ = (44_100, 48_000, 32_000)
#: Frames in a row that make it sound and not chance.
_IN_A_ROW = 3


def check_mpeg4(data: bytes) -> bool:
    """Whether it is sound alone. Raises Invalid unless its boxes fill the file to the last byte."""
    brand = data[8:12]
    if brand not in _BRANDS | _SOUND:
        raise Invalid(fields={"file": ["file_kind_refused"]})
    if b"moov" not in set(_boxes(data)):
        raise Invalid(fields={"file": ["file_broken"]})
    return brand in _SOUND


def _boxes(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        size, name, head = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16]), 16
        elif size == 0:
            size = len(data) - at
        if size < head or at + size > len(data) or not name.isascii():
            raise Invalid(fields={"file": ["file_broken"]})
        yield name
        at += size


def begins_as_mp3(data: bytes) -> bool:
    """Whether it begins with a tag or a frame of MPEG sound."""
    return data.startswith(b"ID3") or bool(_frame(data, 0))


def check_mp3(data: bytes) -> None:
    """Raises Invalid unless several frames follow each other where the tag says they begin."""
    at = 0
    if data.startswith(b"ID3"):
        size = 0
        for part in data[6:10]:
            size = size << 7 | part & 0x7F
        at = 10 + size
    for _ in range(_IN_A_ROW):
        length = _frame(data, at)
        if not length:
            raise Invalid(fields={"file": ["file_broken"]})
        at += length


def _frame(data: bytes, at: int) -> int:
    """The length of the layer III frame that begins there; 0 where none does."""
    head = int.from_bytes(data[at : at + 4])
    version, layer, rate = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15
    pitch, padding = head >> 10 & 3, head >> 9 & 1
    if len(data) < at + 4 or head >> 21 != 0x7FF or version == 1 or layer != 1 or rate in {0, 15} or pitch == 3:
        return 0
    if version == 3:
        return 144_000 * _MPEG1_KBPS[rate] // _HERTZ[pitch] + padding
    return 72_000 * _MPEG2_KBPS[rate] // (_HERTZ[pitch] // (2 if version == 2 else 4)) + padding
