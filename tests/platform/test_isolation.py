"""The database of a test is as the migrations left it, whatever the test before wrote."""

import psycopg
import pytest
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

from tests.database import Database


@pytest.fixture
def tables(empty_database: Database) -> Database:
    """A database with a filled table, an empty one that refers to it, and a partitioned one."""
    with psycopg.connect(empty_database.admin_url) as admin:
        admin.execute(
            """
            create table kind (id bigint generated always as identity primary key, name text,
                               shout text generated always as (upper(name)) stored);
            insert into kind (name) values ('a'), ('b');
            create table thing (id bigint generated always as identity primary key, kind_id bigint references kind);
            create table happened (at date, what text) partition by range (at);
            create table happened_2026 partition of happened for values from ('2026-01-01') to ('2027-01-01');
            """
        )
    empty_database.note_writes()
    return empty_database


def rows(database: Database, query: str) -> list[tuple]:
    with psycopg.connect(database.admin_url) as admin:
        return admin.execute(query).fetchall()


def test_what_was_added_is_gone_and_what_was_seeded_is_back(tables: Database) -> None:
    with psycopg.connect(tables.admin_url) as admin:
        admin.execute("insert into kind (name) values ('c')")
        admin.execute("update kind set name = 'changed' where id = 1")
        admin.execute("insert into thing (kind_id) values (3), (2)")
        admin.execute("delete from kind where id not in (2, 3)")
        admin.execute("insert into happened values ('2026-05-01', 'x')")

    tables.clean()

    assert rows(tables, "select id, name, shout from kind order by id") == [(1, "a", "A"), (2, "b", "B")]
    assert rows(tables, "select count(*) from thing") == [(0,)]
    assert rows(tables, "select count(*) from happened") == [(0,)]


def test_numbers_begin_again(tables: Database) -> None:
    with psycopg.connect(tables.admin_url) as admin:
        admin.execute("insert into kind (name) values ('c')")
        admin.execute("insert into thing (kind_id) values (1)")

    tables.clean()

    assert rows(tables, "insert into kind (name) values ('d') returning id") == [(3,)]
    assert rows(tables, "insert into thing (kind_id) values (1) returning id") == [(1,)]


def test_a_counter_the_test_made_is_gone(tables: Database) -> None:
    with psycopg.connect(tables.admin_url) as admin:
        admin.execute("create sequence counted; select nextval('counted')")

    tables.clean()

    assert rows(tables, "select to_regclass('counted')") == [(None,)]


def test_a_transaction_left_open_is_named_at_once(tables: Database) -> None:
    with psycopg.connect(tables.admin_url) as forgotten:
        forgotten.execute("insert into thing (kind_id) values (1)")

        with pytest.raises(psycopg.errors.LockNotAvailable):
            tables.clean()

        forgotten.rollback()


def test_the_application_of_a_test_is_no_superuser(db: SQLAlchemy) -> None:
    role = db.session.execute(text("select usename, usesuper from pg_user where usename = current_user")).one()

    assert role == ("hotline_app", False)
