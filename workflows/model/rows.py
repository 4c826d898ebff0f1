"""Rows not yet written, as plain objects: a mapped instance costs many times as much to make.

A new ticket brings a dozen rows that nobody loads or tracks before they are written. Each is an object with
the columns of its model, filled with the defaults of the table; a name that is no column is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field, make_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast

from sqlalchemy import Column

from workflows.model.base import Base

Model = TypeVar("Model", bound=Base)
Row = tuple[Any, ...]


def new(model: type[Model], **values: Any) -> Model:
    """A row of a table that is yet to be written; read and set like an instance of its model."""
    return cast(Model, _plain(model)(**values))


def taken_apart(model: type[Base], rows: Sequence[Any]) -> tuple[tuple[str, ...], list[Row]]:
    """Column names, and the values of rows made by `new`. A key the database is to draw is left out."""
    names, values = _columns(model, drawn=getattr(rows[0], "id", None) is None)
    return names, [values(row) for row in rows]


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
