"""Samples that cannot be steered: by lot, and the same whoever draws them, and whenever.

A lot is a keyed hash (`model.secrets.IdentityBox.lot`) that nobody without the key can foresee.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from math import ceil


def drawn(
    groups: Mapping[Hashable, Iterable[int]], lot: Callable[[int], bytes], *, share: int, most: int
) -> list[int]:
    """Of every group so many in a hundred, rounded up, and `most` in all, by the lots of their keys."""
    chosen = [key for group in groups.values() for key in _first(sorted(group, key=lot), share)]
    return sorted(chosen, key=lot)[: max(0, most)]


def _first(keys: list[int], share: int) -> list[int]:
    return keys[: ceil(len(keys) * min(share, 100) / 100)]
