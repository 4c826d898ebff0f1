"""The shape of every move's form, one for the page and the API alike.

Only shapes stand here: whether a move may be made, and which fields its answers call for, is the use case's to
say. What the server owns (states, moments of the database's clock, who acts) has no field anywhere. A move that
changes the state must carry the `version` its sender saw; one that only adds to the ticket need not, since nothing
can be overwritten by it.
"""

from __future__ import annotations

from hotline.forms import Choice, CleanStr, CleanText, Day, Flag, Form, Many, Moment, OurField, StrictInt, refuse
from workflows.rules.satisfaction import AttemptResult, DissatisfactionReason, Satisfaction, Solved
from workflows.rules.vocabulary import (
    CloseType,
    ConferenceReason,
    ConferenceStance,
    ContactResult,
    DissatisfactionClass,
    ExtensionReason,
    RecallReason,
    ReturnReason,
    SuspensionCause,
    TerminationGround,
    TicketRelation,
)
from workflows.suspend import MOST_MILESTONES, Milestone

#: A remark, an opinion, a caller's words.
NOTE = 2_000
#: The texts of a reply.
ACCOUNT = 8_000
ANSWER = 4_000


class YesNo(OurField):
    """Yes, no, or not asked (None)."""

    def __init__(self) -> None:
        super().__init__(load_default=None)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> bool:
        if value is True or value in ("1", "true"):
            return True
        if value is False or value in ("0", "false"):
            return False
        raise refuse("not_a_choice")


def _version() -> StrictInt:
    return StrictInt(least=1, required=True)


def one_unit(*, required: bool = False) -> StrictInt:
    """A unit, by its id."""
    return StrictInt(least=1, required=required)


def several_units(*, required: bool = False) -> Many:
    """Units, by their ids."""
    return Many(one_unit(required=True), most=20, required=required)


def task_number(*, required: bool = False) -> CleanStr:
    """The number of a task within its ticket: 2, 1.3."""
    return CleanStr(most=24, pattern=r"[1-9][0-9]{0,3}(\.[1-9][0-9]{0,3}){0,3}", required=required)


class MoveForm(Form):
    """A move that changes the state."""

    version = _version()


class AddingForm(Form):
    """A move that adds to the ticket and leaves its state; the version is checked where it is given."""

    version = StrictInt(least=1)


class Dispatch(MoveForm):
    """Send to a unit (派单)."""

    unit_id = one_unit(required=True)
    note = CleanText(most=500)
    override_reason = CleanStr(most=200)
    final = Flag()
    co_units = several_units()
    joint_units = several_units()
    copy_units = several_units()


class Merge(MoveForm):
    """Let it follow another ticket of the same matter (并单)."""

    master = CleanStr(most=24, required=True)
    note = CleanText(most=NOTE)


class Support(AddingForm):
    """Let another ticket follow this one (并入一件)."""

    ticket = CleanStr(most=24, required=True)
    note = CleanText(most=NOTE)


class Link(AddingForm):
    """Link it to another ticket (关联)."""

    ticket = CleanStr(most=24, required=True)
    relation = Choice(TicketRelation, load_default=TicketRelation.RELATED)
    note = CleanText(most=NOTE)


class Unlink(AddingForm):
    """Take a link away (取消关联)."""

    ticket = CleanStr(most=24, required=True)
    note = CleanText(most=NOTE)


class Recuse(AddingForm):
    """Name a person the ticket accuses (回避)."""

    account = CleanStr(most=40, required=True)
    note = CleanText(most=NOTE, required=True)


class Unmerge(MoveForm):
    """Part it from its master (拆分)."""

    note = CleanText(most=NOTE, required=True)


class Confer(MoveForm):
    """Call units together (会商); how many there must be is the use case's to say."""

    reason = Choice(ConferenceReason, required=True)
    question = CleanText(most=NOTE, required=True)
    unit_ids = Many(StrictInt(least=1, required=True), required=True)


class Opine(AddingForm):
    """What an invited unit holds (会商意见)."""

    stance = Choice(ConferenceStance, required=True)
    opinion = CleanText(most=NOTE, required=True)


class Escalate(AddingForm):
    """Raise a conference to the next level (提级)."""

    note = CleanText(most=NOTE, required=True)


class DecideConference(MoveForm):
    """Who it is, and what was said (会商结果)."""

    unit_id = one_unit(required=True)
    co_units = several_units()
    minutes = CleanText(most=ANSWER, required=True)


class CancelConference(MoveForm):
    """Call a conference off."""

    note = CleanText(most=NOTE, required=True)


class Sign(MoveForm):
    """Acknowledge (签收)."""

    task = task_number()


class Contact(AddingForm):
    """An attempt to reach the caller (首次联系). The number is not part of it: it is revealed, never typed."""

    task = task_number()
    result = Choice(ContactResult, required=True)
    at = Moment()
    note = CleanText(most=NOTE)


class AskRelay(AddingForm):
    """What the hotline is to tell or ask a withheld caller (经热线联系)."""

    question = CleanText(most=NOTE, required=True)


class Relay(AddingForm):
    """What came of it (转达)."""

    result = Choice(ContactResult, required=True)
    answer = CleanText(most=NOTE, required=True)


class Conceal(AddingForm):
    """Withhold the caller from units (改为保密)."""

    note = CleanText(most=NOTE, required=True)


class Disclose(AddingForm):
    """Let the unit know the caller again (改为公开), by the caller's own word."""

    note = CleanText(most=NOTE, required=True)
    by_caller = Flag()


class Interim(AddingForm):
    """How far it has got, and when more will be told (阶段性答复)."""

    text = CleanText(most=ANSWER, required=True)
    next_on = Day()


class Recall(MoveForm):
    """Take back from a unit (改派)."""

    reason = Choice(RecallReason, required=True)
    note = CleanText(most=NOTE)


class ApplyReturn(MoveForm):
    """Not ours (退单申请, §8.5)."""

    reason = Choice(ReturnReason, required=True)
    basis = CleanText(most=NOTE, required=True)
    suggested_unit_id = one_unit()


class GrantReturn(MoveForm):
    """Agree to a return."""

    opinion = CleanText(most=NOTE)


class RefuseReturn(MoveForm):
    """Refuse a return; the unit is told why."""

    opinion = CleanText(most=NOTE, required=True)


class ApplyExtension(MoveForm):
    """More time (延期申请, §8.5); how much at most is the use case's to say."""

    reason = Choice(ExtensionReason, required=True)
    amount = StrictInt(least=1, most=1_000, required=True)
    plan = CleanText(most=NOTE, required=True)
    caller_informed = Flag()


class GrantExtension(MoveForm):
    """Grant more time; without an amount, what was asked for."""

    amount = StrictInt(least=1, most=1_000)
    opinion = CleanText(most=NOTE)


class RefuseExtension(MoveForm):
    """Refuse more time; the unit is told why."""

    opinion = CleanText(most=NOTE, required=True)


class Milestones(OurField):
    """The steps of a plan, each a day and what will be done: pairs, or lines of text that begin with the day."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> list[Milestone]:
        lines = value.splitlines() if isinstance(value, str) else value
        if not isinstance(lines, list) or len(lines) > MOST_MILESTONES:
            raise refuse("milestones_wanted")
        return [self._one(line) for line in lines if not isinstance(line, str) or line.strip()]

    def _one(self, line: object) -> Milestone:
        if isinstance(line, str):
            on, _, what = line.strip().partition(" ")
        elif isinstance(line, dict) and line.keys() == {"on", "what"}:
            on, what = line["on"], line["what"]
        else:
            raise refuse("milestones_wanted")
        what = CleanStr(most=120, required=True).deserialize(what)
        return Milestone(Day(required=True).deserialize(on), what)


class ApplySuspension(MoveForm):
    """Set aside with a plan (挂账申请, §8.5)."""

    reason = Choice(SuspensionCause, required=True)
    obstacles = CleanText(most=NOTE, required=True)
    plan = CleanText(most=NOTE, required=True)
    milestones = Milestones(required=True)
    leader_name = CleanStr(most=40, required=True)
    leader_office = CleanStr(most=80, required=True)
    target_on = Day(required=True)
    caller_informed = Flag()


class ApplyTermination(MoveForm):
    """End without an answer to the matter (终止申请, §8.5)."""

    reason = Choice(TerminationGround, required=True)
    evidence = CleanText(most=NOTE, required=True)
    explanation = CleanText(most=ANSWER, required=True)
    caller_informed = Flag()


class Agree(MoveForm):
    """Agree at a step of a chain."""

    opinion = CleanText(most=NOTE)


class Disagree(MoveForm):
    """Refuse at a step of a chain; the unit is told why."""

    opinion = CleanText(most=NOTE, required=True)


class ReviewSuspension(MoveForm):
    """How far a suspended matter has got (挂账复查); a milestone, counted from 1, is done, or moved to a later day."""

    progress = CleanText(most=NOTE, required=True)
    milestone = StrictInt(least=1, most=MOST_MILESTONES)
    moved_to = Day()


class Resume(MoveForm):
    """Take a suspended matter up again."""

    note = CleanText(most=NOTE, required=True)


class RecordCallback(MoveForm):
    """One try to ring the caller, with the questionnaire of §7.3 where the call was taken."""

    result = Choice(AttemptResult, required=True)
    contacted = YesNo()
    solved = Choice(Solved)
    satisfaction = Choice(Satisfaction)
    reason = Choice(DissatisfactionReason)
    service = Choice(Satisfaction)
    words = CleanText(most=NOTE)


class NameCall(AddingForm):
    """Have the caller rung back whatever the policy (点名回访)."""

    note = CleanText(most=NOTE, required=True)


class Close(MoveForm):
    """Close after a call-back."""

    close_type = Choice(CloseType, required=True)
    note = CleanText(most=NOTE)
    basis = CleanStr(most=200)
    earlier = CleanStr(most=24)
    taken_by = CleanStr(most=120)


class ApplyJudgement(MoveForm):
    """Propose to close although the caller is dissatisfied (研判办结)."""

    reason = Choice(DissatisfactionClass, required=True)
    evidence = CleanText(most=NOTE, required=True)
