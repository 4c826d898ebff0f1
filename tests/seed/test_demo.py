"""The demonstration city: whole, consistent, and with something to show on every screen.

It is built once for all of these tests, as a first start builds it.
"""

from __future__ import annotations

import re
import stat
from collections import Counter
from datetime import UTC, date, timedelta

import pytest
from sqlalchemy import func, select, text

from hotline.seed import demo, people
from hotline.seed.tables import rows
from hotline.sign_in import passwords
from workflows import audit, reconcile
from workflows.model.base import db, now
from workflows.model.clock import Clock, ClockSegment
from workflows.model.conference import Conference
from workflows.model.directory import Category, Unit, User
from workflows.model.feedback import CallbackTask, Evaluation
from workflows.model.outbox import Outbox
from workflows.model.phone import normalise_phone
from workflows.model.reference import ZONE, reference
from workflows.model.reply import Reply
from workflows.model.settings import CatalogueRule, LimitRule, SettingEvent
from workflows.model.ticket import Application, Assignment, Ticket, TicketEvent, TicketIdentity, TicketText, Urge
from workflows.read import reconciliations
from workflows.rules import calendar
from workflows.rules.limits import DEFAULT_PROFILE
from workflows.rules.roles import ADMIN_ROLES, HOTLINE_ROLES, UNIT_ROLES, Role
from workflows.rules.routing import Decision, route
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import DiscrepancyKind, UnitKind

S = TicketState
#: Minutes of the office's working day.
WORKING_DAY = 450
#: Roles nobody signs in with.
NOBODY = {Role.CITIZEN, Role.SYSTEM}


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="module")
def seeded(app, database, var):
    with app.app_context():
        accounts = demo.seed(var)
        yield accounts
        db.session.remove()
    database.clean()


@pytest.fixture(autouse=True)
def session(seeded):
    yield
    db.session.rollback()


def count(statement):
    return db.session.scalar(select(func.count()).select_from(statement.subquery()))


def states():
    return dict(db.session.execute(select(Ticket.state, func.count()).group_by(Ticket.state)).all())


# staff


def test_the_accounts_stand_in_a_file_only_its_owner_reads(seeded, var):
    path = var / "accounts.tsv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    header, *lines = [line.split("\t") for line in path.read_text().splitlines()]
    assert header == ["account", "password", "role", "unit"]
    assert [tuple(line) for line in lines] == [(a.account, a.password, a.role, a.unit) for a in seeded]


def test_every_password_is_random_long_and_easy_to_read(seeded):
    drawn = [a.password for a in seeded]
    assert len(set(drawn)) == len(drawn)
    assert min(map(len, drawn)) >= 14
    assert not set("".join(drawn)) & set("0O1lI")


def test_a_password_opens_its_account_and_is_hashed_anew_at_full_strength(seeded):
    kept = db.session.scalars(select(User.password_hash).where(User.account == seeded[0].account)).one()
    right, stronger = passwords.verify(seeded[0].password, kept)
    assert right
    assert stronger is not None
    assert passwords.verify(seeded[1].password, kept) == (False, None)


def test_there_is_somebody_in_every_role_and_for_every_unit():
    users = db.session.scalars(select(User)).unique().all()
    held = Counter(Role(h.role) for user in users for h in user.roles)
    assert set(held) == set(Role) - NOBODY
    assert held[Role.AGENT] == held[Role.DISPATCHER] == held[Role.CALLBACK] == 2
    staffed = {(user.unit_id, h.role) for user in users for h in user.roles}
    for unit in reference().units.values():
        if unit.kind in {UnitKind.BUREAU, UnitKind.STREET, UnitKind.UTILITY, UnitKind.DISTRICT}:
            assert {(unit.id, "UNIT_CLERK"), (unit.id, "UNIT_LEAD")} <= staffed, unit.name


def test_powers_stay_apart():
    hotline = reference().hotline_unit_id
    for user in db.session.scalars(select(User)).unique():
        roles = {Role(h.role) for h in user.roles}
        assert len(roles) == 1 or not roles & ADMIN_ROLES
        assert not roles & HOTLINE_ROLES or user.unit_id == hotline
        assert not roles & UNIT_ROLES or user.unit_id != hotline


def test_the_second_time_nothing_happens(var):
    before = (var / "accounts.tsv").read_bytes()
    assert demo.seed(var) == []
    assert (var / "accounts.tsv").read_bytes() == before


def test_a_file_of_an_earlier_database_is_put_aside_not_lost(tmp_path):
    people.write_down(tmp_path, [people.Account("a", "first", "r", "u")])
    people.write_down(tmp_path, [people.Account("a", "second", "r", "u")])
    assert "second" in (tmp_path / "accounts.tsv").read_text()
    aside = tmp_path / "accounts.old.tsv"
    assert "first" in aside.read_text()
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600


# the city


def test_the_city_has_the_units_it_should():
    kinds = Counter(unit.kind for unit in reference().units.values())
    assert kinds["HOTLINE"] == kinds["DISTRICT"] == 1
    assert kinds["BUREAU"] >= 12
    assert (kinds["STREET"], kinds["UTILITY"]) == (6, 3)
    sections = [unit for unit in reference().units.values() if unit.kind == UnitKind.SECTION]
    assert all(reference().units[section.parent_id].kind == UnitKind.BUREAU for section in sections)
    assert {reference().areas[area].kind for area in reference().street_unit_of} == {"STREET"}
    communities = Counter(area.parent_id for area in reference().areas.values() if area.kind == "COMMUNITY")
    assert len(communities) == 6
    assert all(4 <= n <= 6 for n in communities.values())


def test_utilities_work_round_the_clock():
    for unit in reference().units.values():
        assert reference().calendar_of(unit.id)[1].all_days == (unit.kind == UnitKind.UTILITY)


def test_the_matters_are_those_of_the_field():
    first = {c.code for c in reference().categories.values() if c.level == 1}
    assert first == {f"{n:02d}" for n in range(1, 24)} | {"99"}
    below = Counter(c.code[:2] for c in reference().categories.values() if c.level == 2)
    assert set(below) == first - {"99"}
    for matter in db.session.scalars(select(Category)):
        above = reference().categories[matter.parent_id].path if matter.parent_id else "/"
        assert matter.path == f"{above}{matter.id}/"
        assert matter.initials.isascii()
        assert matter.initials


def routes():
    """Matter code → what the catalogue says in a community, where the matter is of a kind people call about."""
    ref = reference()
    here = next(area for area in ref.areas.values() if area.code == "D-WL-1")
    on = now().astimezone(ZONE).date()
    return {
        matter.code: route(
            ref.routes, category_path=matter.path, area_path=here.path, area_chain_ids=ref.area_chain(here.id),
            kind="HELP", enterprise=False, on=on, street_unit_of=ref.street_unit_of,
            active_units=ref.active_units(on), grassroots_units=ref.grassroots_units,
            fallback_unit_id=ref.district_unit_id,
        )
        for matter in ref.categories.values()
    }


def test_the_catalogue_is_mostly_certain_sometimes_ambiguous_and_sometimes_silent():
    found = routes()
    said = Counter(r.decision for r in found.values())
    assert said[Decision.CERTAIN] > 0.75 * len(found)
    assert said[Decision.AMBIGUOUS] >= 8
    assert said[Decision.NONE] >= 8
    assert all(len(r.candidates) > 1 for r in found.values() if r.decision is Decision.AMBIGUOUS)
    street = next(u.id for u in reference().units.values() if u.code == "WULI")
    assert found["0809"].unit_id == street
    assert not any(r.skipped for r in found.values())
    assert not db.session.scalars(select(CatalogueRule).where(CatalogueRule.basis == "")).all()


def test_special_limits_stand_beside_the_default_ones():
    assert db.session.scalars(select(LimitRule).where(LimitRule.category_id.is_not(None))).all()
    assert count(select(LimitRule).where(LimitRule.source == DEFAULT_PROFILE[0].source)) == len(DEFAULT_PROFILE)


def test_every_setting_has_a_history():
    subjects = set(db.session.scalars(select(SettingEvent.subject).distinct()))
    assert subjects >= {"UNIT", "AREA", "CATEGORY", "USER", "CATALOGUE", "LIMIT", "WORK_CALENDAR"}
    actions = set(db.session.scalars(select(SettingEvent.action).distinct()))
    assert actions >= {"CREATED", "CHANGED", "ENDED", "UNLOCKED"}
    units = count(select(Unit))
    assert count(select(SettingEvent).where(SettingEvent.subject == "UNIT", SettingEvent.action == "CREATED")) == units


def test_the_tables_refer_only_to_what_there_is():
    units = {row["code"] for row in rows("units")} | {"STREET", "DISTRICT"}
    matters = {row["code"] for row in rows("matters")}
    assert {unit for row in rows("matters") for unit in row["units"].split()} <= units
    assert {row["neighbour"] for row in rows("units") if row["login"]} <= units
    assert not any(row["neighbour"] == row["code"] for row in rows("units"))
    for table in ("requests", "refusals"):
        assert {row["code"] for row in rows(table)} <= matters
    assert len(rows("requests")) >= 60


# the history


def test_there_are_some_hundred_tickets_in_every_state_of_the_loop():
    found = states()
    assert 300 <= sum(found.values()) <= 440
    for state in (S.TO_DISPATCH, S.DISPATCHED, S.HANDLING, S.RETURN_REVIEW, S.REPLIED, S.CALLBACK, S.REWORK, S.CLOSED,
                  S.ANSWERED_DIRECT, S.REJECTED):
        assert found.get(state, 0) >= 4, state


def test_every_way_a_ticket_can_turn_is_there():
    def kinds_of(column):
        return set(db.session.scalars(select(column).distinct()))

    kinds = kinds_of(TicketEvent.kind)
    assert kinds >= {"create", "answer", "ask_refusal", "refuse", "admit", "submit", "dispatch", "sign", "contact",
                     "consent_return",
                     "grant_return", "refuse_return", "recall", "reply", "accept_reply", "send_back",
                     "record_callback", "close", "rework", "reopen", "withdraw", "urge", "chase", "instruct", "add",
                     "merge", "support", "flag_risk", "confirm_risk",
                     "conceal", "ask_relay", "relay", "add_part", "delegate", "whistle", "contribute",
                     "warned", "expired", "credited", "revealed", "confer", "opine", "decide_conference"}
    assert kinds_of(Ticket.close_type) >= {"SOLVED", "PARTLY", "EXPLAINED", "UNREACHABLE", "JUDGED"}
    assert count(select(Ticket).where(Ticket.recheck_pending)) >= 1
    assert count(select(Ticket).where(Ticket.raised_in_id.is_not(None))) == 2
    assert kinds_of(Ticket.anonymity) == {"OPEN", "WITHHELD", "ANONYMOUS"}
    assert kinds_of(Ticket.caller_type) >= {"PERSON", "ENTERPRISE"}
    assert kinds_of(Application.state) == {"FILED", "GRANTED", "REFUSED"}
    held = (Clock.held_since.is_not(None), Clock.due_at < now())
    assert count(select(Clock).where(*held)) == 1
    assert kinds >= {"consent_extension", "grant_extension", "refuse_extension", "supervise", "answer_order"}
    every = select(ClockSegment.clock_id).group_by(ClockSegment.clock_id)
    for kind in ("CREDIT", "EXTENSION", "RESUMED"):
        every = every.having(func.bool_or(ClockSegment.kind == kind))
    assert count(every) == 1
    assert kinds_of(Conference.outcome) == {None, "DECIDED"}
    assert kinds_of(Urge.source) == {"CITIZEN", "HOTLINE"}
    assert kinds_of(Ticket.urgency) == {"NORMAL", "URGENT", "CRITICAL"}
    assert count(select(Assignment).where(Assignment.auto_signed)) >= 8
    assert count(select(Assignment).where(Assignment.final_designation)) >= 4
    assert count(select(Ticket).where(Ticket.state == "CALLBACK", Ticket.callback_outcome == "DISSATISFIED")) >= 4
    waiting = CallbackTask.done_at.is_(None)
    assert set(db.session.scalars(select(CallbackTask.attempts).where(waiting).distinct())) >= {0, 1, 2}
    assert count(select(Evaluation).where(Evaluation.valid)) >= 100
    assert count(select(Reply).where(Reply.decision == "SENT_BACK")) >= 8
    withheld = select(Ticket).where(Ticket.anonymity == "WITHHELD", Ticket.state.in_(["HANDLING", "CLOSED"]))
    assert count(withheld) >= 4


def test_something_is_due_soon_and_something_overdue_by_little_and_by_much():
    owing = select(Assignment.due_at).where(Assignment.state.in_(["WAIT_SIGN", "WORKING", "REWORK", "RETURN_ASKED"]))
    at, days = now(), reference().default_calendar
    left = sorted(calendar.working_minutes(days, at, due) for due in db.session.scalars(owing))
    assert left[0] < -10 * WORKING_DAY
    assert sum(minutes < 0 for minutes in left) >= 10
    assert sum(-WORKING_DAY < minutes < 0 for minutes in left) >= 2
    for ahead in range(3):
        assert sum(ahead * WORKING_DAY <= minutes < (ahead + 1) * WORKING_DAY for minutes in left) >= 2


def test_some_people_call_again_and_some_call_about_the_same():
    callers = db.session.execute(
        select(TicketIdentity.caller_key, func.count()).where(TicketIdentity.caller_key.is_not(None))
        .group_by(TicketIdentity.caller_key).having(func.count() >= 3)
    ).all()
    assert len(callers) >= 5
    same = select(Ticket.category_id).group_by(Ticket.category_id, Ticket.area_id).having(func.count() >= 5)
    assert db.session.scalars(same).first() is not None


def test_every_threshold_fired_within_seconds_of_its_time_and_none_waits():
    late = Clock.fired_at - Clock.due_at
    assert db.session.scalar(select(func.max(late))) < timedelta(seconds=30)
    # a clock that ran on after its reply was sent back warns when it runs on
    steady = Clock.id.not_in(select(ClockSegment.clock_id))
    assert db.session.scalar(select(func.max(Clock.warned_at - Clock.warn_at)).where(steady)) < timedelta(seconds=30)
    assert not count(select(Clock).where(Clock.next_at <= now() - timedelta(minutes=5)))
    missed = Clock.stopped_at.is_(None) & (Clock.due_at < now() - timedelta(minutes=5)) & Clock.fired_at.is_(None)
    assert not count(select(Clock).where(missed, Clock.held_since.is_(None)))
    assert not count(select(Outbox).where(Outbox.sent_at.is_(None)))


def test_the_history_is_whole_in_order_and_over():
    assert list(audit.breaks()) == []
    ordered = db.session.scalar(text(
        "SELECT bool_and(at >= before) FROM"
        " (SELECT at, lag(at) OVER (PARTITION BY ticket_id ORDER BY sequence) AS before FROM ticket_event) AS steps"
        " WHERE before IS NOT NULL"
    ))
    assert ordered
    first, last = db.session.execute(select(func.min(TicketEvent.at), func.max(TicketEvent.at))).one()
    assert last <= now()
    assert timedelta(days=25) < last - first < timedelta(days=37)
    assert first.tzinfo == UTC
    assert not db.session.scalar(text(
        "SELECT count(*) FROM ticket_event WHERE tableoid = 'ticket_event_other'::regclass"
    ))


def test_units_work_by_day():
    """What can wait is done in working hours, and nobody is rung at night."""
    moments = db.session.execute(
        select(TicketEvent.at, TicketEvent.kind)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(Ticket.urgency == "NORMAL", TicketEvent.kind.in_(["sign", "contact", "reply", "record_callback"]),
               TicketEvent.actor_role != "SYSTEM")
    ).all()
    hours = {moment.astimezone(ZONE).hour for moment, _ in moments}
    assert hours <= set(range(8, 21))
    assert {m.astimezone(ZONE).hour for m, kind in moments if kind == "reply"} <= set(range(9, 18))


def test_tickets_are_found_by_their_words():
    assert count(select(TicketText)) == count(select(Ticket))


def test_what_callers_say_is_filled_in_and_speaks_of_the_past():
    for ticket in db.session.scalars(select(Ticket)):
        assert "{" not in ticket.title + ticket.content + ticket.place
        for month, day in re.findall(r"(\d+)月(\d+)日", ticket.content):
            logged = ticket.created_at.astimezone(ZONE).date()
            told = date(logged.year, int(month), int(day))
            assert told < logged or told.month == 12 > logged.month


def test_every_callers_number_can_be_dialled():
    assert normalise_phone("19900000012") == "+8619900000012"
    assert not count(select(TicketIdentity).where(TicketIdentity.masked_phone != "",
                                                  TicketIdentity.masked_phone.not_like("199****%")))


def test_nothing_in_it_is_out_of_order(seeded):
    late = {DiscrepancyKind.NOT_FIRED, DiscrepancyKind.NOT_SENT}  # nobody sweeps and sends here
    _, found = reconciliations.findings(reconcile.reconcile())
    assert {one.kind for one in found} <= late
