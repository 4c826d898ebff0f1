"""The embedded servers: private, with passwords, started and joined, found again after a crash."""

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from hotline.config import ConfigError
from hotline.local import BusyError, Servers, completed, running
from hotline.local.home import ELSEWHERE, sole_keeper
from hotline.local.processes import Account

KEEP = """
import sys, time
from hotline.local import Servers, running
with running(Servers({"HOTLINE_VAR": sys.argv[1]}, scratch=True)):
    print("running", flush=True)
    time.sleep(600)
"""
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as another user")


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """A folder whose servers are made once; not one of pytest's, which are closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="hotline-test-"))
    folder.chmod(0o711)
    yield folder
    servers_of(folder).home.remove()


def servers_of(var: Path) -> Servers:
    return Servers({"HOTLINE_VAR": str(var)}, scratch=True)


def keep_elsewhere(var: Path) -> "subprocess.Popen[str]":
    """Another process that runs the servers of `var`."""
    keeper = subprocess.Popen([sys.executable, "-c", KEEP, str(var)], stdout=subprocess.PIPE, text=True)
    assert keeper.stdout.readline() == "running\n"
    return keeper


def end(keeper: "subprocess.Popen[str]", number: signal.Signals = signal.SIGKILL) -> None:
    keeper.send_signal(number)
    keeper.wait(60)
    keeper.stdout.close()


def test_the_servers_are_private(var: Path) -> None:
    servers = servers_of(var)
    with running(servers):
        with psycopg.connect(servers.urls()["HOTLINE_DATABASE_URL"]) as connection:
            shown = {
                name: connection.execute(f"show {name}").fetchone()[0]
                for name in ("listen_addresses", "data_checksums", "server_encoding", "unix_socket_permissions")
            }
            owner = connection.execute("select pg_get_userbyid(datdba) from pg_database where datname = 'hotline'")
            assert owner.fetchone() == ("hotline_owner",)
        with redis.Redis.from_url(servers.urls()["HOTLINE_REDIS_URL"]) as valkey:
            told = valkey.config_get("port", "maxmemory-policy", "unixsocketperm")
        private = [var / "servers.json", servers.home.place, servers.home.place / "postgres", servers.home.sockets]
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in private}

    assert shown == {
        "listen_addresses": "",
        "data_checksums": "on",
        "server_encoding": "UTF8",
        "unix_socket_permissions": "0700",
    }
    assert told == {"port": "0", "maxmemory-policy": "noeviction", "unixsocketperm": "700"}
    assert all(mode & 0o077 == 0 for mode in modes.values()), modes


def test_a_real_start_keeps_what_is_written(var: Path) -> None:
    servers = Servers({"HOTLINE_VAR": str(var)})
    with running(servers):
        with psycopg.connect(servers.admin_url()) as connection:
            kept = [connection.execute(f"show {name}").fetchone()[0] for name in ("fsync", "synchronous_commit")]
        with redis.Redis.from_url(servers.urls()["HOTLINE_REDIS_URL"]) as valkey:
            told = valkey.config_get("appendonly", "appendfsync")

    assert kept == ["on", "on"]
    assert told == {"appendonly": "yes", "appendfsync": "everysec"}


def test_nobody_enters_without_the_password(var: Path) -> None:
    servers = servers_of(var)
    with running(servers):
        address = servers.urls()["HOTLINE_DATABASE_URL"].partition("@")[2]
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(f"postgresql://hotline_admin:guess@{address}")
        valkey = redis.Redis(unix_socket_path=str(servers.home.sockets / "valkey"), retry=Retry(NoBackoff(), 0))
        with valkey, pytest.raises(redis.AuthenticationError):
            valkey.ping()


def test_the_application_may_not_make_tables_and_the_owner_may(var: Path) -> None:
    servers = servers_of(var)
    with running(servers):
        with psycopg.connect(servers.urls()["HOTLINE_DATABASE_URL"]) as application:
            assert application.info.parameter_status("is_superuser") == "off"
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute("create table mine (a int)")
        with psycopg.connect(servers.owner_urls()["HOTLINE_DATABASE_OWNER_URL"]) as owner:
            assert owner.info.parameter_status("is_superuser") == "off"
            owner.execute("create table ours (a int)")
            owner.rollback()


def test_chinese_characters_are_letters_to_the_database(var: Path) -> None:
    servers = servers_of(var)
    with running(servers), psycopg.connect(servers.urls()["HOTLINE_DATABASE_URL"]) as connection:
        assert connection.execute("select '路灯' ~ '^[[:alpha:]]+$'").fetchone() == (True,)


def test_a_second_command_joins_the_servers_of_the_first(var: Path) -> None:
    keeper = keep_elsewhere(var)
    try:
        servers = servers_of(var)
        with running(servers), psycopg.connect(servers.urls()["HOTLINE_DATABASE_URL"]) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert keeper.poll() is None
    finally:
        end(keeper, signal.SIGTERM)


def test_two_that_want_to_be_the_keeper_are_told_apart(var: Path) -> None:
    keeper = keep_elsewhere(var)
    try:
        with pytest.raises(BusyError, match=f"process {keeper.pid}"), sole_keeper(var):
            pass
    finally:
        end(keeper, signal.SIGTERM)


def test_after_kill_9_the_next_start_takes_over_and_nothing_is_lost(var: Path) -> None:
    keeper = keep_elsewhere(var)
    servers = servers_of(var)
    with psycopg.connect(servers.owner_urls()["HOTLINE_DATABASE_OWNER_URL"]) as owner:
        owner.execute("create table kept as select 12345 as number")
    end(keeper)

    with running(servers), psycopg.connect(servers.owner_urls()["HOTLINE_DATABASE_OWNER_URL"]) as owner:
        assert owner.execute("select number from kept").fetchone() == (12345,)
        owner.execute("drop table kept")


def test_a_pid_file_that_now_names_another_program_is_dropped(var: Path) -> None:
    servers = servers_of(var)
    note = servers.home.place / "postgres" / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{note.parent}\n")
    servers.home.own(note)

    with running(servers):
        assert int(note.read_text().splitlines()[0]) != os.getpid()


def test_a_server_left_running_is_ended_first(var: Path) -> None:
    servers = servers_of(var)
    with running(servers):
        first = int((servers.home.place / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        again = servers_of(var)  # as after the death of a supervisor on a system that does not end its children
        again.prepare()

        deadline = time.monotonic() + 10
        while Path(f"/proc/{first}/stat").exists() and " Z " not in Path(f"/proc/{first}/stat").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_killed_server_is_not_started_again_while_a_process_of_it_may_still_write(var: Path) -> None:
    servers = servers_of(var)
    data = servers.home.place / "postgres"
    program = servers.prepare()[0]
    child = program.start(subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not servers._postgres_answers():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with psycopg.connect(servers.admin_url()) as connection:
        left = connection.info.backend_pid
        os.kill(left, signal.SIGSTOP)
        child.kill()
        child.wait()
        waiting = threading.Thread(target=servers.prepare)
        waiting.start()
        try:
            waiting.join(1)
            assert waiting.is_alive()
            assert (data / "postmaster.pid").exists()
        finally:
            os.kill(left, signal.SIGCONT)
            waiting.join(30)
        assert not (data / "postmaster.pid").exists()


def test_data_without_its_passwords_is_not_touched(var: Path) -> None:
    passwords = (var / "servers.json").read_text()
    (var / "servers.json").unlink()
    try:
        with pytest.raises(ConfigError, match=r"servers\.json is gone"), running(servers_of(var)):
            pass
    finally:
        (var / "servers.json").write_text(passwords)


def test_secrets_are_made_once_and_read_again(var: Path, tmp_path: Path) -> None:
    own = {"HOTLINE_DATABASE_URL": "postgresql://a@b/c", "HOTLINE_REDIS_URL": "redis://b", "HOTLINE_VAR": str(tmp_path)}
    with completed(own) as first, completed(own) as second:
        assert first == second
        assert len(first["HOTLINE_SECRET_KEY"]) >= 32
    with completed({**own, "HOTLINE_SECRET_KEY": "the operator's own"}) as third:
        assert third["HOTLINE_SECRET_KEY"] == "the operator's own"
        assert third["HOTLINE_PHONE_KEY"] == first["HOTLINE_PHONE_KEY"]

    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600


def test_secrets_are_not_made_anew_for_data_sealed_with_others(tmp_path: Path) -> None:
    (tmp_path / "servers").mkdir()

    with pytest.raises(ConfigError, match=r"secrets\.env is gone"), completed({"HOTLINE_VAR": str(tmp_path)}):
        pass


def test_a_long_path_gets_a_short_private_socket_folder(tmp_path: Path) -> None:
    servers = servers_of(tmp_path / ("x" * 90) / "var")
    servers.home.prepare()
    servers.home.make_sockets()
    try:
        assert len(str(servers.home.sockets)) < 60
        assert stat.S_IMODE(servers.home.sockets.stat().st_mode) == 0o700
        assert servers_of(servers.home.var).home.sockets == servers.home.sockets
    finally:
        servers.home.remove()


def test_a_socket_folder_somebody_else_made_is_refused(tmp_path: Path) -> None:
    servers = servers_of(tmp_path / ("x" * 90) / "var")
    servers.home.prepare()
    servers.home.sockets.mkdir(mode=0o777)
    servers.home.sockets.chmod(0o777)
    try:
        with pytest.raises(ConfigError, match="not a private folder"):
            servers.home.make_sockets()
    finally:
        servers.home.remove()


@root_only
def test_as_root_the_servers_run_as_nobody(var: Path) -> None:
    servers = servers_of(var)
    with running(servers):
        pid = (servers.home.place / "postgres" / "postmaster.pid").read_text().splitlines()[0]
        assert Path(f"/proc/{pid}").stat().st_uid == Account.unprivileged().uid != 0


@root_only
def test_as_root_under_a_closed_home_the_data_lies_elsewhere_and_no_parent_is_opened(tmp_path: Path) -> None:
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    servers = servers_of(closed / "var")
    try:
        with running(servers):
            assert (closed / "var" / "servers").is_symlink()
            assert servers.home.place.parent == ELSEWHERE
            assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        servers.home.remove()
    assert not servers.home.place.exists()


def test_a_program_that_does_not_fit_the_data_is_refused(var: Path) -> None:
    made_by = servers_of(var).home.place / "postgres" / "PG_VERSION"
    made = made_by.read_text()
    made_by.write_text("9\n")
    try:
        with pytest.raises(ConfigError, match="No PostgreSQL version 9, which made the data"), running(servers_of(var)):
            pass
    finally:
        made_by.write_text(made)


def test_own_servers_are_left_alone(tmp_path: Path) -> None:
    own = {"HOTLINE_DATABASE_URL": "postgresql://a@b/c", "HOTLINE_REDIS_URL": "redis://b", "HOTLINE_VAR": str(tmp_path)}

    assert Servers(own).urls() == Servers(own).owner_urls() == {}


def test_each_folder_has_passwords_of_its_own(var: Path, tmp_path: Path) -> None:
    other = servers_of(tmp_path / "var")
    other.home.prepare()
    try:
        ours, theirs = (json.loads((folder / "servers.json").read_text()) for folder in (var, tmp_path / "var"))
        assert not set(ours.values()) & set(theirs.values())
    finally:
        other.home.remove()
