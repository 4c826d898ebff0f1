"""Pages of lists by keyset, CSV that opens in a spreadsheet, parts that refresh themselves."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, Response
from sqlalchemy import select

from hotline.forms import Form, StrictInt, query
from hotline.pages import Key, _stamp, address_with, asset, csv_response, fragment, paginate, size_asked
from tests.pages.browser import Client
from workflows.errors import Invalid
from workflows.model.base import db, transaction
from workflows.model.directory import User
from workflows.model.outbox import Notice
from workflows.read.paging import Page, write_cursor

START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def rows(app: Flask, people: dict[str, int]) -> Iterator[list[int]]:
    """25 notices, in fives at the same moment; yields their ids in order."""
    with app.test_request_context("/notices"):
        with transaction():
            made = [
                Notice(key=f"k{n:02}", unit_id=1, role="AGENT", kind="dispatched", at=START + timedelta(hours=n // 5))
                for n in range(25)
            ]
            db.session.add_all(made)
        yield [row.id for row in made]
        db.session.remove()


def _walk(keys: list[Key], size: int, start: str = "") -> list[Page[Notice]]:
    pages, cursor = [], start
    while True:
        pages.append(paginate(select(Notice), keys, cursor=cursor, size=size))
        if pages[-1].next is None:
            return pages
        cursor = pages[-1].next


ORDERS = {
    "rising": [Key(Notice.at), Key(Notice.id)],
    "falling": [Key(Notice.at, descending=True), Key(Notice.id, descending=True)],
    "mixed": [Key(Notice.at, descending=True), Key(Notice.id)],
    "words": [Key(Notice.key)],
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 4, 5, 24, 25, 200])
def test_walking_forwards_and_back_shows_every_row_once_and_in_order(rows: list[int], order: str, size: int) -> None:
    keys = ORDERS[order]
    wanted = list(db.session.scalars(select(Notice.id).order_by(*(key.order for key in keys))))
    forwards = _walk(keys, size)
    assert [row.id for page in forwards for row in page.items] == wanted
    assert forwards[0].prev is None
    seen, cursor = list(forwards[-1].items), forwards[-1].prev
    while cursor:
        page = paginate(select(Notice), keys, cursor=cursor, size=size)
        seen, cursor = list(page.items) + seen, page.prev
        assert page.next is not None
    assert [row.id for row in seen] == wanted


def test_rows_that_come_in_between_neither_repeat_nor_hide_others(rows: list[int]) -> None:
    keys = ORDERS["rising"]
    first = paginate(select(Notice), keys, cursor="", size=10)
    with transaction():
        db.session.add(Notice(key="early", unit_id=1, role="AGENT", kind="dispatched", at=START - timedelta(days=1)))
    second = paginate(select(Notice), keys, cursor=first.next, size=10)
    assert [row.id for row in second.items] == rows[10:20]


def test_no_list_is_longer_than_its_limit(rows: list[int]) -> None:
    assert len(paginate(select(Notice), ORDERS["words"], cursor="", size=10**9).items) == 25
    assert len(paginate(select(Notice), ORDERS["words"], cursor="", size=0).items) == 1


@pytest.mark.parametrize("cursor", [
    "x", "é", "W10", "A" * 500, "%00", write_cursor(["a"]), write_cursor([1, 2, 3]), write_cursor([START, 2**70]),
    write_cursor([None, 1]), write_cursor([True, True]), write_cursor([START.replace(tzinfo=None), 1]),
])
def test_a_cursor_that_is_none_is_refused(rows: list[int], cursor: str) -> None:
    with pytest.raises(Invalid):
        paginate(select(Notice), ORDERS["rising"], cursor=cursor)


@pytest.mark.parametrize(("asked", "size"), [("20", 20), ("0", 1), ("9999", 200), ("99999", 50), ("x", 50), ("٣", 50)])
def test_page_sizes_are_bounded(app: Flask, asked: str, size: int) -> None:
    with app.test_request_context(f"/?size={asked}"):
        assert size_asked() == size


def test_addresses_keep_the_filters_and_drop_the_page(app: Flask) -> None:
    with app.test_request_context("/notices?kind=a&kind=b&page=xyz&empty="):
        assert address_with() == "/notices?kind=a&kind=b&empty="
        assert address_with(kind="c", page="p") == "/notices?kind=c&page=p&empty="
        assert address_with(kind=None, empty=None) == "/notices"


def test_names_that_mean_something_else_in_an_address_are_no_filters(app: Flask) -> None:
    with app.test_request_context("/notices?kind=a&_method=X&_scheme=y&_external=1&endpoint=z"):
        assert address_with(page="p") == "/notices?kind=a&page=p"


@pytest.mark.parametrize(
    ("around", "address"),
    [
        ("http://localhost/dispatch/?tab=returns&page=old", "/dispatch/?tab=returns&page=new"),
        ("http://localhost/dispatch/", "/dispatch/?page=new"),
        ("http://localhost/\\evil.example/?a=<b>", "/%5Cevil.example/?a=%3Cb%3E&page=new"),
        ("http://localhost//evil.example/", "/notices?kind=a&page=new"),
        ("javascript:alert(1)", "/notices?kind=a&page=new"),
        ("", "/notices?kind=a&page=new"),
    ],
)
def test_links_of_a_part_that_refreshes_itself_are_those_of_the_page_around_it(
    app: Flask, around: str, address: str
) -> None:
    headers = {"X-Poll": "1", "HX-Current-URL": around}
    with app.test_request_context("/notices?kind=a", headers=headers):
        assert address_with(page="new") == address


def _csv(app: Flask, rows: list[list[object]]) -> tuple[Response, list[list[str]]]:
    with app.test_request_context("/"):
        response = csv_response("工单", ["编号", "标题"], rows)
        body = response.get_data(as_text=True)
    assert body.startswith("\ufeff")
    return response, list(csv.reader(io.StringIO(body[1:])))


def test_csv_comes_with_a_mark_a_chinese_name_and_no_formulas(app: Flask) -> None:
    response, table = _csv(app, [["001", '=HYPERLINK("x")'], [2, None], ["3", "一,二\n三"]])
    assert table == [["编号", "标题"], ["001", "'=HYPERLINK(\"x\")"], ["2", ""], ["3", "一,二\n三"]]
    assert "filename*=UTF-8''%E5%B7%A5%E5%8D%95.csv" in response.headers["Content-Disposition"]


def test_csv_is_streamed_in_pieces_and_complete(app: Flask) -> None:
    _, table = _csv(app, [[n, "字" * 200] for n in range(2000)])
    assert len(table) == 2001
    assert table[-1][0] == "1999"


def test_a_part_that_is_shown_already_is_not_sent_again(app: Flask) -> None:
    with app.test_request_context("/"):
        first = fragment("<p>1</p>")
    with app.test_request_context("/", headers={"X-Shown": first.headers["X-Shown"]}):
        assert fragment("<p>1</p>").status_code == 304
        assert fragment("<p>2</p>").status_code == 200


def test_static_addresses_change_with_the_files(app: Flask, tmp_path: Path) -> None:
    with app.test_request_context("/"):
        address = asset("css/app.css")
    with app.test_client().get(address) as answer:
        assert answer.status_code == 200
    (tmp_path / "a.css").write_text("a")
    before = _stamp(tmp_path)
    assert _stamp(tmp_path) == before
    (tmp_path / "a.css").write_text("b")
    assert _stamp(tmp_path) != before


class OldOnes(Form):
    """A filter."""

    before = StrictInt(least=1)
    after = StrictInt(least=1)


def test_filters_that_cannot_be_used_are_left_out_and_marked(app: Flask) -> None:
    with app.test_request_context("/?before=7&after=x&utm=1"):
        found, typed = query(OldOnes)
    assert found == {"before": 7}
    assert typed.problems == {"after": ["not_whole_number"]}
    assert typed.value("after") == "x"


def _unit_of_agent() -> int:
    return db.session.scalars(select(User.unit_id).where(User.account == "agent")).one()


def _notice(number: int, unit_id: int, role: str, kind: str) -> Notice:
    return Notice(key=str(number), unit_id=unit_id, role=role, kind=kind, ticket_no=f"T{number}", at=START)


def test_a_person_sees_the_notices_to_their_unit_and_roles_only(client: Client) -> None:
    with client.application.app_context(), transaction():
        unit = _unit_of_agent()
        for number, (unit_id, role) in enumerate([(unit, "AGENT"), (unit, "SUPERVISOR"), (unit + 1, "AGENT")]):
            db.session.add(_notice(number, unit_id, role, "dispatched"))
    client.as_user("agent")
    page = client.page("/notices")
    assert "T0" in page.text()
    assert "T1" not in page.text()
    assert "T2" not in page.text()
    assert "新派工单，请签收" in page.text()


def test_new_notices_are_counted_until_they_are_seen(client: Client) -> None:
    client.as_user("agent")
    assert "条未读" not in client.page("/notices").text()
    with client.application.app_context(), transaction():
        db.session.add_all(_notice(number, _unit_of_agent(), "AGENT", "urged") for number in range(120))
    assert "99+条未读" in client.page("/notices").text()
    assert "99+" in client.get("/notices/badge").page.text()
    page = client.page("/notices")
    older = next(a.get("href") for a in page.all("a") if page.text(a) == "更早的消息")
    assert len(client.page(older).all("tr")) == 51
    client.send("/notices/seen")
    assert "条未读" not in client.page("/notices").text()
