"""Which stories happen, and how many of each: every state, and every way a ticket can turn."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from hotline.seed import invent
from hotline.seed.history import deeds, limits, sharing, stories
from hotline.seed.history.cast import Cast
from hotline.seed.history.deeds import Case
from hotline.seed.history.stage import Stage, Story
from hotline.seed.history.stories import Pace, Plot, Step
from hotline.seed.tables import rows
from workflows.model.base import db
from workflows.model.directory import Area, Category
from workflows.model.reference import ZONE
from workflows.rules.vocabulary import Anonymity, Kind, RefuseReason, Urgency

#: Working minutes of five working days, the usual limit of a request for help or a complaint.
FIVE_DAYS = 2250
#: When people call, by hour of the day.
_HOURS = (1, 0, 0, 0, 0, 1, 2, 5, 16, 20, 18, 14, 7, 7, 14, 16, 15, 11, 9, 8, 6, 4, 2, 1)

Among = Callable[[dict[str, str]], bool]
Plotter = Callable[[Pace, Case], Plot]


class Writer:
    """Makes cases one after another, and the stories they are in."""

    def __init__(self, stage: Stage, cast: Cast) -> None:
        self.stage, self.cast, self.count = stage, cast, 0
        self.ids = {
            "categories": dict(db.session.execute(select(Category.code, Category.id)).all()),
            "areas": dict(db.session.execute(select(Area.code, Area.id)).all()),
        }

    def case(
        self, at: datetime, among: Among, *, estate: str = "", table: Sequence[dict[str, str]] | None = None
    ) -> Case:
        """A new request by one of the templates, told at a moment."""
        self.count += 1
        chance = self.stage.dice(self.count)
        template = chance.choice([row for row in table or rows("requests") if among(row)])
        tale = invent.tale(chance, self.count, at, self.ids, template=template, estate=estate)
        return Case(tale, chance.choice(["agent1", "agent2"]), self.cast, chance)

    def spread(
        self, n: int, plotter: Plotter, among: Among, *, least_days: float = 0,
        table: Sequence[dict[str, str]] | None = None,
    ) -> Iterator[Story]:
        """`n` stories that begin some day of the five weeks, `least_days` ago or earlier, and go as far as they get."""
        for _ in range(n):
            start = self._day_and_hour(self.stage.dice(("start", self.count)), least_days)
            case = self.case(start, among, table=table)
            yield stories.play(self.stage, case, start, plotter(stories.pace(case), case))

    def held(self, ages: list[float], plotter: Plotter, among: Among) -> Iterator[Story]:
        """A story for each age: its last step was so many working minutes ago (real ones where it cannot wait)."""
        for age in ages:
            # told of days before any of the days it may turn out to have begun
            case = replace_open(self.case(self.stage.back(age + FIVE_DAYS), among))
            plot = plotter(stories.pace(case), case)
            awake = case.tale.request.urgency is not Urgency.NORMAL
            start = self.stage.back(age + stories.length(plot), round_the_clock=awake)
            yield stories.play(self.stage, case, start, plot)

    def begun(
        self, ages: list[float], plotter: Plotter, among: Among, *, table: Sequence[dict[str, str]] | None = None
    ) -> Iterator[Story]:
        """A story for each age: it began so many working minutes ago."""
        for age in ages:
            start = self.stage.back(age)
            case = replace_open(self.case(start, among, table=table))
            yield stories.play(self.stage, case, start, plotter(stories.pace(case), case))

    def crowd(self, n: int, plotter: Plotter, code: str, estate: str, minutes_ago: float) -> Iterator[Story]:
        """Different callers of one estate about one matter, within a few hours."""
        start = self.stage.back(minutes_ago)
        for number in range(n):
            at = start + timedelta(minutes=13 * number)
            case = self.case(at, lambda row: row["code"] == code, estate=estate)
            yield stories.play(self.stage, case, at, plotter(stories.pace(case), case))

    def _day_and_hour(self, chance: random.Random, least_days: float) -> datetime:
        # a day and a weekend less, so that the earliest call is not before the stage begins
        window = (self.stage.end - self.stage.start).days - 3
        day = self.stage.end.astimezone(ZONE).date() - timedelta(days=int(chance.uniform(least_days, window)))
        if day.weekday() >= 5 and chance.random() < 0.5:
            day -= timedelta(days=2)
        hour = chance.choices(range(24), _HOURS)[0]
        return datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), ZONE)


def replace_open(case: Case) -> Case:
    """The same case with a caller who can be rung, so that it stops where it should."""
    request = case.tale.request
    if request.anonymity is Anonymity.ANONYMOUS or not request.need_reply:
        who = invent.person(case.chance.randint(5000, 9000))
        request = replace(request, anonymity=Anonymity.OPEN, need_reply=True, name=who.name, phone=who.phone)
    case.tale = replace(case.tale, request=request)
    return case


def openly(plot: Callable[[Pace], Plot]) -> Plotter:
    """The plot of a caller whom the unit may know, whoever was drawn."""

    def made(at: Pace, case: Case) -> Plot:
        request = replace(case.tale.request, anonymity=Anonymity.OPEN)
        case.tale = replace(case.tale, request=request)
        return plot(at)

    return made


def anything(row: dict[str, str]) -> bool:
    """Every template but those of praise, which nobody has to handle."""
    return row["kind"] != Kind.PRAISE


def routine(row: dict[str, str]) -> bool:
    """Requests for help and complaints that can wait."""
    return row["kind"] in {Kind.HELP, Kind.COMPLAINT} and row["urgency"] == Urgency.NORMAL


def certain(row: dict[str, str]) -> bool:
    """Routine, and the catalogue names one unit."""
    return routine(row) and row["code"] not in _open_codes()


def of_code(code: str) -> Among:
    """Routine requests of one matter."""
    return lambda row: routine(row) and row["code"] == code


def uncertain(row: dict[str, str]) -> bool:
    """The catalogue names two units, or none."""
    return row["code"] in _open_codes() and row["urgency"] == Urgency.NORMAL


def _open_codes() -> frozenset[str]:
    named = {row["code"]: row["units"].split() for row in rows("matters")}
    return frozenset(code for code, units in named.items() if len(units or named[code[:2]]) != 1)


def script(stage: Stage, cast: Cast) -> Iterator[Story]:
    """Every story of the five weeks."""
    writer = Writer(stage, cast)
    yield from _closed(writer)
    yield from _turned(writer)
    yield from _waiting(writer)
    yield from _late(writer)
    yield from _together(writer)
    yield from _prolonged(writer)
    yield from _weighed(writer)
    yield from writer.spread(4, _withdrawn, certain, least_days=5)


def _closed(w: Writer) -> Iterator[Story]:
    """What goes well, or ends at the desk."""
    yield from w.spread(118, lambda at, case: stories.usual(at, case.chance), anything)
    yield from w.spread(28, lambda at, case: stories.with_asides(stories.usual(at, case.chance), case.chance), anything)
    yield from w.spread(50, lambda _at, _case: [Step(deeds.answer, 0)], lambda row: row["kind"] == Kind.CONSULT)
    yield from w.spread(5, lambda _at, _case: [Step(deeds.answer, 0)], lambda row: row["kind"] == Kind.PRAISE)
    for refusal in rows("refusals"):
        yield from w.spread(1, _refused, anything, table=(refusal,))


def _refused(_at: Pace, case: Case) -> Plot:
    """Not taken; the way that is open is what the table has for an answer."""
    return [_asked(case), Step(deeds.refuse, 9)]


def _asked(case: Case) -> Step:
    return Step(deeds.ask_refusal, 0, {"reason": RefuseReason(case.tale.template["reason"])})


def _weighed(w: Writer) -> Iterator[Story]:
    """What a shift lead decides: asked to be refused and waiting, or taken on all the same."""
    table = rows("refusals")
    yield from w.begun([3, 11], lambda _at, case: [_asked(case)], anything, table=table[:4])
    yield from w.begun([26], lambda _at, case: [_asked(case), Step(deeds.admit_it, 12)], anything, table=table[4:])


def _turned(w: Writer) -> Iterator[Story]:
    """What goes another way first, and is mostly over."""
    yield from w.spread(11, lambda at, case: stories.passed_on(at, case.chance), certain, least_days=8)
    yield from w.spread(4, lambda at, _case: stories.kept(at, 120), certain, least_days=9)
    yield from w.spread(2, lambda at, _case: stories.kept(at, 560), certain, least_days=9)
    yield from w.spread(5, lambda at, _case: stories.taken_back(at), certain, least_days=8)
    yield from w.spread(9, lambda at, case: stories.sent_back(at, case.chance), routine, least_days=8)
    yield from w.spread(2, lambda at, _case: stories.conferred(at), uncertain, least_days=9)
    yield from w.spread(6, lambda at, _case: stories.given_up(at), certain, least_days=17)
    yield from w.spread(9, lambda at, case: stories.solved_at_last(at, case.chance), certain, least_days=13)
    yield from w.spread(4, lambda at, case: [*stories.dissatisfied(at, case.chance), Step(deeds.judge, 400)], certain,
                        least_days=10)
    yield from w.spread(12, lambda at, case: stories.usual(replace(at, sign=1000), case.chance), certain, least_days=7)


def _waiting(w: Writer) -> Iterator[Story]:
    """What waits for somebody now, at every desk."""
    yield from w.begun([4, 9, 16, 31, 55, 90, 130, 200, 330], lambda _at, _case: [Step(deeds.log, 0)], uncertain)
    yield from w.begun([6, 12, 25, 44, 61, 83, 110, 150, 190], lambda at, _case: stories.taken(at)[:1], certain)
    yield from w.held([20, 60, 110, 170, 280, 420], lambda at, _case: stories.return_asked(at), certain)
    yield from w.held([50, 260], lambda _at, _case: stories.conferring(), uncertain)
    yield from w.held([15, 40, 70, 100, 150, 220, 300, 380, 500, 640], lambda at, _case: stories.answered(at), certain)
    yield from w.held([30, 120, 260], lambda at, case: stories.sent_back(at, case.chance)[:6], certain)
    yield from w.held([10, 45, 90, 160, 240, 330, 700], lambda at, _case: stories.accepted(at), certain)
    yield from w.held([60, 150, 270, 480], lambda at, _case: stories.unanswered(at, 1), certain)
    yield from w.held([80, 200, 390], lambda at, _case: stories.unanswered(at, 2), certain)
    yield from w.held([50, 130, 310, 520, 900], lambda at, case: stories.dissatisfied(at, case.chance), certain)
    yield from w.held([60, 300, 700, 1500], lambda at, case: stories.reworked(at, case.chance), certain)
    yield from w.held([90, 900], lambda at, _case: stories.reopened(at), certain)
    yield from w.held([75, 400], lambda at, _case: stories.asked_anew(at), certain)
    yield from w.held([30, 200], lambda at, _case: stories.begun(at), lambda row: row["urgency"] == Urgency.URGENT)
    yield from w.held([25, 90], lambda at, _case: stories.bridged(at), lambda row: row["kind"] == Kind.REPORT)
    yield from w.held([70], _withheld_later, certain)
    yield from w.begun([3, 12], lambda at, _case: [*stories.taken(at), Step(deeds.flag, 1)], certain)
    yield from w.crowd(6, lambda at, _case: stories.begun(at), "0601", "银杏里小区", 500)
    yield from w.crowd(5, lambda at, _case: stories.taken(at), "1002", "梧桐里小区", 300)
    yield from w.crowd(4, lambda at, _case: stories.joined(at), "1002", "南禾家园", 420)


def _withdrawn(at: Pace, case: Case) -> Plot:
    """Whoever takes it back rings from a number that is known."""
    replace_open(case)
    return stories.withdrawn(at)


def _withheld_later(at: Pace, case: Case) -> Plot:
    """The caller was open at first."""
    case.tale = replace(case.tale, request=replace(case.tale.request, anonymity=Anonymity.OPEN))
    return [*stories.begun(at), Step(deeds.withhold, 40)]


def _late(w: Writer) -> Iterator[Story]:
    """What is due soon, and what is overdue by a little and by much."""
    soon = [FIVE_DAYS - left for left in (40, 120, 260, 430, 600, 820, 1000, 1250)]
    yield from w.begun(soon, lambda at, _case: stories.begun(at), certain)
    yield from w.begun([FIVE_DAYS + late for late in (35, 140, 320, 500, 760, 1100, 1700, 2600, 3900, 5400)],
                       lambda at, _case: stories.begun(at), certain)
    yield from w.begun([FIVE_DAYS + late for late in (90, 480, 1300)], lambda at, _case: stories.taken(at), certain)
    urged = (Step(deeds.chase, 25), Step(deeds.instruct, 60))
    yield from w.begun([FIVE_DAYS + late for late in (950, 2000)],
                       lambda at, _case: [*stories.begun(at), Step(deeds.urge, 4300), *urged], certain)
    yield from w.spread(14, _slowly, certain, least_days=16)


def _prolonged(w: Writer) -> Iterator[Story]:
    """Time asked for, given, refused; orders awaiting their answer, and answered."""
    yield from w.held([45, 200], openly(stories.time_asked), certain)
    yield from w.held([30, 300], openly(stories.time_given), certain)
    yield from w.held([60], openly(stories.time_given_once), certain)
    yield from w.held([20], openly(stories.moved_in_every_way), certain)
    yield from w.held([80], openly(stories.ordered), certain)
    yield from w.held([50], openly(lambda at: [*stories.ordered(at), Step(limits.answer_order, 300)]), certain)
    # asked for in time and not decided: red is held back
    yield from w.begun([FIVE_DAYS + 600], openly(stories.time_asked), certain)


def _slowly(at: Pace, case: Case) -> Plot:
    """Everything goes well, only too late."""
    return stories.usual(replace(at, reply=case.chance.uniform(2300, 3800)), case.chance)


def _together(w: Writer) -> Iterator[Story]:
    """What several units work on: helped, handed down, summoned by a street; some of it over."""
    for deed, among in ((sharing.add_helper, certain), (sharing.hand_down, of_code("0404"))):
        yield from w.held([40, 190], partial(_shared, deed), among)
        yield from w.spread(2, partial(_shared, deed, over=True), among, least_days=8)
    yield from w.held([110], partial(_shared, sharing.whistle), of_code("0501"))


def _shared(deed: Callable[..., None], at: Pace, _case: Case, *, over: bool = False) -> Plot:
    return stories.shared(at, deed, over=over)
