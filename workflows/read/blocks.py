"""Numbers that are blocked, or are to be."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement, Select, select

from workflows.model.base import db, now
from workflows.model.block import CallerBlock
from workflows.model.secrets import box
from workflows.rules.vocabulary import BlockState


class BlockTab(StrEnum):
    """What waits for somebody's step, what is in force, what is over."""

    WAITING = "WAITING"
    IN_FORCE = "IN_FORCE"
    OVER = "OVER"


def block_of(phone: str) -> CallerBlock | None:
    """The block in force on a number, if there is one."""
    key = box().caller_key(phone)
    if key is None:
        return None
    found = select(CallerBlock).where(CallerBlock.caller_key == key, _in_force())
    return db.session.scalars(found.limit(1)).first()


def blocks(tab: BlockTab) -> Select[tuple[CallerBlock]]:
    """The numbers of a tab, to be paged."""
    waiting = CallerBlock.state.in_([str(BlockState.ASKED), str(BlockState.SECONDED)])
    wanted = {BlockTab.WAITING: waiting, BlockTab.IN_FORCE: _in_force(), BlockTab.OVER: ~waiting & ~_in_force()}
    return select(CallerBlock).where(wanted[tab])


def _in_force() -> ColumnElement[bool]:
    return (CallerBlock.state == str(BlockState.IN_FORCE)) & (CallerBlock.until > now())
