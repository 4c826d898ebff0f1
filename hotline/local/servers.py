"""PostgreSQL and Valkey themselves: made, tuned, started, waited for, joined."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import redis
from psycopg import sql
from redis.backoff import NoBackoff
from redis.retry import Retry

from hotline.config import ConfigError
from hotline.local.binaries import find_postgres, find_valkey
from hotline.local.home import (
    BusyError,
    Home,
    guest,
    let_guests_finish,
    open_private,
    sole_keeper,
    write_private,
)
from hotline.local.keys import kept_secrets
from hotline.local.processes import Program, stop

DATABASE, ADMIN, OWNER, APPLICATION = "hotline", "hotline_admin", "hotline_owner", "hotline_app"
START_SECONDS = 60
STOPPING_SECONDS = 30
MEGABYTE = 1024 * 1024


class Servers:
    """The servers of one `HOTLINE_VAR`. `environ` says which are wanted; the rest is the operator's own."""

    def __init__(self, environ: Mapping[str, str], *, scratch: bool = False) -> None:
        """With `scratch` PostgreSQL trades durability for speed: for tests, never for data."""
        self.home = Home(Path(environ.get("HOTLINE_VAR") or "var"))
        self.postgres_folder = environ.get("HOTLINE_POSTGRES_BIN", "")
        self.wants_postgres = not environ.get("HOTLINE_DATABASE_URL")
        self.wants_valkey = not environ.get("HOTLINE_REDIS_URL")
        self.scratch = scratch

    def prepare(self) -> list[Program]:
        """Make what is missing, clear what a crash left, and say what has to run."""
        home = self.home
        home.prepare()
        home.make_sockets()
        programs = []
        if self.wants_postgres:
            self._end_stray_postgres()
            programs.append(self._postgres())
        if self.wants_valkey:
            self._end_stray_valkey()
            programs.append(self._valkey())
        return programs

    # -- addresses -------------------------------------------------------------------------------------------

    def urls(self) -> dict[str, str]:
        """The settings by which the application reaches the servers run here."""
        found = {}
        if self.wants_postgres:
            found["HOTLINE_DATABASE_URL"] = self.database_url("application", APPLICATION)
        if self.wants_valkey:
            password = self._passwords()["valkey"]
            found["HOTLINE_REDIS_URL"] = f"unix://{quote(str(self._valkey_socket))}?db=0&password={password}"
        return found

    def owner_urls(self) -> dict[str, str]:
        """The further setting migrations need; the web and the workers are never given it."""
        if not self.wants_postgres:
            return {}
        return {"HOTLINE_DATABASE_OWNER_URL": self.database_url("owner", OWNER)}

    def database_url(self, password: str, role: str, database: str = DATABASE) -> str:
        """A libpq and SQLAlchemy URL over the Unix socket."""
        secret = self._passwords()[password]
        return f"postgresql://{role}:{secret}@/{database}?host={quote(str(self.home.sockets), safe='')}"

    def admin_url(self, database: str = "postgres") -> str:
        """The cluster's superuser: for making roles and databases, and for the test harness."""
        return self.database_url("admin", ADMIN, database)

    def _passwords(self) -> dict[str, str]:
        return json.loads(self.home.passwords_file.read_text())

    @property
    def _valkey_socket(self) -> Path:
        return self.home.sockets / "valkey"

    # -- readiness -------------------------------------------------------------------------------------------

    def wait(self, alive: Callable[[], bool] = lambda: True, seconds: float = START_SECONDS) -> None:
        """Return when every server wanted answers. Raises `ConfigError` when one is gone or stays silent."""
        deadline = time.monotonic() + seconds
        asked = [self._postgres_answers] * self.wants_postgres + [self._pong] * self.wants_valkey
        for answers in asked:
            while not answers():
                if not alive() or time.monotonic() > deadline:
                    raise ConfigError(f"The embedded servers did not start; see the log in {self.home.var}")
                time.sleep(0.05)

    def _postgres_answers(self) -> bool:
        url = self.admin_url()
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
            return True
        return False

    def _pong(self) -> bool:
        with contextlib.suppress(redis.RedisError, OSError), self._valkey_client() as client:
            return bool(client.ping())
        return False

    def _valkey_client(self) -> Any:
        return redis.Redis(
            unix_socket_path=str(self._valkey_socket),
            password=self._passwords()["valkey"],
            socket_timeout=5,
            retry=Retry(NoBackoff(), 0),
        )

    # -- PostgreSQL ------------------------------------------------------------------------------------------

    def _postgres(self) -> Program:
        home, data = self.home, self.home.place / "postgres"
        made_by = data / "PG_VERSION"
        major = int(made_by.read_text()) if made_by.exists() else None
        found = find_postgres(home.place, home.account, folder=self.postgres_folder, major=major)
        if major is None:
            self._initdb(found.folder, found.major, data)
        options = self._postgres_options()
        argv = [str(found.folder / "postgres"), "-D", str(data)]
        argv += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return self._program("postgres", argv, stop_signal=signal.SIGINT, stop_seconds=60.0)

    def _initdb(self, folder: Path, major: int, data: Path) -> None:
        """Make the cluster beside its place and move it there whole: a start cut short leaves none."""
        place = self.home.place
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=place))
        self.home.own(unfinished)
        password = place / f"{unfinished.name}.password"
        write_private(password, self._passwords()["admin"] + "\n")
        self.home.own(password)
        builtin = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        argv = [
            str(folder / "initdb"), "-D", str(unfinished), f"--username={ADMIN}", f"--pwfile={password}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums",
            *(builtin if major >= 17 else ("--locale=C.UTF-8",)),
            *(("--no-sync",) if self.scratch else ()),
        ]  # fmt: skip
        try:
            with tempfile.TemporaryFile() as output:
                if self._program("initdb", argv).run(output):
                    output.seek(0)
                    said = output.read().decode(errors="replace")
                    raise ConfigError(f"PostgreSQL's initdb failed:\n{said}")
            unfinished.rename(data)
        finally:
            password.unlink()
            shutil.rmtree(unfinished, ignore_errors=True)

    def _postgres_options(self) -> dict[str, str]:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
        options = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.home.sockets}"',
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": f"{min(1024, max(64, memory // 16))}MB",
            "effective_cache_size": f"{max(256, memory // 2)}MB",
            "work_mem": "16MB",
            "maintenance_work_mem": "256MB",
            "max_wal_size": "4GB",
            "checkpoint_timeout": "15min",
            "random_page_cost": "1.1",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C",
            "synchronous_commit": "on",
            "log_checkpoints": "off",
            "log_error_verbosity": "terse",  # no DETAIL: it quotes rows, and rows are about people
        }
        if self.scratch:
            options |= {"shared_buffers": "128MB", "fsync": "off", "full_page_writes": "off"}
        return options

    def make_database(self) -> None:
        """The roles and the database, made or put right; once after every start of PostgreSQL.

        The owner runs migrations, the application may neither make tables nor alter them; what it may do
        with each table is granted by the migrations.
        """
        if not self.wants_postgres:
            return
        words = self._passwords()
        with psycopg.connect(self.admin_url(), autocommit=True) as admin:
            for role, password in ((OWNER, words["owner"]), (APPLICATION, words["application"])):
                known = admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
                admin.execute(
                    sql.SQL("{} role {} login nosuperuser nocreatedb nocreaterole password {}").format(
                        sql.SQL("alter" if known else "create"), sql.Identifier(role), sql.Literal(password)
                    )
                )
            if not admin.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                admin.execute(f"create database {DATABASE} owner {OWNER}")
            admin.execute(f"revoke all on database {DATABASE} from public")
            admin.execute(f"grant connect on database {DATABASE} to {APPLICATION}")

    def _end_stray_postgres(self) -> None:
        """End a server whose supervisor was killed, and drop a pid file whose number now is another's.

        Not before the last process of a server that was killed is gone: it may still be writing, and the pid
        file is what keeps a second server from the same data.
        """
        note = self.home.place / "postgres" / "postmaster.pid"
        if not note.exists():
            return
        pid = int(note.read_text().split("\n", 1)[0])
        if not _runs(pid, note.parent):
            _wait_until(lambda: not _works_in(note.parent), f"Processes of a killed PostgreSQL in {note.parent} remain")
            note.unlink()
            return
        os.kill(pid, signal.SIGINT)
        _wait_until(lambda: not note.exists(), f"A PostgreSQL left running (pid {pid}) does not end")

    # -- Valkey ----------------------------------------------------------------------------------------------

    def _valkey(self) -> Program:
        home, data = self.home, self.home.place / "valkey"
        found = find_valkey(home.place, home.account)
        if not data.exists():
            data.mkdir(mode=0o700)
            home.own(data)
        settings = {
            "port": "0",
            "unixsocket": f'"{self._valkey_socket}"',
            "unixsocketperm": "700",
            "requirepass": self._passwords()["valkey"],
            "dir": f'"{data}"',
            "databases": "64",
            "appendonly": "no" if self.scratch else "yes",
            "appendfsync": "everysec",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "loglevel": "warning",
        }
        written = "".join(f"{name} {value}\n" for name, value in settings.items())
        # The settings, and with them the password, go in through standard input: neither a file nor a
        # command line shows them.
        return self._program("valkey", [str(found), "-"], stdin=written.encode())

    def _end_stray_valkey(self) -> None:
        if self._pong():
            with contextlib.suppress(redis.RedisError), self._valkey_client() as client:
                client.shutdown()
            _wait_until(lambda: not self._pong(), "A Valkey left running does not end")

    def _program(self, name: str, argv: list[str], **how: Any) -> Program:
        environ = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        return Program(name, tuple(argv), environ, self.home.place, self.home.account, tier=0, **how)


@contextlib.contextmanager
def completed(environ: Mapping[str, str], *, owner: bool = False) -> Iterator[dict[str, str]]:
    """`environ` with the secrets and addresses it leaves out, the servers running for as long as the block.

    With `owner` the address migrations use is among them.
    """
    servers = Servers(environ)
    servers.home.make_var()
    told = {**environ, **kept_secrets(servers.home.var, environ)}
    if not (servers.wants_postgres or servers.wants_valkey):
        yield told
        return
    with running(servers):
        yield told | servers.urls() | (servers.owner_urls() if owner else {})


@contextlib.contextmanager
def running(servers: Servers) -> Iterator[None]:
    """The servers run inside the block: started here, or joined where another process already runs them."""
    with contextlib.ExitStack() as held:
        servers.home.make_var()
        if not _started_or_joined(servers, held):
            raise BusyError(f"Another process holds {servers.home.var}, but its servers do not answer")
        yield


def _started_or_joined(servers: Servers, held: contextlib.ExitStack) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(BusyError):
            held.enter_context(sole_keeper(servers.home.var))
            _start(servers, held)
            return True
        with contextlib.suppress(ConfigError):
            held.enter_context(guest(servers.home.var))
            servers.wait(seconds=1)
            return True
    return False


def _start(servers: Servers, held: contextlib.ExitStack) -> None:
    children = []
    for program in servers.prepare():
        log = held.enter_context(open_private(servers.home.var / f"{program.name}.log"))
        child = program.start(log)
        children.append(child)
        held.callback(stop, program, child)
    held.callback(let_guests_finish, servers.home.var)
    servers.wait(alive=lambda: all(child.poll() is None for child in children))
    servers.make_database()


def _runs(pid: int, data: Path) -> bool:
    """Whether the process is a PostgreSQL server of `data`; a number may have gone to someone else since."""
    if Path("/proc/self").exists():
        try:
            shown = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return False
    else:
        asked = ["ps", "-o", "args=", "-p", str(pid)]
        shown = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    return f"-D {data}" in shown


def _works_in(data: Path) -> bool:
    """Whether any process has the folder as its own; those of PostgreSQL all do (Linux; elsewhere never)."""
    for own in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if own.readlink() == data:
                return True
    return False


def _wait_until(done: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + STOPPING_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise ConfigError(complaint)
        time.sleep(0.1)
