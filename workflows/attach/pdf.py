"""PDF: refused where it is locked, broken, or does something of its own accord when opened."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from workflows.errors import Invalid

MOST_OBJECTS = 30_000
#: Keys and names of actions that run something, fetch something, or carry files and forms of another kind.
_KEYS = frozenset({"/JavaScript", "/JS", "/AA", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"})
_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie"}
)
_BROKEN = (
    PyPdfError, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, AssertionError,
    NotImplementedError, ArithmeticError, MemoryError,
)


def check(data: bytes) -> None:
    """Raises Invalid unless every object of the document only shows something."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise _refused("file_locked")
        if not len(reader.pages):
            raise _refused("file_broken")
        if any(map(_acts, _objects(reader))):
            raise _refused("file_active")
    except _BROKEN:
        raise _refused("file_broken") from None


def _objects(reader: PdfReader) -> Iterator[Any]:
    known = {(number, generation) for generation, found in reader.xref.items() for number in found}
    known |= {(number, 0) for number in reader.xref_objStm}
    if len(known) > MOST_OBJECTS:
        raise _refused("file_bomb")
    yield reader.trailer
    for number, generation in sorted(known):
        yield reader.get_object(IndirectObject(number, generation, reader))


def _acts(found: Any) -> bool:
    """Whether it, or what is written inside it, is an action. What it only points at is looked at by itself."""
    if isinstance(found, DictionaryObject):
        inside = [found.raw_get(key) for key in found]
        return not _KEYS.isdisjoint(found) or found.get("/S") in _ACTIONS or any(map(_acts, inside))
    if isinstance(found, ArrayObject):
        return any(map(_acts, list.__iter__(found)))
    return False


def _refused(code: str) -> Invalid:
    return Invalid(fields={"file": [code]})
