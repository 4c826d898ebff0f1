"""The application's own secrets on one machine: made once, kept in `HOTLINE_VAR/secrets.env`, mode 0600."""

import base64
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from hotline.config import ConfigError
from hotline.local.home import write_private


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


MAKERS: Mapping[str, Callable[[], str]] = {
    "HOTLINE_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "HOTLINE_IDENTITY_KEY": lambda: f"k1:{_random_key()}",
    "HOTLINE_PHONE_KEY": _random_key,
}
HEADER = """\
# Made by the first start; keep it with the backups. Without HOTLINE_IDENTITY_KEY no caller's identity in the
# database can be read again, without HOTLINE_PHONE_KEY no caller is found by number.
"""


def kept_secrets(var: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The secrets `environ` does not name, read from `var`, or made there when nothing has been stored yet.

    Raises `ConfigError` when the file is gone but the data it opens is there.
    """
    missing = [name for name in MAKERS if not environ.get(name)]
    file = var / "secrets.env"
    if missing and not file.exists():
        if (var / "servers").exists():
            raise ConfigError(f"{file} is gone, but {var / 'servers'} holds data sealed with it; restore it")
        write_private(file, HEADER + "".join(f"{name}={make()}\n" for name, make in MAKERS.items()))
    return {name: value for name, value in _read(file).items() if name in missing} if missing else {}


def _read(file: Path) -> dict[str, str]:
    lines = (line.strip() for line in file.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
