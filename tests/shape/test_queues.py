"""Every queue has a worker and every job a queue."""

from __future__ import annotations

import ast
import importlib
import inspect

import pytest

from hotline.local.__main__ import application
from tests.shape.source import Module, called, modules
from workflows import jobs
from workflows.jobs import QUEUES, SCHEDULE, Tick

#: Jobs started by people, not by the schedule, and by whom.
ASKED_FOR = {
    "run_import": "whoever uploads a file; start_imports takes up what that forgot",
    "run_recount": "whoever has clocks judged anew; start_recounts takes up what that forgot",
    "run_unit_change": "whoever merges or splits a unit; start_unit_changes takes up what that forgot",
    "run_chase": "whoever presses for many tickets; start_chases takes up what that forgot",
}


def _queued(module: Module) -> list[str]:
    """Dotted names of jobs put in a queue by hand."""
    return [
        argument.value
        for call in module.calls()
        if called(call).rpartition(".")[2] in {"put", "begin_soon", "enqueue", "enqueue_call"}
        for argument in call.args
        if isinstance(argument, ast.Constant) and str(argument.value).startswith("workflows.jobs.")
    ]


def test_every_queue_has_a_worker_and_the_beat_runs() -> None:
    programs = {" ".join(program.argv[-2:]) for program in application({}, workers=1)}
    assert {f"hotline.worker {name}" for name in (*QUEUES, "beat")} <= programs


def test_every_queue_is_used() -> None:
    assert {tick.queue for tick in SCHEDULE} == set(QUEUES)


@pytest.mark.parametrize("tick", SCHEDULE, ids=lambda tick: tick.name)
def test_every_line_of_the_schedule_names_a_job_that_needs_no_arguments(tick: Tick) -> None:
    module, _, name = tick.job.rpartition(".")
    job = getattr(importlib.import_module(module), name)
    assert not inspect.signature(job).parameters
    assert tick.timeout > 0


def test_every_job_is_on_the_schedule_or_asked_for() -> None:
    here = {name for name, job in vars(jobs).items() if inspect.isfunction(job) and job.__module__ == jobs.__name__}
    scheduled = {tick.job.rpartition(".")[2] for tick in SCHEDULE}
    assert here == scheduled | set(ASKED_FOR)


def test_jobs_put_in_a_queue_by_hand_exist() -> None:
    named = {name.rpartition(".")[2] for module in modules() for name in _queued(module)}
    assert named <= set(vars(jobs))
