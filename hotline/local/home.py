"""What lies under `HOTLINE_VAR`: the servers' folders, passwords and sockets, and who may run them."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from hotline.config import ConfigError
from hotline.local.processes import Account

ELSEWHERE = Path("/var/lib/hotline")  # data of root's servers when HOTLINE_VAR is closed to them
SOCKET_PATH_LIMIT = 100  # bytes; the kernel's is 107


class BusyError(ConfigError):
    """Another process runs the servers of this folder."""


class Home:
    """What lies under `HOTLINE_VAR` for the servers: their data, sockets, programs and passwords."""

    def __init__(self, var: Path) -> None:
        self.var = var.absolute()
        self.account = Account.unprivileged()
        self.passwords_file = self.var / "servers.json"
        self.data = self.var / "servers"

    def prepare(self) -> None:
        """Make the folders and passwords; root's servers get theirs elsewhere where `var` is closed."""
        self.make_var()
        if self.data.is_symlink() and not self.data.exists():
            raise ConfigError(f"{self.data} points to {self.data.readlink()}, which is gone")
        if not self.data.exists():
            self._make_data()
        if not self.passwords_file.exists():
            if (self.data / "postgres").exists():
                raise ConfigError(f"{self.passwords_file} is gone, but the data it opens is in {self.data}")
            names = ("admin", "owner", "application", "valkey")
            write_private(self.passwords_file, json.dumps({name: secrets.token_hex(24) for name in names}))

    def make_var(self) -> None:
        """Make the folder itself; root's servers must be able to pass through it, nobody to list it."""
        self.var.mkdir(parents=True, exist_ok=True, mode=0o711 if self.account else 0o700)

    def _make_data(self) -> None:
        if self.account is None or self.account.can_enter(self.var):
            self.data.mkdir(mode=0o700)
        else:
            ELSEWHERE.mkdir(mode=0o711, exist_ok=True)
            self.data.symlink_to(tempfile.mkdtemp(prefix="servers-", dir=ELSEWHERE))
        self.own(self.data)

    def own(self, path: Path) -> None:
        """Hand `path` to the account the servers run as."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    @property
    def place(self) -> Path:
        """The data's real folder, as the servers see it."""
        return self.data.resolve()

    @property
    def sockets(self) -> Path:
        """The folder of both sockets; short enough for a socket's name wherever `var` is."""
        inside = self.place / "run"
        if len(os.fsencode(inside / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT:
            return inside
        named = secrets.token_hex(8) if not self._sockets_note.exists() else self._sockets_note.read_text()
        if not self._sockets_note.exists():
            write_private(self._sockets_note, named)
        return Path(tempfile.gettempdir()) / f"hotline-{named}"

    @property
    def _sockets_note(self) -> Path:
        return self.var / "sockets"

    def make_sockets(self) -> None:
        """An empty, private socket folder, whatever an earlier start left."""
        folder = self.sockets
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            self.own(folder)
        mine = self.account.uid if self.account else os.geteuid()
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != mine or found.st_mode & 0o077:
            raise ConfigError(f"{folder} is not a private folder of ours; remove it")

    def remove(self) -> None:
        """Delete everything, the data included."""
        shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.rmtree(self.var, ignore_errors=True)


@contextlib.contextmanager
def sole_keeper(var: Path) -> Iterator[None]:
    """Be the one process that runs the servers of `var`, or raise `BusyError` naming who does."""
    with open_private(var / "keeper.lock") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note.seek(0)
            raise BusyError(
                f"{var} is in use by another bin/run or bin/hotline (process {note.read().strip()}). "
                "Stop that one, or give this one a HOTLINE_VAR of its own."
            ) from None
        note.truncate(0)
        note.write(str(os.getpid()))
        note.flush()
        yield


@contextlib.contextmanager
def guest(var: Path) -> Iterator[None]:
    """While this lasts, a command that started the servers does not stop them."""
    with open_private(var / "guests.lock") as note:
        fcntl.flock(note, fcntl.LOCK_SH)
        yield


def let_guests_finish(var: Path) -> None:
    """Wait until no command holds the note of guests any more."""
    with open_private(var / "guests.lock") as note:
        fcntl.flock(note, fcntl.LOCK_EX)


def open_private(path: Path) -> IO[str]:
    """Open for adding to, made if absent; only its owner may read it."""
    return open(path, "a+", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW, 0o600))


def write_private(path: Path, text: str) -> None:
    """Write a new file only its owner may read. Raises FileExistsError rather than overwrite."""
    with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
