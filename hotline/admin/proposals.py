"""目录修订建议: what granted returns say of the dispatch catalogue; and from when on a ticket is conferred over."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from hotline.access import current_actor
from hotline.admin import schemas
from hotline.admin.base import bp, history_of, saved
from hotline.choices import typed_name
from hotline.forms import Typed, keeps, load
from hotline.pages import Key, paginate
from workflows import administer
from workflows.administer import CatalogueLine
from workflows.errors import Unknown
from workflows.model.base import db
from workflows.model.proposal import CatalogueProposal
from workflows.model.reference import reference
from workflows.model.settings import ThresholdRow
from workflows.read import proposals as read
from workflows.rules.passing import Threshold
from workflows.rules.vocabulary import SettingSubject


@bp.get("/proposals")
def proposals() -> ResponseReturnValue:
    """What is proposed, the most frequent first, and what became of earlier ones."""
    keys = [Key(CatalogueProposal.decided_at, descending=True), Key(CatalogueProposal.id, descending=True)]
    return render_template("admin/proposals.html", groups=read.open_groups(), page=paginate(read.decided(), keys))


def proposal_page(key: int, typed: Typed | None = None) -> str:
    """A proposal with the line it would make."""
    found = read.one_proposal(key)
    typed = typed or _standing(found)
    return render_template("admin/proposal.html", found=found, row=found.row, typed=typed,
                           unit=typed_name(typed, "unit_id", "units"))


def _standing(found: read.OpenProposal) -> Typed:
    streets = found.target_id in reference().grassroots_units
    return Typed({"unit_id": found.target_id or "", "grassroots_allowed": int(streets)})


@bp.get("/proposals/<int:key>")
def proposal(key: int) -> ResponseReturnValue:
    """A proposal."""
    return proposal_page(key)


@bp.post("/proposals/<int:key>/accept")
@keeps(proposal_page)
def accept_proposal(key: int) -> ResponseReturnValue:
    """Add the line; all proposals alike are done with."""
    form = load(schemas.AcceptedProposal)
    found = read.one_proposal(key)
    line = CatalogueLine(
        category_id=found.row.category_id, area_id=found.row.area_id if form["here_only"] else None,
        unit_id=form["unit_id"], basis=form["basis"], grassroots_allowed=form["grassroots_allowed"],
    )
    row = administer.accept_proposal(key, current_actor(), line=line, ends_old=form["ends_old"],
                                     opinion=form.get("opinion") or "")
    return saved("admin.line", gettext("建议已采纳，目录条目已建立。"), key=row.id)


@bp.post("/proposals/<int:key>/reject")
@keeps(proposal_page)
def reject_proposal(key: int) -> ResponseReturnValue:
    """Leave the catalogue as it is."""
    administer.reject_proposal(key, current_actor(), opinion=load(schemas.RejectedProposal)["opinion"])
    return saved("admin.proposals", gettext("已标记为不采纳。"))


def _thresholds() -> list[Any]:
    order = {str(code): place for place, code in enumerate(Threshold)}
    rows = db.session.scalars(select(ThresholdRow).where(ThresholdRow.code.in_(order)).limit(len(order)))
    return sorted(rows, key=lambda row: order[row.code])


def threshold_page(code: str = "", typed: Typed | None = None) -> str:
    """All thresholds, each with its form; `code` is the one whose form came back."""
    events = history_of(SettingSubject.THRESHOLD, code)["events"] if code else []
    return render_template("admin/thresholds.html", rows=_thresholds(), sent=code, typed=typed or Typed(),
                           events=events)


@bp.get("/thresholds")
def thresholds() -> ResponseReturnValue:
    """The thresholds."""
    return threshold_page()


@bp.get("/thresholds/<code>")
def threshold(code: str) -> ResponseReturnValue:
    """A threshold and its history."""
    if code not in set(map(str, Threshold)):
        raise Unknown("setting_unknown")
    return threshold_page(code)


@bp.post("/thresholds/<code>")
@keeps(threshold_page)
def change_threshold(code: str) -> ResponseReturnValue:
    """Set one."""
    if code not in set(map(str, Threshold)):
        raise Unknown("setting_unknown")
    administer.change_threshold(current_actor(), code=Threshold(code), **load(schemas.ThresholdForm))
    return saved("admin.threshold", gettext("已保存。"), code=code)
