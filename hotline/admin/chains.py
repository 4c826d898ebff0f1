"""Whose leaders sign first, which channels are reviewed before dispatch, what a matter may be suspended for."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from hotline.access import current_actor
from hotline.admin import schemas
from hotline.admin.base import bp, for_administrators, saved
from hotline.forms import Typed, keeps, load
from hotline.pages import Key, paginate
from workflows import administer
from workflows.model.settings import PreReviewRule, SignOffRule, SuspensionCauseRule


def chains_page(key: int | None = None, typed: Typed | None = None) -> str:
    """The lists, each line with its switch."""
    for_administrators()
    signs = paginate(select(SignOffRule), [Key(SignOffRule.kind), Key(SignOffRule.id)], cursor="", size=200)
    causes = paginate(select(SuspensionCauseRule), [Key(SuspensionCauseRule.id)], cursor="", size=200)
    reviews = paginate(select(PreReviewRule), [Key(PreReviewRule.id)], cursor="", size=200)
    return render_template("admin/chains.html", signs=signs.items, causes=causes.items, reviews=reviews.items,
                           typed=typed or Typed(), Row=Typed)


@bp.get("/chains")
def chains() -> ResponseReturnValue:
    """Settings of approvals."""
    return chains_page()


@bp.post("/chains/sign-offs/<int:key>")
@keeps(chains_page)
def change_sign_off(key: int) -> ResponseReturnValue:
    """Switch the leaders' sign-off of one kind."""
    form = load(schemas.Switch)
    administer.change_sign_off(key, current_actor(), version=form["version"], wanted=form["on"])
    return saved("admin.chains", gettext("审批设置已保存。"))


@bp.post("/chains/reviews/<int:key>")
@keeps(chains_page)
def change_pre_review(key: int) -> ResponseReturnValue:
    """Switch the look over requests of one channel."""
    form = load(schemas.Switch)
    administer.change_pre_review(key, current_actor(), version=form["version"], wanted=form["on"])
    return saved("admin.chains", gettext("审批设置已保存。"))


@bp.post("/chains/causes/<int:key>")
@keeps(chains_page)
def change_cause(key: int) -> ResponseReturnValue:
    """Switch one cause of suspension."""
    form = load(schemas.Switch)
    administer.change_cause(key, current_actor(), version=form["version"], allowed=form["on"])
    return saved("admin.chains", gettext("审批设置已保存。"))
