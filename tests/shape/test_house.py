"""House rules that hold for every file of both packages (docs/decisions, design)."""

from __future__ import annotations

import ast
import re

from tests.shape.source import called, length, modules

LONGEST_FUNCTION, LONGEST_MODULE, LONGEST_VIEW = 50, 400, 15
#: What reads a clock. perf_counter and monotonic measure how long something took and are no time of day.
CLOCKS = re.compile(
    r"(^|\.)(utcnow|localtime|gmtime)$|(^|\.)datetime\.(now|today|fromtimestamp)$|(^|\.)date\.(today|fromtimestamp)$"
    r"|^time\.time(_ns)?$"
)
METHODS = {"get", "post", "put", "patch", "delete", "route"}


def test_there_is_one_place_that_commits() -> None:
    places = {m.name for m in modules() for call in m.calls() if called(call).endswith(".commit")}
    assert places == {"workflows/model/base.py"}


def test_the_time_is_the_databases() -> None:
    readers = {
        f"{m.name}:{call.lineno} {called(call)}"
        for m in modules()
        for call in m.calls()
        if CLOCKS.search(called(call))
    }
    assert not readers


def test_functions_are_short() -> None:
    long = [f"{m.name}:{f.name} {length(f)}" for m in modules() for f in m.functions() if length(f) > LONGEST_FUNCTION]
    assert not long


def test_modules_are_short() -> None:
    long = [f"{m.name} {m.text.count(chr(10))}" for m in modules() if m.text.count("\n") > LONGEST_MODULE]
    assert not long


def test_views_are_short() -> None:
    views = [
        f"{m.name}:{f.name} {length(f)}"
        for m in modules()
        if m.name.startswith("hotline/")
        for f in m.functions()
        if _is_view(f) and length(f) > LONGEST_VIEW
    ]
    assert not views


def _is_view(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Decorated with a route of a blueprint."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
            first = decorator.args[0] if decorator.args else None
            if decorator.func.attr in METHODS and isinstance(first, ast.Constant):
                return True
    return False


def test_nothing_is_imported_inside_a_function() -> None:
    inside = {
        f"{m.name}:{node.lineno}"
        for m in modules()
        for function in m.functions()
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert not inside


def test_nobody_uses_the_old_query_of_models() -> None:
    """`Model.query` and `session.query` hide what is read; select() shows it."""
    used = {
        f"{m.name}:{node.lineno}"
        for m in modules()
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Attribute) and node.attr == "query" and ast.unparse(node.value)[:1].isupper()
    }
    used |= {f"{m.name}:{c.lineno}" for m in modules() for c in m.calls() if called(c).endswith("session.query")}
    assert not used


def test_public_functions_and_classes_say_what_they_do() -> None:
    silent = [
        f"{m.name}:{node.name}"
        for m in modules()
        for node in m.tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
        if not ast.get_docstring(node)
    ]
    assert not silent


def test_modules_say_what_they_are() -> None:
    assert not [m.name for m in modules() if m.text.strip() and not ast.get_docstring(m.tree)]
