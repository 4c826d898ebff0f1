"""Thousands of new rows at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg

from workflows.model.base import Base, db
from workflows.model.clock import Clock
from workflows.model.link import LinkCase
from workflows.model.risk import RiskAlert
from workflows.model.rows import json_places, taken_apart
from workflows.model.ticket import Assignment, Ticket, TicketEvent, TicketIdentity
from workflows.model.work import JobReject, JobRow

#: In the order of their foreign keys.
TABLES: tuple[type[Base], ...] = (
    Ticket, TicketIdentity, Assignment, Clock, RiskAlert, LinkCase, TicketEvent, JobRow, JobReject,
)


class Loader:
    """A sink that keeps new rows and writes them by COPY: a statement a table for a batch, whatever its size."""

    def __init__(self) -> None:
        self._kept: dict[type[Base], list[Base]] = {table: [] for table in TABLES}

    def add(self, row: Base) -> None:
        """Keep a new row for `write`; what is set on it later still counts."""
        self._kept[row.model].append(row)

    def write(self) -> None:
        """Write what was kept, in the present transaction."""
        connection = db.session.connection().connection.driver_connection
        with connection.cursor() as cursor:
            for table, rows in self._kept.items():
                if rows:
                    _copy(cursor, table, *taken_apart(table, rows))
                    rows.clear()


def _copy(
    cursor: psycopg.Cursor[Any], table: type[Base], names: tuple[str, ...], rows: Iterable[Sequence[Any]]
) -> None:
    quoted = ", ".join(f'"{name}"' for name in names)
    places = json_places(table, names)
    with cursor.copy(f'COPY "{table.__tablename__}" ({quoted}) FROM STDIN') as copy:
        for row in rows if not places else _with_json(rows, places):
            copy.write_row(row)


def _with_json(rows: Iterable[Sequence[Any]], places: tuple[int, ...]) -> Iterator[Sequence[Any]]:
    """Rows with their JSON written out; what many of them share (a rule, a route) is written once."""
    written: dict[int, str] = {}
    for row in rows:
        cells = list(row)
        for place in places:
            value = cells[place]
            if value is not None:
                key = id(value)
                if key not in written:
                    written[key] = json.dumps(value, ensure_ascii=False)
                cells[place] = written[key]
        yield cells
