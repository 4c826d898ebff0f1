"""A ticket and all that belongs to it as canonical JSON: the rows as the database has them, what is sealed sealed.

Which tables belong to a ticket is read from the models: those with its key, and those that hang on one of these. The
same rows give the same bytes on every machine: keys sorted, no blanks, moments in UTC.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text

from workflows.model.base import Base, db

#: The layout of a package; a reader knows by it what to expect.
FORMAT = 1
#: Tables with a ticket's key that are no part of it: what is derived, on its way, or about the system.
APART = frozenset(
    {"ticket_text", "event_head", "outbox", "notice", "discrepancy", "catalogue_proposal", "job_row", "archive"}
)
#: What archiving itself changes of a ticket.
MOVED = frozenset({"state", "version", "changed_at"})
#: Keys by which rows without a ticket's key hang on one that has it, and whose.
_HANGING = {"assignment_id": "assignment", "application_id": "application", "task_id": "callback_task",
            "clock_id": "clock", "conference_id": "conference", "reply_id": "reply"}


@cache
def parts() -> dict[str, TextClause]:
    """Table → the statement that gives its rows of some tickets: (ticket, the rows in their order)."""
    tables = Base.metadata.tables
    found = {"ticket": _rows("ticket", "x.id", "x")}
    own = sorted(name for name, table in tables.items() if "ticket_id" in table.columns and name not in APART)
    for name in own:
        found[name] = _rows(name, "x.ticket_id", "x")
    for name, table in sorted(tables.items()):
        by = next((key for key in _HANGING if key in table.columns), None)
        if name not in found and name not in APART and by is not None and _HANGING[by] in own:
            found[name] = _rows(name, "up.ticket_id", f"x JOIN {_HANGING[by]} AS up ON up.id = x.{by}")
    return found


def _rows(table: str, key: str, source: str) -> TextClause:
    return text(
        f"SELECT {key} AS ticket_id, jsonb_agg(to_jsonb(x) ORDER BY to_jsonb(x) -> 'id', to_jsonb(x)::text) AS rows"  # noqa: S608
        f" FROM {table} AS {source} WHERE {key} = ANY(:tickets) GROUP BY 1"
    )


def gather(ticket_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Ticket → table → its rows, as they are now."""
    db.session.execute(text("SET LOCAL TIME ZONE 'UTC'"))
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for table, statement in parts().items():
        for ticket_id, rows in db.session.execute(statement, {"tickets": list(ticket_ids)}):
            found[ticket_id][table] = rows
    return found


def canonical(tables: dict[str, Any]) -> str:
    """The one way to write a package down."""
    package = {"format": FORMAT, "tables": tables}
    return json.dumps(package, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def changed(kept: str, present: dict[str, Any]) -> Iterator[str]:
    """The tables whose rows are no longer as they were packed; columns and events added since do not count."""
    for table, rows in json.loads(kept)["tables"].items():
        names = rows[0].keys() - (MOVED if table == "ticket" else frozenset())
        there = [{name: row.get(name) for name in names} for row in present.get(table, ())]
        if any({name: row[name] for name in names} not in there for row in rows):
            yield table
