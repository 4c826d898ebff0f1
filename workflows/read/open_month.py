"""月度公开数据 (Jinan regulation, Art. 33): what everybody may read of a month that is over. Nobody is found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from workflows.errors import Unknown
from workflows.model.reference import reference, today
from workflows.read.bulletin import bulletin
from workflows.rules.disclosure import LEAST, disclosed
from workflows.rules.indicators import Figure
from workflows.rules.roles import SYSTEM
from workflows.rules.satisfaction import Ratio

#: So many months back are open.
MOST_MONTHS = 24
#: What a rate is shown of at least: fewer valid call-backs say who they were.
LEAST_RATED = 2 * LEAST
RATES = (Figure.RESPONSE, Figure.SOLVED, Figure.SATISFIED, Figure.ON_TIME)


@dataclass(frozen=True)
class OpenMonth:
    """A month: how many requests, by kind and by matter on the first level of the tree (None: too few), and rates."""

    first: date
    last: date
    total: int | None
    kinds: Mapping[str, int | None]
    matters: Mapping[str, int | None]
    rates: Mapping[Figure, Decimal | None]


def open_months() -> list[date]:
    """The first days of the months that may be read, the latest first."""
    month, found = today().replace(day=1), []
    for _ in range(MOST_MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        found.append(month)
    return found


def open_month(first: date) -> OpenMonth:
    """A month that is over. Raises Unknown for any other."""
    if first not in open_months():
        raise Unknown("not_found")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    told = bulletin(SYSTEM, first, last)
    total = told.intake.total
    return OpenMonth(
        first, last, total if total >= LEAST or not total else None, disclosed(told.intake.kinds),
        disclosed(_top(told.intake.matters)),
        {figure: _rate(told.total.ratios[figure]) for figure in RATES},
    )


def _rate(ratio: Ratio) -> Decimal | None:
    return ratio.percent if ratio.denominator >= LEAST_RATED else None


def _top(matters: Mapping[int, int]) -> dict[str, int]:
    ref, counts = reference(), Counter[str]()
    for key, n in matters.items():
        if key in ref.categories:
            top = int(ref.categories[key].path.strip("/").split("/")[0])
            counts[ref.category_name(top)] += n
    return dict(counts.most_common())
