"""Shapes of lists and figures."""

from __future__ import annotations

from marshmallow import Schema, fields

from hotline.api.kinds import Reference, list_of, maybe_moment, moment, number, one_of, reference, text, yes_no
from hotline.api.shapes import DueTicketLine
from workflows.rules.indicators import Figure
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import Kind, Urgency


class Page(Schema):
    """Part of a list; null where there is no page after or before it."""

    next = fields.String(required=True, allow_none=True)
    prev = fields.String(required=True, allow_none=True)


class TicketPage(Page):
    """Tickets, newest first."""

    items = list_of(DueTicketLine)


class LateClock(Schema):
    """An overdue clock. Without a unit a desk of the hotline must act, and `role` says which."""

    no = text()
    title = text()
    kind = one_of(Kind)
    urgency = one_of(Urgency)
    state = one_of(TicketState)
    version = number()
    code = one_of(ClockCode)
    unit = reference()
    role = one_of(Role)
    started_at = moment()
    due_at = moment()
    warned_at = maybe_moment()
    fired_at = maybe_moment()
    urge_count = number()
    provisional = yes_no()
    working_days = fields.Float(required=True, metadata={"description": "how long overdue"})


class LatePage(Page):
    """Overdue clocks, the longest overdue first."""

    items = list_of(LateClock)


class Ratio(Schema):
    """A rate, never without its parts. `percent` is null where nothing was counted."""

    figure = one_of(Figure)
    numerator = fields.Float(required=True)
    denominator = number()
    percent = fields.Float(required=True, allow_none=True)


class UnitFigures(Schema):
    """A unit's figures; without a unit, the total of all."""

    unit = reference()
    kind = text()
    received = number()
    closed = number()
    handling_days = fields.Float(
        required=True, allow_none=True, metadata={"description": "working days from dispatch to reply, on average"}
    )
    ratios = list_of(Ratio)


class Figures(Schema):
    """Figures of a period by the definitions of `formula`."""

    start = fields.Date(required=True, data_key="from")
    end = fields.Date(required=True, data_key="to")
    formula = text()
    items = list_of(UnitFigures)


class Node(Reference):
    """A category, area or unit of its tree."""

    parent_id = number(allow_none=True)
    kind = text("of an area or unit; empty for a category")


class NodePage(Schema):
    """Categories, areas or units, by code; `next` is the code the next page begins after."""

    next = fields.String(required=True, allow_none=True)
    items = list_of(Node)
