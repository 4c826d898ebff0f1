"""A ticket as a line of a list. No caller in it: identity stands on the ticket's page and in the call-back queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row

from workflows.model.reference import Reference
from workflows.model.ticket import Ticket
from workflows.read.views import Light, columns_of, light_of, minutes_left, provisional
from workflows.rules.states import TicketState

Line = TypeVar("Line", bound="TicketRow")


@dataclass(frozen=True, kw_only=True)
class TicketRow:
    """A line of any list of tickets.

    `due_at` and `warn_at` are of the clock the list is about; `light` and `minutes_left` (working minutes,
    negative when overdue) say how it stands. They are None where nobody is waited for.
    """

    id: int
    no: str
    state: str
    version: int
    title: str
    kind: str
    category_id: int | None
    area_id: int | None
    place: str
    urgency: str
    anonymity: str
    caller_type: str
    created_at: datetime
    closed_at: datetime | None
    lead_unit_id: int | None
    round: int
    return_count: int
    urge_count: int
    supporters: int
    instructed_at: datetime | None
    open_risk: bool
    callback_outcome: str | None
    close_type: str | None
    category_name: str = ""
    area_name: str = ""
    unit_name: str = ""
    due_at: datetime | None = None
    warn_at: datetime | None = None
    light: Light | None = None
    minutes_left: float | None = None
    #: Whether the days until due are not all official yet.
    provisional: bool = False


TICKET_COLUMNS = columns_of(Ticket, TicketRow)


def line_maker(
    view: type[Line], ref: Reference, at: datetime, *, by_unit: bool = False, **more: Callable[[Row[Any]], Any]
) -> Callable[[Row[Any]], Line]:
    """What makes a line of a row: the columns it shows, names of its ids, how its clock stands, `more` by field.

    `by_unit` counts what is left by the calendar of the unit of the row's task, else of the lead's; otherwise it is the
    hotline that must act.
    """

    def unit_of(row: Row[Any]) -> int | None:
        return row._mapping.get("unit_id", row.lead_unit_id)

    shown = {f.name for f in fields(view)}

    def make(row: Row[Any]) -> Line:
        values = {name: value for name, value in row._mapping.items() if name in shown}
        # the time of what is suspended stands still: it is neither yellow nor red
        due_at = None if row.state == TicketState.SUSPENDED else values.get("due_at")
        return view(
            **values,
            category_name=ref.category_name(row.category_id),
            area_name=ref.area_name(row.area_id),
            unit_name=ref.unit_name(row.lead_unit_id),
            light=light_of(at, values.get("warn_at"), due_at, values.get("extension_filed_at")),
            minutes_left=minutes_left(ref, unit_of(row) if by_unit else None, at, due_at),
            provisional=provisional(ref, unit_of(row) if by_unit else None, at, due_at),
            **{name: of(row) for name, of in more.items()},
        )

    return make
