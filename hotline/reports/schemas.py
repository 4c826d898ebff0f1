"""What the reports are asked for."""

from __future__ import annotations

from hotline.figures.schemas import PeriodFilter
from hotline.forms import Choice, Flag, StrictInt
from workflows.read.fates import Fate
from workflows.rules.vocabulary import RiskKind


class ProfileFilter(PeriodFilter):
    """Of which place."""

    area_id = StrictInt(least=1)


class RequestFilter(ProfileFilter):
    """The requests behind a number: of a place, a matter, an agent, by what became of them; in danger now, or reported
    as dangerous in the period.
    """

    category_id = StrictInt(least=1)
    by_id = StrictInt(least=1)
    fate = Choice(Fate)
    in_danger = Flag()
    risk = Choice(RiskKind)
