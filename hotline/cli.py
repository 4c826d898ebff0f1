"""The command line, `bin/hotline COMMAND`: thin, each command one call. Run with the settings of the web server."""

import contextlib
import os
import sys
from collections.abc import Iterator

import click

from hotline import create_app, database
from hotline.beat import HELD
from hotline.config import SETTINGS, ConfigError, load
from hotline.local import completed
from workflows import audit, upkeep


@click.group()
def commands() -> None:
    """The 12345 hotline's command line."""


@contextlib.contextmanager
def opened(*, owner: bool = False) -> Iterator[None]:
    """An application context; the embedded servers run for its length where the settings name no others."""
    with completed(os.environ, owner=owner) as environ, create_app(load(environ, process="cli")).app_context():
        yield


@commands.command("db-upgrade")
def db_upgrade() -> None:
    """Bring the tables to the newest migration, as their owner."""
    with opened(owner=True):
        database.upgrade()
        click.echo(f"The tables are at {database.head()}.")


@commands.command("db-downgrade")
@click.argument("revision")
def db_downgrade(revision: str) -> None:
    """Take the tables back to REVISION ("base": no tables at all). Deletes what newer ones held."""
    with opened(owner=True):
        database.downgrade(revision)
        click.echo(f"The tables are at {revision}.")


@commands.group("audit")
def audit_group() -> None:
    """The history and whether it is whole."""


@audit_group.command("verify")
def audit_verify() -> None:
    """Recompute the chain of every ticket's history; fails and lists the places when one was altered."""
    with opened():
        found = list(audit.breaks())
        for place in found:
            click.echo(f"ticket {place.ticket_id} event {place.sequence}: {place.what}")
        click.echo(f"{len(found)} breaks" if found else "The history is whole.")
    sys.exit(1 if found else 0)


@commands.command("heartbeats")
def heartbeats() -> None:
    """When each kind of process was last heard of."""
    with opened():
        for sign, seconds in upkeep.signs_of_life():
            click.echo(f"{sign.role:<20} {seconds:8.1f} s ago  pid {sign.pid} on {sign.host}  {sign.detail or ''}")


@commands.command("clock-confirm")
def clock_confirm() -> None:
    """Let clocks fire again after the database's clock has leapt and somebody has found it right."""
    with opened():
        held = upkeep.forget_sign(HELD)
        click.echo("Clocks fire again." if held else "No clocks were held.")


@commands.command("settings")
def settings() -> None:
    """Every setting with its default and meaning."""
    for setting in SETTINGS:
        click.echo(f"{setting.name:<28} {setting.default or '-':<16} {setting.meaning}")


def main() -> None:
    """Run a command; what is wrong with the settings is said without a traceback."""
    try:
        commands(prog_name="bin/hotline")
    except ConfigError as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
