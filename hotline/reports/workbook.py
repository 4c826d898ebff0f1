"""A bulletin as a workbook. Every text is written as text: no cell is ever taken for a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter
from flask_babel import gettext
from xlsxwriter.worksheet import Worksheet

from hotline import labels
from workflows.read.bulletin import SHOWN, Bulletin

#: Never guess what a cell is.
_PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


#: Widths in characters: of names, which wrap beyond it, and of numbers. Sheets with more columns lie on their side.
_NAMES, _NUMBERS, _UPRIGHT = 30, 13, 5
_A4 = 9
#: Points a line is high.
_LINE = 15
_SHAPES = {str: {"text_wrap": True}, int: {}, Decimal: {"num_format": "0.0"}, float: {"num_format": "0.00"}}


def workbook(told: Bulletin) -> BytesIO:
    """A sheet for each part of the bulletin, each as wide as its paper."""
    file = BytesIO()
    title = f"{gettext('运行通报')} {told.first} – {told.last}"
    with xlsxwriter.Workbook(file, _PLAIN) as book:
        for name, heads, rows in _sheets(told):
            sheet = book.add_worksheet(name[:31])
            _for_paper(sheet, title, len(heads))
            _fill(book, sheet, heads, rows)
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


def _fill(book: xlsxwriter.Workbook, sheet: Worksheet, heads: Sequence[str], rows: list[Sequence[Any]]) -> None:
    head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
    # counts as they are, working days to one place, rates to two
    of_value = {kind: book.add_format({"valign": "vcenter"} | more) for kind, more in _SHAPES.items()}
    sheet.set_column(0, 0, _NAMES)
    sheet.set_column(1, len(heads) - 1, _NUMBERS)
    # what stands in brackets has a line of its own
    heads = [text.replace("（", "\n（") for text in heads]
    sheet.set_row(0, _LINE * max(_lines(text) for text in heads[1:]))
    sheet.freeze_panes(1, 1)
    sheet.write_string(0, 0, heads[0], book.add_format(head))
    sheet.write_row(0, 1, heads[1:], book.add_format(head | {"align": "right"}))
    for row_no, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            sheet.write(row_no, column, value, of_value.get(type(value)))


def _lines(text: str) -> int:
    """Lines of a number column's heading; a Chinese character is as wide as two digits, and bold."""
    wide = (sum(2 if east_asian_width(character) in "WF" else 1 for character in line) for line in text.splitlines())
    return sum(ceil(digits * 1.1 / _NUMBERS) for digits in wide)


def _sheets(told: Bulletin) -> Iterable[tuple[str, Sequence[str], list[Sequence[Any]]]]:
    now, before = told.intake, told.before
    period = f"{told.first} – {told.last}"
    yield gettext("概况"), (gettext("项目"), period, gettext("上一时段")), [
        (gettext("受理"), now.total, before.total), (gettext("其中电话"), now.by_phone, before.by_phone),
        (gettext("直接解答"), now.direct, before.direct), (gettext("派单"), now.dispatched, before.dispatched),
        (gettext("不予受理"), now.refused, before.refused), (gettext("并单"), now.merged, before.merged),
        *_beside(now.kinds, before.kinds, "Kind"), *_beside(now.channels, before.channels, "Channel"),
    ]
    yield gettext("每日受理"), (gettext("日期"), gettext("受理")), [(str(day), n) for day, n in now.days.items()]
    yield gettext("热点事项"), (gettext("事项"), gettext("数量"), gettext("上一时段")), [
        (topic.name, topic.count, topic.before) for topic in told.topics]
    yield gettext("承办单位"), (gettext("单位"), gettext("收到"), gettext("办结"), gettext("平均办理（工作日）"),
                            *(f"{labels.label(figure)} %" for figure in SHOWN)), [
        (line.name or gettext("合计"), line.received, line.closed, line.handling.mean,
         *(_number(line.ratios[figure].percent) for figure in SHOWN))
        for line in told.units]
    yield gettext("回访"), (gettext("项目"), gettext("数量")), [
        (gettext("回访次数"), told.calls.attempts), (gettext("完成回访"), told.calls.finished),
        (gettext("有效回访"), told.calls.valid), *_words(told.calls.grades, "Satisfaction"),
        *_words(told.calls.reasons, "DissatisfactionReason")]
    yield gettext("退单与挂账"), (gettext("项目"), gettext("数量")), [
        (gettext("申请退单"), told.returns.total), *_words(told.returns.states, "ApplicationState"),
        (gettext("退单两次以上的工单"), told.returns.ping_pong), (gettext("新增挂账"), told.ledger.added),
        (gettext("挂账销号"), told.ledger.cleared), (gettext("期末挂账"), told.ledger.open)]


def _beside(now: Mapping[str, int], before: Mapping[str, int], vocabulary: str) -> list[tuple[str, int, int]]:
    every = sorted({*now, *before}, key=lambda code: -now.get(code, 0))
    return [(labels.label(code, vocabulary), now.get(code, 0), before.get(code, 0)) for code in every]


def _words(counts: Mapping[str, int], vocabulary: str) -> list[tuple[str, int]]:
    return [(labels.label(code, vocabulary), n) for code, n in counts.items()]


def _number(percent: Any) -> float | None:
    return None if percent is None else float(percent)
