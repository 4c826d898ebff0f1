"""Uploaded files wait for their job encrypted, because they are full of callers.

A file is a sequence of blocks, each sealed like an identity column for its place in this file, and an empty
last one, so that a file cut short is noticed.
"""

from __future__ import annotations

import base64
import io
import os
import struct
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from workflows.errors import Invalid, Unavailable
from workflows.model.secrets import SealError, box

MOST_BYTES = 64 * 1024 * 1024
SUFFIX = ".sealed"
_BLOCK = 1 << 20
_LENGTH = struct.Struct(">I")


def keep(stream: BinaryIO, folder: Path) -> Path:
    """Seal an uploaded file into a folder, which is made if need be. Raises Invalid `file_too_big`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = uuid.uuid4().hex
    path = folder / f"{name}{SUFFIX}"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept:
            _seal(stream, kept, name)
    except Invalid:
        path.unlink()
        raise
    return path


def _seal(stream: BinaryIO, kept: BinaryIO, name: str) -> None:
    number = total = 0
    block = b"."
    while block:
        block = stream.read(_BLOCK)
        total += len(block)
        if total > MOST_BYTES:
            raise Invalid("file_too_big")
        sealed = box().seal(base64.b64encode(block).decode(), f"import:{name}:{number}")
        kept.write(_LENGTH.pack(len(sealed)) + sealed)
        number += 1


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A kept file, opened into memory; or a plain one, read where it lies.

    Raises Unavailable `file_gone` where it is not there (any more), Invalid `file_broken` where it is damaged.
    """
    try:
        with path.open("rb") as kept:
            yield _open(kept, path.stem) if path.suffix == SUFFIX else kept
    except (FileNotFoundError, IsADirectoryError):
        raise Unavailable("file_gone") from None


def _open(kept: BinaryIO, name: str) -> BinaryIO:
    plain = io.BytesIO()
    number, block = 0, b"."
    while block:
        try:
            (length,) = _LENGTH.unpack(kept.read(_LENGTH.size))
            block = base64.b64decode(box().open(kept.read(length), f"import:{name}:{number}"))
        except (struct.error, SealError) as error:
            raise Invalid("file_broken") from error
        plain.write(block)
        number += 1
    plain.seek(0)
    return plain


def forget(path: Path) -> None:
    """Delete a kept file; one that was only read where it lies stays."""
    if path.suffix == SUFFIX:
        path.unlink(missing_ok=True)
