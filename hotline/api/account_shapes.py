"""What other systems are told of why a time limit is due when it is, field by field."""

from __future__ import annotations

from marshmallow import Schema, fields

from hotline.api.clock_shapes import Clock
from hotline.api.kinds import list_of, maybe_moment, moment, number, one_of, text, yes_no
from hotline.api.shapes import Application
from workflows.rules.accounting import SegmentKind, SegmentReason
from workflows.rules.calendar import Basis
from workflows.rules.counting import DayCount
from workflows.rules.escalation import Level


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
    application = number("the how-manieth of `applications` decided so, from 1; 0 for none")
    days = list_of(CountedDay)


class Firing(Schema):
    """A warning or a red, by the due date there then was. `collapsed`: a later step came first, nobody was told."""

    level = one_of(Level)
    due_at = moment()
    reached_at = moment()
    at = moment()
    late_seconds = number()
    collapsed = yes_no()


class ClockAccount(Clock):
    """Why a clock is due when it is. `adds_up`: the lines lead from its start to its due.

    `applications` are those about this limit, granted or not, oldest first.
    """

    calendar = text()
    calendar_version = number()
    lines = list_of(AccountLine)
    adds_up = yes_no()
    sound = yes_no()
    late_minutes = fields.Float(required=True)
    applications = list_of(Application)
    firings = list_of(Firing)
