"""Type-ahead: matters, places and units found by a few letters of a code, a name or its pinyin initials.

It looks through the copy of the settings held in memory; the database is asked for nothing but its version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from workflows.model.infos import AreaInfo, CategoryInfo, UnitInfo
from workflows.model.initials import initials
from workflows.model.reference import reference, today
from workflows.rules.text import search_form

Node = TypeVar("Node", CategoryInfo, AreaInfo, UnitInfo)

#: No list of proposals is longer.
MOST = 20
_LONGEST_QUERY = 40


def categories(words: str, limit: int = MOST) -> list[CategoryInfo]:
    """Active matters, the best match first; with no words, the tops of the tree."""
    ref = reference()
    return _find(words, (c for c in ref.categories.values() if c.active), lambda c: ref.category_name(c.id), limit)


def areas(words: str, limit: int = MOST) -> list[AreaInfo]:
    """Active places, the best match first; with no words, the tops of the tree."""
    ref = reference()
    return _find(words, (a for a in ref.areas.values() if a.active), lambda a: ref.area_name(a.id), limit)


def units(words: str, limit: int = MOST) -> list[UnitInfo]:
    """Units there are today, the hotline itself left out, the best match first."""
    ref = reference()
    there = ref.handling_units(today())
    return _find(words, (u for u in ref.units.values() if u.id in there), lambda u: f"{u.short_name} {u.name}", limit)


def _find(words: str, nodes: Iterable[Node], full_name: Callable[[Node], str], limit: int) -> list[Node]:
    terms = search_form(words[:_LONGEST_QUERY]).split()
    if terms:
        ranked = [(rank, node) for node in nodes if (rank := _rank(terms, node, full_name(node))) is not None]
    else:
        ranked = [(0, node) for node in nodes if node.parent_id is None]
    ranked.sort(key=lambda pair: (pair[0], pair[1].path.count("/"), pair[1].code))
    return [node for _, node in ranked[: max(0, min(limit, MOST))]]


def _rank(terms: list[str], node: Node, full_name: str) -> int | None:
    """How well a node fits, 0 best; None where a term is nowhere in it. The last term weighs: it is being typed."""
    code, name, letters, whole, whole_letters = _forms(node.code, node.name, full_name)
    if not all(term in code or term in whole or term in whole_letters for term in terms):
        return None
    term = terms[-1]
    tests = (
        term in (code, name), code.startswith(term), letters.startswith(term), name.startswith(term),
        term in name, term in letters,
    )
    return next((place for place, fits in enumerate(tests) if fits), len(tests))


@lru_cache(maxsize=20_000)
def _forms(code: str, name: str, full_name: str) -> tuple[str, str, str, str, str]:
    return search_form(code), search_form(name), initials(name), search_form(full_name), initials(full_name)
