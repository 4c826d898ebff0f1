"""Numbers to be blocked: an agent asks, a shift lead seconds, a supervisor decides. The number stands in no address."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline.access import current_actor
from hotline.blocks import schemas
from hotline.forms import Typed, keeps, load, query
from hotline.pages import Key, paginate
from workflows import administer
from workflows.administer.blocks import ASKING, DECIDING, STEP_OF
from workflows.model.block import CallerBlock
from workflows.read.blocks import BlockTab, blocks

bp = Blueprint("blocks", __name__, url_prefix="/blocks")


def list_page(key: int | None = None, typed: Typed | None = None) -> str:
    """The list; `key` is the row whose form came back, none the form that asks."""
    actor, tab = current_actor(), query(schemas.BlockQuery)[0].get("tab") or BlockTab.WAITING
    page = paginate(blocks(tab), [Key(CallerBlock.id, descending=True)])
    return render_template(
        "blocks/list.html", page=page, tab=tab, tabs_of=BlockTab, sent=key, typed=typed or Typed(), empty_form=Typed(),
        may_ask=actor.has(ASKING), may_lift=actor.has(DECIDING), actor=actor, step_of=STEP_OF,
    )


def _done(words: str) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(url_for("blocks.index"), code=303)


@bp.get("/")
def index() -> ResponseReturnValue:
    """Numbers that wait for a step, are blocked, or were."""
    return list_page()


@bp.post("/")
@keeps(list_page)
def ask() -> ResponseReturnValue:
    """Ask for a number to be blocked."""
    form = load(schemas.AskedBlock)
    administer.ask_block(form.pop("phone"), current_actor(), **form)
    return _done(gettext("已报值班长审核。"))


@bp.post("/<int:key>/agree")
@keeps(list_page)
def agree(key: int) -> ResponseReturnValue:
    """Agree at one's step."""
    administer.agree_block(key, current_actor())
    return _done(gettext("已同意。"))


@bp.post("/<int:key>/refuse")
@keeps(list_page)
def refuse(key: int) -> ResponseReturnValue:
    """Refuse at one's step."""
    administer.refuse_block(key, current_actor(), **load(schemas.Opinion))
    return _done(gettext("已驳回。"))


@bp.post("/<int:key>/lift")
@keeps(list_page)
def lift(key: int) -> ResponseReturnValue:
    """End a block before its time."""
    administer.lift_block(key, current_actor(), **load(schemas.Opinion))
    return _done(gettext("已解除。"))
