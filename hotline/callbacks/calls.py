"""What the screen of a call needs beside the ticket: who may ring, what to read out, what came of it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from hotline import labels
from hotline.callbacks import claims
from hotline.forms import Typed, sent_once
from workflows import collect
from workflows.errors import NotNow
from workflows.model.base import now
from workflows.model.idempotency import AlreadyDone
from workflows.model.reference import ZONE
from workflows.read.queues import callback_queue
from workflows.read.ticket_lines import AttemptView, ReplyView
from workflows.read.ticket_parts import TicketPage
from workflows.read.tickets import ticket_page
from workflows.rules.closing import DO_NOT_DISTURB, LEAST_TRIES, disturbs
from workflows.rules.lifecycle import TICKET_MOVES
from workflows.rules.roles import Actor
from workflows.rules.states import TicketState

#: Lines of the queue looked through for the next call.
LOOKED_THROUGH = 100


def barred(page: TicketPage, actor: Actor) -> str:
    """Why this person cannot ring this caller now, in words; nothing where they can."""
    ticket = page.ticket
    over = ticket.state == TicketState.CLOSED and not ticket.appeal_call
    if over or ticket.state not in TICKET_MOVES["record_callback"].sources:
        return gettext("工单当前为“%(state)s”，不在待回访状态。", state=labels.label(ticket.state, "TicketState"))
    if actor.user_id is not None and ticket.created_by_id == actor.user_id:
        return labels.refusal_text(NotNow("own_ticket_callback"))
    if ticket.lead_unit_id in actor.unit_ids:
        return labels.refusal_text(NotNow("own_unit_callback"))
    if not page.offers("record_callback"):
        return gettext("您的岗位不能登记回访，或诉求人不需要回访。")
    return ""


def silent() -> str:
    """Why nobody is rung at this hour, in words; nothing where people may be."""
    begins, ends = (f"{at:%H:%M}" for at in DO_NOT_DISTURB)
    if not disturbs(now().astimezone(ZONE)):
        return ""
    return gettext("%(begins)s 至次日 %(ends)s 免打扰，不拨打回访电话。", begins=begins, ends=ends)


def decided_on(page: TicketPage) -> bool:
    """Whether its caller was rung and it waits for a decision: whoever looks at it is not ringing anybody."""
    return page.ticket.state == TicketState.CALLBACK and page.ticket.callback_outcome == "DISSATISFIED"


def answer_of(page: TicketPage) -> ReplyView | None:
    """The reply the hotline accepted last: its public answer is what the caller was told. Of a merged ticket the
    answer stands with its master (`page.master`).
    """
    return next((reply for reply in page.replies if reply.decision == "ACCEPTED"), None)


def attempts_of_round(page: TicketPage) -> list[AttemptView]:
    """The tries of this round (of a merged ticket: its master's), newest first."""
    this = page.master.round if page.master is not None else page.ticket.round
    return [attempt for attempt in page.attempts if attempt.round == this]


def judging(page: TicketPage) -> Typed:
    """What stands in the forms of a decision about a dissatisfied caller: what the caller said."""
    said = next((attempt for attempt in attempts_of_round(page) if attempt.reason_code), None)
    return Typed({"reason": said.reason_code} if said else {})


def first_free(actor: Actor, but: str) -> str | None:
    """The ticket of the first caller to ring: due, not logged by the actor, not being rung, and not `but`."""
    due = [row for row in callback_queue(actor, size=LOOKED_THROUGH).items if row.ready and not row.own]
    ringing = claims.held([row.no for row in due], actor)
    return next((row.no for row in due if row.no not in ringing and row.no != but), None)


def log_request(no: str, actor: Actor, said: dict[str, Any]) -> collect.Receipt:
    """What a caller asks for anew becomes a ticket. Sent twice it is one, with one receipt."""
    try:
        with sent_once(actor):
            return collect.submit_in_call(no, actor, said)
    except AlreadyDone as done:
        return collect.receipt_again(dict(done.result))


def outcome_in_words(no: str, actor: Actor) -> str:
    """What a call has led to."""
    page = ticket_page(no, actor)
    ticket, tried = page.ticket, len(attempts_of_round(page))
    if ticket.state == TicketState.CLOSED:
        how = labels.label(ticket.close_type, "CloseType")
        return gettext("工单 %(no)s 已办结：%(how)s。", no=no, how=how)
    if ticket.state == TicketState.REWORK:
        return gettext("工单 %(no)s 已发回 %(unit)s 重办。", no=no, unit=ticket.unit_name)
    if ticket.callback_outcome == "DISSATISFIED":
        return gettext("工单 %(no)s 已记录为不满意，等待督办员决定。", no=no)
    if ticket.state == TicketState.MERGED and ticket.callback_outcome:
        how = labels.label(ticket.callback_outcome, "CallbackOutcome")
        return gettext("工单 %(no)s 已回访：%(how)s。", no=no, how=how)
    if page.events and page.events[0].kind == "surveyed":
        days = page.events[0].data["days"]
        words = gettext("工单 %(no)s 多次未接通，已发短信请诉求人评价，%(days)s 天内未答复将自动办结。")
        return words % {"no": no, "days": days}
    words = gettext("工单 %(no)s 已记录第 %(n)d 次未接通，至少拨 %(most)d 次，稍后再拨。")
    return words % {"no": no, "n": tried, "most": LEAST_TRIES}
