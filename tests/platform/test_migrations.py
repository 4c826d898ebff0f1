"""Migrations: one line of them, the same tables as the models say, and a way back."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import product
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, create_engine, pool, text

from hotline import create_app
from hotline import database as migrations
from hotline.config import load
from tests.conftest import environment
from tests.database import Database
from workflows.model.base import Base, db
from workflows.rules.calendar import Basis
from workflows.rules.limits import DEFAULT_PROFILE, ClockCode, Limit, LimitBook
from workflows.rules.vocabulary import Kind, Urgency


@pytest.fixture
def fresh(empty_database: Database, redis_url: str) -> Iterator[Flask]:
    """An application on a database without tables."""
    app = create_app(load(environment(empty_database, redis_url), testing=True))
    with app.app_context():
        yield app
        db.engine.dispose()


def tables(of: Database) -> list[str]:
    with psycopg.connect(of.admin_url) as admin:
        found = admin.execute("select relname from pg_class where relnamespace = 'public'::regnamespace order by 1")
        return [name for (name,) in found if not name.startswith(("alembic", "pk_alembic"))]


def functions(of: Database) -> list[str]:
    with psycopg.connect(of.admin_url) as admin:
        found = admin.execute(
            "select proname from pg_proc p where pronamespace = 'public'::regnamespace and not exists"
            " (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1"
        )
        return [name for (name,) in found]


def not_a_partition(connection: Connection) -> Callable[..., bool]:
    """The months of a partitioned table are no tables of the model."""
    months = set(connection.scalars(text("select relname from pg_class where relispartition")))
    return lambda name, kind, _parents: kind != "table" or name not in months


def test_the_newest_migration_is_the_one_pinned() -> None:
    assert ScriptDirectory(str(migrations.MIGRATIONS)).get_heads() == [migrations.head()]
    assert (migrations.MIGRATIONS / "HEAD").read_text() == f"{migrations.head()}\n"


def test_up_down_and_up_again_ends_where_it_was(fresh: Flask, empty_database: Database) -> None:
    migrations.upgrade()
    first = tables(empty_database), functions(empty_database)
    migrations.downgrade("base")
    assert (tables(empty_database), functions(empty_database)) == ([], [])
    migrations.upgrade()

    assert (tables(empty_database), functions(empty_database)) == first


#: Written when there was only the first migration: what an installation of then had decided and was working at.
FIRST_CLOCKS = ("DISPATCH", "SIGN", "CONTACT", "RETURN_WINDOW", "HANDLING", "RETURN_DECISION", "REVIEW", "CALLBACK",
                "REWORK")
IN_USE = """
INSERT INTO work_calendar (name, blocks, all_days, is_default, version)
  VALUES ('行政', '[["09:00", "12:00"], ["13:30", "17:30"]]', false, true, 1);
INSERT INTO unit (code, name, short_name, kind, path, active_from, version)
  VALUES ('HOTLINE', '热线中心', '热线中心', 'HOTLINE', '/1/', '2020-01-01', 1),
         ('HOUSING', '住建局', '住建局', 'BUREAU', '/2/', '2020-01-01', 1);
INSERT INTO category (code, name, initials, level, path, needs_place, active, version)
  VALUES ('01', '住房', 'zf', 1, '/1/', false, true, 1);
INSERT INTO ticket (id, no, query_code_hash, state, version, channel, channel_ref, caller_type, enterprise_name, kind,
    category_id, place, title, content, urgency, anonymity, need_reply, created_at, changed_at, lead_assignment_id,
    lead_unit_id, round, hops, return_count, urge_count, send_back_count, direct_answer, reject_route)
  VALUES (1, '20260302010000013', 'x', 'HANDLING', 4, 'PHONE', '', 'PERSON', '', 'COMPLAINT', 1, '', '电梯停运',
    '电梯停运三天', 'NORMAL', 'OPEN', true, now(), now(), 1, 2, 1, 1, 0, 0, 0, '', '');
INSERT INTO assignment (id, ticket_id, unit_id, role, state, round, level, dispatched_at, dispatch_note,
    override_reason, auto_signed, final_designation, return_count)
  VALUES (1, 1, 2, 'LEAD', 'WORKING', 1, 1, now(), '', '', false, false, 0);
INSERT INTO clock (ticket_id, assignment_id, code, round, unit_id, role, rule, calendar_id, started_at, warn_at,
    due_original, due_at, next_at, void)
  VALUES (1, 1, 'HANDLING', 1, 2, 'UNIT_CLERK', '{"code": "HANDLING", "basis": "wd", "amount": 5}', 1, now(),
    now() + interval '4 days', now() + interval '5 days', now() + interval '5 days', now() + interval '4 days', false);
INSERT INTO clock_segment (clock_id, kind, at, minutes, due_before, due_after, reason)
  VALUES (1, 'CREDIT', now(), 30, now(), now(), 'return decided late by the hotline');
INSERT INTO outbox (key, topic, ticket_id, payload, created_at, not_before, attempts, last_error)
  VALUES ('one', 'notice', 1, '{"kind": "dispatched", "unit_id": 2, "role": "UNIT_CLERK"}', now(), now(), 0, '');
INSERT INTO user_account (account, name, password_hash, unit_id, locale, active, must_change_password, failed_count,
    created_at, version)
  VALUES ('clerk', '经办', '!', 2, 'zh', true, false, 0, now(), 1);
"""
LIMIT = """
INSERT INTO limit_rule (code, amount, basis, kind, urgency, enterprise, source, valid_from, version)
  VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1)
"""
LIMITS = "SELECT code, amount, basis, kind, urgency, enterprise, source, valid_from FROM limit_rule"


def line_of(limit: Limit) -> tuple[Any, ...]:
    return (str(limit.code), limit.amount, str(limit.basis), limit.kind, limit.urgency, limit.enterprise, limit.source,
            limit.valid_from)


def answers(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], tuple[int, str] | None]:
    """How long each step of each kind of ticket may take by these limits; None where none holds."""
    book = LimitBook(
        Limit(id=None, code=ClockCode(code), amount=amount, basis=Basis(basis), kind=kind, category_path=None,
              urgency=urgency, unit_id=None, enterprise=enterprise, source=source, valid_from=since, valid_to=None)
        for code, amount, basis, kind, urgency, enterprise, source, since in rows
    )
    found: dict[tuple[Any, ...], tuple[int, str] | None] = {}
    for code, kind, urgency, enterprise in product(ClockCode, Kind, Urgency, (True, False)):
        try:
            limit = book.select(code=code, kind=kind, category_path=None, urgency=urgency, unit_id=None,
                                enterprise=enterprise, on=date(2026, 3, 2))
        except LookupError:
            found[code, kind, urgency, enterprise] = None
        else:
            found[code, kind, urgency, enterprise] = (limit.amount, limit.basis)
    return found


def test_an_installation_in_use_goes_up_to_what_a_new_one_has_and_back(fresh: Flask, empty_database: Database) -> None:
    """Existing rows get what new columns need, and existing settings what new clocks need."""
    migrations.upgrade("0001")
    with psycopg.connect(empty_database.admin_url) as admin:
        admin.execute(IN_USE)
        admin.cursor().executemany(LIMIT, [line_of(limit) for limit in DEFAULT_PROFILE if limit.code in FIRST_CLOCKS])
    migrations.upgrade()
    with psycopg.connect(empty_database.admin_url) as admin:
        assert answers(admin.execute(LIMITS)) == answers(line_of(limit) for limit in DEFAULT_PROFILE)
        assert admin.execute("SELECT reason FROM clock_segment").fetchall() == [("RETURN_DECIDED_LATE",)]
    migrations.downgrade("0001")
    with psycopg.connect(empty_database.admin_url) as admin:
        kept = {code for (code, *_) in admin.execute(LIMITS)}
        assert kept == set(FIRST_CLOCKS)
        assert admin.execute("SELECT count(*) FROM clock").fetchone() == (1,)


def test_the_tables_are_those_of_the_models(database: Database) -> None:
    engine = create_engine(database.url("hotline_owner"), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_name": not_a_partition(connection)},
        )
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_the_application_owns_nothing_and_cannot_rewrite_history(database: Database) -> None:
    with psycopg.connect(database.admin_url) as admin:
        owned = admin.execute(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
            " and pg_get_userbyid(relowner) = 'hotline_app'"
        ).fetchone()
        rights = admin.execute(
            "select has_table_privilege('hotline_app', 'ticket_event', right_) from"
            " unnest(array['INSERT', 'SELECT', 'UPDATE', 'DELETE', 'TRUNCATE']) right_"
        ).fetchall()

    assert owned == (0,)
    assert rights == [(True,), (True,), (False,), (False,), (False,)]
