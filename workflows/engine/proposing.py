"""Every granted return proposes a change of the dispatch catalogue (目录修订建议)."""

from __future__ import annotations

from sqlalchemy import update

from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.proposal import CatalogueProposal
from workflows.model.rows import new
from workflows.model.ticket import Application, Assignment, Ticket

OPEN = CatalogueProposal.state == "OPEN"


def propose_change(work: Work, ticket: Ticket, assignment: Assignment, application: Application) -> None:
    """The unit was not the right one for this matter: whoever keeps the catalogue shall look at it."""
    named = {c["unit_id"]: c["rule_id"] for c in (ticket.route or {}).get("candidates", ())}
    work.sink.add(
        new(CatalogueProposal, ticket_id=ticket.id, application_id=application.id, category_id=ticket.category_id,
            area_id=ticket.area_id, from_unit_id=assignment.unit_id, suggested_unit_id=application.suggested_unit_id,
            rule_id=named.get(assignment.unit_id), proposed_at=work.at)
    )


def note_where_it_went(ticket: Ticket, unit_id: int) -> None:
    """The unit a returned ticket went to next is what its open proposals are about."""
    if ticket.return_count:
        db.session.execute(
            update(CatalogueProposal).where(CatalogueProposal.ticket_id == ticket.id, OPEN)
            .values(dispatched_unit_id=unit_id).execution_options(synchronize_session=False)
        )
