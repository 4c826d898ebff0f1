"""Steps of several units on one ticket: helped, handed down, summoned by a street."""

from __future__ import annotations

from sqlalchemy import select

from hotline.seed.history import deeds
from hotline.seed.history.deeds import Case
from workflows import resolve, share
from workflows.model.base import db
from workflows.model.reference import reference
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import Resolution


def add_helper(case: Case) -> None:
    """The desk gives the neighbouring unit a part."""
    share.add_part(case.no, case.cast["dispatch1"], unit_ids=[deeds.neighbour(case)],
                   reason="涉及两个单位职责，请协助核查并向主办单位反馈。")


def whistle(case: Case) -> None:
    """The street summons the department."""
    if case.stands(TicketState.HANDLING):
        share.whistle(case.no, case.clerk, unit_ids=[deeds.neighbour(case)],
                      reason="现场须执法权限，街道吹哨，请部门到场处置。")


def hand_down(case: Case) -> None:
    """The unit that leads hands it to its first unit below, where it has any."""
    units, lead = reference().units, case.state[1]
    below = sorted((unit for unit in units.values() if unit.parent_id == lead), key=lambda unit: unit.code)
    if below and case.stands(TicketState.HANDLING):
        share.delegate(case.no, case.clerk, unit_id=below[0].id, note="请现场处置，按期反馈办理情况。")


def report(case: Case) -> None:
    """The unit that has a part signs for it and reports."""
    part = db.session.scalars(
        select(Assignment).join(Ticket, Ticket.id == Assignment.ticket_id)
        .where(Ticket.no == case.no, Assignment.role.in_(["CO", "SUB"]), Assignment.state.in_(["WAIT_SIGN", "WORKING"]))
        .order_by(Assignment.id).limit(1)
    ).one_or_none()
    if part is None:
        return
    clerk, number = case.cast.clerk_of(part.unit_id), part.path
    if part.state == "WAIT_SIGN":
        resolve.sign(case.no, clerk, task=number)
    share.contribute(
        case.no, clerk, task=number, resolution=Resolution.RESOLVED,
        account="已到现场核查，属本单位职责的部分已处置完毕，附现场情况说明。",
        proposal="相关单位已到现场处置，问题已得到解决。",
    )
