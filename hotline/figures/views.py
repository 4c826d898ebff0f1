"""The table of indicators and the tickets behind a number, both as CSV; the ranking; the ledger of dissatisfaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hotline import labels
from hotline.access import current_actor
from hotline.figures.behind import behind_file, behind_page
from hotline.figures.schemas import BehindFilter, LedgerFilter, PeriodFilter, TableFilter
from hotline.forms import Typed, query
from hotline.pages import csv_response, size_asked
from workflows.errors import Invalid, Unknown
from workflows.model.reference import reference
from workflows.read import dissatisfied, facts, figures, published
from workflows.read.figures import Part
from workflows.read.paging import Page
from workflows.read.periods import Period
from workflows.read.ranking import rankings
from workflows.rules.clearing import ClearedBy
from workflows.rules.indicators import FORMULA_VERSION, INDICATOR, FigureGroup, of_group

bp = Blueprint("figures", __name__, url_prefix="/figures")

def period(found: dict[str, Any]) -> tuple[date, date]:
    """The days asked for; from the first of the month to today where nothing was."""
    first, last = figures.this_month()
    return found.get("first") or first, found.get("last") or last


def quick_periods() -> list[tuple[str, date, date]]:
    """Periods people ask for most."""
    first, today = figures.this_month()
    before = first - timedelta(days=1)
    return [
        (gettext("本月"), first, today),
        (gettext("上月"), before.replace(day=1), before),
        (gettext("近7天"), today - timedelta(days=6), today),
        (gettext("近30天"), today - timedelta(days=29), today),
    ]


def _table() -> dict[str, Any]:
    found, typed = query(TableFilter)
    first, last = period(found)
    group = found.get("group") or FigureGroup.OUTCOME
    shown = of_group(group)
    try:
        lines = figures.figures(current_actor(), first, last, shown)
    except Invalid as refusal:
        lines, typed = [], said_beside(typed, refusal)
    return {"first": first, "last": last, "typed": typed, "lines": lines, "group": group, "figures": shown}


def said_beside(typed: Typed, refusal: Invalid) -> Typed:
    """What is wrong with a period stands at its last day. Raises the refusal where it is of something else."""
    if "to" not in refusal.fields:
        raise refusal
    return Typed(typed.data, Invalid(fields={"last": refusal.fields["to"]}), sent=True)


def counted_by(first: date, last: date) -> dict[str, Any]:
    """What is printed under every table of figures: the switches and formulas its days are counted by, until when."""
    try:
        until = facts.as_of(Period(first, last))
    except Invalid:
        until = None
    return {"switches": reference().policies.stretches(first, last), "formula": FORMULA_VERSION, "until": until}


@bp.get("/")
def table() -> ResponseReturnValue:
    """A group of indicators of every unit for a period."""
    shown = _table()
    heads = [{"text": labels.label(figure), "klass": "num"} for figure in shown["figures"]]
    return render_template(
        "figures/table.html", figure_heads=heads, quick=quick_periods(), groups=list(FigureGroup),
        definitions=[INDICATOR[figure] for figure in shown["figures"]],
        locked=published.locked_as(shown["first"], shown["last"]), **shown,
        **counted_by(shown["first"], shown["last"]),
    )


@bp.get("/figures.csv")
def table_csv() -> ResponseReturnValue:
    """The table on screen as a file: of each figure the rate, its numerator and its denominator."""
    shown = _table()
    head = [gettext("单位"), gettext("类别"), gettext("收到"), gettext("办结"), gettext("平均办理（工作日）")]
    for figure in shown["figures"]:
        name = labels.label(figure)
        head += [name, gettext("%(name)s 分子", name=name), gettext("%(name)s 分母", name=name)]
    name = f"{gettext('考核指标')} {shown['first']} {shown['last']}"
    return csv_response(name, head, _csv_lines(shown["lines"]))


def _csv_lines(lines: list[figures.UnitFigures]) -> Iterator[list[Any]]:
    for line in lines:
        row = [line.name or gettext("合计"), labels.label(line.kind, "UnitKind") if line.kind else "", line.received,
               line.closed, "" if line.handling.mean is None else line.handling.mean]
        for ratio in line.ratios.values():
            row += ["" if ratio.percent is None else ratio.percent, float(ratio.numerator), ratio.denominator]
        yield row


@bp.get("/ranking")
def ranking() -> ResponseReturnValue:
    """Units scored and ranked within their kind."""
    found, typed = query(PeriodFilter)
    first, last = period(found)
    try:
        groups = rankings(current_actor(), first, last)
    except Invalid as refusal:
        groups, typed = [], said_beside(typed, refusal)
    return render_template(
        "figures/ranking.html", first=first, last=last, typed=typed, groups=groups, quick=quick_periods(),
        **counted_by(first, last),
    )


@bp.get("/dissatisfied")
def dissatisfied_ledger() -> ResponseReturnValue:
    """The matters whose callers were not content, by what each was cleared."""
    found, typed = query(LedgerFilter)
    first, last = period(found)
    way, actor = found.get("way"), current_actor()
    try:
        counts = dissatisfied.ledger_counts(actor, first, last)
        page = dissatisfied.ledger(actor, first, last, way, after=request.args.get("page"), size=size_asked())
    except Invalid as refusal:
        counts, page, typed = {}, Page(), said_beside(typed, refusal)
    return render_template("figures/dissatisfied.html", first=first, last=last, typed=typed, counts=counts, page=page,
                           way=way, ways=[None, *ClearedBy], quick=quick_periods())


def _wanted() -> dict[str, Any]:
    found, _ = query(BehindFilter)
    if "figure" not in found:
        raise Unknown("not_found")
    first, last = period(found)
    return {"figure": found["figure"], "part": found.get("part") or Part.DENOMINATOR, "first": first, "last": last,
            "unit_id": found.get("unit_id"), "after": found.get("after") or 0}


@bp.get("/tickets")
def behind() -> ResponseReturnValue:
    """The tickets behind a number."""
    wanted = _wanted()
    days = {"first": wanted["first"], "last": wanted["last"]}
    return behind_page(figures.tickets_behind, wanted, **days, page="figures.behind", file="figures.behind_csv",
                       back=url_for("figures.table", **days))


@bp.get("/tickets.csv")
def behind_csv() -> ResponseReturnValue:
    """The tickets behind a number as a file."""
    wanted = _wanted()
    return behind_file(figures.tickets_behind, wanted, wanted["first"], wanted["last"])
