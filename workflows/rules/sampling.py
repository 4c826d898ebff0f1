"""Samples that cannot be steered: by lot, and the same whoever draws them, and whenever."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping
from math import ceil


def drawn(name: str, groups: Mapping[Hashable, Iterable[int]], *, share: int, most: int) -> list[int]:
    """Of every group so many in a hundred, rounded up, and `most` in all; `name` says what the keys are of."""

    def lot(key: int) -> bytes:
        return hashlib.sha256(f"{name} {key}".encode()).digest()

    chosen = [key for group in groups.values() for key in _first(sorted(group, key=lot), share)]
    return sorted(chosen, key=lot)[: max(0, most)]


def _first(keys: list[int], share: int) -> list[int]:
    return keys[: ceil(len(keys) * min(share, 100) / 100)]
