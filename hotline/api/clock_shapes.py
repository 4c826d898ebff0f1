"""What other systems are told of time limits, field by field."""

from __future__ import annotations

from marshmallow import Schema, fields

from hotline.api.kinds import list_of, maybe_moment, moment, number, one_of, reference, text, yes_no
from workflows.read.views import Light
from workflows.rules.accounting import SegmentKind, SegmentReason
from workflows.rules.calendar import Basis
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
