"""The command line, run as people run it, on a small city."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from tests.builders import make_city
from tests.conftest import environment
from tests.database import Database
from workflows import upkeep
from workflows.model import base

ROOT = Path(__file__).parents[2]
FILE = """标题,内容,类别代码说明,工单编号
路灯不亮,东街路灯三天不亮了,路灯,A-1
,,路灯,A-2
"""
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(app: Flask, clean: Database, redis_url: str, tmp_path: Path) -> Command:
    """Runs bin/hotline's commands on the test's database with a small city in it."""
    with app.app_context():
        make_city()
        base.db.session.remove()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
    told = {**kept, **environment(clean, redis_url), "HOTLINE_VAR": str(tmp_path), "PYTHONPATH": str(ROOT)}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "hotline.cli", *arguments],
            env=told, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        )

    return run


def test_a_token_opens_the_api_until_it_is_revoked(command: Command, app: Flask) -> None:
    made = command("token", "agent", "--days", "1")
    token = made.stdout.strip()
    assert (made.returncode, token[:3], made.stderr) == (0, "hl_", "")

    def status() -> int:
        asked = app.test_client().post("/api/v1/tickets", headers={"Authorization": f"Bearer {token}"}, json={})
        return asked.status_code

    assert status() not in {401, 403}
    assert command("token", "agent", "--revoke").stdout == "1 tokens ended\n"
    assert status() == 401


def test_what_the_loop_refuses_is_said_in_words(command: Command) -> None:
    refused = command("token", "nobody-here")

    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert refused.stderr.startswith("Error: ")


def test_a_file_is_tried_and_then_taken(command: Command, admin: psycopg.Connection, tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    file.write_text(FILE)
    order = ("import", str(file), "--account", "shift", "--category", "0502")

    tried = command(*order, "--dry-run")
    assert (tried.returncode, tried.stdout.splitlines()[0]) == (0, "CHECKED: 1 rows taken, 1 rejected, of 2")
    assert admin.execute("select count(*) from ticket").fetchone() == (0,)

    taken = command(*order)
    assert (taken.returncode, taken.stdout.splitlines()[0]) == (0, "DONE: 1 rows taken, 1 rejected, of 2")
    assert admin.execute("select title from ticket").fetchall() == [("路灯不亮",)]


def test_a_column_or_a_matter_that_is_not_there_is_named(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    file.write_text(FILE)

    column = command("import", str(file), "--account", "shift", "--column", "content=正文")
    matter = command("import", str(file), "--account", "shift", "--category", "nonsense")

    assert (column.returncode, matter.returncode) == (2, 2)
    assert "columns are 标题 内容" in column.stderr
    assert "there is no matter with the code nonsense" in matter.stderr


def test_held_clocks_are_let_go(command: Command, app: Flask) -> None:
    with app.app_context():
        upkeep.sign_of_life("clocks-held", {"seconds": 3600})

    assert command("clock-confirm").stdout == "Clocks fire again.\n"
    assert command("clock-confirm").stdout == "No clocks were held.\n"


def test_locked_periods_are_made_anew(command: Command) -> None:
    made = command("periods", "verify")
    assert (made.returncode, made.stdout) == (0, "Every locked period is as it was published.\n")


def test_an_altered_history_is_found(command: Command, admin: psycopg.Connection, tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    file.write_text(FILE)
    command("import", str(file), "--account", "shift", "--category", "0502")
    assert command("audit", "verify").returncode == 0

    admin.execute("set session_replication_role = replica")
    admin.execute("update ticket_event set at = at - interval '1 day' where sequence = 1")

    found = command("audit", "verify")
    assert found.returncode == 1
    assert "event 1: altered" in found.stdout


def test_settings_are_listed_without_starting_anything(command: Command, tmp_path: Path) -> None:
    listed = command("settings")

    assert listed.stdout.startswith("HOTLINE_DATABASE_URL")
    assert list(tmp_path.iterdir()) == []


def test_the_figures_are_counted_again_and_a_difference_would_fail(command: Command) -> None:
    counted = command("recount", "--from", "2026-11-01", "--to", "2026-11-30")
    assert (counted.returncode, counted.stdout) == (0, "2026-11-01 to 2026-11-30: no differences.\n")
    assert command("recount", "--from", "2026-11-30", "--to", "2026-11-01").returncode == 1


def test_a_reconciliation_says_what_it_repaired_and_fails_for_what_is_left(
    command: Command, admin: psycopg.Connection, tmp_path: Path
) -> None:
    file = tmp_path / "requests.csv"
    file.write_text(FILE)
    command("import", str(file), "--account", "shift", "--category", "0502")
    assert command("reconcile").returncode == 0

    admin.execute("update clock set next_at = null where code = 'DISPATCH' and id = (select min(id) from clock"
                  " where code = 'DISPATCH' and stopped_at is null)")
    repaired = command("reconcile")
    assert (repaired.returncode, repaired.stdout.splitlines()[-1]) == (0, "1 found, 1 repaired")

    admin.execute("delete from clock where code = 'TOTAL'")
    left = command("reconcile")
    assert left.returncode == 1
    assert "LEFT     CLOCK_MISSING" in left.stdout
