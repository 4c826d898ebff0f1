"""What was published elsewhere comes out of our formulas, and who is ranked by it.

The cases are made of a few tickets that were played, copied as often as a bulletin counts them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from tests import builders as play
from workflows import administer, collect
from workflows.model.base import transaction
from workflows.model.clock import Clock
from workflows.model.feedback import Evaluation
from workflows.model.scoring import RatePolicy, ScoringPlan
from workflows.model.ticket import Assignment, Ticket
from workflows.read.dissatisfied import ledger, ledger_counts
from workflows.read.figures import Part, figures, tickets_behind
from workflows.read.ranking import rankings
from workflows.read.recount import recount
from workflows.rules.clearing import ClearedBy
from workflows.rules.indicators import Figure
from workflows.rules.satisfaction import Satisfaction, Solved
from workflows.rules.scoring import Part as ScorePart
from workflows.rules.scoring import ScoreModel, Standing
from workflows.rules.vocabulary import UnitKind

MONDAY, LATER = "2026-11-02 10:00", "2026-11-30 10:00"
PHONE = "13800138000"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def city(db):
    return play.make_city()


def copies(db: Any, kind: type, row_id: int, times: int, **changes: str) -> None:
    """So many more rows like one, each with a key of its own; `changes` are SQL, `n` counts the copies."""
    table = kind.__tablename__
    changes = {"id": f"nextval(pg_get_serial_sequence('{table}', 'id'))"} | changes
    pairs = ", ".join(f"'{name}', {value}" for name, value in changes.items())
    with transaction():
        db.session.execute(text(f"""
            INSERT INTO {table} OVERRIDING SYSTEM VALUE
            SELECT again.* FROM {table} AS row, generate_series(1, {times}) AS n,
                   jsonb_populate_record(row, jsonb_build_object({pairs})) AS again
             WHERE row.id = {row_id}"""))


def answer(city: Any) -> str:
    """A question of one caller that was answered on the line."""
    return collect.answer(play.request(city, kind=play.Kind.CONSULT, phone=PHONE), city.actor("agent"), play.ARTICLE).no


def ticket(db: Any, no: str) -> Ticket:
    return db.session.scalars(select(Ticket).where(Ticket.no == no)).one()


def of_ticket(db: Any, kind: type, no: str, **more: Any) -> Any:
    return db.session.scalars(select(kind).filter_by(ticket_id=ticket(db, no).id, **more)).one()


def line(city: Any, unit: str | None) -> Any:
    found = figures(city.actor("supervisor"), FIRST, LAST)
    return next(one for one in found if one.unit_id == (city.units[unit] if unit else None))


def percent(city: Any, figure: Figure, unit: str | None = None) -> tuple[Any, ...]:
    ratio = line(city, unit).ratios[figure]
    return ratio.numerator, ratio.denominator, ratio.percent


def test_a_county_answers_at_once_74_58_percent_and_closes_75_42_of_what_it_dispatched(db, city):
    with play.at(MONDAY):
        direct, closed, open_one = answer(city), play.to_closed(city), play.to_handling(city)
        own = "concat('copy', n)"
        copies(db, Ticket, ticket(db, direct).id, 6672, no=own)
        done = of_ticket(db, Assignment, closed)
        copies(db, Assignment, done.id, 1714, path="1000 + n", state="'RECALLED'", ended_at="now()", replied_at="null")
        with transaction():  # none of the copies holds its ticket; as kept tasks of one that is closed they count
            db.session.execute(text("UPDATE assignment SET state = 'DONE' WHERE ticket_id = :t AND path <> '1'"),
                               {"t": done.ticket_id})
        first = ticket(db, open_one).id
        copies(db, Ticket, first, 558, no="concat('open', n)", lead_assignment_id="500000 + n", id="500000 + n")
        copies(db, Assignment, of_ticket(db, Assignment, open_one).id, 558, id="500000 + n", ticket_id="500000 + n")
        copies(db, Ticket, first, 8947 - 6673 - 2 - 558, no="concat('more', n)")
        assert percent(city, Figure.DIRECT) == (6673, 8947, Decimal("74.58"))
        assert percent(city, Figure.CLOSED_OF_DISPATCHED, "HOUSING") == (1715, 2274, Decimal("75.42"))


def test_a_city_closes_88_34_percent_of_what_was_due_and_82_80_on_time(db, city):
    with play.at(MONDAY):
        on_time, overdue = play.to_closed(city), play.to_handling(city)
    with play.at(LATER):
        in_time = of_ticket(db, Clock, on_time, code="HANDLING")
        late = of_ticket(db, Clock, overdue, code="HANDLING")
        copies(db, Clock, in_time.id, 24164, round="1 + n")
        copies(db, Clock, in_time.id, 25783 - 24165, round="30000 + n", stopped_at="row.due_at + interval '1 day'")
        copies(db, Clock, late.id, 29186 - 25783 - 1, round="1 + n")
        assert percent(city, Figure.CLOSED_OF_DUE) == (25783, 29186, Decimal("88.34"))
        assert percent(city, Figure.ON_TIME) == (24165, 29186, Decimal("82.80"))
        assert percent(city, Figure.OVERDUE) == (29186 - 24165, 29186, Decimal("17.20"))


def unhappy(db: Any, city: Any) -> Evaluation:
    """Of a ticket whose caller said no, what they said."""
    no = play.to_callback(city)
    play.ring(city, no, **play.UNHAPPY)
    return of_ticket(db, Evaluation, no)


def test_of_267_dissatisfied_184_are_content_after_rework_20_judged_52_deferred_11_handed_over(db, city):
    with play.at(MONDAY):
        said = unhappy(db, city)
        before = said.ticket_id
        ways = {"REDONE": (184, "null"), "JUDGED": (20, "'JUDGED'"), "PLANNED": (52, "'PLANNED'"),
                "HANDED_OVER": (11, "'HANDED_OVER'")}
        for place, (name, (times, close_type)) in enumerate(ways.items(), start=1):
            own = f"{place}000000 + n"
            copies(db, Ticket, before, times, id=own, no=f"concat('{name}', n)", close_type=close_type)
            copies(db, Evaluation, said.id, times, ticket_id=own)
        copies(db, Evaluation, said.id, 184, ticket_id="1000000 + n", round="2", solved="'SOLVED'",
               satisfaction="'SATISFIED'")
        who = city.actor("supervisor")
        counts = ledger_counts(who, FIRST, LAST)
        assert counts == {ClearedBy.REDONE: 184, ClearedBy.JUDGED: 20, ClearedBy.DEFERRED: 52,
                          ClearedBy.HANDED_OVER: 11, None: 1}
        for way, n in counts.items():
            shown = ledger(who, FIRST, LAST, way, size=200).items
            assert (len(shown), {row.cleared for row in shown}) == (n, {way})
        assert ledger_counts(city.actor("urban"), FIRST, LAST) == dict.fromkeys(counts, 0)
        assert ledger_counts(city.actor("housing"), FIRST, LAST) == counts


def test_a_matter_is_in_the_ledger_once_until_its_caller_is_content(db, city):
    with play.at(MONDAY):
        no = play.to_callback(city)
        for _ in range(2):
            play.ring(city, no, rework=True, **play.UNHAPPY)
            play.reply(city, no)
            play.accept(city, no)
        who = city.actor("supervisor")
        waiting = ledger(who, FIRST, LAST, None).items
        assert [(row.no, row.times) for row in waiting] == [(no, 2)]
        play.ring(city, no)
        assert ledger_counts(who, FIRST, LAST)[ClearedBy.REDONE] == 1
        assert ledger(who, FIRST, LAST, None).items == ()


def evaluations(db: Any, city: Any, unit: str, rows: list[dict[str, str]]) -> None:
    """A unit's results of call-backs: (how many, what they said)."""
    by, matter = {"HOUSING": ("housing", "0101"), "SCHOOLS": ("schools", "0201")}[unit]
    no = play.to_closed(city, matter, by)
    said = of_ticket(db, Evaluation, no)
    for place, row in enumerate(rows):
        times = int(row.pop("times")) - (place == 0)
        copies(db, Evaluation, said.id, times, round=f"{place + 1}000 + n", **row)


#: 80 valid: 76 contacted, 60 solved and 8 partly, 68 of the 75 that rated at least basically satisfied.
EIGHTY = [
    {"times": "60"},
    {"times": "8", "solved": "'PARTLY'", "satisfaction": "'BASICALLY'"},
    {"times": "7", "solved": "'UNSOLVED'", "satisfaction": "'DISSATISFIED'"},
    {"times": "1", "solved": "'UNSOLVED'", "satisfaction": "'NOT_RATED'"},
    {"times": "4", "solved": "'UNSOLVED'", "satisfaction": "null", "contacted": "false"},
]


def group(city: Any, kind: UnitKind = UnitKind.BUREAU, who: str = "supervisor") -> Any:
    return next(one for one in rankings(city.actor(who), FIRST, LAST) if one.kind is kind)


def stands(city: Any, **more: Any) -> dict[str, tuple[Any, ...]]:
    return {one.name: (one.standing, one.place, one.total) for one in group(city, **more).units}


def test_a19_who_has_fewer_than_ten_valid_call_backs_or_no_case_is_listed_and_not_ranked(db, city):
    with play.at(MONDAY):
        evaluations(db, city, "HOUSING", [{"times": "10"}])
        evaluations(db, city, "SCHOOLS", [{"times": "9"}])
        play.to_handling(city, "0601", "water")
        housing, schools, urban = "区住房和建设局", "区教育局", "区城市管理局"
        assert stands(city) == {
            housing: (Standing.RANKED, 1, Decimal("100.00")),
            schools: (Standing.TOO_FEW, None, None),
            urban: (Standing.NO_CASES, None, None),
        }
        assert [one.standing for one in group(city, UnitKind.UTILITY).units] == [Standing.NOTHING_DUE]
        assert [one.name for one in group(city).units] == [housing, urban, schools]
        assert (group(city).of, {one.sample for one in group(city).units}) == (1, {10, 9, 0})
        # a unit is shown its own line, with its place among all
        assert stands(city, who="housing") == {housing: (Standing.RANKED, 1, Decimal("100.00"))}
        assert rankings(city.actor("admin"), FIRST, LAST) == []
        plan = plan_of(db, "BUREAU")
        administer.replace_plan(plan.id, city.actor("director"), version=plan.version, valid_from=None,
                                line=scored(ScoreModel.WEIGHTED, [("SOLVED", "100")], ranked=False))
        assert {one.place for one in group(city).units} == {None}
        assert stands(city)[housing] == (Standing.RANKED, None, Decimal("100.00"))


def plan_of(db: Any, kind: str) -> ScoringPlan:
    return db.session.scalars(select(ScoringPlan).filter_by(kind=kind, valid_to=None)).one()


def scored(model: ScoreModel, parts: list[tuple[str, ...]], **more: Any) -> administer.ScoringLine:
    found = tuple(ScorePart(Figure(figure), *map(Decimal, numbers)) for figure, *numbers in parts)
    plain = {"least_sample": 10, "ranked": True, "interval": False, "source": "考核办法第七条"}
    return administer.ScoringLine(model=model, parts=found, **plain | more)


def test_a20_the_worked_example_scores_88_23_and_83_33_percent_17_67(db, city):
    with play.at(MONDAY):
        evaluations(db, city, "HOUSING", [dict(row) for row in EIGHTY])
        evaluations(db, city, "SCHOOLS", [{"times": "10"}, {"times": "2", "satisfaction": "'DISSATISFIED'"}])
        assert [percent(city, figure, "HOUSING")[2] for figure in (Figure.RESPONSE, Figure.SOLVED, Figure.SATISFIED)] \
            == [95, 80, Decimal("90.67")]
        assert stands(city)["区住房和建设局"] == (Standing.RANKED, 2, Decimal("88.23"))
        plan = plan_of(db, "BUREAU")
        administer.replace_plan(
            plan.id, city.actor("director"), version=plan.version,
            line=scored(ScoreModel.LINEAR, [("SATISFIED", "25", "98", "0.5", "12.5")], interval=True),
        )
        found = {one.name: one for one in group(city).units}
        assert found["区教育局"].total == Decimal("17.67")
        assert found["区教育局"].parts[0].interval == (Decimal("55.2"), Decimal("95.3"))
        behind = tickets_behind(city.actor("supervisor"), Figure.SATISFIED, Part.DENOMINATOR, FIRST, LAST,
                                unit_id=city.units["SCHOOLS"])
        assert len(behind) == found["区教育局"].parts[0].ratio.denominator == 12
        assert recount(FIRST, LAST) == []


def test_what_the_hotline_answers_for_is_its_own_and_hidden_from_units(db, city):
    with play.at(MONDAY):
        answer(city)
        again = answer(city)
        returned = play.log(city).no
        play.ask_return(city, returned)
        play.log(city, **play.WITHHELD)
    with play.at("2026-11-12 10:00"):
        own = line(city, "HOTLINE").ratios
        assert (own[Figure.DIRECT].numerator, own[Figure.DIRECT].denominator) == (2, 4)
        # the same caller asked about the same matter twice: only the last call was the last
        assert (own[Figure.FIRST_CALL].numerator, own[Figure.FIRST_CALL].denominator) == (1, 2)
        assert (own[Figure.WITHHELD].numerator, own[Figure.WITHHELD].denominator) == (1, 4)
        assert own[Figure.FIRST_RIGHT].percent == 100
        behind = tickets_behind(city.actor("supervisor"), Figure.DIRECT, Part.NUMERATOR, FIRST, LAST)
        assert again in [row.no for row in behind]
        assert tickets_behind(city.actor("housing"), Figure.DIRECT, Part.NUMERATOR, FIRST, LAST) == []
        assert recount(FIRST, LAST) == []


def test_a_complaint_that_comes_back_counts_against_the_unit_that_closed_it(db, city):
    with play.at(MONDAY):
        play.to_closed(city, phone=PHONE)
        assert percent(city, Figure.REPEATED, "HOUSING")[:2] == (0, 1)
    with play.at("2026-11-20 10:00"):
        play.log(city, phone=PHONE)
        assert percent(city, Figure.REPEATED, "HOUSING")[:2] == (1, 1)
        assert percent(city, Figure.ONCE, "HOUSING")[:2] == (1, 1)
        assert recount(FIRST, LAST) == []


def test_switches_hold_from_their_day_on_and_change_no_day_before(db, city):
    with play.at(MONDAY):
        no = play.to_callback(city)
        play.ring(city, no, solved=Solved.PARTLY, satisfaction=Satisfaction.BASICALLY)
    with play.at("2026-11-10 10:00"):
        [policy] = db.session.scalars(select(RatePolicy)).all()
        changed = administer.replace_policy(
            policy.id, city.actor("director"), version=policy.version, line=administer.PolicyLine(
                partly=0, solved_kinds=(play.Kind.COMPLAINT, play.Kind.HELP), rated_kinds=tuple(play.Kind),
                count_anonymous=False, merged_once=True, by_first_due=False, callback_percent=100,
                source="考核办法第九条"),
        )
        other = play.to_callback(city)
        play.ring(city, other, solved=Solved.PARTLY, satisfaction=Satisfaction.BASICALLY)
        assert percent(city, Figure.SOLVED) == (Decimal("0.5"), 2, Decimal("25.00"))
        assert (changed.version, policy.valid_to) == (2, date(2026, 11, 9))
        assert len(tickets_behind(city.actor("supervisor"), Figure.SOLVED, Part.DENOMINATOR, FIRST, LAST)) == 2
        assert recount(FIRST, LAST) == []
