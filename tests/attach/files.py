"""Files of every kind, made in a few lines: sound ones, and what people send who mean harm."""

from __future__ import annotations

import io
import zipfile
import zlib

from openpyxl import Workbook
from PIL import Image
from PIL.ExifTags import GPS, IFD
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def picture(kind: str = "JPEG", size: tuple[int, int] = (24, 16), colour: str = "orange") -> bytes:
    """A plain picture."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def photograph() -> bytes:
    """One that says where it was taken, on its side."""
    taken = Image.new("RGB", (24, 16), "green")
    exif = taken.getexif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (26.0, 4.0, 30.0)
    out = io.BytesIO()
    taken.save(out, "JPEG", exif=exif, comment=b"hidden words")
    return out.getvalue()


def huge_png(side: int = 20_000) -> bytes:
    """A PNG of that many pixels a side in a few hundred bytes, its data never finished."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    head = side.to_bytes(4) * 2 + b"\x08\x02\x00\x00\x00"
    data = zlib.compress(bytes(3 * side))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def pdf(*, script: str = "", file: bytes = b"", password: str = "") -> bytes:
    """A document of one empty page."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    if script:
        act = DictionaryObject()
        act[NameObject("/S")], act[NameObject("/JS")] = NameObject("/JavaScript"), TextStringObject(script)
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(act)
    if file:
        writer.add_attachment("payload.exe", file)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def workbook() -> bytes:
    """A sheet of one cell."""
    out, book = io.BytesIO(), Workbook()
    book.active["A1"] = "办理台账"
    book.save(out)
    return out.getvalue()


def package(parts: dict[str, bytes | str], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def document(**more: bytes | str) -> bytes:
    """A DOCX as small as can be, with these parts too (`__` in a name is a slash)."""
    parts = {"[Content_Types].xml": "<Types/>", "_rels/.rels": RELATIONS.format(""), "word/document.xml": "<w/>"}
    return package(parts | {name.replace("__", "/"): data for name, data in more.items()})


def mpeg4(brand: bytes = b"isom", *, rest: bytes = b"") -> bytes:
    """The frame of a video."""

    def box(name: bytes, data: bytes) -> bytes:
        return (len(data) + 8).to_bytes(4) + name + data

    return box(b"ftyp", brand + bytes(4) + brand) + box(b"moov", bytes(16)) + box(b"mdat", bytes(64)) + rest


def mp3() -> bytes:
    """Four frames of silence, 128 kbit/s at 44.1 kHz, after a tag."""
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    return b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + frame * 4
