"""诉求要点: the points of a request, each of which its answer must speak to (domain §8.3, defect D2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflows.rules.text import clean_line
from workflows.rules.vocabulary import Resolution, Truth

#: So many points a request has at most, and so long one is.
MOST_ITEMS, LONGEST_ITEM = 20, 200
#: The number people put before a point: 1. （2） 三、 but not the beginning of 2.5 or of 10:30.
_NUMBER = re.compile(r"[（(]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:[)）][、.．]?|[、.．])(?![0-9])\s*")


@dataclass(frozen=True)
class ItemAnswer:
    """What a unit says to one point; None or nothing where it has yet to say it."""

    truth: Truth | None = None
    resolution: Resolution | None = None
    answer: str = ""


def items_of(written: str | Iterable[str]) -> list[str]:
    """The points as they are typed, one a line, without their numbers; none twice, nothing for an empty line."""
    lines = written.splitlines() if isinstance(written, str) else written
    said = (_without_number(clean_line(line)) for line in lines)
    return list(dict.fromkeys(point for point in said if point))


def _without_number(line: str) -> str:
    found = _NUMBER.match(line)
    return line[found.end() :] if found and found.end() < len(line) else line


def problems_of(items: Sequence[str], answers: Sequence[ItemAnswer]) -> dict[str, list[str]]:
    """What is missing of the answers to these points, by the fields of a reply's form: items-2-answer."""
    if len(items) != len(answers):
        return {"items": ["items_unanswered"]}
    return {
        f"items-{number}-{part}": ["required"]
        for number, given in enumerate(answers, 1)
        for part, value in vars(given).items()
        if not value
    }


def truth_of(answers: Sequence[ItemAnswer]) -> Truth:
    """Whether the whole is true, by its points."""
    said = {given.truth for given in answers}
    return said.pop() if len(said) == 1 else Truth.PARTLY


def resolution_of(answers: Sequence[ItemAnswer]) -> Resolution:
    """Whether the whole is solved, by its points: only where each is."""
    said = {given.resolution for given in answers}
    return said.pop() if len(said) == 1 else Resolution.PARTLY
