"""What a unit reads of a withheld caller's ticket: without the caller, whoever wrote them into a text."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from workflows.model.base import db
from workflows.model.secrets import opened
from workflows.model.ticket import TicketIdentity
from workflows.rules.masking import scrub


def without_caller(told: Any, ticket_id: int, no: str) -> Any:
    """A view of a ticket, or several, every text without the caller's name, numbers and address."""
    identity = db.session.get(TicketIdentity, ticket_id)
    if identity is None:
        return told
    caller = opened(identity, no)
    return _clean(told, caller["name"], (caller["phone"], caller["alt_phone"]), caller["address"])


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
