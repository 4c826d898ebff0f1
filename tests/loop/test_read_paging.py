"""Cursors: what a list wrote it reads; what it did not write is refused in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Integer, column

from workflows.errors import Invalid
from workflows.read.paging import MOST, Page, walk, write_cursor

NOON = datetime(2026, 11, 16, 4, 0, 0, 123456, tzinfo=UTC)


def numbers(step):
    """A page of numbers as a list would ask a database for them."""
    rows = sorted(range(1, 8), reverse=step.downwards)
    if step.key:
        rows = [n for n in rows if (n < step.key[0] if step.downwards else n > step.key[0])]
    return step.page(rows[: step.limit], row=lambda n: n, key=lambda n: (n,))


@pytest.mark.parametrize("descending", [False, True])
def test_a_list_walked_forth_and_back_shows_the_same_pages(descending):
    pages, cursor = [], None
    while True:
        page = numbers(walk(cursor, int, size=3, descending=descending))
        pages.append(page)
        cursor = page.next
        if cursor is None:
            break
    whole = [n for page in pages for n in page.items]
    assert whole == sorted(range(1, 8), reverse=descending)
    assert pages[0].prev is None
    before = numbers(walk(pages[2].prev, int, size=3, descending=descending))
    assert before.items == pages[1].items
    first = numbers(walk(before.prev, int, size=3, descending=descending))
    assert first.items == pages[0].items
    assert first.prev is None
    assert numbers(walk(first.next, int, size=3, descending=descending)).items == pages[1].items


def test_a_page_beyond_the_end_is_empty():
    assert numbers(walk(write_cursor((99,)), int)) == Page()


def test_a_moment_comes_back_to_the_microsecond():
    assert walk(write_cursor((NOON, 7)), datetime, int).key == (NOON, 7)


@pytest.mark.parametrize(
    "text",
    ["x", "ÿ", "%%%", "[]", "e30", write_cursor((1,)), write_cursor((NOON,)), write_cursor(("a", 1)),
     write_cursor((NOON, True)), write_cursor((NOON, 2**63)), write_cursor((datetime(2026, 1, 1), 1)),  # noqa: DTZ001
     write_cursor((NOON, 1, 2)), "a" * 500],
)
def test_what_is_no_cursor_of_this_list_is_refused(text):
    with pytest.raises(Invalid) as refusal:
        walk(text, datetime, int)
    assert refusal.value.code == "bad_cursor"


def test_no_page_is_longer_than_allowed():
    assert walk(None, int, size=10_000).size == MOST
    assert walk(None, int, size=0).size == 1


def test_a_walk_is_one_comparison_in_the_database():
    step = walk(write_cursor((5,)), int, descending=True)
    [condition] = step.where(column("id", Integer))
    assert "<" in str(condition)
