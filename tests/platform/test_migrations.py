"""Migrations: one line of them, the same tables as the models say, and a way back."""

from collections.abc import Callable, Iterator

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
