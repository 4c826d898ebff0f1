"""What the loop's read models say, in the API's shapes. Who may see what was decided there, not here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hotline.api import references
from hotline.city import reference
from hotline.moves import MOVES
from hotline.tickets.eyes import applications, history, own_tasks
from workflows import archive
from workflows.errors import Unknown
from workflows.model.reference import Reference
from workflows.read import figures as counted
from workflows.read import overdue as board
from workflows.read.accounts import AccountLine, clock_accounts
from workflows.read.archives import archived
from workflows.read.conference_parts import ConferenceView
from workflows.read.lists import TicketFilter, all_tickets
from workflows.read.paging import Page
from workflows.read.petitions import petitions as handed_over
from workflows.read.search import search
from workflows.read.task_parts import AssignmentView
from workflows.read.ticket_lines import ApplicationView, EventView, OrderView, ReplyView
from workflows.read.ticket_parts import CandidateView, ClockView, TicketPage
from workflows.read.tickets import ticket_page
from workflows.read.withdrawals import WithdrawalView
from workflows.read.withdrawals import withdrawals as taken_back
from workflows.rules import numbering
from workflows.rules.indicators import FORMULA_VERSION
from workflows.rules.roles import Actor

Told = dict[str, Any]


def ticket(no: str, actor: Actor) -> Told:
    """A ticket as this account may see it. Raises Unknown."""
    if not numbering.is_valid(no):
        raise Unknown("ticket_unknown")
    page, ref = ticket_page(no, actor), reference()
    inside = own_tasks(page, actor)
    return _ticket(page, ref) | {
        "caller": _caller(page), "hidden": page.hidden, "master": page.master,
        "related": page.related,
        "assignments": [_task(row, no, ref) for row in page.assignments],
        "clocks": [_clock(row, ref) for row in page.clocks],
        "events": [_event(event, ref) for event in history(page, actor)],
        "contributions": [vars(row) | {"task": row.path} for row in page.contributions],
        "replies": [_reply(reply, inside) for reply in page.replies],
        "applications": [_application(row, ref) for row in applications(page, actor)],
        "orders": [_order(row, inside, ref) for row in page.orders],
        "conferences": [_conference(row, ref) for row in page.conferences],
        "candidates": [_candidate(row, ref) for row in page.candidates if actor.of_hotline],
        "withdrawals": [_withdrawal(row) for row in page.withdrawals], "petitions": page.petitions,
        "archive": _in_hexadecimal(vars(page.archive)) if page.archive is not None else None,
        "moves": [
            {"move": line.name, "version_needed": MOVES[line.name].form.fields["version"].required}
            for line in page.moves
            if line.name in MOVES
        ],
    }


def _task(row: AssignmentView, no: str, ref: Reference) -> Told:
    return _with_unit(vars(row) | {"number": f"{no}-{row.path}"}, row.unit_id, ref)


def clocks(no: str, actor: Actor) -> list[Told]:
    """The account of every clock of a ticket. Raises Unknown."""
    if not numbering.is_valid(no):
        raise Unknown("ticket_unknown")
    ref = reference()
    return [
        _clock(told.clock, ref) | {"calendar": told.calendar_name, "calendar_version": told.calendar_version,
                                   "adds_up": told.adds_up,
                                   "lines": [_line(line, told.asked(line)) for line in told.lines],
                                   "sound": told.sound, "late_minutes": told.late_minutes,
                                   "applications": [_application(one, ref) for one in told.applications],
                                   "firings": told.firings}
        for told in clock_accounts(no, actor)
    ]


def _line(line: AccountLine, application: int) -> Told:
    segment = vars(line.segment) if line.segment is not None else {}
    days = [vars(day) | {"blocks": [list(block) for block in day.blocks]} for day in line.days]
    return vars(line) | {
        "at": segment.get("at"), "by": segment.get("by_name", ""), "reason": segment.get("reason"),
        "minutes": segment.get("minutes", 0), "amount": segment.get("amount"), "basis": segment.get("basis"),
        "days": days, "application": application,
    }


def _ticket(page: TicketPage, ref: Reference) -> Told:
    told = _placed(vars(page.ticket), ref)
    return told | ({"enterprise_name": ""} if page.hidden else {})


def _placed(row: Mapping[str, Any], ref: Reference) -> Told:
    """A ticket's values with its category, area and unit."""
    return dict(row) | {
        "category": references.category(row["category_id"], ref), "area": references.area(row["area_id"], ref),
        "unit": references.unit(row["lead_unit_id"], ref),
    }


def _with_unit(row: Mapping[str, Any], unit_id: int | None, ref: Reference) -> Told:
    return dict(row) | {"unit": references.unit(unit_id, ref)}


def _clock(clock: ClockView, ref: Reference) -> Told:
    segments = [vars(segment) | {"by": segment.by_name} for segment in clock.segments]
    return _with_unit(vars(clock) | {"segments": segments}, clock.unit_id, ref)


def _application(row: ApplicationView, ref: Reference) -> Told:
    return vars(row) | {"reason": row.reason_code, "suggested_unit": references.unit(row.suggested_unit_id, ref)}


def _caller(page: TicketPage) -> Told | None:
    if page.caller is None:
        return None
    seen = page.caller
    return {"name": seen.masked_name, "phone": seen.masked_phone, "address": seen.masked_address}


def _event(event: EventView, ref: Reference) -> Told:
    told = {"actor": event.actor_name, "role": event.actor_role, "reason": event.reason_code}
    return _with_unit(vars(event) | told, event.actor_unit_id, ref)


def _reply(reply: ReplyView, inside: frozenset[int]) -> Told:
    return vars(reply) | ({} if reply.assignment_id in inside else {"internal_account": ""})


def attachments(no: str, actor: Actor) -> Told:
    """The files of a ticket. Raises Unknown."""
    if not numbering.is_valid(no):
        raise Unknown("ticket_unknown")
    files, ref = ticket_page(no, actor).files, reference()
    return {"items": [_with_unit(vars(row), row.unit_id, ref) for row in files.seen], "withheld": files.withheld}


def _order(order: OrderView, inside: frozenset[int], ref: Reference) -> Told:
    hidden = {} if order.assignment_id in inside else {"answer": ""}
    return _with_unit(vars(order) | {"open": order.open} | hidden, order.unit_id, ref)


def _conference(held: ConferenceView, ref: Reference) -> Told:
    return vars(held) | {
        "reason": held.reason_code, "lead_unit": references.unit(held.lead_unit_id, ref),
        "opinions": [_with_unit(vars(one), one.unit_id, ref) for one in held.opinions],
    }


def _candidate(row: CandidateView, ref: Reference) -> Told:
    return {"unit": references.unit(row.unit_id, ref), "reason": row.reason,
            "co_units": [references.unit(key, ref) for key in row.co_unit_ids]}


def _withdrawal(row: WithdrawalView) -> Told:
    return vars(row) | {"reason": row.reason_code, "withdrawn_by": row.by_name}


def _in_hexadecimal(row: Mapping[str, Any]) -> Told:
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}


def withdrawals(actor: Actor, asked: Told) -> Told:
    """A page of withdrawals to be looked into. Raises NotAllowed outside the hotline."""
    ref, page = reference(), taken_back(actor, asked["page"] or None, asked["size"])
    items = [
        _placed(vars(row), ref) | {"reason": row.reason_code, "withdrawn_by": row.by_name}
        for row in page.items
    ]
    return _page(page, items)


def petitions(actor: Actor, asked: Told) -> Told:
    """A page of what was handed to the petition procedure. `asked` is a `schemas.PetitionFilter`."""
    ref = reference()
    page = handed_over(actor, waiting=asked["waiting"], after=asked["page"] or None, size=asked["size"])
    return _page(page, [_placed(vars(row), ref) for row in page.items])


def archives(actor: Actor, asked: Told) -> Told:
    """A page of the packages of tickets this account may see."""
    page = archived(actor, asked["page"] or None, asked["size"])
    return _page(page, [_in_hexadecimal(vars(row)) for row in page.items])


def manifest(no: str, actor: Actor) -> Told:
    """An archived ticket's package, read again and checked. Raises Unknown."""
    if not numbering.is_valid(no):
        raise Unknown("ticket_unknown")
    told = archive.manifest(no, actor)
    return _in_hexadecimal(vars(told)) | {
        "no": told.ticket_no, "sound": not told.flaws, "tables": told.tables if actor.of_hotline else {}}


def tickets(actor: Actor, asked: Told) -> Told:
    """A page of tickets. `asked` is a `schemas.TicketFilter`."""
    ref = reference()
    filters = TicketFilter(
        states=frozenset(str(state) for state in asked["state"]), unit_id=asked["unit_id"], kind=asked["kind"],
        category_id=references.category_id(asked["category"], ref), area_id=references.area_id(asked["area"], ref),
        urgency=asked["urgency"], created_from=asked["created_from"], created_to=asked["created_to"],
        overdue=asked["overdue"],
    )
    after, size = asked["page"] or None, asked["size"]
    if asked["text"]:
        page = search(actor, asked["text"], filters, after=after, size=size)
    else:
        page = all_tickets(actor, filters, after, size)
    return _page(page, [_placed({"excerpt": ""} | vars(row), ref) for row in page.items])


def overdue(actor: Actor, asked: Told) -> Told:
    """A page of overdue clocks. `asked` is a `schemas.LateFilter`."""
    ref = reference()
    page = board.overdue(
        actor, unit_id=asked["unit_id"], code=asked["code"], bucket=asked["bucket"], after=asked["page"] or None,
        size=asked["size"],
    )
    return _page(page, [_with_unit(vars(row), row.unit_id, ref) for row in page.items])


def _page(page: Page[Any], items: list[Told]) -> Told:
    return {"items": items, "next": page.next, "prev": page.prev}


def figures(actor: Actor, asked: Told) -> Told:
    """The figures of a period. `asked` is a `schemas.Period`."""
    lines = counted.figures(actor, asked["start"], asked["end"])
    return asked | {"formula": FORMULA_VERSION, "callbacks": callbacks_of(asked["start"], asked["end"]),
                    "items": figures_of(lines)}


def callbacks_of(first: date, last: date) -> list[Told]:
    """How many in a hundred callers were to be rung back on which days."""
    return [{"start": start, "end": end, "percent": policy.callback_percent}
            for start, end, policy in reference().policies.stretches(first, last)]


def figures_of(lines: list[counted.UnitFigures]) -> list[Told]:
    """Lines of a table of figures."""
    ref = reference()
    return [_with_unit(_figures(line), line.unit_id, ref) for line in lines]


def _figures(line: counted.UnitFigures) -> Told:
    return vars(line) | {"ratios": _ratios(line), "handling_days": line.handling.mean}


def _ratios(line: counted.UnitFigures) -> list[Told]:
    return [
        {"figure": figure, "numerator": ratio.numerator, "denominator": ratio.denominator, "percent": ratio.percent}
        for figure, ratio in line.ratios.items()
    ]


def nodes(of: str, asked: Told) -> Told:
    """A page of the categories, areas or units in use, by code, from the one after `page`."""
    found = [node for node in references.in_use(reference(), of) if node.code > asked["page"]]
    shown = found[: asked["size"]]
    return {
        "items": [{"kind": ""} | vars(node) for node in shown],
        "next": shown[-1].code if len(found) > len(shown) else None,
    }
