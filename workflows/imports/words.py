"""Words of other systems, understood: kinds, classes, places, times, whether a number is one."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from workflows.model.infos import AreaInfo, CategoryInfo
from workflows.model.reference import ZONE
from workflows.rules.text import search_form
from workflows.rules.vocabulary import Anonymity, AreaKind, Kind

#: What stands in a cell that says nothing.
NOTHING = frozenset({"", "-", "--", "/", "无", "不详", "未知", "暂无", "null", "none", "nan"})
_LONGEST_NOTHING = 8
_NOTHING_BEGINS = frozenset("-－/／无不未暂nNｎＮ")

KINDS = {
    "咨询": Kind.CONSULT, "求助": Kind.HELP, "诉求": Kind.HELP, "求决": Kind.HELP, "申诉": Kind.HELP,
    "投诉": Kind.COMPLAINT, "举报": Kind.REPORT, "揭发控告": Kind.REPORT, "建议": Kind.SUGGEST, "意见": Kind.SUGGEST,
    "意见建议": Kind.SUGGEST, "表扬": Kind.PRAISE, "感谢": Kind.PRAISE, "其他": Kind.OTHER,
} | {kind.value.casefold(): kind for kind in Kind}

ANONYMITY = {
    "否": Anonymity.OPEN, "公开": Anonymity.OPEN, "不保密": Anonymity.OPEN, "不匿名": Anonymity.OPEN,
    "是": Anonymity.WITHHELD, "保密": Anonymity.WITHHELD, "匿名": Anonymity.ANONYMOUS,
} | {level.value.casefold(): level for level in Anonymity}

#: What stands between the levels of a class. A slash only where nothing else does: names have slashes too.
_ARROWS = re.compile(r"\s*(?:-+>|→|›|»|>|\\|\|)\s*")
_SLASH = re.compile(r"\s*/\s*")

_TIME = r"(?:[ T]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?秒?|分?))?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?{_TIME}")
_MONTH_FIRST = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}){_TIME}")

_FEWEST_DIGITS = 7


def says_nothing(text: str) -> bool:
    """Whether a cell is empty or holds a word for "unknown"."""
    return not text or (text[0] in _NOTHING_BEGINS and len(text) <= _LONGEST_NOTHING and search_form(text) in NOTHING)


def moment(text: str) -> datetime | None:
    """When something was, as spreadsheets and exports write it, in the city's time; None if unreadable.

    2019/4/25 9:32:09, 2019-04-25, 2019年4月25日 9时32分, and month first where the year comes last
    (05/31/2016), as spreadsheet programs write it by default.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    found = _YEAR_FIRST.fullmatch(written)
    if found:
        year, month, day, *clock = found.groups()
    else:
        found = _MONTH_FIRST.fullmatch(written)
        if not found:
            return None
        month, day, year, *clock = found.groups()
    try:
        return datetime(int(year), int(month), int(day), *(int(part or 0) for part in clock), tzinfo=ZONE)
    except ValueError:
        return None


def is_number(text: str) -> bool:
    """Whether this is meant as a telephone number; a masked one (138****) or an account name is none."""
    return sum(letter.isdigit() for letter in text) >= _FEWEST_DIGITS and not set("*×＊xX") & set(text)


def steps(text: str) -> list[str]:
    """The levels of a class, outermost first: "a->b->c", "a > b", "a→b", "a/b"."""
    parts = _ARROWS.split(unicodedata.normalize("NFKC", text).strip())
    if len(parts) == 1:
        parts = _SLASH.split(parts[0])
    return [part for part in (search_form(part) for part in parts) if part]


class Classes:
    """Finds the matter a class of another system means: by code, by full path, by a name only one matter has.

    `given` maps their classes to our matters; a line for "a" also holds for "a->b" that has none of its own.
    """

    def __init__(self, categories: Mapping[int, CategoryInfo], given: Mapping[str, int]) -> None:
        active = [c for c in categories.values() if c.active]
        self._given = {tuple(steps(theirs)): ours for theirs, ours in given.items()}
        self._by_code = {search_form(c.code): c.id for c in active}
        self._by_path = {
            tuple(search_form(categories[int(part)].name) for part in c.path.strip("/").split("/")): c.id
            for c in active
        }
        self._by_name = _only((search_form(c.name), c.id) for c in active)
        self._known: dict[str, int | None] = {}

    def find(self, text: str) -> int | None:
        """The matter's key, or None."""
        if text not in self._known:
            self._known[text] = self._look_up(text)
        return self._known[text]

    def _look_up(self, text: str) -> int | None:
        path = steps(text)
        for depth in range(len(path), 0, -1):
            if tuple(path[:depth]) in self._given:
                return self._given[tuple(path[:depth])]
        whole = search_form(text)
        for table, key in (
            (self._by_code, whole), (self._by_path, tuple(path)), (self._by_name, whole),
            (self._by_name, path[-1] if path else ""),
        ):
            if key in table:
                return table[key]
        return None


def _only(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Names that belong to one thing only."""
    found: dict[str, set[int]] = defaultdict(set)
    for name, key in pairs:
        found[name].add(key)
    return {name: keys.pop() for name, keys in found.items() if len(keys) == 1}


class Places:
    """Finds the area three columns mean: district, street, community, each inside the one before it."""

    def __init__(self, areas: Mapping[int, AreaInfo]) -> None:
        self._areas: dict[tuple[str, str], list[AreaInfo]] = defaultdict(list)
        for area in areas.values():
            if area.active:
                self._areas[area.kind, search_form(area.name)].append(area)

    def find(self, names: Sequence[str]) -> tuple[int | None, list[str]]:
        """The innermost area that is surely meant, and the names that were not found.

        A name that is not ours (another city's district) ends the search: what is inside it is not ours either.
        """
        here: AreaInfo | None = None
        for place, (kind, name) in enumerate(zip(AreaKind, names, strict=True)):
            if not name:
                continue
            inside = here.path if here else "/"
            fits = [a for a in self._areas.get((str(kind), search_form(name)), ()) if a.path.startswith(inside)]
            if len(fits) != 1:
                return here.id if here else None, [n for n in names[place:] if n]
            here = fits[0]
        return here.id if here else None, []
