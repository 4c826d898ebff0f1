"""The command line, `bin/hotline COMMAND`: thin, each command one call. Run with the settings of the web server."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from flask import current_app

from hotline import access, create_app, database, labels, lifecycle_page
from hotline.api import tokens
from hotline.config import SETTINGS, ConfigError, load
from hotline.local import completed
from hotline.seed import demo
from workflows import archive, audit, facts, imports, reconcile, upkeep
from workflows.engine.long_work import UNDER_WAY, JobState
from workflows.errors import Invalid, Refusal
from workflows.imports import Choices
from workflows.model.leaps import HELD
from workflows.model.reference import reference
from workflows.model.work import Job
from workflows.read import figures, published, reconciliations, recount
from workflows.read.periods import Period


@click.group()
def commands() -> None:
    """The 12345 hotline's command line."""


@contextlib.contextmanager
def opened(*, owner: bool = False) -> Iterator[None]:
    """An application context; the embedded servers run for its length where the settings name no others."""
    with completed(os.environ, owner=owner) as environ, create_app(load(environ, process="cli")).app_context():
        try:
            yield
        except Refusal as refusal:
            raise click.ClickException(_words_of(refusal)) from None


def _words_of(refusal: Refusal) -> str:
    fields = labels.problem_texts(refusal.fields) if isinstance(refusal, Invalid) else {}
    return "\n".join([labels.refusal_text(refusal), *(f"  {name}: {' '.join(said)}" for name, said in fields.items())])


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


@commands.command("seed-demo")
def seed_demo() -> None:
    """Fill an empty database with the demonstration city; do nothing where there is a city."""
    with opened():
        made = demo.seed(Path(current_app.config["VAR"]))
        click.echo(f"A city with {len(made)} accounts was made." if made else "There is a city already.")


@commands.command("token")
@click.argument("account")
@click.option("--days", default=90, show_default=True, help="how long it is good, 1 to 366")
@click.option("--revoke", is_flag=True, help="end all tokens of the account instead")
def token(account: str, days: int, revoke: bool) -> None:
    """Print a new bearer token for the API, with the rights of ACCOUNT. It is shown this once."""
    with opened():
        click.echo(f"{tokens.revoke(account)} tokens ended" if revoke else tokens.issue(account, days))


@commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--account", required=True, help="who imports: a shift lead, a dispatcher or the director")
@click.option("--column", "columns", multiple=True, metavar="FIELD=HEADING", help="what a column is, if not guessed")
@click.option("--category", default="", metavar="CODE", help="matter of rows that name none we know")
@click.option("--dry-run", is_flag=True, help="check every row and write nothing")
def import_file(file: Path, account: str, columns: Sequence[str], category: str, dry_run: bool) -> None:
    """Bring in requests from a CSV or XLSX FILE, through the same rules as a telephone call."""
    with opened():
        actor = access.actor_named(account)
        job_id = imports.read_in_place(file, actor)
        imports.choose(job_id, _chosen(imports.find(job_id, actor), columns, category), actor)
        imports.begin(job_id, actor, dry=dry_run)
        while not imports.run(job_id) and imports.find(job_id, actor).state in UNDER_WAY:
            time.sleep(1)  # a worker was quicker to take it
        _report(imports.find(job_id, actor))


def _chosen(job: Job, columns: Sequence[str], category: str) -> Choices:
    """The guess, with what the command line says instead."""
    chosen, header = imports.choices_of(job.params), job.params["header"]
    places = dict(chosen.columns)
    for column in columns:
        name, _, heading = column.partition("=")
        if name not in imports.FIELDS or heading not in header:
            known = f"fields are {' '.join(imports.FIELDS)}; columns are {' '.join(header)}"
            raise click.BadParameter(f"{column}: {known}", param_hint="--column")
        places[name] = header.index(heading)
    found = next((one.id for one in reference().categories.values() if one.code == category), None)
    if category and found is None:
        raise click.BadParameter(f"there is no matter with the code {category}", param_hint="--category")
    return replace(chosen, columns=places, category_id=found or chosen.category_id)


def _report(job: Job) -> None:
    click.echo(f"{job.state}: {job.done - job.rejected} rows taken, {job.rejected} rejected, of {job.total}")
    for reject in imports.rejects(job.id):
        click.echo(f"  row {reject.row_no}: {reject.reasons}")
    sys.exit(0 if job.state in {JobState.DONE, JobState.CHECKED} else 1)


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


@commands.group("archive")
def archive_group() -> None:
    """What was put away for good."""


@archive_group.command("verify")
def archive_verify() -> None:
    """Read every package again: its digest, its place in the chain, its ticket; fails where one is not as it was."""
    with opened():
        found = list(archive.flaws())
        for flaw in found:
            click.echo(f"ticket {flaw.ticket_no}: {flaw.what}")
        click.echo(f"{len(found)} flaws" if found else "The archive is whole.")
    sys.exit(1 if found else 0)


@commands.command("reconcile")
def reconcile_now() -> None:
    """Look at everything as a whole now: repair what is certain, list the rest; fails when something is left."""
    with opened():
        run, found = reconciliations.findings(reconcile.reconcile())
        for one in found:
            done = "repaired" if one.repaired else "LEFT"
            click.echo(f"{done:<8} {one.kind:<18} {one.ticket_no or '-':<20} {one.data}")
        click.echo(f"{run.found} found, {run.repaired} repaired")
    sys.exit(1 if run.found > run.repaired else 0)


@commands.command("recount")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="first day; without it the month's first")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="last day; without it today")
def recount_figures(first: datetime | None, last: datetime | None) -> None:
    """Count every figure a second time in plain SQL; fails and lists where the two counts differ."""
    with opened():
        start, end = figures.this_month()
        start, end = first.date() if first else start, last.date() if last else end
        found = recount.recount(start, end)
        for one in found:
            click.echo(f"{one.figure} unit {one.unit_id}: shown {one.shown}, recounted {one.recounted}")
        if found:
            facts.forget(Period(start, end))
        click.echo(f"{len(found)} differences; these days are counted anew." if found
                   else f"{start} to {end}: no differences.")
    sys.exit(1 if found else 0)


@commands.group("periods")
def periods_group() -> None:
    """Periods of figures, locked as they were published."""


@periods_group.command("verify")
def periods_verify() -> None:
    """Make every locked period anew from its rows; fails and lists what is not as it was published."""
    with opened():
        found = published.differences()
        for what in found:
            click.echo(what)
        click.echo(f"{len(found)} differences" if found else "Every locked period is as it was published.")
    sys.exit(1 if found else 0)


@commands.command("lifecycle")
def lifecycle() -> None:
    """Write docs/lifecycle.md from the tables of moves."""
    path = Path(__file__).parent.parent / "docs" / "lifecycle.md"
    path.write_text(lifecycle_page.markdown(), encoding="utf-8")
    click.echo(f"Written: {path.name}")


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
