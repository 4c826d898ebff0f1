"""小数保护: which counts of a public table may be shown so that nobody is found behind a small one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")
#: Fewer than this many stand for people somebody may know.
LEAST = 5


def disclosed(counts: Mapping[Key, int], least: int = LEAST) -> dict[Key, int | None]:
    """The counts of a table whose sum is published as well; None for those that are not shown.

    Where only one is small it could be had by subtraction, so the next smallest is not shown either.
    """
    small = {key for key, n in counts.items() if 0 < n < least}
    rest = sorted((n, place) for place, (key, n) in enumerate(counts.items()) if key not in small and n)
    if len(small) == 1 and rest:
        small.add(list(counts)[rest[0][1]])
    return {key: None if key in small else n for key, n in counts.items()}
