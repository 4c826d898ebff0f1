"""Every move a person or another system can make on a ticket: its form and the use case behind it.

The page and the API both come through `perform`, so that no move can be made one way and not the other, and no
check stands in one of them alone. The form of a move is in `hotline/moves/forms.py`, its page part in
`templates/moves/<name>.html`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from marshmallow import ValidationError

from hotline.forms import Form, flat
from hotline.moves import admit_forms, again_forms, forms, part_forms, pressing_forms, reply_forms, risk_forms
from workflows import (
    admit,
    approve,
    collect,
    conceal,
    confer,
    dispatch,
    extend,
    feedback,
    merge,
    petition,
    relate,
    resolve,
    risk,
    share,
    spot_check,
    supervise,
    suspend,
    terminate,
    transfer,
    withdraw,
)
from workflows.errors import Invalid, Unknown
from workflows.model.ticket import Ticket
from workflows.rules import numbering
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import SuspensionCause

UseCase = Callable[..., Ticket]


@dataclass(frozen=True)
class Entry:
    """A move: its name in the table of moves, the form its data must have, and what does it."""

    name: str
    form: Form
    use_case: UseCase


def _reply(no: str, actor: Actor, *, version: int, **given: Any) -> Ticket:
    return resolve.reply(no, actor, answer=resolve.Answer(**given), version=version)


def _sign_off(no: str, actor: Actor, *, version: int, **given: Any) -> Ticket:
    return resolve.sign_off(no, actor, answer=resolve.Answer(**given), version=version)


def _apply_suspension(
    no: str, actor: Actor, *, version: int, reason: SuspensionCause, caller_informed: bool, **given: Any
) -> Ticket:
    return suspend.apply_suspension(no, actor, reason=reason, plan=suspend.Plan(**given),
                                    caller_informed=caller_informed, version=version)


def _record_callback(no: str, actor: Actor, *, version: int, **given: Any) -> Ticket:
    return feedback.record_callback(no, actor, call=feedback.Call(**given), version=version)


#: Move → form and use case, in the order a ticket meets them. The forms are made once: making one is slow.
MOVES: Mapping[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry("admit", admit_forms.Admit(), admit.admit),
        Entry("ask_details", admit_forms.AskDetails(), admit.ask_details),
        Entry("supply_details", admit_forms.SupplyDetails(), admit.supply_details),
        Entry("propose_refusal", admit_forms.ProposeRefusal(), admit.propose_refusal),
        Entry("refuse", admit_forms.Refuse(), admit.refuse),
        Entry("confer", forms.Confer(), confer.confer),
        Entry("opine", forms.Opine(), confer.opine),
        Entry("escalate", forms.Escalate(), confer.escalate),
        Entry("cancel_conference", forms.CancelConference(), confer.cancel_conference),
        Entry("decide_conference", forms.DecideConference(), confer.decide_conference),
        Entry("dispatch", forms.Dispatch(), dispatch.dispatch),
        Entry("merge", forms.Merge(), merge.merge),
        Entry("support", forms.Support(), merge.support),
        Entry("unmerge", forms.Unmerge(), merge.unmerge),
        Entry("link", forms.Link(), relate.link),
        Entry("unlink", forms.Unlink(), relate.unlink),
        Entry("recuse", forms.Recuse(), relate.recuse),
        Entry("sign", forms.Sign(), resolve.sign),
        Entry("contact", forms.Contact(), resolve.contact),
        Entry("ask_relay", forms.AskRelay(), conceal.ask_relay),
        Entry("relay", forms.Relay(), conceal.relay),
        Entry("interim", forms.Interim(), resolve.interim),
        Entry("recall", forms.Recall(), dispatch.recall),
        Entry("apply_return", forms.ApplyReturn(), resolve.apply_return),
        Entry("consent_return", forms.Agree(), resolve.consent_return),
        Entry("grant_return", forms.GrantReturn(), dispatch.grant_return),
        Entry("refuse_return", forms.RefuseReturn(), dispatch.refuse_return),
        Entry("apply_extension", forms.ApplyExtension(), extend.apply_extension),
        Entry("consent_extension", forms.Agree(), extend.consent_extension),
        Entry("deny_consent", forms.Disagree(), approve.deny_consent),
        Entry("grant_extension", forms.GrantExtension(), extend.grant_extension),
        Entry("refuse_extension", forms.RefuseExtension(), extend.refuse_extension),
        Entry("apply_suspension", forms.ApplySuspension(), _apply_suspension),
        Entry("endorse", forms.Agree(), approve.endorse),
        Entry("grant_suspension", forms.Agree(), suspend.grant_suspension),
        Entry("refuse_suspension", forms.Disagree(), approve.refuse_suspension),
        Entry("review_suspension", forms.ReviewSuspension(), suspend.review_suspension),
        Entry("resume", forms.Resume(), suspend.resume),
        Entry("apply_termination", forms.ApplyTermination(), terminate.apply_termination),
        Entry("grant_termination", forms.Agree(), terminate.grant_termination),
        Entry("refuse_termination", forms.Disagree(), approve.refuse_termination),
        Entry("sign_off", reply_forms.SignOff(), _sign_off),
        Entry("give_back", reply_forms.GiveBack(), resolve.give_back),
        Entry("reply", reply_forms.Reply(), _reply),
        Entry("accept_reply", reply_forms.AcceptReply(), resolve.accept_reply),
        Entry("send_back", reply_forms.SendBack(), resolve.send_back),
        Entry("record_callback", forms.RecordCallback(), _record_callback),
        Entry("name_call", forms.NameCall(), feedback.name_call),
        Entry("close", forms.Close(), feedback.close),
        Entry("apply_judgement", forms.ApplyJudgement(), feedback.apply_judgement),
        Entry("grant_judgement", forms.Agree(), feedback.grant_judgement),
        Entry("refuse_judgement", forms.Disagree(), feedback.refuse_judgement),
        Entry("apply_exclusion", again_forms.ApplyExclusion(), feedback.apply_exclusion),
        Entry("grant_exclusion", forms.Agree(), feedback.grant_exclusion),
        Entry("refuse_exclusion", forms.Disagree(), approve.refuse_exclusion),
        Entry("apply_appeal", again_forms.ApplyAppeal(), feedback.apply_appeal),
        Entry("grant_appeal", forms.Agree(), feedback.grant_appeal),
        Entry("refuse_appeal", forms.Disagree(), approve.refuse_appeal),
        Entry("rework", again_forms.Rework(), feedback.rework),
        Entry("reopen", again_forms.Reopen(), feedback.reopen),
        Entry("tell_again", again_forms.TellAgain(), collect.tell_again),
        Entry("withdraw", again_forms.Withdraw(), withdraw.withdraw),
        Entry("recheck_withdrawal", again_forms.RecheckWithdrawal(), withdraw.recheck_withdrawal),
        Entry("reinstate", again_forms.Reinstate(), withdraw.reinstate),
        Entry("check_ending", again_forms.CheckEnding(), spot_check.check_ending),
        Entry("petition", again_forms.Petition(), petition.petition),
        Entry("record_receipt", again_forms.RecordReceipt(), petition.record_receipt),
        Entry("note_petition", again_forms.NotePetition(), petition.note_petition),
        Entry("urge", pressing_forms.Urge(), collect.urge),
        Entry("chase", pressing_forms.Chase(), supervise.chase),
        Entry("supervise", pressing_forms.Supervise(), supervise.supervise),
        Entry("instruct", pressing_forms.Instruct(), supervise.instruct),
        Entry("answer_order", pressing_forms.AnswerOrder(), supervise.answer_order),
        Entry("add", pressing_forms.Add(), collect.add),
        Entry("transfer", risk_forms.Transfer(), transfer.transfer),
        Entry("confirm_transfer", risk_forms.ConfirmTransfer(), transfer.confirm_transfer),
        Entry("return_transfer", risk_forms.ReturnTransfer(), transfer.return_transfer),
        Entry("flag_risk", risk_forms.FlagRisk(), risk.flag_risk),
        Entry("take_risk", risk_forms.TakeRisk(), risk.take_risk),
        Entry("confirm_risk", risk_forms.ConfirmRisk(), risk.confirm_risk),
        Entry("dismiss_risk", risk_forms.DismissRisk(), risk.dismiss_risk),
        Entry("conceal", forms.Conceal(), conceal.conceal),
        Entry("disclose", forms.Disclose(), conceal.disclose),
        Entry("acknowledge", part_forms.Acknowledge(), share.acknowledge),
        Entry("contribute", part_forms.Contribute(), share.contribute),
        Entry("object", part_forms.ObjectToPart(), share.object_to_part),
        Entry("release_part", part_forms.ReleasePart(), share.release_part),
        Entry("keep_part", part_forms.KeepPart(), share.keep_part),
        Entry("delegate", part_forms.Delegate(), share.delegate),
        Entry("accept_part", part_forms.AcceptPart(), share.accept_part),
        Entry("return_part", part_forms.ReturnPart(), share.return_part),
        Entry("withdraw_part", part_forms.RecallPart(), share.withdraw_part),
        Entry("whistle", part_forms.Whistle(), share.whistle),
        Entry("add_part", part_forms.AddPart(), share.add_part),
        Entry("recall_part", part_forms.RecallPart(), share.recall_part),
        Entry("copy", part_forms.Copy(), share.copy),
    )
}


def perform(move: str, no: str, actor: Actor, data: Mapping[str, Any] | None = None) -> Ticket:
    """Make a move on a ticket with what was sent: `request.form` unless `data` is given.

    Raises Unknown for a move or ticket there is not (or not for this actor), Invalid with the fields that are
    wrong, and whatever refusal the use case has.
    """
    entry = MOVES.get(move)
    if entry is None:
        raise Unknown("move_unknown")
    if not numbering.is_valid(no):
        raise Unknown("ticket_unknown")
    return entry.use_case(no, actor, **read(entry.form, request.form if data is None else data))


def read(form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, in its types. Raises Invalid with the fields' problems."""
    try:
        return form.load(data)
    except ValidationError as error:
        raise Invalid("invalid", fields=flat(error.messages)) from error
