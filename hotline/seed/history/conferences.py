"""Steps of a conference: units are called together, one writes, one is designated."""

from __future__ import annotations

from sqlalchemy import select

from hotline.seed.history.deeds import Case
from workflows import confer
from workflows.model.base import db
from workflows.model.reference import reference
from workflows.model.ticket import Ticket
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import ConferenceReason, ConferenceStance, UnitKind


def call(case: Case) -> None:
    """The desk calls together the units that could be meant."""
    if not case.stands(TicketState.TO_DISPATCH):
        return
    ticket = db.session.scalars(select(Ticket).where(Ticket.no == case.no)).one()
    units = {c["unit_id"] for c in ticket.route["candidates"]}
    bureaus = sorted(unit.id for unit in reference().units.values() if unit.kind == UnitKind.BUREAU)
    units |= set(case.chance.sample([unit for unit in bureaus if unit not in units], 2))
    case.next_unit = min(units)
    confer.confer(
        case.no, case.cast["dispatch1"], reason=ConferenceReason.OVERLAP, unit_ids=sorted(units),
        question="该事项涉及多个单位，请各单位依据三定规定和权责清单书面说明意见，确定主办单位。",
    )


def opine(case: Case) -> None:
    """One of the units invited writes what it holds."""
    confer.opine(
        case.no, case.cast.clerk_of(case.next_unit), stance=ConferenceStance.ASSIST,
        opinion="依据本单位“三定”规定，可在职责范围内协助核查，建议由行业主管部门主办。",
    )


def designate(case: Case) -> None:
    """The conference ends: a unit is designated for good."""
    confer.decide_conference(
        case.no, case.cast["supervise1"], unit_id=case.next_unit,
        minutes="会商纪要：经参会单位书面意见汇总，确定由首位单位主办，其余单位按职责配合（示范数据）。",
    )
