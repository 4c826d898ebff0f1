"""DOCX and XLSX: packages of parts. Refused with macros, embedded programs, links that load themselves, or as bombs."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from workflows.errors import Invalid

_VND = "application/vnd.openxmlformats-officedocument."
TYPES = {"docx": f"{_VND}wordprocessingml.document", "xlsx": f"{_VND}spreadsheetml.sheet"}
_MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
MOST_PARTS = 2_000
#: Of all parts unpacked, and of one part we read ourselves.
MOST_UNPACKED, MOST_READ = 200 * 1024 * 1024, 2 * 1024 * 1024
#: Macros, controls, whatever lies inside as a file of its own, other workbooks that are read in.
_ACTIVE = re.compile(
    r"vba|macro|activex|/embeddings/|/externallinks/|oleobject|\.(bin|exe|dll|js|vbs|ps1)$", re.IGNORECASE
)
_PRINTER = re.compile(r"printersettings\d*\.bin$", re.IGNORECASE)
#: A relation to the outside that waits for a click; every other one is followed when the file is opened.
_LINK = "/hyperlink"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError, KeyError)


def kind_of(data: bytes) -> str:
    """`docx` or `xlsx`. Raises Invalid for any other archive, a broken one, and what is dangerous in one of these."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _looked_through(package)
    except _BROKEN:
        raise _refused("file_broken") from None


def _looked_through(package: zipfile.ZipFile) -> str:
    parts = package.infolist()
    names = [part.filename for part in parts]
    kind = next((kind for kind, main in _MAIN.items() if main in names and "[Content_Types].xml" in names), None)
    if kind is None:
        raise _refused("file_kind_refused")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _refused("file_bomb")
    if len(set(names)) < len(names) or any(part.flag_bits & 1 for part in parts) or any(map(_leads_out, names)):
        raise _refused("file_broken")
    if any(_ACTIVE.search(name) and not _PRINTER.search(name) for name in names):
        raise _refused("file_active")
    if b"macroEnabled" in _read(package, "[Content_Types].xml"):
        raise _refused("file_active")
    if any(_loads_from_outside(_read(package, name)) for name in names if name.endswith(".rels")):
        raise _refused("file_active")
    return kind


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name


def _read(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        found = part.read(MOST_READ + 1)
    if len(found) > MOST_READ:
        raise _refused("file_bomb")
    return found


def _loads_from_outside(relations: bytes) -> bool:
    try:
        root = fromstring(relations, forbid_dtd=True)
    except (ParseError, DefusedXmlException):
        raise _refused("file_broken") from None
    return any(
        line.get("TargetMode", "").lower() == "external" and not line.get("Type", "").endswith(_LINK) for line in root
    )


def _refused(code: str) -> Invalid:
    return Invalid(fields={"file": [code]})
