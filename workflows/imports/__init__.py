"""Requests brought in by the thousand, from files other systems write.

A file becomes a job: received, its columns named, tried without writing anything, then taken batch by batch
through the same checks, catalogue, clocks and history as a telephone call, written by COPY.

`words` and `tables` (what files say) → `rows` (a row as a request) → `batch` (a thousand of them in one
transaction) → `running` (the job) → `desk` (the operator).
"""

from workflows.imports.columns import FIELDS, HEADINGS
from workflows.imports.desk import (
    IMPORTERS,
    begin,
    cancel,
    choose,
    find,
    forget_files,
    listed,
    read_in_place,
    receive,
    rejects,
    taken_before,
    unknown_words,
)
from workflows.imports.rows import Choices
from workflows.imports.running import choices_of, run, start_waiting

__all__ = [
    "FIELDS",
    "HEADINGS",
    "IMPORTERS",
    "Choices",
    "begin",
    "cancel",
    "choices_of",
    "choose",
    "find",
    "forget_files",
    "listed",
    "read_in_place",
    "receive",
    "rejects",
    "run",
    "start_waiting",
    "taken_before",
    "unknown_words",
]
