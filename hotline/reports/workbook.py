"""Reports as workbooks, each sheet as wide as its paper. Every text is written as text: no cell is ever a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

#: Never guess what a cell is.
_PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


#: Widths in characters: of names, which wrap beyond it, and of numbers. Sheets with more columns lie on their side.
_NAMES, _NUMBERS, _UPRIGHT = 30, 13, 5
_A4 = 9
#: Points a line is high.
_LINE = 15
_PLACES = ("0", "0.0", "0.00")


@dataclass(frozen=True)
class Sheet:
    """A table: its name, the heads of its columns, its rows. A decimal is shown to its own places, two at most."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]


def workbook(title: str, sheets: Iterable[Sheet]) -> BytesIO:
    """A file with these sheets; the title stands on every page of paper."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, _PLAIN) as book:
        for one in sheets:
            sheet = book.add_worksheet(one.name[:31])
            _for_paper(sheet, title, len(one.heads))
            _fill(book, sheet, one)
    file.seek(0)
    return file


def _for_paper(sheet: Worksheet, title: str, columns: int) -> None:
    """A4, no column on a page of its own, the headings on every page."""
    sheet.set_paper(_A4)
    if columns > _UPRIGHT:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&L{title}&R&A")
    sheet.set_footer("&C&P / &N")


def _fill(book: xlsxwriter.Workbook, sheet: Worksheet, table: Sheet) -> None:
    head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
    middle = {"valign": "vcenter"}
    text, plain = book.add_format(middle | {"text_wrap": True}), book.add_format(middle)
    numbers = [book.add_format(middle | {"num_format": shape}) for shape in _PLACES]
    sheet.set_column(0, 0, _NAMES)
    sheet.set_column(1, len(table.heads) - 1, _NUMBERS)
    # what stands in brackets has a line of its own
    heads = [head_text.replace("（", "\n（") for head_text in table.heads]
    sheet.set_row(0, _LINE * max(_lines(head_text) for head_text in heads[1:]))
    sheet.freeze_panes(1, 1)
    sheet.write_string(0, 0, heads[0], book.add_format(head))
    sheet.write_row(0, 1, heads[1:], book.add_format(head | {"align": "right"}))
    for row_no, row in enumerate(table.rows, 1):
        for column, value in enumerate(row):
            shape = text if isinstance(value, str) else plain
            if isinstance(value, (float, Decimal)):
                shape = numbers[_places(value)]
            sheet.write(row_no, column, value, shape)


def _lines(text: str) -> int:
    """Lines of a number column's heading; a Chinese character is as wide as two digits, and bold."""
    wide = (sum(2 if east_asian_width(character) in "WF" else 1 for character in line) for line in text.splitlines())
    return sum(ceil(digits * 1.1 / _NUMBERS) for digits in wide)


def _places(value: float | Decimal) -> int:
    """Working days have one place, rates two."""
    return min(2, max(0, -int(value.as_tuple().exponent))) if isinstance(value, Decimal) else 2
