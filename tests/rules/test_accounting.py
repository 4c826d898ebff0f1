"""The account of a clock: its lines make its due whatever happened, and say so when they do not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.minutes import index
from tests.rules.official import DUTY, OFFICE, OFFICE_BLOCKS, at, examples, official_rows
from tests.rules.test_calendar_properties import moment, moments, units, whole_minutes
from workflows.rules.accounting import (
    WORKING,
    Segment,
    SegmentKind,
    account,
    due_of,
    extended,
    put_back,
    time_lost,
)
from workflows.rules.calendar import Basis, Calendar, due

K = SegmentKind
happenings = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([K.CREDIT, K.PAUSE]), st.integers(1, 3000)),
        st.tuples(st.just(K.EXTENSION), st.tuples(st.sampled_from(Basis), st.integers(1, 10))),
        st.tuples(st.just(K.RESUMED), st.none()),
        st.tuples(st.just(K.RECOMPUTED), st.integers(0, 20)),
    ),
    max_size=6,
)


def play(days: Calendar, start, basis, amount, happened, calendars) -> tuple[Calendar, list[Segment], object]:
    """A clock's life as the loop writes it: each happening moves the due by the calendar of its day."""
    now, segments = due(days, start, basis, amount), []
    for kind, what in happened:
        before, more = now, {}
        if kind in (K.CREDIT, K.PAUSE):
            more = {"minutes": what}
            now = put_back(days, basis, now, what)
        elif kind is K.EXTENSION:
            more = {"basis": what[0], "amount": what[1]}
            now = extended(days, now, *what)
        elif kind is K.RECOMPUTED:
            days = calendars[what % len(calendars)]
            now = due_of(days, start, basis, amount, segments)
        segments.append(Segment(kind=kind, due_before=before, due_after=now, **more))
    return days, segments, now


@examples()
@given(units, st.lists(units, min_size=1, max_size=3), moments, st.sampled_from(Basis), st.integers(1, 20), happenings)
def test_the_lines_of_any_history_add_up_to_the_due(unit, others, start, basis, amount, happened):
    days, segments, now = play(unit[0], start, basis, amount, happened, [other for other, _ in others])
    told = account(days, start, basis, amount, segments, now)
    assert told.adds_up
    assert told.sound
    assert told.total == now == start + sum((line.shift for line in told.lines), timedelta())
    assert [line.kind for line in told.lines] == [K.RUN, *(kind for kind, _ in happened)]
    recomputed = [place for place, line in enumerate(told.lines) if line.kind is K.RECOMPUTED]
    unknown = [place for place, line in enumerate(told.lines) if line.counted is None]
    assert unknown == list(range(recomputed[-1] if recomputed else 0))


@examples(0.2)
@given(units, moments, st.sampled_from(Basis), st.integers(1, 20), happenings.filter(bool), st.data())
def test_a_line_that_was_tampered_with_is_found(unit, start, basis, amount, happened, data):
    days, segments, now = play(unit[0], start, basis, amount, happened, [unit[0]])
    place = data.draw(st.integers(0, len(segments) - 1))
    wrong = segments[place]
    segments[place] = replace(wrong, due_after=wrong.due_after + timedelta(minutes=data.draw(st.integers(1, 9))))
    assert not account(days, start, basis, amount, segments, now).adds_up


@examples()
@given(units, moments, st.sampled_from(Basis), st.integers(1, 20), st.data())
def test_a_pause_leaves_as_much_time_as_there_was(unit, start, basis, amount, data):
    days, _ = unit
    whole = due(days, start, basis, amount)
    stopped = data.draw(st.datetimes(*(at.replace(tzinfo=None) for at in (start, whole)))).replace(tzinfo=start.tzinfo)
    resumed = stopped + data.draw(st.timedeltas(timedelta(0), timedelta(days=30)))
    moved = put_back(days, basis, whole, time_lost(days, basis, stopped, resumed))
    left = time_lost(days, basis, stopped, whole)
    assert time_lost(days, basis, resumed, moved) == pytest.approx(left, abs=1e-6)
    assert moved >= whole
    # two pauses cost what one as long costs: nothing is lost between them
    middle = stopped + (resumed - stopped) / 2
    parts = (time_lost(days, basis, stopped, middle), time_lost(days, basis, middle, resumed))
    assert put_back(days, basis, put_back(days, basis, whole, parts[0]), parts[1]) - moved < timedelta(seconds=1)


@examples()
@given(units, whole_minutes, st.integers(1, 5), st.integers(1, 900))
def test_what_is_put_back_is_counted_minute_by_minute(unit, start, hours, minutes):
    days, slow = unit
    for basis in WORKING:
        first = due(days, start, basis, hours)
        assert put_back(days, basis, first, minutes) == moment(slow.add(index(first), minutes))
    assert put_back(days, Basis.H, start, minutes) == moment(index(start) + minutes)


def test_an_extension_is_counted_from_the_old_due_as_a_limit_from_its_start():
    assert extended(OFFICE, at("2026-02-13 17:30"), Basis.WD, 5) == at("2026-02-27 17:30")
    assert extended(OFFICE, at("2026-02-13 15:00"), Basis.WH, 2) == at("2026-02-13 17:00")
    assert extended(OFFICE, at("2026-02-13 15:00"), Basis.H, 24) == at("2026-02-14 15:00")
    # a due at midnight is the end of its day, not the beginning of the next
    assert extended(DUTY, at("2026-02-13 24:00"), Basis.WD, 5) == at("2026-02-18 24:00")
    assert extended(OFFICE, at("2026-02-13 24:00"), Basis.CD, 3) == at("2026-02-16 24:00")
    assert extended(OFFICE, at("2026-02-13 24:00"), Basis.CDR, 3) == at("2026-02-24 24:00")
    assert extended(OFFICE, at("2026-02-13 24:00"), Basis.WD, 1) == at("2026-02-14 17:30")


def test_a_limit_round_the_clock_loses_nights_too():
    friday, monday = at("2026-03-06 17:00"), at("2026-03-09 09:30")
    assert time_lost(OFFICE, Basis.H, friday, monday) == 64.5 * 60
    assert time_lost(OFFICE, Basis.WD, friday, monday) == 60
    assert time_lost(DUTY, Basis.WD, friday, monday) == 64.5 * 60


def test_after_a_change_of_the_calendar_the_line_no_longer_counts_the_same():
    start, amount = at("2026-03-02 10:00"), 5
    first = due(OFFICE, start, Basis.WD, amount)
    changed = Calendar.from_days(
        [(day, "OFFDAY" if day == date(2026, 3, 5) else kind, guess) for day, kind, guess in official_rows(2026)],
        OFFICE_BLOCKS,
    )
    told = account(changed, start, Basis.WD, amount, [], first)
    assert told.adds_up
    assert not told.sound
    [line] = told.lines
    assert (line.after, line.counted) == (at("2026-03-09 17:30"), at("2026-03-10 17:30"))
    recomputed = Segment(kind=K.RECOMPUTED, due_before=first, due_after=at("2026-03-10 17:30"))
    assert account(changed, start, Basis.WD, amount, [recomputed], at("2026-03-10 17:30")).sound


@pytest.mark.parametrize(
    ("segments", "due_at"),
    [
        ([], "2026-03-10 17:30"),
        ([("2026-03-09 17:30", "2026-03-10 09:30")], "2026-03-10 17:30"),
        ([("2026-03-06 17:30", "2026-03-10 09:30")], "2026-03-10 17:30"),
    ],
)
def test_a_due_that_no_line_explains_is_told(segments, due_at):
    lines = [Segment(kind=K.CREDIT, minutes=30, due_before=at(a), due_after=at(b)) for a, b in segments]
    told = account(OFFICE, at("2026-03-02 10:00"), Basis.WD, 5, lines, at(due_at))
    assert not (told.adds_up and told.sound)
