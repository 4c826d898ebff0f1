"""A unit asks the hotline for something, and its leader stands by it; a caller asks for something new when rung."""

from __future__ import annotations

from sqlalchemy import select

from hotline.seed.history.deeds import Case, neighbour
from workflows import collect, extend, resolve
from workflows.model.base import db
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.states import ApplicationKind, TicketState
from workflows.rules.vocabulary import Kind, ReturnReason


def ask_return(case: Case, reason: ReturnReason = ReturnReason.NOT_OUR_DUTY) -> None:
    """The unit says it is not theirs."""
    case.next_unit = neighbour(case)
    resolve.apply_return(
        case.no, case.clerk, reason=reason, suggested_unit_id=case.next_unit,
        basis="依据本单位“三定”规定及区权责清单，该事项主管职责不在我单位，建议转有权单位办理。",
    )
    stand_by(case)


def stand_by(case: Case) -> None:
    """The unit's leader stands by what its clerk asks for, where it has one."""
    asked = db.session.scalar(
        select(Assignment.asked).join(Ticket, Ticket.lead_assignment_id == Assignment.id).where(Ticket.no == case.no)
    )
    if asked is not None:
        consent = resolve.consent_return if asked["kind"] == ApplicationKind.RETURN else extend.consent_extension
        consent(case.no, case.cast.signatory_of(case.state[1]), opinion="情况属实。")


def ask_anew(case: Case) -> None:
    """The caller, rung back, asks for something else: a ticket of its own."""
    if case.stands(TicketState.CALLBACK):
        told = case.tale.request
        collect.submit_in_call(case.no, case.cast["callback1"], {
            "kind": Kind.HELP, "category_id": told.category_id, "area_id": told.area_id, "place": told.place,
            "title": "回访中反映楼道照明不亮", "content": "另外楼道里的照明也有几盏不亮，请一并安排维修。",
        })
