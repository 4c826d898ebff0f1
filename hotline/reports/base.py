"""The blueprint of the reports and their workbooks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, Response, send_file

from hotline.imports.views import XLSX
from hotline.reports.workbook import Sheet, workbook

bp = Blueprint("reports", __name__, url_prefix="/reports")


def book_of(name: str, first: date, last: date, sheets: Iterable[Sheet]) -> Response:
    """Sheets as a file to save."""
    file = workbook(f"{name} {first} – {last}", sheets)
    return send_file(file, XLSX, as_attachment=True, download_name=f"{name} {first} {last}.xlsx")
