"""docs/lifecycle.md, drawn from the tables of moves."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from hotline.labels import VOCABULARIES
from workflows.rules.guards import GUARDS
from workflows.rules.lifecycle import TABLES, Move
from workflows.rules.states import OPEN_STATES, ApplicationState, AssignmentState, TicketState

HEAD = """# The life of a ticket 工单流转

Generated from `workflows/rules/lifecycle/` by `bin/hotline lifecycle`; a test keeps it true. Do not edit.

A ticket (工单) is given to a unit as an assignment (承办任务); what a unit asks of the hotline is an
application (申请). Other units may have parts (协办、会办、下派、抄送) beside the lead's assignment or below any: what
they do moves their own task and never the ticket, whose state follows its lead. A move that stands in several tables
steps all of them in one transaction, with one event in the history.
"""
TITLES = {
    "ticket": ("The ticket 工单", TicketState, "TicketState"),
    "assignment": ("The assignment 承办任务", AssignmentState, "AssignmentState"),
    "part": ("The part 协办、会办、下派、抄送", AssignmentState, "AssignmentState"),
    "application": ("The application 申请", ApplicationState, "ApplicationState"),
}


def markdown() -> str:
    """The whole document."""
    return "\n".join([HEAD, *(_machine(name) for name in TABLES)])


def _machine(name: str) -> str:
    title, states, vocabulary = TITLES[name]
    moves = TABLES[name].values()
    return "\n".join(
        [f"## {title}\n", "```mermaid", "stateDiagram-v2", *_names(states, moves, vocabulary), *_edges(moves), "```\n",
         *_lines(moves, vocabulary), ""]
    )


def _names(states: type[StrEnum], moves: Iterable[Move], vocabulary: str) -> Iterable[str]:
    used = {s for move in moves for s in (*move.sources, *move.targets)}
    for state in (s for s in states if s in used):
        yield f"    {state} : {VOCABULARIES[vocabulary][state].zh} {state}"


def _edges(moves: Iterable[Move]) -> Iterable[str]:
    for move in moves:
        label = VOCABULARIES["Move"][move.name].zh
        if move.targets:
            for source in sorted(move.sources, key=str):
                for target in move.targets:
                    yield f"    {source or '[*]'} --> {target} : {label}"
    ended = {t for m in moves for t in m.targets} - OPEN_STATES - {s for m in moves for s in m.sources}
    for state in sorted(s for s in ended if isinstance(s, TicketState)):
        yield f"    {state} --> [*]"


def _lines(moves: Iterable[Move], vocabulary: str) -> Iterable[str]:
    yield "| No. | Move 动作 | From 从 | To 到 | Who 谁 | Only if 前提 | Reason code 原因 | Stops 停表 | Starts 起表 |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for move in moves:
        cells = [
            move.number,
            f"{VOCABULARIES['Move'][move.name].zh} `{move.name}`",
            _join(sorted(move.sources, key=str), vocabulary) or "(new)",
            _join(move.targets, vocabulary) or "(stays)",
            _join(sorted(move.roles), "Role"),
            "<br>".join(_first_sentence(GUARDS[guard].__doc__) for guard in move.guards),
            move.reasons.__name__ if move.reasons else "",
            "、".join(filter(None, [_join(move.stops, "ClockCode"), *_paused(move)])),
            _join(move.starts, "ClockCode"),
        ]
        yield f"| {' | '.join(cells)} |"


def _paused(move: Move) -> Iterable[str]:
    return (f"{VOCABULARIES['ClockCode'][code].zh}（暂停）" for code in move.pauses)


def _join(codes: Iterable[StrEnum | None], vocabulary: str) -> str:
    return "、".join(VOCABULARIES[vocabulary][code].zh for code in codes if code is not None)


def _first_sentence(text: str | None) -> str:
    return (text or "").strip().splitlines()[0].rstrip(".")
