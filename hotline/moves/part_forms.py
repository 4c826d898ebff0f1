"""The forms of the moves that give units a part in a ticket, and of what is done with a part; see `forms.py`."""

from __future__ import annotations

from hotline.forms import Choice, CleanStr, CleanText, Moment
from hotline.moves.forms import ACCOUNT, ANSWER, NOTE, MoveForm, one_unit, several_units, task_number
from workflows.rules.vocabulary import PartRole, RecallReason, Resolution, ReturnReason


class AddPart(MoveForm):
    """Give more units a part (加派协办)."""

    unit_ids = several_units(required=True)
    role = Choice(PartRole, required=True)
    reason = CleanText(most=500)


class Copy(MoveForm):
    """Let units know (抄送)."""

    unit_ids = several_units(required=True)
    reason = CleanText(most=500)


class Whistle(MoveForm):
    """A street summons departments (吹哨)."""

    unit_ids = several_units(required=True)
    reason = CleanText(most=500, required=True)


class Delegate(MoveForm):
    """Hand down to a unit below (下派); `task` is the one that is handed down, where the unit has several."""

    unit_id = one_unit(required=True)
    due_at = Moment()
    note = CleanText(most=500)
    task = task_number()


class Acknowledge(MoveForm):
    """A copy was read (阅知)."""

    task = task_number()


class ObjectToPart(MoveForm):
    """Not our business (协办异议)."""

    task = task_number()
    reason = Choice(ReturnReason, required=True)
    basis = CleanText(most=NOTE, required=True)


class ReleasePart(MoveForm):
    """Let a unit out of its part."""

    task = task_number(required=True)
    opinion = CleanText(most=NOTE)


class KeepPart(MoveForm):
    """Keep a unit to its part; it is told why."""

    task = task_number(required=True)
    opinion = CleanText(most=NOTE, required=True)


class RecallPart(MoveForm):
    """Take a part back (收回协办, 收回下派)."""

    task = task_number(required=True)
    reason = Choice(RecallReason, required=True)
    note = CleanText(most=NOTE)


class Contribute(MoveForm):
    """A report on a part (协办反馈): for the lead, who makes one reply of them all."""

    task = task_number()
    resolution = Choice(Resolution, required=True)
    account = CleanText(most=ACCOUNT, required=True)
    proposal = CleanText(most=ANSWER)
    ahead_reason = CleanStr(most=200)


class AcceptPart(MoveForm):
    """Accept what came back from below."""

    task = task_number(required=True)
    opinion = CleanText(most=NOTE)


class ReturnPart(MoveForm):
    """Send back what came from below."""

    task = task_number(required=True)
    opinion = CleanText(most=NOTE, required=True)
    due_at = Moment()
