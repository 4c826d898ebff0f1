"""Files as rows of text: CSV in the encodings the field uses, XLSX read with its traps shut.

A row's number is the one a spreadsheet shows: the header is row 1. Rows without any text are passed over.
"""

from __future__ import annotations

import codecs
import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO, Protocol

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from workflows.errors import Invalid

MOST_ROWS = 2_000_000
MOST_COLUMNS = 200
MOST_LETTERS = 200_000
"""Of one cell. The longest real request seen has 9,000; Excel stops at 32,767."""

#: What a small archive may unfold to, and how far: a spreadsheet of text shrinks to a tenth, a bomb to a thousandth.
MOST_UNPACKED = 400 * 1024 * 1024
MOST_UNPACKED_RATIO = 200
MOST_PARTS = 1_000

ENCODINGS = ("utf-8-sig", "gb18030")
DELIMITERS = (",", "\t", ";", "|")
_BLOCK = 1 << 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Cells = list[str]


class Table(Protocol):
    """A file opened for reading."""

    header: tuple[str, ...]

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Row number and cells, from the row below the header on; may be asked for again."""

    def count(self) -> int | None:
        """How many rows of data there are, or None where only reading would tell."""


def open_table(stream: BinaryIO) -> Table:
    """Read the header of a CSV or XLSX file, whichever it is by its first bytes.

    Raises Invalid: `file_empty`, `file_old_excel` (also encrypted workbooks), `file_encoding`, `file_broken`,
    `file_too_big`, `file_columns_many`.
    """
    stream.seek(0)
    start = stream.read(4)
    if not start:
        raise Invalid("file_empty")
    if start == _OLE:
        raise Invalid("file_old_excel")
    table = Workbook(stream) if start == _ZIP else Csv(stream)
    if any("\x00" in heading for heading in table.header):
        raise Invalid("file_broken")  # not text: NUL cannot be stored
    if not any(table.header):
        raise Invalid("file_empty")
    if len(table.header) > MOST_COLUMNS:
        raise Invalid("file_columns_many")
    return table


def _numbered(records: Iterator[Sequence[Any]]) -> Iterator[tuple[int, Cells]]:
    """Records below the header as numbered rows of text."""
    for number, record in enumerate(records, start=2):
        if number > MOST_ROWS + 1:
            raise Invalid("file_rows_many")
        cells = [cell if type(cell) is str else _text(cell) for cell in record]
        if any(cell and not cell.isspace() for cell in cells):
            yield number, cells


def _text(value: object) -> str:
    """A spreadsheet's value as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


@dataclass
class Csv:
    """A CSV file: its encoding found by trying, its delimiter by the header."""

    stream: BinaryIO

    def __post_init__(self) -> None:
        self.encoding = _encoding(self.stream)
        self.delimiter = max(DELIMITERS, key=lambda d: len(self._first(d)))
        self.header = tuple(self._first(self.delimiter))

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Row number and cells."""
        return _numbered(islice(self._records(self.delimiter), 1, None))

    def count(self) -> int:
        """How many rows of data there are."""
        return sum(1 for _ in self.rows())

    def _first(self, delimiter: str) -> Cells:
        return [cell.strip() for cell in next(self._records(delimiter), [])]

    def _records(self, delimiter: str) -> Iterator[Cells]:
        self.stream.seek(0)
        text = io.TextIOWrapper(self.stream, encoding=self.encoding, newline="")
        csv.field_size_limit(MOST_LETTERS)
        try:
            yield from csv.reader(text, delimiter=delimiter)
        except (csv.Error, UnicodeError) as error:
            raise Invalid("file_broken") from error
        finally:
            text.detach()


def _encoding(stream: BinaryIO) -> str:
    """The first encoding in which the whole file is text."""
    stream.seek(0)
    if stream.read(2) in _UTF_16:
        return "utf-16"
    for name in ENCODINGS:
        if _is_text(stream, name):
            return name
    raise Invalid("file_encoding")


def _is_text(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while block := stream.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@dataclass
class Workbook:
    """The first sheet of an XLSX workbook, values as they were last calculated."""

    stream: BinaryIO

    def __post_init__(self) -> None:
        _check_archive(self.stream)
        self.header = tuple(_text(cell).strip() for cell in next(self._records(), ()))

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Row number and cells."""
        return _numbered(islice(self._records(), 1, None))

    def count(self) -> int | None:
        """The size the sheet itself states; some programs state none, or count empty rows."""
        with closing(self._open()) as book:
            last = book.worksheets[0].max_row
        return max(last - 1, 0) if last else None

    def _records(self) -> Iterator[Sequence[Any]]:
        with closing(self._open()) as book:
            try:
                yield from book.worksheets[0].iter_rows(values_only=True)
            except _BROKEN as error:
                raise Invalid("file_broken") from error

    def _open(self) -> Any:
        self.stream.seek(0)
        try:
            book = load_workbook(self.stream, read_only=True, data_only=True, keep_links=False)
        except _BROKEN as error:
            raise Invalid("file_broken") from error
        if not book.worksheets:
            raise Invalid("file_empty")
        return book


#: What a damaged or hostile workbook raises on its way through zip, XML and openpyxl.
_BROKEN = (
    zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError,
    OSError, SyntaxError, NotImplementedError, struct.error, zlib.error,
)


def _check_archive(stream: BinaryIO) -> None:
    """Refuse an archive that unfolds to far more than it is."""
    stream.seek(0, io.SEEK_END)
    packed = stream.tell()
    try:
        parts = zipfile.ZipFile(stream).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Invalid("file_broken") from error
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > min(MOST_UNPACKED, packed * MOST_UNPACKED_RATIO):
        raise Invalid("file_too_big")
