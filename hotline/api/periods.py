"""Locked periods as other systems read them."""

from __future__ import annotations

from typing import Any

from hotline.api.reading import callbacks_of, figures_of
from hotline.api.references import unit
from hotline.pages import Key, paginate
from workflows.model.period import PeriodCorrection, PublishedPeriod
from workflows.model.reference import reference
from workflows.read import published
from workflows.read.figures import Part
from workflows.read.paging import Page
from workflows.rules.roles import Actor

Told = dict[str, Any]


def periods(asked: Told) -> Told:
    """A page of locked periods. `asked` is a `schemas.PageOfList`."""
    order = [Key(PublishedPeriod.period_id, descending=True)]
    page: Page[PublishedPeriod] = paginate(published.periods(), order, cursor=asked["page"] or "", size=asked["size"])
    return {"items": [_period(row) for row in page.items], "next": page.next, "prev": page.prev}


def period(actor: Actor, key: int) -> Told:
    """A locked period as it was published. Raises Unknown."""
    row = published.period_of(key)
    return _period(row) | {"callbacks": callbacks_of(row.first_day, row.last_day),
                           "items": figures_of(published.table(actor, key))}


def corrections(actor: Actor, key: int, asked: Told) -> Told:
    """A page of what was corrected with a period. Raises Unknown. `asked` is a `schemas.PageOfList`."""
    published.period_of(key)
    ref, order = reference(), [Key(PeriodCorrection.id)]
    page: Page[PeriodCorrection] = paginate(published.corrections(actor, key), order, cursor=asked["page"] or "",
                                            size=asked["size"])
    items = [
        {"of": row.of_period_id, "figure": row.figure, "unit": unit(row.unit_id, ref), "numerator": row.numerator,
         "denominator": row.denominator, "was_numerator": row.was_numerator, "was_denominator": row.was_denominator}
        for row in page.items
    ]
    return {"items": items, "next": page.next, "prev": page.prev}


def tickets_behind(actor: Actor, key: int, asked: Told) -> Told:
    """The tickets behind a published number. Raises Unknown. `asked` is a `schemas.BehindPublished`."""
    published.period_of(key)
    ref, size = reference(), asked["size"]
    rows = published.tickets_behind(actor, key, asked["figure"], asked["part"] or Part.DENOMINATOR,
                                    unit_id=asked["unit_id"], after=asked["after"] or 0, size=size)
    items = [vars(row) | {"unit": unit(row.unit_id, ref)} for row in rows]
    return {"items": items, "next": rows[-1].key if len(rows) == size else None}


def _period(row: PublishedPeriod) -> Told:
    return {"key": row.period_id, "start": row.first_day, "end": row.last_day, "formula": row.formula,
            "note": row.note, "published_at": row.published_at, "digest": row.digest}
