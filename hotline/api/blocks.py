"""Numbers that are blocked, or are to be, as other systems ask for them and see them: masked, never in an address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from marshmallow import Schema

from hotline.api.kinds import maybe_moment, moment, number, one_of, text
from hotline.api.schemas import PageOfList
from hotline.forms import Choice, CleanText, Form
from hotline.pages import Key, paginate
from workflows import administer
from workflows.administer.blocks import BLOCKERS
from workflows.errors import NotAllowed
from workflows.model.block import CallerBlock
from workflows.read import blocks
from workflows.read.paging import Page
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import BlockState

Told = dict[str, Any]


class Step(StrEnum):
    """What is done about a block."""

    AGREE = "agree"
    REFUSE = "refuse"
    LIFT = "lift"


class BlockFilter(PageOfList):
    """Which blocks: those that wait for a step, are in force, or are over."""

    tab = Choice(blocks.BlockTab, load_default=blocks.BlockTab.WAITING)


class BlockStep(Form):
    """A step on a block; to refuse or lift it wants an opinion."""

    step = Choice(Step, required=True)
    opinion = CleanText(most=2_000)


class BlockOutcome(Schema):
    """Where a block stands."""

    key = number()
    state = one_of(BlockState)
    until = maybe_moment()


class Block(BlockOutcome):
    """A number somebody wants blocked, or that is or was."""

    masked_phone = text()
    reason = text()
    evidence = text()
    days = number()
    asked_at = moment()
    asked_by = text()
    seconded_at = maybe_moment()
    seconded_by = text()
    decided_at = maybe_moment()
    decided_by = text()
    opinion = text()


_STEPS: Mapping[Step, Callable[[int, Actor, str], CallerBlock]] = {
    Step.AGREE: lambda key, actor, _opinion: administer.agree_block(key, actor),
    Step.REFUSE: lambda key, actor, opinion: administer.refuse_block(key, actor, opinion=opinion),
    Step.LIFT: lambda key, actor, opinion: administer.lift_block(key, actor, opinion=opinion),
}


def listed(actor: Actor, asked: Told) -> Told:
    """A page of blocks, those asked for last first. Raises NotAllowed to whoever has no part in them."""
    if not actor.has(BLOCKERS):
        raise NotAllowed("role_may_not_enter")
    page: Page[CallerBlock] = paginate(blocks.blocks(asked["tab"]), [Key(CallerBlock.id, descending=True)],
                                       cursor=asked["page"] or "", size=asked["size"])
    return {"items": [vars(row) | {"key": row.id} for row in page.items], "next": page.next, "prev": page.prev}


def ask(actor: Actor, given: Told) -> Told:
    """Ask for a number to be blocked."""
    return administer.block_outcome(administer.ask_block(given.pop("phone"), actor, **given))


def again(kept: Told) -> Told:
    """Where a block stood the first time."""
    return kept | {"until": datetime.fromisoformat(kept["until"]) if kept["until"] else None}


def step(key: int, actor: Actor, given: Told) -> Told:
    """Take a step on a block."""
    return administer.block_outcome(_STEPS[given["step"]](key, actor, given["opinion"]))
