"""What bin/run runs: the servers, the tables, the demonstration city, then web, workers and beat until Ctrl-C."""

import contextlib
import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg

from hotline.config import ConfigError, load
from hotline.local.home import sole_keeper
from hotline.local.keys import kept_secrets
from hotline.local.processes import Program
from hotline.local.servers import Servers
from hotline.local.supervisor import Stopped, Supervisor
from workflows.jobs import QUEUES

ROOT = Path(__file__).resolve().parents[2]
HEAD = ROOT / "migrations" / "HEAD"
ANSWER_SECONDS = 60


class StepError(Exception):
    """A step of the start ended badly; what it said stands above."""


def main() -> int:
    """Run everything until asked to stop; the exit status."""
    supervisor = Supervisor()
    try:
        with supervisor.listening():
            run(supervisor, os.environ)
    except Stopped:
        supervisor.say("Stopped.")
        return 0
    except (ConfigError, StepError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


def run(supervisor: Supervisor, environ: Mapping[str, str]) -> None:
    """Bring everything up in order, then keep it up."""
    refuse_taken(load(environ, testing=True)["BIND"])  # what is wrong with the settings is said before all else
    servers = Servers(environ)
    servers.home.make_var()
    with sole_keeper(servers.home.var):
        told = {**environ, **kept_secrets(servers.home.var, environ)}
        told |= start_servers(supervisor, servers)
        told.setdefault("HOTLINE_DEMO", "1" if servers.wants_postgres else "0")
        settings = load(told, process="cli")
        accounts = servers.home.var / "accounts.tsv"
        first = not accounts.exists()
        prepare(supervisor, told, servers.owner_urls(), demo=settings["DEMO"])
        told.pop("HOTLINE_DATABASE_OWNER_URL", None)
        web, *others = application(told, settings["JOB_WORKERS"])
        supervisor.start(web)
        wait_for_answer(supervisor, settings["BIND"])  # first, with the machine to itself: people wait for it
        for program in others:
            supervisor.start(program)
        announce(supervisor, settings, accounts, first=first)
        supervisor.until(lambda: False)


def start_servers(supervisor: Supervisor, servers: Servers) -> dict[str, str]:
    """Start what this machine must run itself; where it is reached."""
    if not (servers.wants_postgres or servers.wants_valkey):
        return {}
    children = [supervisor.start(program) for program in servers.prepare()]

    def alive() -> bool:
        supervisor.tend(0)
        return all(child.running for child in children)

    servers.wait(alive)
    servers.make_database()
    return servers.urls()


def prepare(supervisor: Supervisor, told: Mapping[str, str], owner: Mapping[str, str], *, demo: bool) -> None:
    """Bring the tables up to date as their owner; fill an empty database with the demonstration city.

    What is needed is asked here, because starting a command to find nothing to do takes seconds.
    """
    with connected(load({**told, **owner}, testing=True)["DATABASE_OWNER_URL"]) as connection:
        if rows(connection, "select version_num from alembic_version") != [(HEAD.read_text().strip(),)]:
            step(supervisor, "migrate", ["-m", "hotline.cli", "db-upgrade"], {**told, **owner})
        if demo and not rows(connection, "select 1 from unit limit 1"):
            step(supervisor, "seed", ["-m", "hotline.cli", "seed-demo"], told)


def connected(url: str) -> psycopg.Connection:
    """A connection to the database. Raises ConfigError when it does not answer or refuses the role."""
    try:
        return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1), connect_timeout=5)
    except psycopg.OperationalError as problem:
        raise ConfigError(f"The database cannot be reached: {problem}") from None


def rows(connection: psycopg.Connection, query: str) -> list[tuple]:
    """What a table holds; nothing where there is no such table yet."""
    try:
        return connection.execute(query).fetchall()
    except psycopg.errors.UndefinedTable:
        return []
    finally:
        connection.rollback()


def step(supervisor: Supervisor, name: str, arguments: list[str], environ: Mapping[str, str]) -> None:
    """Run one command to its end. Raises StepError when it fails."""
    program = Program(name, (sys.executable, *arguments), environ, ROOT)
    if status := supervisor.run(program):
        raise StepError(f"The step '{name}' failed (exit status {status}); see above.")


def application(environ: Mapping[str, str], workers: int) -> Iterator[Program]:
    """The web server, `workers` processes for each queue, and the beat."""
    python = sys.executable
    yield Program("web", (python, "-m", "gunicorn", "-c", "python:hotline.gunicorn_conf", "wsgi:app"), environ, ROOT)
    for queue in QUEUES:
        for number in range(1, workers + 1):
            name = f"worker-{queue}" if workers == 1 else f"worker-{queue}-{number}"
            yield Program(name, (python, "-m", "hotline.worker", queue), environ, ROOT)
    yield Program("beat", (python, "-m", "hotline.worker", "beat"), environ, ROOT)


def refuse_taken(bind: str) -> None:
    """Raise ConfigError when another program already listens there."""
    host, port = address(bind)
    with contextlib.closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise ConfigError(f"Cannot listen on HOTLINE_BIND={bind}: {problem.strerror}") from None


def address(bind: str) -> tuple[str, int]:
    """Host and port of a HOTLINE_BIND."""
    host, _, port = bind.rpartition(":")
    return host.strip("[]"), int(port)


def wait_for_answer(supervisor: Supervisor, bind: str) -> None:
    """Return when the web server answers. Raises StepError when it does not within a minute."""
    host, port = address(bind)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - asked, not listened on
    deadline = time.monotonic() + ANSWER_SECONDS

    def answers() -> bool:
        if time.monotonic() > deadline:
            raise StepError("The web server does not answer; see above.")
        with contextlib.closing(http.client.HTTPConnection(host, port, timeout=2)) as web:
            try:
                web.request("GET", "/healthz")
                return web.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
            except (OSError, http.client.HTTPException):
                return False

    supervisor.until(answers)


def announce(supervisor: Supervisor, settings: Mapping[str, Any], accounts: Path, *, first: bool) -> None:
    """Say where it runs and how to sign in; the passwords themselves only once."""
    supervisor.say("")
    if first and accounts.exists():
        supervisor.say(accounts.read_text())
    supervisor.say(f"12345 hotline runs at {settings['PREFERRED_URL_SCHEME']}://{settings['BIND']}")
    if accounts.exists():
        supervisor.say(f"Demonstration accounts and their passwords: {accounts}")
    supervisor.say("Ctrl-C stops it; the data stays.\n")


if __name__ == "__main__":
    sys.exit(main())
