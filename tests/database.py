"""The servers tests run on, and a database that is as new before every test.

One PostgreSQL and one Valkey per run: those named by HOTLINE_TEST_DATABASE_URL and HOTLINE_TEST_REDIS_URL,
else embedded ones in a temporary folder. Migrations run once, into a template; every pytest process copies it.
Tests really commit, over as many connections as they like, so nothing is rolled back: statement triggers note
which tables were written, and `Database.clean` puts exactly those back as the migrations left them. What many
tests begin with (the city of tests/builders.py) is written once and copied from then on: `keep_made`, `bring_back`.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url, text

from hotline.local import Servers, running

OWNER, APPLICATION, PASSWORD = "hotline_owner", "hotline_app", "for-tests-only"
ROLES_LOCK, TEMPLATE_LOCK = 1, 2

NOTE_WRITES = """
create schema hotline_test;
create unlogged table hotline_test.touched (relation oid);
create function hotline_test.touch() returns trigger language plpgsql security definer as $$
begin
    insert into hotline_test.touched values (tg_relid);
    return null;
end $$;
create function hotline_test.fill(relation regclass, copy text) returns void language plpgsql as $$
declare
    columns text;
begin
    execute format('delete from %s', relation);
    if to_regclass(copy) is not null then
        select string_agg(quote_ident(attname), ', ') into columns from pg_attribute
            where attrelid = relation and attnum > 0 and not attisdropped and attgenerated = '';
        execute format('insert into %s (%s) overriding system value select %s from %s',
                       relation, columns, columns, copy);
    end if;
end $$;
create table hotline_test.kept (relation oid);
create function hotline_test.keep() returns void language plpgsql security definer as $$
declare
    found regclass;
begin
    insert into hotline_test.kept
        select distinct t.relation from hotline_test.touched t join pg_class c on c.oid = t.relation
        where not c.relispartition;
    for found in select relation from hotline_test.kept loop
        execute format('create table hotline_test.%I as table %s', 'kept_' || found::oid, found);
    end loop;
    create table hotline_test.kept_sequence as
        select format('%I.%I', schemaname, sequencename)::regclass as sequence, last_value
        from pg_sequences where schemaname = 'public' and last_value is not null;
end $$;
create function hotline_test.bring_back() returns boolean language plpgsql security definer
set session_replication_role = replica as $$
begin
    if not exists (select from hotline_test.kept) then
        return false;
    end if;
    perform hotline_test.fill(k.relation, 'hotline_test.kept_' || k.relation) from hotline_test.kept k;
    perform setval(sequence, last_value) from hotline_test.kept_sequence;
    insert into hotline_test.touched select k.relation from hotline_test.kept k;
    return true;
end $$;
grant usage on schema hotline_test to public;
do $$
declare
    relation regclass;
    filled boolean;
begin
    for relation in select c.oid from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'alembic_version'
    loop
        execute format('create trigger hotline_test_touch after insert or update or delete or truncate on %s '
                       'for each statement execute function hotline_test.touch()', relation);
        execute format('select exists (select from %s)', relation) into filled;
        if filled then
            execute format('create table hotline_test.%I as table %s', 'seed_' || relation::oid, relation);
        end if;
    end loop;
end $$;
create table hotline_test.sequence_start as
    select format('%I.%I', schemaname, sequencename)::regclass as sequence, start_value, last_value
    from pg_sequences where schemaname = 'public';
"""

PUT_BACK = """
set local session_replication_role = replica;
set local lock_timeout = '2s';
do $$
declare
    relation regclass;
begin
    for relation in select distinct t.relation from hotline_test.touched t join pg_class c on c.oid = t.relation loop
        perform hotline_test.fill(relation, 'hotline_test.seed_' || relation::oid);
    end loop;
    perform setval(s.sequence, coalesce(s.last_value, s.start_value), s.last_value is not null)
        from hotline_test.sequence_start s where pg_sequence_last_value(s.sequence) is distinct from s.last_value;
    for relation in select format('%I.%I', schemaname, sequencename)::regclass from pg_sequences
        where schemaname = 'public'
        except select sequence from hotline_test.sequence_start
    loop
        execute format('drop sequence %s', relation);
    end loop;
    truncate hotline_test.touched;
end $$;
"""


class Database:
    """One database of its own for a pytest process; `template` copies another one's tables and rows."""

    def __init__(self, server_url: str, name: str, template: str = "template0") -> None:
        self.server_url = psycopg_url(server_url)
        self.name = name
        make_roles(self.server_url)
        with self._administration() as admin:
            admin.execute(
                sql.SQL("create database {} owner {} template {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
                )
            )

    def url(self, role: str = APPLICATION) -> str:
        """Where `role` finds it, for SQLAlchemy."""
        return self._url("postgresql+psycopg", role, PASSWORD)

    @property
    def admin_url(self) -> str:
        """Where the superuser finds it, for psycopg: what a test may look at but the application may not."""
        server = make_url(self.server_url)
        return self._url("postgresql", server.username, server.password)

    def note_writes(self) -> None:
        """From now on `clean` knows what was written."""
        with psycopg.connect(self.admin_url) as admin:
            admin.execute(NOTE_WRITES)

    def clean(self) -> None:
        """Every table and sequence as it was at `note_writes`. Fails when a test left a transaction open."""
        with psycopg.connect(self.admin_url) as admin:
            admin.execute(PUT_BACK)

    def rename(self, name: str) -> None:
        """Give it its final name."""
        with self._administration() as admin:
            admin.execute(
                sql.SQL("alter database {} rename to {}").format(sql.Identifier(self.name), sql.Identifier(name))
            )
        self.name = name

    def drop(self) -> None:
        """Remove it, whoever is still connected."""
        with self._administration() as admin:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(self.name)))

    def _url(self, driver: str, role: str | None, password: str | None) -> str:
        url = make_url(self.server_url).set(
            drivername=driver, username=role, password=password, database=self.name
        )
        return url.render_as_string(hide_password=False)

    def _administration(self) -> psycopg.Connection:
        return psycopg.connect(self.server_url, autocommit=True)


def psycopg_url(url: str) -> str:
    """The same address without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def make_roles(server_url: str) -> None:
    """The owner and the application's role, with a password every pytest process knows."""
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(%s)", [ROLES_LOCK])
        for role in (OWNER, APPLICATION):
            known = admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
            admin.execute(
                sql.SQL("{} role {} login nosuperuser password {}").format(
                    sql.SQL("alter" if known else "create"), sql.Identifier(role), sql.Literal(PASSWORD)
                )
            )


@contextmanager
def test_servers() -> Iterator[dict[str, str]]:
    """The two URLs of the servers given, or of servers started for the length of the block."""
    names = ("HOTLINE_TEST_DATABASE_URL", "HOTLINE_TEST_REDIS_URL")
    if all(os.environ.get(name) for name in names):
        yield {name: os.environ[name] for name in names}
        return
    var = Path(tempfile.mkdtemp(prefix="hotline-test-"))
    var.chmod(0o711)  # as root: the servers' user passes through, else their data would lie elsewhere
    chosen = {"HOTLINE_VAR": str(var), "HOTLINE_POSTGRES_BIN": os.environ.get("HOTLINE_POSTGRES_BIN", "")}
    servers = Servers(chosen, scratch=True)
    try:
        with running(servers):
            yield dict(zip(names, (servers.admin_url(), servers.urls()["HOTLINE_REDIS_URL"]), strict=True))
    finally:
        servers.home.remove()


def copy_of_template(
    server_url: str, run: str, worker: str, migrate: Callable[[Database], None]
) -> Database:
    """This process's database: a copy of the run's template, which the first to come here builds."""
    template = f"hotline_test_{run}"
    with psycopg.connect(psycopg_url(server_url), autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        if not admin.execute("select 1 from pg_database where datname = %s", [template]).fetchone():
            unfinished = Database(server_url, f"{template}_unfinished")
            migrate(unfinished)
            unfinished.rename(template)
        database = Database(server_url, f"{template}_{worker}", template)
    database.note_writes()
    return database


def keep_made(session: Any) -> None:
    """Keep what was written since the last `clean`, for `bring_back` to write again in a fraction of the time."""
    if _notes_writes(session):
        session.execute(text("SELECT hotline_test.keep()"))


def bring_back(session: Any) -> bool:
    """Write again what was kept; whether there was anything."""
    return _notes_writes(session) and session.execute(text("SELECT hotline_test.bring_back()")).scalar_one()


def _notes_writes(session: Any) -> bool:
    return session.execute(text("SELECT to_regclass('hotline_test.touched') IS NOT NULL")).scalar_one()
