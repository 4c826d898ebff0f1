"""The forms of the moves that take a ticket back, hand it elsewhere, or have it handled or evaluated once more."""

from __future__ import annotations

from hotline.forms import Choice, CleanStr, CleanText, Flag, Moment
from hotline.moves.forms import NOTE, AddingForm, MoveForm, YesNo
from workflows.rules.satisfaction import AttemptResult, DissatisfactionReason
from workflows.rules.vocabulary import (
    AppealGround,
    CheckResult,
    ExclusionClass,
    PetitionCriterion,
    ReopenReason,
    WithdrawReason,
)


class Rework(MoveForm):
    """Send back to be handled again (重办)."""

    reason = Choice(DissatisfactionReason, required=True)
    note = CleanText(most=NOTE)


class Withdraw(MoveForm):
    """The caller takes it back (撤单); `phone` is the number they ring from, compared and never kept."""

    reason = Choice(WithdrawReason, required=True)
    note = CleanText(most=NOTE, required=True)
    phone = CleanStr(most=64)


class RecheckWithdrawal(AddingForm):
    """Whether anybody made the caller withdraw (撤单核查)."""

    result = Choice(AttemptResult, required=True)
    pressed = YesNo()
    words = CleanText(most=NOTE)


class Reinstate(MoveForm):
    """Take up a withdrawn request again."""

    note = CleanText(most=NOTE, required=True)


class CheckEnding(AddingForm):
    """Whether a termination or refusal was proper (抽查)."""

    result = Choice(CheckResult, required=True)
    note = CleanText(most=NOTE, required=True)


class Reopen(MoveForm):
    """Take a closed ticket up again (重开), saying what is new."""

    reason = Choice(ReopenReason, required=True)
    note = CleanText(most=NOTE, required=True)


class Petition(MoveForm):
    """Hand to the petition procedure (移交信访)."""

    reason = Choice(PetitionCriterion, required=True)
    note = CleanText(most=NOTE, required=True)
    told = CleanText(most=NOTE, required=True)
    told_at = Moment()
    receipt_no = CleanStr(most=80)
    not_parallel = Flag()


class RecordReceipt(AddingForm):
    """The receipt of the petition office."""

    receipt_no = CleanStr(most=80, required=True)
    note = CleanText(most=NOTE)


class NotePetition(AddingForm):
    """How far the petition procedure has got."""

    text = CleanText(most=NOTE, required=True)


class ApplyExclusion(MoveForm):
    """An evaluation is not the unit's to answer for (剔除申请)."""

    reason = Choice(ExclusionClass, required=True)
    evidence = CleanText(most=NOTE, required=True)


class ApplyAppeal(MoveForm):
    """Ring the caller again (评价申诉)."""

    reason = Choice(AppealGround, required=True)
    evidence = CleanText(most=NOTE, required=True)


class TellAgain(AddingForm):
    """The caller asked again and was told the result (已告知)."""

    note = CleanText(most=NOTE, required=True)
