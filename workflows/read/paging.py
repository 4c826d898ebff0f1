"""Pages of a list, by keyset: a page is found by the row before it or after it, never by counting rows."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, FromClause, Select, Subquery, literal, select, true, tuple_

from workflows.errors import Invalid

T = TypeVar("T")
R = TypeVar("R")

#: Rows of a page unless asked otherwise, and the most there can be.
SIZE, MOST = 50, 200
_LONGEST_CURSOR = 400


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list, and the cursors of the pages after and before; None where there is none.

    A page beyond the end is empty.
    """

    items: tuple[T, ...] = ()
    next: str | None = None
    prev: str | None = None


@dataclass(frozen=True)
class Walk:
    """Where a page of a list begins, how many rows it has, and which way the list is walked."""

    size: int
    key: tuple[Any, ...] | None
    back: bool = False
    descending: bool = False

    @property
    def limit(self) -> int:
        """One row more than the page shows tells whether there is another page."""
        return self.size + 1

    @property
    def downwards(self) -> bool:
        """Whether the database goes from high to low: a list of falling order forwards, a rising one back."""
        return self.descending is not self.back

    def where(self, *columns: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
        """That a row lies beyond where the page begins: one comparison, which an index can follow."""
        if self.key is None:
            return ()
        here = tuple_(*columns)
        there = tuple_(*(literal(part, column.type) for column, part in zip(columns, self.key, strict=True)))
        return (here < there,) if self.downwards else (here > there,)

    def order(self, *columns: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
        """As ORDER BY has it."""
        return tuple(column.desc() if self.downwards else column.asc() for column in columns)

    def merge(self, slots: FromClause, each: Select[Any], *key: str) -> Subquery:
        """The first rows of many sorted lists together: of each list as many as a page needs, then of those.

        `each` is the list of one slot, sorted by an index in the order of its columns `key`. What is read grows
        with the number of lists, not with their length.
        """
        one = each.limit(self.limit).lateral("one")
        order = self.order(*(one.c[name] for name in key))
        return select(one).select_from(slots).join(one, true()).order_by(*order).limit(self.limit).subquery("merged")

    def page(
        self, rows: Sequence[R], row: Callable[[R], T], key: Callable[[R], Sequence[object]]
    ) -> Page[T]:
        """The page of at most `limit` rows as they came; `key` tells a row's place."""
        more, shown = len(rows) > self.size, list(rows[: self.size])
        if self.back:
            shown.reverse()
        if not shown:
            return Page()
        after = write_cursor(key(shown[-1])) if self.back or more else None
        before = write_cursor(key(shown[0]), back=True) if (more if self.back else self.key is not None) else None
        return Page(tuple(row(found) for found in shown), after, before)


def walk(after: str | None, *kinds: type, size: int = SIZE, descending: bool = False) -> Walk:
    """The page a cursor asks for, or the first. Raises Invalid for what is no cursor of this list."""
    key, back = read_cursor(after, kinds) if after else (None, False)
    return Walk(max(1, min(size, MOST)), key, back, descending)


def write_cursor(key: Sequence[object], *, back: bool = False) -> str:
    """A place in a list as text for an address. It holds no secret and grants nothing: the list itself is scoped."""
    plain = [part.isoformat() if isinstance(part, datetime) else part for part in key]
    written = json.dumps([int(back), *plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def read_cursor(text: str, kinds: Sequence[type]) -> tuple[tuple[Any, ...], bool]:
    """The place a cursor names, and whether the page before it is wanted."""
    try:
        if len(text) > _LONGEST_CURSOR:
            raise ValueError("too long")
        back, *parts = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
        return tuple(_part(part, kind) for part, kind in zip(parts, kinds, strict=True)), bool(back)
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid("bad_cursor", fields={"page": ["bad_cursor"]}) from error


def _part(part: Any, kind: type) -> Any:
    if kind is datetime and isinstance(part, str):
        moment = datetime.fromisoformat(part)
        if moment.tzinfo is None:
            raise ValueError(part)
        return moment
    if kind is str and isinstance(part, str) and "\x00" not in part:
        return part
    if kind is not int or type(part) is not int or abs(part) >= 2**63:
        raise TypeError(kind)
    return part
