"""What a unit reads of a withheld caller's ticket: without the caller, whoever wrote them into a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from sqlalchemy import select

from workflows.model.base import db
from workflows.model.secrets import opened
from workflows.model.ticket import TicketIdentity
from workflows.rules.masking import scrub


def without_caller(told: Any, ticket_id: int, no: str) -> Any:
    """A view of a ticket, or several, every text without the caller's name, numbers and address."""
    return without_callers([(told, ticket_id, no)])[0]


def without_callers(told: Sequence[tuple[Any, int, str]]) -> list[Any]:
    """Views of several tickets, each with the id and number of its own, and each without its own caller."""
    if not told:
        return []
    wanted = [ticket_id for _, ticket_id, _ in told]
    rows = db.session.scalars(select(TicketIdentity).where(TicketIdentity.ticket_id.in_(wanted)))
    known = {row.ticket_id: row for row in rows}
    return [_without(view, known.get(ticket_id), no) for view, ticket_id, no in told]


def _without(view: Any, identity: TicketIdentity | None, no: str) -> Any:
    if identity is None:
        return view
    caller = opened(identity, no)
    return _clean(view, caller["name"], (caller["phone"], caller["alt_phone"]), caller["address"])


def _clean(value: Any, *caller: Any) -> Any:
    if isinstance(value, str):
        return scrub(str(value), *caller) if type(value) is str else value
    if isinstance(value, (tuple, list)):
        return type(value)(_clean(one, *caller) for one in value)
    if isinstance(value, dict):
        return {name: _clean(one, *caller) for name, one in value.items()}
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {f.name: _clean(getattr(value, f.name), *caller) for f in fields(value) if f.name != "no"}
    return replace(value, **{name: new for name, new in changed.items() if new is not getattr(value, name)})
