"""The tickets behind a number, as a page and as a file; of the figures of any days and of a locked period alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import labels, times
from hotline.access import current_actor
from hotline.pages import MOST, csv_response
from workflows.read.figures import Counted, Part

#: The most rows a file of tickets behind a number holds.
MOST_ROWS = 50_000

Reading = Callable[..., list[Counted]]


def behind_page(
    read: Reading, wanted: dict[str, Any], *, first: date, last: date, page: str, file: str, back: str,
    locked: bool = False,
) -> str:
    """The page of what `read` finds behind the number wanted; `page` and `file` are its endpoints."""
    rows = read(current_actor(), **wanted, size=MOST)
    more = rows[-1].key if len(rows) == MOST else None
    asked = {name: value for name, value in wanted.items() if name not in {"part", "after"}}
    return render_template("figures/behind.html", rows=rows, more=more, parts=list(Part), part=wanted["part"],
                           figure=wanted["figure"], unit_id=wanted["unit_id"], asked=asked, endpoint=page, file=file,
                           back=back, first=first, last=last, locked=locked)


def behind_file(read: Reading, wanted: dict[str, Any], first: date, last: date) -> ResponseReturnValue:
    """The same as a file."""
    head = [
        gettext("工单编号"), gettext("标题"), gettext("诉求类型"), gettext("状态"), gettext("单位"),
        gettext("计入时间"), gettext("分子"),
    ]
    return csv_response(f"{labels.label(wanted['figure'])} {first} {last}", head, _lines(read, wanted))


def _lines(read: Reading, wanted: dict[str, Any]) -> Iterator[list[Any]]:
    actor, n = current_actor(), 0
    while n < MOST_ROWS:
        rows = read(actor, **wanted, size=MOST)
        for r in rows:
            yield [r.no, r.title, labels.label(r.kind, "Kind"), labels.label(r.state, "TicketState"),
                   r.unit_name, times.local(r.at, "full"), float(r.hit)]
        n += len(rows)
        if len(rows) < MOST:
            return
        wanted = {**wanted, "after": rows[-1].key}
