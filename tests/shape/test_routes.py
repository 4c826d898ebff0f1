"""Every door is guarded (S01, T30), and no address changes anything when it is only looked at (S06)."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import Rule

from hotline import MOUNTS
from hotline.access import FILES, Guard, guard_of, public

#: What is open to everybody, by endpoint. A new one is added here on purpose, never by accident.
OPEN = {
    "sign_in.page",
    "sign_in.enter",
    "sign_in.form_token",
    "sign_in.language",
    "citizens.page",
    "citizens.ask",
    "citizens.months",
    "citizens.progress",
    "citizens.new",
    "citizens.send",
    "citizens.act",
    "citizens.leave",
    "citizens.rating",
    "citizens.rate",
    "api-docs.openapi_json",
    "health.alive",
    "health.ready",
    "health.timers",
    "metrics.show",
}
SAFE = {"GET", "HEAD", "OPTIONS"}


def _rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in FILES]


def test_every_endpoint_has_a_guard(app: Flask) -> None:
    unguarded = [rule.endpoint for rule in _rules(app) if guard_of(app, rule.endpoint) is None]
    assert not unguarded


def test_every_blueprint_is_mounted_once_with_a_guard() -> None:
    names = [blueprint.name for blueprint, _ in MOUNTS]
    assert len(names) == len(set(names))
    assert all(isinstance(guard, Guard) for _, guard in MOUNTS)


def test_what_is_open_to_the_world_is_listed(app: Flask) -> None:
    assert {rule.endpoint for rule in _rules(app) if guard_of(app, rule.endpoint) is public} == OPEN


def test_guards_without_form_tokens_stand_before_the_api_only(app: Flask) -> None:
    tokenless = {r.rule for r in _rules(app) if not guard_of(app, r.endpoint).csrf and not r.rule.startswith("/api/")}
    assert not tokenless


def test_an_endpoint_answers_looking_or_changing_but_not_both(app: Flask) -> None:
    """A view that does both sooner or later changes something on GET. API views are classes and have a method each."""
    both = [
        rule.endpoint
        for rule in _rules(app)
        if (rule.methods or set()) - SAFE and "GET" in (rule.methods or set()) and not rule.rule.startswith("/api/")
    ]
    assert not both


def test_addresses_are_plain(app: Flask) -> None:
    """Small letters and hyphens; no slash at the end except of a prefix."""
    odd = [r.rule for r in _rules(app) if any(c.isupper() or c == "_" for c in _fixed(r)) or " " in r.rule]
    assert not odd


def _fixed(rule: Rule) -> str:
    return "".join(part for is_converter, part in rule._trace if not is_converter)
