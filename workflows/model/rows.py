"""Rows not yet written, as plain objects: a mapped instance costs many times as much to make.

A new ticket brings a dozen rows that nobody loads or tracks before they are written. Each is an object with
the columns of its model, filled with the defaults of the table; a name that is no column is an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, make_dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB

from workflows.model.base import Base

Model = TypeVar("Model", bound=Base)
Row = tuple[Any, ...]


def new(model: type[Model], **values: Any) -> Model:
    """A row of a table that is yet to be written; read and set like an instance of its model."""
    return cast(Model, _plain(model)(**values))


def as_json(rows: Sequence[Any]) -> str:
    """Rows as one parameter, for `jsonb_to_recordset`: far quicker than an array for every column."""
    return json.dumps(rows, ensure_ascii=False, default=_moment)


def _moment(value: Any) -> str:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat()
    raise TypeError(f"not for a row: {value!r}")


def taken_apart(model: type[Base], rows: Sequence[Any]) -> tuple[tuple[str, ...], list[Row]]:
    """Column names, and the values of rows made by `new`. A key the database is to draw is left out."""
    names, values = _columns(model, drawn=getattr(rows[0], "id", None) is None)
    return names, [values(row) for row in rows]


def written_together(kept: Mapping[type[Base], Sequence[Any]]) -> tuple[str, Row]:
    """One INSERT for rows of several tables, and its values: each statement more is a wait for the database.

    References between the tables hold in any order, since they are checked when the statement has ended. Raises
    ValueError for a moment without a time zone.
    """
    shape, values = [], []
    for model, rows in _by_key(kept):
        names, taken = taken_apart(model, rows)
        shape.append((model, names, len(taken)))
        for row in taken:
            values.extend(_as_sent(row, json_places(model, names)))
    return _insert(tuple(shape)), tuple(values)


def _by_key(kept: Mapping[type[Base], Sequence[Any]]) -> Iterator[tuple[type[Base], Sequence[Any]]]:
    """Rows that have their keys already apart from those whose keys the database is to draw."""
    for model, rows in kept.items():
        drawn = [row for row in rows if getattr(row, "id", None) is None]
        given = [row for row in rows if getattr(row, "id", None) is not None]
        yield from ((model, part) for part in (given, drawn) if part)


def _as_sent(row: Row, json_places: tuple[int, ...]) -> Sequence[Any]:
    cells = list(row)
    for place, cell in enumerate(cells):
        if isinstance(cell, datetime) and cell.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        if place in json_places and cell is not None:
            cells[place] = json.dumps(cell, ensure_ascii=False)
    return cells


@cache
def _insert(shape: tuple[tuple[type[Base], tuple[str, ...], int], ...]) -> str:
    *first, last = (_insert_of(*part) for part in shape)
    if not first:
        return last
    named = ", ".join(f"part_{place} AS ({part})" for place, part in enumerate(first))
    return f"WITH {named} {last}"


def _insert_of(model: type[Base], names: tuple[str, ...], rows: int) -> str:
    row = f"({', '.join(['%s'] * len(names))})"
    columns = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{model.__tablename__}" ({columns}) VALUES {", ".join([row] * rows)}'  # noqa: S608


@cache
def json_places(model: type[Base], names: tuple[str, ...]) -> tuple[int, ...]:
    """Which of a row's values are JSON and must be written out before they are sent."""
    columns = model.__table__.columns
    return tuple(place for place, name in enumerate(names) if isinstance(columns[name].type, JSONB))


@cache
def _plain(model: type[Base]) -> type[Any]:
    fields = [(column.name, Any, _default(column)) for column in model.__table__.columns]
    return make_dataclass(f"New{model.__name__}", fields, namespace={"model": model}, slots=True, eq=False)


def _default(column: Column[Any]) -> Any:
    value = column.default.arg if column.default is not None else None
    return field(default_factory=lambda: value(None)) if callable(value) else field(default=value)


@cache
def _columns(model: type[Base], drawn: bool) -> tuple[tuple[str, ...], Callable[[Any], Row]]:
    names = tuple(column.name for column in model.__table__.columns if not (drawn and column.identity))
    return names, attrgetter(*names)
