"""流转阈值: from how many returns or units on a ticket is conferred over, and raised a level."""

from __future__ import annotations

from sqlalchemy import select

from workflows.administer.books import RULE_SETTERS, Complaints, administering, record
from workflows.errors import Outdated
from workflows.model.base import db
from workflows.model.settings import ThresholdRow
from workflows.rules.passing import Threshold
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import SettingAction, SettingSubject

LEAST, MOST = 1, 1000


def change_threshold(actor: Actor, *, code: Threshold, version: int, amount: int, source: str) -> ThresholdRow:
    """Set a threshold, by what right. Tickets already on their way are weighed by it at their next return.

    Raises Outdated where somebody was faster, Invalid for a number that makes no sense.
    """
    with administering(actor, RULE_SETTERS) as doing:
        row = db.session.scalars(
            select(ThresholdRow).where(ThresholdRow.code == str(code)).with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        if row.version != version:
            raise Outdated("outdated")
        wrong = Complaints()
        wrong.unless(LEAST <= amount <= MOST, "amount", "amount_out_of_range")
        wrong.unless(source, "source", "required")
        wrong.settle()
        before = {"amount": row.amount, "source": row.source}
        row.amount, row.source, row.version = amount, source, row.version + 1
        record(doing, SettingSubject.THRESHOLD, code, SettingAction.CHANGED, before=before,
               after={"amount": amount, "source": source})
        return row
