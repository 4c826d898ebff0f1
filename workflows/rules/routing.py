"""Which unit must answer: the dispatch catalogue (派单目录) applied to one matter.

The most specific rule wins: by depth of category, then depth of place, then whether it names the kind, then
whether it names enterprises. One unit left at the best level is certain; several are ambiguous and a person
chooses; none falls back to the district (Beijing regulation, art. 12(2)). What belongs to a department is not
pushed to a street unless the rule says the street's duty list allows it (国办函〔2025〕66号).
Sources: domain §5.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby


class Selector(StrEnum):
    """A unit named by its place in the world instead of by itself."""

    STREET_OF_PLACE = "STREET_OF_PLACE"
    DISTRICT = "DISTRICT"


class Decision(StrEnum):
    """How sure the catalogue is."""

    CERTAIN = "CERTAIN"
    AMBIGUOUS = "AMBIGUOUS"
    NONE = "NONE"


class Reason(StrEnum):
    """Why a unit is a candidate."""

    CATEGORY_AND_AREA = "CATEGORY_AND_AREA"
    CATEGORY = "CATEGORY"
    AREA = "AREA"
    GENERAL = "GENERAL"
    STREET_OF_PLACE = "STREET_OF_PLACE"
    DISTRICT = "DISTRICT"
    FALLBACK = "FALLBACK"


class SkipReason(StrEnum):
    """Why a rule that fits did not count."""

    UNIT_INACTIVE = "UNIT_INACTIVE"
    GRASSROOTS_NOT_ALLOWED = "GRASSROOTS_NOT_ALLOWED"
    NO_UNIT_FOR_PLACE = "NO_UNIT_FOR_PLACE"


Specificity = tuple[int, int, int, int]
"""Depth of category, depth of area, names a kind, names enterprises or persons. More is more specific."""

NOT_SPECIFIC: Specificity = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the catalogue. None in a condition means any.

    Paths are materialised ("/3/17/"); a rule holds for what lies at its path and below. `category_depth` is
    the level of the category, 0 for any. `unit_id` or `selector` names the unit, `co_unit_ids` those that help it.
    Both days of validity are inclusive.
    """

    id: int
    category_path: str | None
    category_depth: int
    area_path: str | None
    kind: str | None
    enterprise: bool | None
    unit_id: int | None
    selector: Selector | None
    grassroots_allowed: bool
    basis: str
    version: int
    valid_from: date
    valid_to: date | None
    co_unit_ids: tuple[int, ...] = ()

    @property
    def specificity(self) -> Specificity:
        """What this rule is sorted by, most specific first."""
        area_depth = len(_steps(self.area_path))
        return self.category_depth, area_depth, int(self.kind is not None), int(self.enterprise is not None)

    def holds(self, kind: str | None, enterprise: bool, on: date) -> bool:
        """Whether the conditions other than the paths are met."""
        return (
            (self.kind is None or self.kind == kind)
            and (self.enterprise is None or self.enterprise == enterprise)
            and self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that could answer, by which rule and why, and who is to help it. The fallback has no rule."""

    unit_id: int
    rule_id: int | None
    reason_code: Reason
    specificity: Specificity
    co_unit_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A rule that fits but did not count."""

    rule_id: int
    unit_id: int | None
    reason_code: SkipReason


@dataclass(frozen=True, slots=True)
class Route:
    """The catalogue's answer. `unit_id` stands when certain; `skipped` are the rules passed over."""

    decision: Decision
    unit_id: int | None
    candidates: tuple[Candidate, ...]
    skipped: tuple[Skipped, ...] = ()


def _steps(path: str | None) -> list[str]:
    return [step for step in (path or "").split("/") if step]


def _prefixes(path: str | None) -> list[str]:
    """ "/3/17/" → ["/3/17/", "/3/", ""]: the path itself, then everything above it."""
    found, here = [""], "/"
    for step in _steps(path):
        here = f"{here}{step}/"
        found.append(here)
    return found[::-1]


Level = tuple[Rule, ...]
"""Rules of equal specificity, for one category and area."""


@dataclass(frozen=True)
class RouteBook:
    """A catalogue ready to be asked: its rules by category and area, those of one level together.

    Build it once for each version of the catalogue; asking costs a handful of dictionary look-ups.
    """

    rules: Sequence[Rule]
    _shelves: dict[str, dict[str, tuple[Level, ...]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the rules into their shelves."""

        def shelf(rule: Rule) -> tuple[str, str]:
            return _prefixes(rule.category_path)[0], _prefixes(rule.area_path)[0]

        shelves: dict[str, dict[str, tuple[Level, ...]]] = {}
        for (category, area), rules in groupby(sorted(self.rules, key=shelf), key=shelf):
            shelves.setdefault(category, {})[area] = tuple(_levels(rules))
        object.__setattr__(self, "_shelves", shelves)

    def levels(self, category_path: str | None, area_path: str | None) -> Iterator[Level]:
        """The rules whose paths fit, level by level, most specific first."""
        areas = _prefixes(area_path)
        for category in _prefixes(category_path):
            shelf = self._shelves.get(category)
            if shelf is None:
                continue
            for area in areas:
                yield from shelf.get(area, ())


def _levels(rules: Iterable[Rule]) -> Iterator[Level]:
    """Rules of one shelf by specificity, the newest version of equals first."""
    ordered = sorted(rules, key=lambda rule: (rule.specificity, rule.version, -rule.id), reverse=True)
    for _, level in groupby(ordered, key=lambda rule: rule.specificity):
        yield tuple(level)


@dataclass(frozen=True, slots=True)
class _Place:
    """Who is there to be chosen."""

    area_chain_ids: Sequence[int]
    street_unit_of: Mapping[int, int]
    active_units: Collection[int]
    grassroots_units: Collection[int]
    fallback_unit_id: int | None

    def street(self) -> int | None:
        """The unit of the innermost area on the chain that has one."""
        for area_id in self.area_chain_ids:
            if area_id in self.street_unit_of:
                return self.street_unit_of[area_id]
        return None

    def unit_of(self, rule: Rule) -> int | None:
        """The unit a rule means here."""
        if rule.selector is None:
            return rule.unit_id
        return self.street() if rule.selector is Selector.STREET_OF_PLACE else self.fallback_unit_id

    def objection(self, rule: Rule, unit_id: int | None) -> SkipReason | None:
        """Why the rule must not send the matter to that unit."""
        if unit_id is None:
            return SkipReason.NO_UNIT_FOR_PLACE
        if unit_id not in self.active_units:
            return SkipReason.UNIT_INACTIVE
        if unit_id in self.grassroots_units and not rule.grassroots_allowed:
            return SkipReason.GRASSROOTS_NOT_ALLOWED
        return None


def _reason(rule: Rule) -> Reason:
    if rule.selector is not None:
        return Reason(rule.selector)
    if rule.category_path:
        return Reason.CATEGORY_AND_AREA if rule.area_path else Reason.CATEGORY
    return Reason.AREA if rule.area_path else Reason.GENERAL


def _candidates(rules: Iterable[Rule], place: _Place, skipped: list[Skipped]) -> list[Candidate]:
    """The units of one level, each once; rules that must not count go to `skipped`."""
    found: dict[int | None, Candidate] = {}
    for rule in rules:
        unit_id = place.unit_of(rule)
        objection = place.objection(rule, unit_id)
        if objection:
            skipped.append(Skipped(rule.id, unit_id, objection))
        elif unit_id not in found:
            beside = tuple(key for key in rule.co_unit_ids if key in place.active_units and key != unit_id)
            found[unit_id] = Candidate(unit_id, rule.id, _reason(rule), rule.specificity, beside)
    return list(found.values())


def route(
    book: RouteBook,
    *,
    category_path: str | None,
    area_path: str | None,
    area_chain_ids: Sequence[int],
    kind: str | None,
    enterprise: bool,
    on: date,
    street_unit_of: Mapping[int, int],
    active_units: Collection[int],
    grassroots_units: Collection[int],
    fallback_unit_id: int | None,
) -> Route:
    """What the catalogue says of one matter on a day.

    `area_chain_ids` runs outwards from the place (community, street, district). `street_unit_of` gives the unit
    of a street's area; `fallback_unit_id` is the district's. An inactive unit is never a candidate.
    """
    place = _Place(area_chain_ids, street_unit_of, active_units, grassroots_units, fallback_unit_id)
    skipped: list[Skipped] = []
    for level in book.levels(category_path, area_path):
        fitting = (rule for rule in level if rule.holds(kind, enterprise, on))
        found = _candidates(fitting, place, skipped)
        if found:
            decision = Decision.CERTAIN if len(found) == 1 else Decision.AMBIGUOUS
            unit_id = found[0].unit_id if len(found) == 1 else None
            return Route(decision, unit_id, tuple(found), tuple(skipped))
    return Route(Decision.NONE, None, _fallback(place), tuple(skipped))


def _fallback(place: _Place) -> tuple[Candidate, ...]:
    """The district, where it is active: proposed, not decided."""
    if place.fallback_unit_id is None or place.fallback_unit_id not in place.active_units:
        return ()
    return (Candidate(place.fallback_unit_id, None, Reason.FALLBACK, NOT_SPECIFIC),)
