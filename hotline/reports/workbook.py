"""A bulletin as a workbook. Every text is written as text: no cell is ever taken for a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter
from flask_babel import gettext

from hotline import labels
from workflows.read.bulletin import SHOWN, Bulletin
from workflows.rules.indicators import FORMULA_VERSION
from workflows.rules.satisfaction import Policy

#: A sheet: its name, the heads of its columns, its rows.
Sheet = tuple[str, Sequence[str], list[Sequence[Any]]]

#: Never guess what a cell is.
_PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def workbook(told: Bulletin, switches: Sequence[tuple[date, date, Policy]]) -> BytesIO:
    """A sheet for each part of the bulletin, the last for how its days were counted."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, _PLAIN) as book:
        head, percent = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "0.00"})
        for name, heads, rows in (*_sheets(told), _counted_by(switches)):
            sheet = book.add_worksheet(name[:31])
            sheet.set_column(0, 0, 28)
            sheet.set_column(1, len(heads) - 1, 14, percent if name == gettext("承办单位") else None)
            sheet.freeze_panes(1, 1)
            sheet.write_row(0, 0, heads, head)
            for place, row in enumerate(rows, 1):
                sheet.write_row(place, 0, row)
    file.seek(0)
    return file


def _sheets(told: Bulletin) -> Iterable[Sheet]:
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


def _counted_by(switches: Sequence[tuple[date, date, Policy]]) -> Sheet:
    """Who was rung back on which days, and the version of the formulas."""
    held = [(f"{first} – {last}", labels.callbacks_in_words(policy.callback_percent))
            for first, last, policy in switches]
    return gettext("指标口径"), (gettext("时段"), gettext("指标口径")), [*held, (gettext("口径版本"), FORMULA_VERSION)]


def _beside(now: Mapping[str, int], before: Mapping[str, int], vocabulary: str) -> list[tuple[str, int, int]]:
    every = sorted({*now, *before}, key=lambda code: -now.get(code, 0))
    return [(labels.label(code, vocabulary), now.get(code, 0), before.get(code, 0)) for code in every]


def _words(counts: Mapping[str, int], vocabulary: str) -> list[tuple[str, int]]:
    return [(labels.label(code, vocabulary), n) for code, n in counts.items()]


def _number(percent: Any) -> float | None:
    return None if percent is None else float(percent)
