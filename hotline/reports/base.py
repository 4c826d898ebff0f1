"""The blueprint of the reports, its workbooks and the words for a period that makes no sense."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, Response, send_file

from hotline.forms import Typed
from hotline.imports.views import XLSX
from hotline.reports.workbook import Sheet, workbook
from workflows.errors import Invalid

bp = Blueprint("reports", __name__, url_prefix="/reports")


def said_beside(typed: Typed, refusal: Invalid) -> Typed:
    """What is wrong with a period stands at its last day. Raises the refusal where it is of something else."""
    if "to" not in refusal.fields:
        raise refusal
    return Typed(typed.data, Invalid(fields={"last": refusal.fields["to"]}), sent=True)


def book_of(name: str, first: date, last: date, sheets: Iterable[Sheet]) -> Response:
    """Sheets as a file to save."""
    file = workbook(f"{name} {first} – {last}", sheets)
    return send_file(file, XLSX, as_attachment=True, download_name=f"{name} {first} {last}.xlsx")
