"""时限说明 in a dispute: overdue, a return refused late, two extensions; counted again from the page alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests import builders as play
from tests.browser.conftest import Desk, accessible, fits
from tests.builders import City
from workflows import dispatch, extend, supervise
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.ticket import Ticket
from workflows.rules.vocabulary import ExtensionReason

Loop = Callable[..., Any]
#: Of the city's offices; March 2026 has no holidays.
OPEN = ((9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))
PLAN = "电梯配件已订购，到货后三日内安装。"


def disputed(city: City) -> tuple[str, int]:
    """Due on 9 March by the rule; the return was to be decided by the 2nd at 15:30. Number and clock."""
    with play.at("2026-03-02 10:00"):
        no = play.to_handling(city)
        play.ask_return(city, no)
    with play.at("2026-03-03 16:00:30"):
        dispatch.refuse_return(no, city.actor("dispatcher"), opinion="属你局职责")
        play.contact(city, no)
    _ask(city, no, "2026-03-09 10:00")
    with play.at("2026-03-12 11:00"):
        supervise.sweep()
        extend.grant_extension(no, city.actor("supervisor"), amount=3, opinion="情况属实，准予三个工作日")
    _ask(city, no, "2026-03-13 09:30")
    with play.at("2026-03-16 16:00"):
        supervise.sweep()
        extend.refuse_extension(no, city.actor("director"), opinion="已给足时间")
    with play.at("2026-03-17 11:00"):
        supervise.sweep()
        play.reply(city, no)
    clock = select(Clock.id).join(Ticket, Ticket.id == Clock.ticket_id).where(Ticket.no == no, Clock.code == "HANDLING")
    return no, db.session.scalars(clock).one()


def _ask(city: City, no: str, when: str) -> None:
    with play.at(when):
        extend.apply_extension(no, city.actor("housing"), reason=ExtensionReason.CONSTRUCTION, plan=PLAN, amount=3,
                               caller_informed=True)


@pytest.fixture
def desk(app: Flask, listen: Callable[[Flask], Desk]) -> Desk:
    """The application, listening."""
    return listen(app)


def working_minute(at: datetime) -> bool:
    return at.weekday() < 5 and any(start <= at.hour * 60 + at.minute < end for start, end in OPEN)


def later_by_minutes(at: datetime, minutes: int) -> datetime:
    """So many minutes of work later, each taken by itself."""
    while minutes:
        minutes -= working_minute(at)
        at += timedelta(minutes=1)
    return at


def later_by_days(at: datetime, days: int) -> datetime:
    """The close of the n-th working day after that one."""
    while days:
        at += timedelta(days=1)
        days -= at.weekday() < 5
    return at.replace(hour=17, minute=30)


def lines_of(page: Page) -> list[list[str]]:
    rows = page.locator("#lines tbody tr").all()
    return [[" ".join(cell.split()) for cell in row.locator("td").all_inner_texts()] for row in rows]


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


@pytest.mark.parametrize("reader", ["housing", "supervisor"])
def test_the_lines_of_a_disputed_due_add_up_as_they_are_read(
    desk: Desk, loop: Loop, tmp_path: Path, reader: str
) -> None:
    no, key = loop(disputed)
    page = desk.window(reader)
    page.goto(f"/tickets/{no}/clocks/{key}")
    run, credit, extension, total = lines_of(page)

    assert [line[1].split()[0] for line in (run, credit, extension, total)] == ["起算", "补回", "延期", "合计"]
    assert run[3] == "5 工作日"
    assert later_by_days(moment(run[4]), 5) == moment(run[5]) == moment("2026-03-09 17:30")
    assert credit[3] == "7 小时 30 分钟 工作时间"
    assert "应于 2026-03-02 15:30 前决定，实际于 2026-03-03 16:00 决定" in credit[1]
    assert run[5] == credit[4]
    assert later_by_minutes(moment(credit[4]), 7 * 60 + 30) == moment(credit[5])
    assert extension[3] == "3 工作日"
    assert credit[5] == extension[4]
    assert later_by_days(moment(extension[4]), 3) == moment(extension[5])
    assert (total[4], total[5]) == (run[4], extension[5])
    expect(page.locator("#facts")).to_contain_text(extension[5])

    told = page.locator("#asked tbody tr")
    expect(told).to_have_count(3)
    for row, words in zip(told.all(), (
        ("退单申请", "住建经办人 2026-03-02 10:00", "三定方案第四条", "驳回", "派单员 2026-03-03 16:00", "属你局职责",
         "第2项"),
        ("延期申请", "申请 3 工作日", "住建经办人 2026-03-09 10:00", "需施工或采购", PLAN, "批准 3 工作日",
         "督办员 2026-03-12 11:00", "情况属实", "第3项"),
        ("延期申请", "2026-03-13 09:30", "驳回", "热线主任 2026-03-16 16:00", "已给足时间", "到期时间不变"),
    ), strict=True):
        for word in words:
            expect(row).to_contain_text(word)
    expect(page.locator("#lines")).to_contain_text("第2号申请")
    outcome = page.locator("#outcome")
    for words in ("黄牌预警", "红牌超期", "至2026-03-17 11:00，已超过到期时间 2 小时"):
        expect(outcome).to_contain_text(words)
    accessible(page)
    fits(page)
    on_paper(page, tmp_path)


def on_paper(page: Page, folder: Path) -> None:
    """Printed, nothing is cut off at the side of an A4 page, and what only a screen needs is not there."""
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 at 96 dpi less margins of 10 mm
    page.emulate_media(media="print")
    for part in (".page-actions", "#alarm", ".menu"):
        expect(page.locator(part)).to_be_hidden()
    fits(page)
    for box in page.locator(".table-box").all():
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    printed = folder / "account.pdf"
    page.pdf(path=printed, format="A4", margin=dict.fromkeys(("top", "right", "bottom", "left"), "10mm"))
    assert printed.read_bytes().startswith(b"%PDF")
