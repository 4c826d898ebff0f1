"""The bulletin's workbook in a program that did not write it: LibreOffice, where it is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from tests import builders as play
from tests.builders import City
from tests.pages.browser import Client
from workflows.model.base import db, transaction
from workflows.model.directory import Category
from workflows.rules.vocabulary import Kind

SOFFICE = shutil.which("soffice") or ""
pytestmark = pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not here: apt-get install libreoffice-calc")
#: What a spreadsheet would reckon with, were it not told that it is text.
TEMPTING = "=1+1"
SHEETS = 7


def call_it_a_formula(city: City) -> None:
    """The name of the matter both requests are about."""
    with transaction():
        matter = db.session.get(Category, city.categories["01"])
        matter.name = TEMPTING


@pytest.fixture
def exported(browser: Client, loop: Callable[..., Any], tmp_path: Path) -> Path:
    """This month's bulletin as a file; a matter in it is called like a formula."""
    loop(play.to_closed)
    loop(lambda city: play.log(city, kind=Kind.HELP))
    loop(call_it_a_formula)
    path = tmp_path / "bulletin.xlsx"
    path.write_bytes(browser.as_user("supervisor").get("/reports/bulletin.xlsx").data)
    return path


def converted(path: Path, form: str) -> bytes:
    """The file as LibreOffice reads it and writes it again."""
    out = path.parent / "out"
    done = subprocess.run(
        [SOFFICE, f"-env:UserInstallation={(path.parent / 'profile').as_uri()}", "--headless", "--convert-to", form,
         "--outdir", str(out), str(path)], capture_output=True, text=True, timeout=120, check=False)
    assert (out / f"{path.stem}.{form}").exists(), done.stderr
    return (out / f"{path.stem}.{form}").read_bytes()


def cells(book: Workbook) -> dict[tuple[str, str], Any]:
    """Where → what, of all cells that are not empty."""
    return {(sheet.title, cell.coordinate): cell.value for sheet in book for row in sheet.iter_rows() for cell in row
            if cell.value is not None}


def test_values_survive_and_no_cell_is_a_formula(exported: Path) -> None:
    ours = load_workbook(exported)
    theirs = load_workbook(io.BytesIO(converted(exported, "xlsx")))
    assert theirs.sheetnames == ours.sheetnames
    assert cells(theirs) == cells(ours)
    assert [value for value in cells(theirs).values() if str(value).startswith(TEMPTING)]
    assert not [cell for sheet in theirs for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_on_paper_no_column_is_left_for_another_page(exported: Path) -> None:
    pages = PdfReader(io.BytesIO(converted(exported, "pdf"))).pages
    assert len(pages) == SHEETS
    words = ["".join(page.extract_text().split()) for page in pages]
    heads = [[cell.value for cell in sheet[1]] for sheet in load_workbook(exported)]
    for shown, wanted in zip(words, heads, strict=True):
        assert [head for head in wanted if "".join(head.split()) not in shown] == []
    wide = pages[3].mediabox
    assert wide.width > wide.height
    assert "运行通报" in words[3]
