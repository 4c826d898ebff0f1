"""What the forms of moves offer to choose from beside the closed vocabularies."""

from __future__ import annotations

from flask_babel import gettext

from hotline.city import reference
from hotline.labels import label
from workflows.model.reference import today
from workflows.model.ticket import Ticket
from workflows.read.ticket_parts import TicketFacts, TicketPage
from workflows.rules.closing import Account, offered_by_hand
from workflows.rules.lifecycle import OF_ANY_TASK, PART_MOVES
from workflows.rules.states import BESIDE_THE_LEAD, LIVE_STATES, AssignmentRole
from workflows.rules.vocabulary import CloseType


def units_of(move: str, page: TicketPage) -> list[tuple[int, str]]:
    """Units the form of a move offers; nothing where it has no use for any."""
    if move in ("dispatch", "apply_return", "confer", "decide_conference"):
        return units_for(page.ticket)
    if move in ("add_part", "copy", "whistle"):
        taken = {task.unit_id for task in page.assignments if task.state in LIVE_STATES}
        return [(key, name) for key, name in units_for(page.ticket) if key not in taken]
    if move == "delegate" and page.task is not None:
        ref = reference()
        below = (ref.subtree(page.task.unit_id) & ref.active_units(today())) - {page.task.unit_id}
        return [(key, ref.units[key].name) for key in sorted(below, key=lambda key: ref.units[key].code)]
    return []


def parts_of(move: str, page: TicketPage) -> list[tuple[str, str]]:
    """Tasks of other units the form of a move offers, by their numbers."""
    wanted = PART_MOVES[move].sources if move in PART_MOVES else frozenset()
    found = [task for task in page.assignments if task.state in wanted and task.role != AssignmentRole.LEAD]
    if move in OF_ANY_TASK:
        found = [task for task in found if page.task is not None and task.parent_id == page.task.id]
    elif move == "recall_part":
        found = [task for task in found if task.role in BESIDE_THE_LEAD]
    return [(task.path, f"-{task.path} {task.unit_name} · {label(task.role, 'AssignmentRole')}") for task in found]


def close_types(page: TicketPage) -> list[CloseType]:
    """How a supervisor may close a ticket whose caller is dissatisfied: the types that fit what is known of it."""
    ticket, lead = page.ticket, page.lead
    reply = next((one for one in page.replies if one.decision == "ACCEPTED"), None)
    said = next((one.solved for one in page.attempts if one.round == ticket.round), None)
    answer = (reply.truth, reply.resolution, reply.unresolved_reason) if reply is not None else ()
    suspended = lead is not None and lead.suspension_count > 0
    return offered_by_hand(Account(ticket.callback_outcome, said, *answer, suspended=suspended))


def units_for(ticket: Ticket | TicketFacts) -> list[tuple[int, str]]:
    """Units a ticket may go to, as options of a select: those the dispatch catalogue named first, then by code."""
    ref = reference()
    named = [candidate["unit_id"] for candidate in (ticket.route or {}).get("candidates", [])]
    rank = {unit_id: place for place, unit_id in enumerate(named)}
    accused = ref.subtree(ticket.respondent_unit_id) if ticket.respondent_unit_id is not None else frozenset()
    open_to_it = ref.handling_units(today()) - accused
    ordered = sorted(open_to_it, key=lambda key: (rank.get(key, len(rank)), ref.units[key].code))
    mark = gettext("派单目录")
    return [(key, f"{ref.units[key].name} · {mark}" if key in rank else ref.units[key].name) for key in ordered]
