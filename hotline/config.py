"""Every setting once: its name, default, type and meaning. The environment is read here and nowhere else.

`load()` turns an environment into the mapping `create_app` gives to `app.config`: each setting under its
name without `HOTLINE_`, and what Flask and its extensions want under their own names. Whatever is unknown,
unreadable or unsafe stops the start with a `ConfigError` that lists all complaints at once.
"""

import base64
import binascii
import difflib
import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "HOTLINE_"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
TRUE, FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
CIPHERS = ("aes", "sm4")

# Seconds a page waits for Redis, to connect and for an answer.
REDIS_PATIENCE = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}

# statement_timeout, seconds, by what the process is: a page must not hang, a batch may take its time.
STATEMENT_SECONDS = {"web": 10, "worker": 120, "cli": 0}


class ConfigError(Exception):
    """The settings are wrong; the text says which and how to mend it."""


class SuperuserError(ConfigError):
    """The application was given a database role that may do anything."""


def _text(value: str) -> str:
    return value.strip()


def _boolean(value: str) -> bool:
    lowered = value.strip().lower()
    if lowered in TRUE:
        return True
    if lowered in FALSE:
        return False
    raise ValueError("write 1 or 0")


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise ValueError(f"write a whole number from {least} to {most}") from None
        if not least <= number <= most:
            raise ValueError(f"write a whole number from {least} to {most}")
        return number

    return parse


def _one_of(choices: tuple[str, ...], fold: Callable[[str], str]) -> Callable[[str], str]:
    def parse(value: str) -> str:
        folded = fold(value.strip())
        if folded not in choices:
            raise ValueError(f"write one of {', '.join(choices)}")
        return folded

    return parse


def _database(value: str) -> str:
    if not value.strip():
        return ""
    try:
        url = make_url(value.strip())
    except ArgumentError:
        raise ValueError("write postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE") from None
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise ValueError("only PostgreSQL is supported (postgresql://…)")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _redis(value: str) -> str:
    value = value.strip()
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("write redis://…, rediss://… or unix://…")
    return value


def _bind(value: str) -> str:
    host, _, port = value.strip().rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("write HOST:PORT, for example 127.0.0.1:8000")
    return f"{host}:{port}"


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


def _key_bytes(value: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not base64") from None
    if len(key) != 32:
        raise ValueError(f"must be 32 bytes in base64, is {len(key)}")
    return key


def _key(value: str) -> bytes:
    return _key_bytes(value.strip()) if value.strip() else b""


def _keys(value: str) -> dict[str, bytes]:
    """`ID:BASE64[,ID:BASE64…]`: the first encrypts, all decrypt, so that a key can be changed."""
    keys: dict[str, bytes] = {}
    for part in _names(value):
        key_id, colon, encoded = part.partition(":")
        if not colon or not key_id.isalnum() or len(key_id) > 16:
            raise ValueError("write ID:BASE64, the id of letters and digits")
        if key_id in keys:
            raise ValueError(f"names the key {key_id} twice")
        keys[key_id] = _key_bytes(encoded)
    return keys


def _zone(value: str) -> str:
    if value.strip() not in available_timezones():
        raise ValueError("is not a time zone of the IANA list, for example Asia/Shanghai")
    return ZoneInfo(value.strip()).key


def _target(value: str) -> str:
    """An address we post to: http or https, a host, no account in it."""
    if not value.strip():
        return ""
    try:
        parts = urlsplit(value.strip())
        fine = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        fine = False
    if not fine:
        raise ValueError("write https://HOST/PATH, without an account in it")
    return value.strip()


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("is not JSON") from None


def _networks(value: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    try:
        return [ipaddress.ip_network(part) for part in _names(value)]
    except ValueError:
        raise ValueError("write networks by commas, for example 10.20.0.0/16,fd00:12::/32") from None


def _quiet(value: str) -> tuple[time, time] | None:
    """`21:00-08:30`: from the first to the second nothing is sent, over midnight where the first is later."""
    if not value.strip():
        return None
    try:
        begin, end = (time.fromisoformat(part.strip()) for part in value.split("-"))
    except ValueError:
        raise ValueError("write HH:MM-HH:MM, for example 21:00-08:30") from None
    if begin == end or begin.tzinfo or end.tzinfo:
        raise ValueError("write two different times of a day")
    return begin, end


@dataclass(frozen=True)
class Setting:
    """One environment variable: what it is called, what it is when absent, how it is read, what it means."""

    name: str
    default: str
    parse: Callable[[str], Any]
    meaning: str

    @property
    def key(self) -> str:
        """Its name in `app.config`."""
        return self.name.removeprefix(PREFIX)


SETTINGS: tuple[Setting, ...] = (
    Setting("HOTLINE_DATABASE_URL", "", _database, "PostgreSQL, application role: no superuser, no DDL"),
    Setting("HOTLINE_DATABASE_OWNER_URL", "", _database, "role that owns the tables, for migrations only"),
    Setting("HOTLINE_DATABASE_RO_URL", "", _database, "read replica for reports; default DATABASE_URL"),
    Setting("HOTLINE_REDIS_URL", "", _redis, "Redis 6.2+ or Valkey 7.2+ with a password"),
    Setting("HOTLINE_BIND", "127.0.0.1:8000", _bind, "address and port the web server listens on"),
    Setting("HOTLINE_POSTGRES_BIN", "", _text, "folder of the PostgreSQL programs to run; default: found"),
    Setting("HOTLINE_VAR", "var", _text, "folder of all that is kept: embedded servers, secrets, accounts"),
    Setting("HOTLINE_SECRET_KEY", "", _text, "signs sessions and forms; at least 32 random characters"),
    Setting("HOTLINE_IDENTITY_KEY", "", _keys, "ID:BASE64 of 32 bytes, first encrypts, further ones decrypt"),
    Setting("HOTLINE_IDENTITY_CIPHER", "aes", _one_of(CIPHERS, str.lower), "aes (AES-256-GCM) or sm4 (SM4)"),
    Setting("HOTLINE_PHONE_KEY", "", _key, "BASE64 of 32 bytes; keyed hash that finds a caller's number"),
    Setting("HOTLINE_TLS", "0", _boolean, "1: reached over https, so Secure cookies and HSTS"),
    Setting("HOTLINE_TRUSTED_PROXIES", "0", _whole(0, 10), "reverse proxies whose X-Forwarded-* counts"),
    Setting("HOTLINE_TRUSTED_HOSTS", "", _names, "host names answered to, by commas; default by BIND"),
    Setting("HOTLINE_WEB_WORKERS", "2", _whole(1, 256), "web processes"),
    Setting("HOTLINE_WEB_THREADS", "8", _whole(1, 1000), "threads per web process"),
    Setting("HOTLINE_JOB_WORKERS", "1", _whole(1, 64), "worker processes for each queue"),
    Setting("HOTLINE_SWEEP_SECONDS", "5", _whole(1, 60), "seconds between two sweeps of the clocks"),
    Setting("HOTLINE_LOG_LEVEL", "INFO", _one_of(LOG_LEVELS, str.upper), "least severity that is logged"),
    Setting("HOTLINE_METRICS_TOKEN", "", _text, "lets Prometheus read /metrics from elsewhere than this machine"),
    Setting("HOTLINE_DEMO", "0", _boolean, "1: an empty database gets the demonstration city"),
    Setting("HOTLINE_TIME_ZONE", "Asia/Shanghai", _zone, "zone in which times are shown and days counted"),
    Setting("HOTLINE_NOTICES_TO_LOG", "0", _boolean, "1: channels that are off write to the log (development)"),
    Setting("HOTLINE_SMTP_HOST", "", _text, "mail server; empty: no e-mail"),
    Setting("HOTLINE_SMTP_PORT", "587", _whole(1, 65535), "its port"),
    Setting("HOTLINE_SMTP_SECURITY", "starttls", _one_of(("none", "starttls", "tls"), str.lower),
            "none, starttls, or tls from the first byte"),
    Setting("HOTLINE_SMTP_USER", "", _text, "account at the mail server; empty: none"),
    Setting("HOTLINE_SMTP_PASSWORD", "", _text, "its password"),
    Setting("HOTLINE_SMTP_FROM", "", _text, "sender of e-mails, NAME <ADDRESS>"),
    Setting("HOTLINE_EMAIL_QUIET", "", _quiet, "HH:MM-HH:MM in which no e-mail is sent; empty: none"),
    Setting("HOTLINE_EMAIL_WORKING_TIME", "0", _boolean, "1: e-mails only in the unit's working time"),
    Setting("HOTLINE_PUBLIC_URL", "", _target, "https address callers reach the pages by; empty: no links in messages"),
    Setting("HOTLINE_SMS_URL", "", _target, "SMS gateway; empty: no text messages"),
    Setting("HOTLINE_SMS_BODY", '{"phone": "{phone}", "content": "{text}", "id": "{key}"}', _json,
            "JSON it is sent, with the blanks {phone}, {text} and {key}"),
    Setting("HOTLINE_SMS_AUTH", "none", _one_of(("none", "bearer", "hmac"), str.lower),
            "none, bearer (the secret as a token), or hmac (a signature)"),
    Setting("HOTLINE_SMS_SECRET", "", _text, "token or key for the gateway"),
    Setting("HOTLINE_SMS_SUCCESS", "", _text, "words the gateway's answer holds when it took a message"),
    Setting("HOTLINE_SMS_INBOUND_TOKEN", "", _text,
            "token the gateway passes callers' answers on with; empty: none are taken"),
    Setting("HOTLINE_SMS_QUIET", "21:00-08:30", _quiet, "HH:MM-HH:MM in which no text message is sent"),
    Setting("HOTLINE_SMS_WORKING_TIME", "0", _boolean, "1: text messages only in the unit's working time"),
    Setting("HOTLINE_WEBHOOK_URL", "", _target, "another system that is told of notices; empty: none"),
    Setting("HOTLINE_WEBHOOK_SECRET", "", _text, "key of the signature it checks"),
    Setting("HOTLINE_OUTBOUND_NETWORKS", "", _networks, "private networks gateway and webhook may lie in"),
    Setting("HOTLINE_ATTACHMENTS", "", _text, "folder of the files of tickets; default VAR/attachments"),
    Setting("HOTLINE_ATTACHMENT_MEGABYTES", "20", _whole(1, 30), "largest file of a ticket"),
    Setting("HOTLINE_ATTACHMENTS_PER_TICKET", "50", _whole(1, 200), "files a ticket may have"),
    Setting("HOTLINE_ATTACHMENT_MEGABYTES_PER_TICKET", "200", _whole(1, 10_000), "of all files of a ticket together"),
    Setting("HOTLINE_ATTACHMENT_MEGAPIXELS", "40", _whole(1, 150), "largest picture"),
    Setting("HOTLINE_AREAS_GEOJSON", "", _text, "file of the outlines of areas: GeoJSON, with properties code, name"),
    Setting("HOTLINE_SHARED_DATA", "", _text, "folder of real data, for tests and benches that use it"),
    Setting("HOTLINE_TEST_DATABASE_URL", "", _database, "tests only: superuser of a server to be filled"),
    Setting("HOTLINE_TEST_REDIS_URL", "", _redis, "tests only: a server to be emptied"),
)
KNOWN = {setting.name: setting for setting in SETTINGS}


def load(environ: Mapping[str, str], *, process: str = "web", testing: bool = False) -> dict[str, Any]:
    """The configuration of one process, `process` being `web`, `worker` or `cli`.

    With `testing` the safety of secrets is not looked at. Raises `ConfigError` with all complaints.
    """
    complaints = _unknown(environ)
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        try:
            values[setting.key] = setting.parse(environ.get(setting.name, setting.default))
        except ValueError as problem:
            complaints.append(f"{setting.name}: {problem}")
    if not complaints and not testing:
        complaints = _unsafe(values, environ)
    if complaints:
        raise ConfigError("The settings are not usable:\n" + "\n".join(f"  - {line}" for line in complaints))
    values["DATABASE_OWNER_URL"] = values["DATABASE_OWNER_URL"] or values["DATABASE_URL"]
    values["ATTACHMENTS"] = values["ATTACHMENTS"] or str(Path(values["VAR"]).absolute() / "attachments")
    values["DATABASE_RO_URL"] = values["DATABASE_RO_URL"] or values["DATABASE_URL"]
    values["TRUSTED_HOSTS"] = values["TRUSTED_HOSTS"] or _hosts_of(values["BIND"])
    return values | _flask_names(values, process) | {"TESTING": testing, "DEBUG": False}


def _unknown(environ: Mapping[str, str]) -> list[str]:
    complaints = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in KNOWN:
            keys = [known.key for known in SETTINGS]
            near = difflib.get_close_matches(name.removeprefix(PREFIX), keys, n=3, cutoff=0.6)
            meant = " or ".join(PREFIX + key for key in near)
            hint = f"; did you mean {meant}?" if near else "; see docs/operations.md for the list"
            complaints.append(f"{name} is not a setting{hint}")
    return complaints


def _unsafe(values: Mapping[str, Any], environ: Mapping[str, str]) -> list[str]:
    complaints = []
    if not values["DATABASE_URL"]:
        complaints.append("HOTLINE_DATABASE_URL is not set (bin/run starts a server when it is absent)")
    if not values["REDIS_URL"]:
        complaints.append("HOTLINE_REDIS_URL is not set (bin/run starts a server when it is absent)")
    secret = values["SECRET_KEY"]
    if len(secret) < 32 or len(set(secret)) < 10:
        complaints.append("HOTLINE_SECRET_KEY is missing or weak: write at least 32 random characters")
    complaints += [
        f"{PREFIX}{name} is not set: 32 random bytes in base64"
        for name in ("IDENTITY_KEY", "PHONE_KEY")
        if not values[name]
    ]
    complaints += _half_a_channel(values)
    if environ.get("FLASK_DEBUG", "").lower() not in FALSE:
        complaints.append("FLASK_DEBUG is on: the debugger runs code for whoever reaches the page")
    return complaints


def _half_a_channel(values: Mapping[str, Any]) -> list[str]:
    """A channel that is named but could not send."""
    sms_signs = values["SMS_URL"] and values["SMS_AUTH"] != "none"
    needs = (
        ("SMTP_HOST", "SMTP_FROM", values["SMTP_HOST"] and "@" not in values["SMTP_FROM"]),
        ("SMS_AUTH", "SMS_SECRET", sms_signs and not values["SMS_SECRET"]),
        ("WEBHOOK_URL", "WEBHOOK_SECRET of at least 16", values["WEBHOOK_URL"] and len(values["WEBHOOK_SECRET"]) < 16),
    )
    return [f"{PREFIX}{name} needs {PREFIX}{other}" for name, other, missing in needs if missing]


def _hosts_of(bind: str) -> list[str] | None:
    """Loopback by default; None (any host name) where the server listens on every address."""
    host = bind.rpartition(":")[0]
    if host in {"0.0.0.0", "[::]", "*"}:  # noqa: S104 - recognised here, not listened on
        return None
    return list(dict.fromkeys([*LOOPBACK, host]))


def _flask_names(values: Mapping[str, Any], process: str) -> dict[str, Any]:
    redis = values["REDIS_URL"]
    return {
        "PROCESS": process,
        "SQLALCHEMY_DATABASE_URI": values["DATABASE_URL"],
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(process, pool_size=values["WEB_THREADS"]),
        "SESSION_COOKIE_SECURE": values["TLS"],
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PREFERRED_URL_SCHEME": "https" if values["TLS"] else "http",
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": values["TIME_ZONE"],
        # One try, half a second: a page does not wait for a Redis that is away.
        "RATELIMIT_STORAGE_OPTIONS": {"retry": Retry(NoBackoff(), 0), **REDIS_PATIENCE} if redis else {},
        "RATELIMIT_STORAGE_URI": redis.replace("unix://", "redis+unix://", 1) if redis else "memory://",
    }


def engine_options(process: str, *, pool_size: int = 5) -> dict[str, Any]:
    """SQLAlchemy engine options: no statement, lock, idle transaction or connecting waits without an end."""
    server = {
        "statement_timeout": f"{STATEMENT_SECONDS[process]}s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "30s",
        "timezone": "UTC",
    }
    return {
        "hide_parameters": True,  # bound values never reach the logs: they may be names and telephone numbers
        "pool_pre_ping": True,
        "pool_size": pool_size,
        "max_overflow": 4,
        "pool_timeout": 5,
        "pool_recycle": 1800,
        "connect_args": {
            "connect_timeout": 5,
            # A peer that vanished without a word is noticed within half a minute.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
            "application_name": f"hotline-{process}",
            "options": " ".join(f"-c {name}={value}" for name, value in server.items()),
        },
    }


def refuse_superuser(connection: Any, _record: object = None) -> None:
    """Listener for SQLAlchemy's "connect" event: no work is done under a role that may do anything.

    The server reports it when the connection opens, so this costs no query. Raises `SuperuserError`.
    """
    if connection.info.parameter_status("is_superuser") == "on":
        connection.close()
        raise SuperuserError(
            "HOTLINE_DATABASE_URL connects as a superuser. Give the application a role of its own "
            "(create role hotline_app login nosuperuser; see docs/operations.md)."
        )
