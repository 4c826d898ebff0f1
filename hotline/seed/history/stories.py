"""How a request goes: a plot is a list of steps, each so many minutes after the one before."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hotline.seed.history import asking, conferences, deeds, limits, sharing
from hotline.seed.history.deeds import Case
from hotline.seed.history.stage import Stage, Story
from workflows.rules.satisfaction import AttemptResult, DissatisfactionReason, Satisfaction, Solved
from workflows.rules.vocabulary import Defect, Kind, Resolution, UnresolvedReason, Urgency

#: Steps of people who may be rung only at decent hours.
_RINGING = (deeds.contact, deeds.ring)
#: The desk never sleeps: its minutes are real ones.
_OF_THE_DESK = (deeds.send, deeds.send_on, deeds.urge, deeds.add)


@dataclass(frozen=True)
class Step:
    """What happens next, and how long after the step before: working minutes, real ones for what cannot wait."""

    deed: Callable[..., None]
    minutes: float
    words: dict[str, Any] = field(default_factory=dict)


Plot = Sequence[Step]


@dataclass(frozen=True)
class Pace:
    """How long each step takes, as drawn for one request."""

    send: float
    sign: float
    contact: float
    reply: float
    review: float
    ring: float


#: Shortest and longest of sign, contact, reply, review, ring; within the limits of each kind, mostly.
_PACES: dict[str, tuple[tuple[int, int], ...]] = {
    "CRITICAL": ((2, 6), (3, 10), (30, 70), (10, 40), (20, 120)),
    "URGENT": ((5, 22), (10, 60), (120, 900), (20, 90), (60, 600)),
    Kind.CONSULT: ((5, 110), (15, 150), (60, 500), (20, 200), (60, 700)),
    Kind.SUGGEST: ((20, 260), (60, 400), (600, 3000), (60, 350), (100, 1200)),
    Kind.REPORT: ((10, 140), (40, 220), (700, 3600), (30, 350), (60, 900)),
}
_USUAL = ((5, 140), (20, 220), (250, 1650), (20, 380), (60, 1000))


def pace(case: Case) -> Pace:
    """Draw how long the steps of this request take."""
    request = case.tale.request
    key = str(request.urgency) if request.urgency is not Urgency.NORMAL else request.kind
    drawn = [case.chance.uniform(least, most) for least, most in _PACES.get(key, _USUAL)]
    return Pace(case.chance.uniform(4, 50), *drawn)


def play(stage: Stage, case: Case, start: datetime, plot: Plot) -> Story:
    """Play a plot from a moment on: the first step at once, each further one after its minutes."""
    at, awake = start, case.tale.request.urgency is not Urgency.NORMAL
    for step in plot:
        at = stage.after(at, step.minutes, round_the_clock=awake or step.deed in _OF_THE_DESK)
        if step.deed in _RINGING and not awake:
            at = stage.decent(at, case.chance.random())
        yield at
        step.deed(case, **step.words)


def length(plot: Plot) -> float:
    """Minutes from the first step to the last, working minutes for what can wait; rather too many than too few."""
    return sum(step.minutes for step in plot)


# pieces of plots


def taken(at: Pace) -> list[Step]:
    """Logged, and sent by hand where the catalogue was not certain."""
    return [Step(deeds.log, 0), Step(deeds.send, at.send)]


def joined(at: Pace) -> list[Step]:
    """Sent and signed; of several calls about one matter the later ones are merged into the first."""
    return [*taken(at), Step(deeds.sign, at.sign), Step(deeds.join, 20)]


def bridged(at: Pace) -> list[Step]:
    """With a unit that has asked the hotline to speak with the caller."""
    return [*taken(at), Step(deeds.sign, at.sign), Step(deeds.withhold, 20), Step(deeds.ask_relay, 10)]


def begun(at: Pace) -> list[Step]:
    """Taken, signed, caller contacted."""
    return [*taken(at), Step(deeds.sign, at.sign), Step(deeds.contact, at.contact)]


def shared(at: Pace, deed: Callable[..., None], *, over: bool = False) -> list[Step]:
    """Begun, then given to others as well by a `deed`; where it is `over`, they report and the lead replies."""
    rest = [Step(sharing.report, 200), Step(deeds.reply, 120), Step(deeds.accept, at.review), Step(deeds.ring, at.ring)]
    return [*begun(at), Step(deed, 15), *(rest if over else [])]


def answered(at: Pace, **reply: Any) -> list[Step]:
    """Begun and replied."""
    return [*begun(at), Step(deeds.reply, at.reply, reply)]


def accepted(at: Pace, **reply: Any) -> list[Step]:
    """Replied, and the reply accepted."""
    return [*answered(at, **reply), Step(deeds.accept, at.review)]


def usual(at: Pace, chance: random.Random) -> list[Step]:
    """The whole way to a caller who is content, more or less."""
    reply, answers = _ending(chance)
    by = chance.choice(["callback1", "callback2"])
    return [*accepted(at, **reply), Step(deeds.ring, at.ring, {"by": by} | answers)]


_WORDS = ("满意，谢谢。", "处理得挺快。", "工作人员态度很好。", "问题已经解决了。", "")


def _ending(chance: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """How it was solved, and what the caller says of it."""
    drawn = chance.random()
    words = {"words": chance.choice(_WORDS)}
    if drawn < 0.10:
        partly = {"contacted": True, "solved": Solved.PARTLY, "satisfaction": Satisfaction.BASICALLY}
        return {"resolution": Resolution.PARTLY, "reason": UnresolvedReason.THIRD_PARTY}, partly
    if drawn < 0.18:
        reason = chance.choice([UnresolvedReason.POLICY, UnresolvedReason.FUNDS, UnresolvedReason.PLANNED])
        told = {"contacted": True, "solved": Solved.NOT_APPLICABLE, "satisfaction": Satisfaction.BASICALLY,
                "words": "解释清楚了，能理解。"}
        return {"resolution": Resolution.UNRESOLVED, "reason": reason}, told
    if drawn < 0.22:
        return {}, {"result": AttemptResult.DECLINED_RATING}
    grade = chance.choice([Satisfaction.SATISFIED, Satisfaction.SATISFIED, Satisfaction.VERY_SATISFIED,
                           Satisfaction.BASICALLY])
    return {}, deeds.SATISFIED | {"satisfaction": grade, "contacted": chance.random() < 0.96} | words


def unanswered(at: Pace, times: int) -> list[Step]:
    """Accepted, then nobody picks up, so many times."""
    results = (AttemptResult.NO_ANSWER, AttemptResult.OUT_OF_SERVICE, AttemptResult.NO_ANSWER)
    gaps = (at.ring, 250, 640)
    return [*accepted(at), *(Step(deeds.ring, gap, {"result": result})
                             for gap, result, _ in zip(gaps, results, range(times), strict=False))]


def withdrawn(at: Pace) -> list[Step]:
    """Begun, and the caller takes it back."""
    return [*begun(at), Step(deeds.withdraw, 300)]


def given_up(at: Pace) -> list[Step]:
    """Rung in vain, written to, and closed when nothing came."""
    return [*unanswered(at, 3), Step(deeds.give_up, 2000)]


def dissatisfied(at: Pace, chance: random.Random) -> list[Step]:
    """Accepted, and the caller is not content."""
    reason, words = chance.choice([
        (DissatisfactionReason.RESULT_SHORT, "只是来看了看，问题还在。"),
        (DissatisfactionReason.NOT_ON_SITE, "没有人到现场，电话里说处理好了。"),
        (DissatisfactionReason.RECURRED, "当天好了，第二天又这样。"),
        (DissatisfactionReason.OFF_THE_POINT, "答复没有回答我的问题。"),
        (DissatisfactionReason.SHIRKING, "一直让我找别的单位。"),
    ])
    said = deeds.DISSATISFIED | {"reason": reason, "words": words}
    return [*accepted(at), Step(deeds.ring, at.ring, said)]


def asked_anew(at: Pace) -> list[Step]:
    """Content, and asks for something new on the line."""
    return [*accepted(at), Step(asking.ask_anew, at.ring), Step(deeds.ring, 3)]


def reworked(at: Pace, chance: random.Random) -> list[Step]:
    """Not content, sent back to the unit, and waiting there."""
    return [*dissatisfied(at, chance), Step(deeds.rework, 90)]


def reopened(at: Pace) -> list[Step]:
    """Closed, and the problem is back at once."""
    return [*accepted(at), Step(deeds.ring, at.ring), Step(deeds.reopen, 90)]


def solved_at_last(at: Pace, chance: random.Random) -> list[Step]:
    """Not content, handled again, content."""
    return [*reworked(at, chance), Step(deeds.reply, chance.uniform(200, 1100)), Step(deeds.accept, at.review),
            Step(deeds.ring, at.ring)]


def sent_back(at: Pace, chance: random.Random) -> list[Step]:
    """The reply is not good enough, and comes again."""
    defects = chance.choice([(Defect.NO_FACTS,), (Defect.NOT_ITEM_BY_ITEM, Defect.NO_BASIS), (Defect.NO_DATE,)])
    return [*answered(at), Step(deeds.send_back, at.review, {"defects": defects}),
            Step(deeds.reply, chance.uniform(60, 300)), Step(deeds.accept, at.review), Step(deeds.ring, at.ring)]


def return_asked(at: Pace) -> list[Step]:
    """Signed, then said to be another's."""
    return [*taken(at), Step(deeds.sign, min(at.sign, 60)), Step(asking.ask_return, 90)]


def passed_on(at: Pace, chance: random.Random) -> list[Step]:
    """Returned, and handled by another unit."""
    rest = [Step(deeds.sign, at.sign), Step(deeds.contact, at.contact), Step(deeds.reply, at.reply)]
    return [*return_asked(at), Step(deeds.grant, chance.uniform(20, 200)), Step(deeds.send_on, 25), *rest,
            Step(deeds.accept, at.review), Step(deeds.ring, at.ring)]


def kept(at: Pace, decided_after: float) -> list[Step]:
    """A return that is refused: the unit is designated and does it."""
    rest = [Step(deeds.contact, 60), Step(deeds.reply, at.reply), Step(deeds.accept, at.review)]
    return [*return_asked(at), Step(deeds.keep, decided_after), *rest, Step(deeds.ring, at.ring)]


def time_asked(at: Pace) -> list[Step]:
    """Begun, and more time asked for."""
    return [*begun(at), Step(limits.ask_for_time, 240)]


def time_given(at: Pace) -> list[Step]:
    """More time asked for and granted."""
    return [*time_asked(at), Step(limits.give_time, 90)]


def time_given_once(at: Pace) -> list[Step]:
    """Granted; asked for again, and refused."""
    return [*time_given(at), Step(limits.ask_for_time, 400), Step(limits.deny_time, 150)]


def moved_in_every_way(at: Pace) -> list[Step]:
    """A return refused too late, more time granted, a reply sent back in time: a due that needs explaining."""
    return [*return_asked(at), Step(deeds.keep, 560), Step(deeds.contact, 40), Step(limits.ask_for_time, 120),
            Step(limits.give_time, 60), Step(deeds.reply, 200), Step(deeds.send_back, 90)]


def ordered(at: Pace) -> list[Step]:
    """Begun, and a supervision order issued."""
    return [*begun(at), Step(limits.order, 200)]


def taken_back(at: Pace) -> list[Step]:
    """Sent to the wrong unit, recalled, and handled by another."""
    return [*taken(at), Step(deeds.recall, 45), Step(deeds.send_on, 15), *accepted(at)[2:], Step(deeds.ring, at.ring)]


def conferring() -> list[Step]:
    """Nobody knows whose it is: units are called together, and one has written."""
    return [Step(deeds.log, 0), Step(conferences.call, 35), Step(conferences.opine, 70)]


def conferred(at: Pace) -> list[Step]:
    """The conference designated a unit, which did it."""
    return [*conferring(), Step(conferences.designate, 200), *accepted(at)[2:], Step(deeds.ring, at.ring)]


def with_asides(plot: Plot, chance: random.Random) -> list[Step]:
    """The plot, and the caller calling again in between to urge or to add."""
    aside = chance.choice([Step(deeds.urge, 30), Step(deeds.add, 45), Step(deeds.urge, 240)])
    place = chance.randint(2, max(2, len(plot) - 2))
    return [*plot[:place], aside, *plot[place:]]
