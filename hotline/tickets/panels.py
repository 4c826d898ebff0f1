"""The moves open on a ticket as panels of its page: which one stands open, where each leads afterwards.

Whether a move may be made is the loop's to say (`TicketPage.moves`, `workflows.engine.barred`); here they are only
put in order and given the words they were typed with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import url_for

from hotline.city import reference
from hotline.forms import Typed
from hotline.moves import MOVES
from hotline.moves.choices import units_for
from hotline.moves.reply_forms import ITEM_PARTS
from hotline.tickets.eyes import own_tasks
from workflows.read.ticket_lines import ReplyView
from workflows.read.ticket_parts import TicketPage
from workflows.rules.roles import Actor
from workflows.rules.signing import WEIGHTY_ORDER, wants_signature
from workflows.rules.states import OPEN_STATES, OWING_STATES
from workflows.rules.vocabulary import HOTLINE_GROUPS, AttachmentGroup

#: What most likely is to be done next, the first of these that is open; its panel stands open.
PRIMARY = (
    "confirm_transfer", "confirm_risk",
    "acknowledge", "relay", "sign", "opine", "answer_order", "contribute", "sign_off", "reply", "contact",
    "decide_conference",
    "dispatch", "supply_details", "refuse", "admit",
    "grant_return", "grant_extension", "consent_return", "consent_extension", "endorse",
    "grant_suspension", "grant_termination",
    "grant_exclusion", "grant_appeal",
    "review_suspension", "release_part", "grant_judgement", "recheck_withdrawal", "check_ending", "rework", "close",
    "accept_reply", "record_callback",
)
#: After these the person is done with the ticket and goes back to the list they came from.
CONCLUDING = frozenset(
    {"confirm_transfer", "return_transfer", "confirm_risk", "dismiss_risk", "refuse", "admit",
     "ask_details", "supply_details", "propose_refusal",
     "acknowledge", "contribute", "object", "release_part", "keep_part",
     "confer", "opine", "escalate", "cancel_conference", "decide_conference",
     "dispatch", "merge", "recall", "apply_return", "consent_return", "consent_extension",
     "deny_consent", "grant_return", "refuse_return", "grant_extension",
     "refuse_extension", "endorse", "grant_suspension", "refuse_suspension", "apply_termination", "grant_termination",
     "refuse_termination", "sign_off", "give_back", "reply", "accept_reply", "send_back",
     "close", "apply_judgement", "grant_judgement", "refuse_judgement", "rework", "reopen", "withdraw",
     "recheck_withdrawal", "check_ending", "reinstate", "petition",
     "apply_exclusion", "grant_exclusion", "refuse_exclusion", "apply_appeal", "grant_appeal", "refuse_appeal"}
)
_REPLY_FIELDS = (
    "truth", "beyond_duty", "beyond_duty_kind", "resolution", "unresolved_reason", "internal_account", "public_answer",
    "measures", "legal_basis", "visited_at", "visitors", "promised_on", "signed_by",
)


#: A reply goes before the leader, or is filed directly, where the one or the other was refused.
_OTHER_WAY = {"sign_off_first": "sign_off", "nobody_else_signs": "reply"}


@dataclass(frozen=True)
class Panel:
    """A move's form: where it is sent, what stands in it, whether it is unfolded.

    `offered` is False for a form that came back though the move is no longer open; it is shown for its words.
    """

    name: str
    action: str
    typed: Typed
    open: bool
    offered: bool = True


def panels(page: TicketPage, actor: Actor, back: str, sent: str = "", typed: Typed | None = None) -> list[Panel]:
    """The panels of a page, the likeliest first. `sent` is the move that was refused, `typed` what came with it."""
    names = [line.name for line in page.moves if line.name in MOVES]
    if typed is not None and typed.refusal is not None and typed.refusal.code in _OTHER_WAY:
        sent = _OTHER_WAY[typed.refusal.code]  # what was written goes the other way as it stands
    elif not signature_wanted(page):
        names = [name for name in names if name != "sign_off"]
    first = next((name for name in PRIMARY if name in names), "")
    opened = sent or first
    shown = list(dict.fromkeys([*_strays(sent, names), *([first] if first else []), *names]))
    return [
        Panel(
            name=name, action=action(page.ticket.no, name, back), open=name == opened, offered=name in names,
            typed=typed if typed is not None and name == sent else standing(page, actor, name),
        )
        for name in shown
    ]


def signature_wanted(page: TicketPage) -> bool:
    """Whether the unit's leader is to sign; else the form to ask for it only stands in the way."""
    if page.lead is None:
        return False
    ordered = any(order.level >= WEIGHTY_ORDER for order in page.orders)
    return wants_signature(reference().units[page.lead.unit_id].signs_replies, page.ticket, ordered=ordered)


def _strays(sent: str, names: list[str]) -> Iterator[str]:
    if sent in MOVES and sent not in names:
        yield sent


def action(no: str, move: str, back: str) -> str:
    """Where a move's form is sent; it says where the person goes afterwards."""
    stay = url_for("tickets.page", no=no, next=back or None)
    return url_for("tickets.make_move", no=no, move=move, next=back if back and move in CONCLUDING else stay)


def standing(page: TicketPage, actor: Actor, name: str) -> Typed:
    """What stands in a form before anything is typed: a refusal as it was asked for, a reply as it was written last."""
    if name == "refuse":
        return Typed({"reason": page.ticket.reject_code or "", "route_told": page.ticket.reject_route})
    if name == "dispatch":
        return _proposed(page)
    if name not in ("reply", "sign_off"):
        return Typed()
    own, draft = own_tasks(page, actor), page.drafts[0] if page.drafts else None
    if draft is not None and draft.assignment_id in own and draft.decision in (None, "GIVEN_BACK"):
        return Typed(_of_record(SimpleNamespace(**draft.reply)))
    last = page.replies[0] if page.replies else None
    if last is None or last.decision != "SENT_BACK" or last.assignment_id not in own:
        return Typed()
    return Typed(_of_record(last))


def _proposed(page: TicketPage) -> Typed:
    """What the catalogue proposes where it is certain of the lead and names units to help it; a person decides."""
    found = page.candidates[0] if len(page.candidates) == 1 else None
    open_to_it = {key for key, _ in units_for(page.ticket)}
    if found is None or found.unit_id not in open_to_it:
        return Typed()
    beside = [key for key in found.co_unit_ids if key in open_to_it]
    return Typed({"unit_id": found.unit_id, "co_units": beside}) if beside else Typed()


def _of_record(reply: ReplyView | SimpleNamespace) -> dict[str, Any]:
    said = {f"items-{n}-{part}": one[part] for n, one in enumerate(reply.items, 1) for part in ITEM_PARTS}
    return said | {field: value for field in _REPLY_FIELDS if (value := getattr(reply, field)) not in (None, "", False)}


def groups_for(page: TicketPage, actor: Actor) -> list[AttachmentGroup]:
    """What this person may bring files for now: evidence of a task they owe, or what the hotline was given."""
    groups: list[AttachmentGroup] = []
    if actor.of_hotline and page.ticket.state in OPEN_STATES:
        groups += HOTLINE_GROUPS
    if actor.of_unit and any(a.unit_id in actor.unit_ids and a.state in OWING_STATES for a in page.assignments):
        groups += set(AttachmentGroup) - HOTLINE_GROUPS
    return sorted(groups, key=list(AttachmentGroup).index)
