"""目录修订建议: what granted returns say of the dispatch catalogue is taken up or set aside, all alike at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from workflows.administer.books import RULE_SETTERS, administering
from workflows.administer.catalogue import SUBJECT, CatalogueLine, add_line
from workflows.administer.validity import ONE_DAY, end_row, first_day
from workflows.engine import Work
from workflows.errors import Invalid, Outdated, Unknown
from workflows.model.base import db
from workflows.model.proposal import CatalogueProposal, like
from workflows.model.settings import CatalogueRule
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import ProposalState


def accept_proposal(
    key: int, actor: Actor, *, line: CatalogueLine, ends_old: bool = False, opinion: str = "",
    valid_from: date | None = None,
) -> CatalogueRule:
    """Add the line to the catalogue; `ends_old` takes out the one that named the wrong unit.

    All open proposals alike are taken up with it. Raises Unknown, Outdated where it is decided already, Invalid for
    what is wrong with the line.
    """
    with administering(actor, RULE_SETTERS) as doing:
        proposal = _open(key)
        start = first_day(doing, valid_from)
        if ends_old:
            _end_old(doing, proposal, start)
        made = add_line(doing, line, start)
        _decide(doing, proposal, ProposalState.ACCEPTED, opinion=opinion, made_rule_id=made.id)
        return made


def _end_old(doing: Work, proposal: CatalogueProposal, start: date) -> None:
    """Only the line for this very matter is taken out; a general one still serves its other matters."""
    row = db.session.get(CatalogueRule, proposal.rule_id) if proposal.rule_id is not None else None
    if row is None or row.valid_to is not None or row.category_id != proposal.category_id:
        raise Invalid(fields={"ends_old": ["no_line_of_this_matter"]})
    end_row(doing, SUBJECT, row, max(start, doing.today) - ONE_DAY)


def reject_proposal(key: int, actor: Actor, *, opinion: str) -> CatalogueProposal:
    """Leave the catalogue as it is, saying why; all open proposals alike are set aside with it."""
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with administering(actor, RULE_SETTERS) as doing:
        proposal = _open(key)
        _decide(doing, proposal, ProposalState.REJECTED, opinion=opinion)
        return proposal


def _open(key: int) -> CatalogueProposal:
    proposal = db.session.get(CatalogueProposal, key, populate_existing=True, with_for_update=True)
    if proposal is None:
        raise Unknown("setting_unknown")
    if proposal.state != ProposalState.OPEN:
        raise Outdated("outdated")
    return proposal


def _decide(doing: Work, proposal: CatalogueProposal, state: ProposalState, **how: Any) -> None:
    for one in db.session.scalars(select(CatalogueProposal).where(like(proposal)).with_for_update()):
        one.state, one.decided_at = str(state), doing.at
        one.decided_by_id, one.decided_by = doing.actor.user_id, doing.actor.name
        for name, value in how.items():
            setattr(one, name, value)
