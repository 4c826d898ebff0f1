"""黑名单: a blocked number may not write by itself, unless what it says shows danger."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from workflows.engine.risking import shows_danger
from workflows.engine.work import Work
from workflows.errors import NotAllowed
from workflows.model.base import db
from workflows.model.block import CallerBlock
from workflows.model.secrets import box
from workflows.rules.blocking import SELF_SERVICE
from workflows.rules.vocabulary import BlockState


def not_blocked(work: Work, request: Any) -> None:
    """Raise NotAllowed where a blocked number writes by itself. What shows danger is taken always (scenario A22)."""
    key = box().caller_key(request.phone) if request.channel in SELF_SERVICE else None
    if key is None or shows_danger(work, request.risk, request.title, request.content):
        return
    until = db.session.scalar(
        select(CallerBlock.until).where(CallerBlock.caller_key == key, CallerBlock.until > work.at,
                                        CallerBlock.state == str(BlockState.IN_FORCE)).limit(1)
    )
    if until is not None:
        raise NotAllowed("number_blocked", until=until)
