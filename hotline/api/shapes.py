"""What other systems are given, field by field: what is not listed here does not leave."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from marshmallow import Schema, fields, validate

from workflows.read.figures import Figure
from workflows.read.ticket_parts import Hidden
from workflows.read.views import Light
from workflows.rules.accounting import SegmentKind, SegmentReason
from workflows.rules.calendar import Basis
from workflows.rules.counting import DayCount
from workflows.rules.lifecycle import ApplicationState, AssignmentState, TicketState
from workflows.rules.limits import ClockCode
from workflows.rules.numbering import Channel
from workflows.rules.roles import Role
from workflows.rules.vocabulary import Anonymity, CallerType, CloseType, Kind, Urgency


def _text(says: str = "", **more: Any) -> fields.String:
    return fields.String(required=True, metadata={"description": says} if says else {}, **more)


def _of(vocabulary: Iterable[StrEnum], **more: Any) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf([str(one) for one in vocabulary]), **more)


def _number(says: str = "", **more: Any) -> fields.Integer:
    return fields.Integer(required=True, metadata={"description": says} if says else {}, **more)


def _moment(**more: Any) -> fields.DateTime:
    return fields.DateTime(required=True, **more)


def _maybe_moment() -> fields.DateTime:
    return _moment(allow_none=True)


def _yes() -> fields.Boolean:
    return fields.Boolean(required=True)


def _list(shape: type[Schema]) -> fields.List:
    return fields.List(fields.Nested(shape), required=True)


class Reference(Schema):
    """A category, area or unit."""

    id = _number()
    code = _text()
    name = _text()


def _reference() -> fields.Nested:
    return fields.Nested(Reference, required=True, allow_none=True)


class MoveOutcome(Schema):
    """Where a ticket stands after a move."""

    no = _text()
    state = _of(TicketState)
    version = _number()
    unit = _reference()


class Receipt(MoveOutcome):
    """What is told to whoever hands in a request. The query code is shown this once."""

    query_code = _text("the caller asks with it and the number")


class TicketLine(Schema):
    """A ticket in a list."""

    no = _text()
    state = _of(TicketState)
    version = _number()
    kind = _of(Kind)
    category = _reference()
    area = _reference()
    place = _text()
    title = _text()
    urgency = _of(Urgency)
    anonymity = _of(Anonymity)
    created_at = _moment()
    closed_at = _maybe_moment()
    close_type = _of(CloseType, allow_none=True)
    callback_outcome = _text(allow_none=True)
    unit = _reference()
    round = _number("1, and one more with every re-handling")
    return_count = _number()
    urge_count = _number()


class DueTicketLine(TicketLine):
    """A ticket in a list, with what its unit still owes."""

    due_at = _maybe_moment()
    warn_at = _maybe_moment()
    light = _of(Light, allow_none=True)
    minutes_left = fields.Float(required=True, allow_none=True, metadata={"description": "working time of the unit"})


class Caller(Schema):
    """A caller, masked. In full a caller is never given out here."""

    name = _text()
    phone = _text()
    address = _text()


class Assignment(Schema):
    """One unit's task."""

    id = _number()
    unit = _reference()
    role = _text()
    state = _of(AssignmentState)
    round = _number()
    dispatched_at = _moment()
    dispatch_note = _text()
    override_reason = _text()
    return_until = _maybe_moment()
    signed_at = _maybe_moment()
    auto_signed = _yes()
    contacted_at = _maybe_moment()
    replied_at = _maybe_moment()
    accepted_at = _maybe_moment()
    ended_at = _maybe_moment()
    due_at = _maybe_moment()
    final_designation = _yes()


class Segment(Schema):
    """What moved a due date: time put back, an extension, a recomputation; or a stopped clock that ran on."""

    kind = _of(SegmentKind)
    at = _moment()
    by = _text()
    reason = _of(SegmentReason)
    minutes = _number("put back, of the limit's own time")
    amount = _number(allow_none=True)
    basis = _of(Basis, allow_none=True)
    due_before = _moment()
    due_after = _moment()


class Clock(Schema):
    """A time limit. `rule` is what it was judged by; `minutes_left` counts working time."""

    code = _of(ClockCode)
    round = _number()
    assignment_id = _number(allow_none=True)
    unit = _reference()
    role = _of(Role)
    rule = fields.Dict(required=True)
    started_at = _moment()
    warn_at = _maybe_moment()
    due_at = _maybe_moment()
    due_original = _maybe_moment()
    warned_at = _maybe_moment()
    fired_at = _maybe_moment()
    stopped_at = _maybe_moment()
    late_seconds = _number(allow_none=True)
    late = _yes()
    light = _of(Light, allow_none=True)
    minutes_left = fields.Float(required=True, allow_none=True)
    void = _yes()
    segments = _list(Segment)


class CountedDay(Schema):
    """A day of a limit, or several days of rest in a row. `blocks` are [from, to] of working hours that count."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    count = _of(DayCount)
    number = _number("the how-manieth day that counts; 0 for others")
    minutes = fields.Float(required=True)
    blocks = fields.List(fields.List(fields.DateTime()), required=True)
    name = _text("of a holiday or a make-up day")
    make_up = _yes()
    provisional = _yes()


class AccountLine(Schema):
    """A step from a moment to a due date: by the rule (RUN), or by what came after. `sound`: it still counts so."""

    kind = _of(SegmentKind)
    before = _moment()
    after = _moment()
    at = _maybe_moment()
    by = _text()
    reason = _of(SegmentReason, allow_none=True)
    minutes = _number("put back, of the limit's own time")
    amount = _number(allow_none=True)
    basis = _of(Basis, allow_none=True)
    sound = _yes()
    days = _list(CountedDay)


class ClockAccount(Clock):
    """Why a clock is due when it is. `adds_up`: the lines lead from its start to its due."""

    calendar = _text()
    calendar_version = _number()
    lines = _list(AccountLine)
    adds_up = _yes()
    sound = _yes()
    late_minutes = fields.Float(required=True)


class Event(Schema):
    """Something that happened."""

    at = _moment()
    kind = _text()
    from_state = _text(allow_none=True)
    to_state = _text(allow_none=True)
    actor = _text()
    role = _of(Role)
    unit = _reference()
    reason = _text(allow_none=True)
    note = _text()
    data = fields.Dict(required=True, allow_none=True)


class Order(Schema):
    """A supervision order. `answer` is for the unit itself and the hotline, empty for others."""

    no = _text()
    level = _number("from 1 to 3")
    unit = _reference()
    reason = _text()
    issued_at = _moment()
    issued_by = _text()
    due_at = _moment()
    open = _yes()
    answer = _text()
    answered_at = _maybe_moment()
    answered_by = _text()
    lapsed_at = _maybe_moment()


class Reply(Schema):
    """A unit's answer. `internal_account` is for the unit itself and the hotline, empty for others."""

    assignment_id = _number()
    round = _number()
    submitted_at = _moment()
    submitted_by = _text()
    truth = _text()
    resolution = _text()
    unresolved_reason = _text(allow_none=True)
    beyond_duty = _yes()
    beyond_duty_kind = _text()
    internal_account = _text()
    public_answer = _text()
    measures = _text()
    legal_basis = _text()
    visited_at = _maybe_moment()
    visitors = _text()
    promised_on = fields.Date(required=True, allow_none=True)
    signed_by = _text()
    decision = _text(allow_none=True)
    decided_at = _maybe_moment()
    decided_by = _text()
    defects = fields.List(fields.String(), required=True)
    opinion = _text()


class Application(Schema):
    """Something a unit asked of the hotline."""

    kind = _text()
    state = _of(ApplicationState)
    assignment_id = _number()
    reason = _text()
    basis = _text()
    suggested_unit = _reference()
    filed_at = _moment()
    filed_by = _text()
    decided_at = _maybe_moment()
    decided_by = _text()
    opinion = _text()


class OpenMove(Schema):
    """A move open to this account now."""

    move = _text()
    version_needed = _yes()


class Ticket(TicketLine):
    """A ticket with its past and present, as this account may see it."""

    channel = _of(Channel)
    channel_ref = _text()
    caller_type = _of(CallerType)
    enterprise_name = _text()
    content = _text()
    need_reply = _yes()
    submitted_at = _maybe_moment()
    changed_at = _moment()
    hops = _number("how often it was dispatched")
    send_back_count = _number()
    direct_answer = _text()
    reject_code = _text(allow_none=True)
    reject_route = _text()
    caller = fields.Nested(Caller, required=True, allow_none=True)
    hidden = _of(Hidden, allow_none=True)
    assignments = _list(Assignment)
    clocks = _list(Clock)
    events = _list(Event)
    replies = _list(Reply)
    applications = _list(Application)
    orders = _list(Order)
    moves = _list(OpenMove)


class Page(Schema):
    """Part of a list; null where there is no page after or before it."""

    next = fields.String(required=True, allow_none=True)
    prev = fields.String(required=True, allow_none=True)


class TicketPage(Page):
    """Tickets, newest first."""

    items = _list(DueTicketLine)


class LateClock(Schema):
    """An overdue clock. Without a unit a desk of the hotline must act, and `role` says which."""

    no = _text()
    title = _text()
    kind = _of(Kind)
    urgency = _of(Urgency)
    state = _of(TicketState)
    version = _number()
    code = _of(ClockCode)
    unit = _reference()
    role = _of(Role)
    started_at = _moment()
    due_at = _moment()
    warned_at = _maybe_moment()
    fired_at = _maybe_moment()
    urge_count = _number()
    working_days = fields.Float(required=True, metadata={"description": "how long overdue"})


class LatePage(Page):
    """Overdue clocks, the longest overdue first."""

    items = _list(LateClock)


class Ratio(Schema):
    """A rate, never without its parts. `percent` is null where nothing was counted."""

    figure = _of(Figure)
    numerator = fields.Float(required=True)
    denominator = _number()
    percent = fields.Float(required=True, allow_none=True)


class UnitFigures(Schema):
    """A unit's figures; without a unit, the total of all."""

    unit = _reference()
    kind = _text()
    received = _number()
    closed = _number()
    handling_days = fields.Float(
        required=True, allow_none=True, metadata={"description": "working days from dispatch to reply, on average"}
    )
    ratios = _list(Ratio)


class Figures(Schema):
    """Figures of a period by the definitions of `formula`."""

    start = fields.Date(required=True, data_key="from")
    end = fields.Date(required=True, data_key="to")
    formula = _text()
    items = _list(UnitFigures)


class Node(Reference):
    """A category, area or unit of its tree."""

    parent_id = _number(allow_none=True)
    kind = _text("of an area or unit; empty for a category")


class NodePage(Schema):
    """Categories, areas or units, by code; `next` is the code the next page begins after."""

    next = fields.String(required=True, allow_none=True)
    items = _list(Node)
