"""What other systems are told of time limits, field by field."""

from __future__ import annotations

from marshmallow import Schema, fields

from hotline.api.kinds import list_of, maybe_moment, moment, number, one_of, reference, text, yes_no
from workflows.read.views import Light
from workflows.rules.accounting import SegmentKind, SegmentReason
from workflows.rules.calendar import Basis
from workflows.rules.counting import DayCount
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role


class Segment(Schema):
    """What moved a due date: time put back, an extension, a recomputation; or a stopped clock that ran on."""

    kind = one_of(SegmentKind)
    at = moment()
    by = text()
    reason = one_of(SegmentReason)
    minutes = number("put back, of the limit's own time")
    amount = number(allow_none=True)
    basis = one_of(Basis, allow_none=True)
    due_before = moment()
    due_after = moment()


class Clock(Schema):
    """A time limit. `rule` is what it was judged by; `minutes_left` counts working time.

    `provisional` says that the due may move once the official days of a year are published.
    """

    code = one_of(ClockCode)
    round = number()
    assignment_id = number(allow_none=True)
    unit = reference()
    role = one_of(Role)
    rule = fields.Dict(required=True)
    started_at = moment()
    warn_at = maybe_moment()
    due_at = maybe_moment()
    due_original = maybe_moment()
    warned_at = maybe_moment()
    fired_at = maybe_moment()
    stopped_at = maybe_moment()
    late_seconds = number(allow_none=True)
    late = yes_no()
    light = one_of(Light, allow_none=True)
    minutes_left = fields.Float(required=True, allow_none=True)
    provisional = yes_no()
    void = yes_no()
    held_since = maybe_moment()
    paused_since = maybe_moment()
    segments = list_of(Segment)


class CountedDay(Schema):
    """A day of a limit, or several days of rest in a row. `blocks` are [from, to] of working hours that count."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    count = one_of(DayCount)
    number = number("the how-manieth day that counts; 0 for others")
    minutes = fields.Float(required=True)
    blocks = fields.List(fields.List(fields.DateTime()), required=True)
    name = text("of a holiday or a make-up day")
    make_up = yes_no()
    provisional = yes_no()


class AccountLine(Schema):
    """A step from a moment to a due date: by the rule (RUN), or by what came after. `sound`: it still counts so."""

    kind = one_of(SegmentKind)
    before = moment()
    after = moment()
    at = maybe_moment()
    by = text()
    reason = one_of(SegmentReason, allow_none=True)
    minutes = number("put back, of the limit's own time")
    amount = number(allow_none=True)
    basis = one_of(Basis, allow_none=True)
    sound = yes_no()
    days = list_of(CountedDay)


class ClockAccount(Clock):
    """Why a clock is due when it is. `adds_up`: the lines lead from its start to its due."""

    calendar = text()
    calendar_version = number()
    lines = list_of(AccountLine)
    adds_up = yes_no()
    sound = yes_no()
    late_minutes = fields.Float(required=True)
