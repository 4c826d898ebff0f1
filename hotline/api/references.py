"""Categories, areas and units as other systems know them: by id, by code, or by the names on the way down."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.model.infos import AreaInfo, CategoryInfo
from workflows.model.reference import Reference, today

_BETWEEN = re.compile(r"\s*(?:->|[>›＞→])\s*")


@dataclass(frozen=True)
class Index:
    """One snapshot's categories and areas by code and by path of names."""

    of: Reference
    categories: Mapping[str, int]
    areas: Mapping[str, int]


_held: dict[str, Index] = {}


def category_id(named: int | str | None, ref: Reference) -> int | None:
    """The category meant by an id, a code or "市容环卫>垃圾清运"; one that never exists (0) where there is none."""
    return _meant(named, _index(ref).categories)


def area_id(named: int | str | None, ref: Reference) -> int | None:
    """The area meant by an id, a code or "鼓楼区>东街街道"; one that never exists (0) where there is none."""
    return _meant(named, _index(ref).areas)


def _meant(named: int | str | None, known: Mapping[str, int]) -> int | None:
    if named is None or isinstance(named, int):
        return named
    return known.get(named) or known.get(_path_of(named), 0)


def _path_of(written: str) -> str:
    return " › ".join(_BETWEEN.split(written.strip()))


def _index(ref: Reference) -> Index:
    held = _held.get("present")
    if held is None or held.of is not ref:
        held = Index(ref, _by_name(ref.categories, ref.category_name), _by_name(ref.areas, ref.area_name))
        _held["present"] = held
    return held


def _by_name(nodes: Mapping[int, Any], name_of: Callable[[int], str]) -> dict[str, int]:
    """Code and full name → id. Of nodes in use that share a full name none is meant by it."""
    used = [node for node in nodes.values() if node.active]
    named: dict[str, int] = {}
    for node in used:
        full = name_of(node.id)
        named[full] = 0 if full in named else node.id
    return named | {node.code: node.id for node in used}


def category(key: int | None, ref: Reference) -> dict[str, Any] | None:
    """A category as the API shows it."""
    return _node(key, ref.categories, ref.category_name)


def area(key: int | None, ref: Reference) -> dict[str, Any] | None:
    """An area as the API shows it."""
    return _node(key, ref.areas, ref.area_name)


def _node(
    key: int | None, nodes: Mapping[int, CategoryInfo] | Mapping[int, AreaInfo], name_of: Callable[[int], str]
) -> dict[str, Any] | None:
    if key is None or key not in nodes:
        return None
    return {"id": key, "code": nodes[key].code, "name": name_of(key)}


def unit(key: int | None, ref: Reference) -> dict[str, Any] | None:
    """A unit as the API shows it."""
    if key is None or key not in ref.units:
        return None
    found = ref.units[key]
    return {"id": key, "code": found.code, "name": found.name}


def in_use(ref: Reference, of: str) -> list[Any]:
    """The categories, areas or units (`of`) that requests may name, by code."""
    if of == "units":
        return sorted((ref.units[key] for key in ref.active_units(today())), key=lambda node: node.code)
    nodes = ref.categories if of == "categories" else ref.areas
    return sorted((node for node in nodes.values() if node.active), key=lambda node: node.code)
