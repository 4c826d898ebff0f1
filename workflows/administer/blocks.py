"""黑名单: who harasses the hotline may not write to it for some days, by three people; calls are answered anyway."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from workflows.administer.books import Complaints, administering
from workflows.engine import Work
from workflows.errors import Invalid, NotAllowed, NotNow, Outdated, Unknown
from workflows.model import idempotency
from workflows.model.base import db
from workflows.model.block import CallerBlock
from workflows.model.phone import normalise_phone
from workflows.model.secrets import box
from workflows.rules.blocking import LEAST_DAYS, MOST_DAYS
from workflows.rules.masking import mask_phone
from workflows.rules.roles import Actor, Role
from workflows.rules.vocabulary import BlockState

ASKING = frozenset({Role.AGENT, Role.SHIFT_LEAD})
DECIDING = frozenset({Role.SHIFT_LEAD, Role.SUPERVISOR})
BLOCKERS = ASKING | DECIDING
#: Whose step it is.
STEP_OF = {BlockState.ASKED: Role.SHIFT_LEAD, BlockState.SECONDED: Role.SUPERVISOR}


def ask_block(phone: str, actor: Actor, *, reason: str, evidence: str, days: int) -> CallerBlock:
    """Ask for a number to be blocked, saying why and what shows it.

    Raises Invalid for what is no number of one caller, without reason or evidence, for too few or too many days, and
    where it is asked for or blocked already.
    """
    with administering(actor, ASKING) as doing:
        key = box().caller_key(phone)
        wrong = Complaints()
        wrong.unless(key, "phone", "phone_not_one_callers")
        wrong.unless(reason, "reason", "required")
        wrong.unless(evidence, "evidence", "required")
        wrong.unless(LEAST_DAYS <= days <= MOST_DAYS, "days", "block_days")
        wrong.settle()
        if _there(doing, key):
            raise Invalid(fields={"phone": ["blocked_already"]})
        block = CallerBlock(
            caller_key=key, masked_phone=mask_phone(normalise_phone(phone) or ""), state=str(BlockState.ASKED),
            reason=reason, evidence=evidence, days=days, asked_at=doing.at, asked_by_id=actor.user_id,
            asked_by=actor.name,
        )
        db.session.add(block)
        return _kept(block)


def _there(doing: Work, key: bytes | None) -> bool:
    waits = CallerBlock.state.in_([str(state) for state in STEP_OF])
    blocked = (CallerBlock.state == str(BlockState.IN_FORCE)) & (CallerBlock.until > doing.at)
    found = select(CallerBlock.id).where(CallerBlock.caller_key == key, waits | blocked)
    return db.session.scalars(found.limit(1)).first() is not None


def agree_block(key: int, actor: Actor) -> CallerBlock:
    """Agree at one's step: a shift lead seconds it, then a supervisor puts it in force for its days.

    Raises NotAllowed where the step is not one's own, NotNow for who had a step before.
    """
    with administering(actor, DECIDING) as doing:
        block = _open(key, actor)
        if actor.user_id in (block.asked_by_id, block.seconded_by_id):
            raise NotNow("two_persons")
        if block.state == BlockState.ASKED:
            block.state = str(BlockState.SECONDED)
            block.seconded_at, block.seconded_by_id, block.seconded_by = doing.at, actor.user_id, actor.name
        else:
            block.state, block.until = str(BlockState.IN_FORCE), doing.at + timedelta(days=block.days)
            _decided(doing, block, "")
        return _kept(block)


def refuse_block(key: int, actor: Actor, *, opinion: str) -> CallerBlock:
    """Refuse at one's step, saying why."""
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with administering(actor, DECIDING) as doing:
        block = _open(key, actor)
        block.state = str(BlockState.REFUSED)
        _decided(doing, block, opinion)
        return _kept(block)


def lift_block(key: int, actor: Actor, *, opinion: str) -> CallerBlock:
    """End a block before its time, saying why."""
    if not opinion:
        raise Invalid(fields={"opinion": ["required"]})
    with administering(actor, DECIDING) as doing:
        block = _fetch(key)
        if block.state != BlockState.IN_FORCE:
            raise Outdated("outdated")
        block.state, block.until = str(BlockState.LIFTED), doing.at
        _decided(doing, block, opinion)
        return _kept(block)


def block_outcome(block: CallerBlock) -> dict[str, Any]:
    """Where a block stands, as it is told and as it is kept under an idempotency key."""
    return {"key": block.id, "state": block.state, "until": block.until}


def _kept(block: CallerBlock) -> CallerBlock:
    db.session.flush()  # gives a new row its key
    outcome = block_outcome(block)
    until = block.until.isoformat() if block.until is not None else None
    idempotency.keep(db.session, json.dumps(outcome | {"until": until}))
    return block


def _fetch(key: int) -> CallerBlock:
    block = db.session.get(CallerBlock, key, populate_existing=True, with_for_update=True)
    if block is None:
        raise Unknown("setting_unknown")
    return block


def _open(key: int, actor: Actor) -> CallerBlock:
    block = _fetch(key)
    role = STEP_OF.get(BlockState(block.state))
    if role is None:
        raise Outdated("outdated")
    if role not in actor.roles:
        raise NotAllowed("block_not_your_step")
    return block


def _decided(doing: Work, block: CallerBlock, opinion: str) -> None:
    block.decided_at, block.decided_by_id, block.decided_by = doing.at, doing.actor.user_id, doing.actor.name
    block.opinion = opinion
