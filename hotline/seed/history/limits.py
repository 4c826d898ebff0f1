"""Steps about time: a unit asks for more of it and is given it or not; an order comes, and is answered in writing."""

from __future__ import annotations

from sqlalchemy import select

from hotline.seed.history.asking import stand_by
from hotline.seed.history.deeds import Case
from workflows import extend, supervise
from workflows.model.base import db
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Ticket
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import ExtensionReason

#: How much more is asked for, of the five or ten days there may be.
DAYS = 3


def ask_for_time(case: Case) -> None:
    """The unit asks for more time, having told the caller."""
    extend.apply_extension(
        case.no, case.clerk, reason=case.chance.choice([ExtensionReason.CONSTRUCTION, ExtensionReason.SEVERAL_UNITS]),
        amount=DAYS, caller_informed=True,
        plan="现场核查已完成，整改所需材料三日内到货，随后组织施工并复核，完成后一并答复诉求人。",
    )
    stand_by(case)


def give_time(case: Case) -> None:
    """The supervisor grants what was asked for."""
    extend.grant_extension(case.no, case.cast["supervise1"], opinion="情况属实，计划可行，同意延期，请按新时限办结。")


def deny_time(case: Case) -> None:
    """The director grants no second time."""
    extend.refuse_extension(case.no, case.cast["director1"], opinion="首次延期已给足时间，请按现时限办结。")


def order(case: Case) -> None:
    """The supervisor demands an account in writing."""
    supervise.supervise(case.no, case.cast["supervise1"], level=1,
                        reason="诉求人多次来电催问，请书面说明办理进展、存在困难和办结日期。")


def answer_order(case: Case) -> None:
    """The unit's leader gives it."""
    number = db.session.scalars(
        select(SupervisionOrder.no).join(Ticket, Ticket.id == SupervisionOrder.ticket_id)
        .where(Ticket.no == case.no, SupervisionOrder.answered_at.is_(None))
    ).one()
    supervise.answer_order(case.no, _leader(case), order=number,
                           answer="已由分管领导召集协调，明确责任科室，本周内完成整改并向诉求人反馈。")


def _leader(case: Case) -> Actor:
    return case.cast.signatory_of(case.state[1])
