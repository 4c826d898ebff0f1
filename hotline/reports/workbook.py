"""Reports as workbooks. Every text is written as text: no cell is ever taken for a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

#: Never guess what a cell is.
_PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True)
class Sheet:
    """A table: its name, the heads of its columns, its rows. What is no whole number is shown to two places."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]


def workbook(sheets: Iterable[Sheet]) -> BytesIO:
    """A file with these sheets, the heads and the first column in sight when it is scrolled."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, _PLAIN) as book:
        head, places = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "0.00"})
        for one in sheets:
            sheet = book.add_worksheet(one.name[:31])
            sheet.set_column(0, 0, 28)
            sheet.set_column(1, len(one.heads) - 1, 14)
            sheet.freeze_panes(1, 1)
            sheet.write_row(0, 0, one.heads, head)
            for place, row in enumerate(one.rows, 1):
                for column, cell in enumerate(row):
                    sheet.write(place, column, cell, places if isinstance(cell, (float, Decimal)) else None)
    file.seek(0)
    return file
