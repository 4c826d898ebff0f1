"""Where the bytes lie: outside of everything served, one file each under a random name, 0600 in folders of 0700."""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workflows.errors import Unavailable

_KEY = re.compile(r"[0-9a-f]{32}")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


@dataclass(frozen=True)
class Limits:
    """How much is taken: bytes of a file, files and bytes of a ticket, pixels of a picture."""

    file_bytes: int
    files: int
    ticket_bytes: int
    pixels: int


@dataclass(frozen=True)
class Store:
    """A folder of files."""

    root: Path
    limits: Limits

    def keep(self, data: bytes) -> str:
        """Write a file, wholly and to the disk, and return its key. Raises Unavailable where there is no room."""
        key = secrets.token_hex(16)
        place = self.place_of(key)
        try:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            place.unlink(missing_ok=True)
            if problem.errno in _FULL:
                raise Unavailable("store_full") from problem
            raise
        return key

    def forget(self, key: str) -> None:
        """Delete a file; it may be gone already."""
        self.place_of(key).unlink(missing_ok=True)

    def place_of(self, key: str) -> Path:
        """Where the file of a key is. Raises ValueError for what is no key of ours."""
        if not _KEY.fullmatch(key):
            raise ValueError("not a key of the store")
        return self.root / key[:2] / key

    def older_than(self, seconds: float) -> Iterator[str]:
        """Keys of files whose age, by the disk's own clock, is more than that."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark = self.root / ".now"
        mark.touch()
        before = mark.stat().st_mtime - seconds
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for file in folder.iterdir():
                if _KEY.fullmatch(file.name) and file.stat().st_mtime < before:
                    yield file.name


_installed: list[Store] = []


def install(root: Path, limits: Limits) -> None:
    """Use this folder in this process. Makes the folder when the first file comes."""
    _installed[:] = [Store(root, limits)]


def store() -> Store:
    """The store of this process."""
    return _installed[0]
