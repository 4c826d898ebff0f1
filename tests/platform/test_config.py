"""Settings: read once, refused with a reason, safe unless somebody says otherwise."""

import base64
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event

from hotline.config import SETTINGS, ConfigError, SuperuserError, engine_options, load, refuse_superuser
from tests.database import Database

KEY = base64.b64encode(bytes(range(32))).decode()
ENOUGH = {
    "HOTLINE_DATABASE_URL": "postgresql://app:secret@db/hotline",
    "HOTLINE_REDIS_URL": "redis://:secret@cache:6379/0",
    "HOTLINE_SECRET_KEY": "Vw3bQ8-ecC2vL0sK5nT7xZ1yR4uM6pJ9",
    "HOTLINE_IDENTITY_KEY": f"k1:{KEY}",
    "HOTLINE_PHONE_KEY": KEY,
}


def complaint(**changes: str) -> str:
    with pytest.raises(ConfigError) as refused:
        load({**ENOUGH, **changes})
    return str(refused.value)


def test_what_must_be_set_is_enough() -> None:
    settings = load(ENOUGH)

    assert settings["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://app:secret@db/hotline"
    assert settings["DATABASE_OWNER_URL"] == settings["DATABASE_RO_URL"] == settings["DATABASE_URL"]
    assert settings["BIND"] == "127.0.0.1:8000"
    assert (settings["TESTING"], settings["DEBUG"]) == (False, False)


def test_a_misspelt_name_is_refused_with_the_name_meant() -> None:
    assert "HOTLINE_WEB_WORKER is not a setting; did you mean HOTLINE_WEB_WORKERS" in complaint(HOTLINE_WEB_WORKER="4")


def test_a_name_like_no_other_points_to_the_list() -> None:
    assert "HOTLINE_XYZZY is not a setting; see docs/operations.md" in complaint(HOTLINE_XYZZY="1")


def test_names_of_other_programs_are_none_of_our_business() -> None:
    assert load({**ENOUGH, "HOTLINES": "x", "PATH": "/bin"})["SECRET_KEY"]


def test_all_complaints_come_at_once() -> None:
    said = complaint(HOTLINE_BIND="8000", HOTLINE_WEB_THREADS="many", HOTLINE_TIME_ZONE="Mars/Olympus")

    assert "HOTLINE_BIND: write HOST:PORT" in said
    assert "HOTLINE_WEB_THREADS: write a whole number from 1 to 1000" in said
    assert "HOTLINE_TIME_ZONE: is not a time zone" in said


@pytest.mark.parametrize("weak", ["", "secret", "change-me", "a" * 64, "abcabcabc" * 8])
def test_a_weak_secret_key_is_refused(weak: str) -> None:
    assert "HOTLINE_SECRET_KEY is missing or weak" in complaint(HOTLINE_SECRET_KEY=weak)


@pytest.mark.parametrize("name", sorted(set(ENOUGH) - {"HOTLINE_SECRET_KEY"}))
def test_nothing_necessary_may_be_left_out(name: str) -> None:
    assert f"{name} is not set" in complaint(**{name: ""})


def test_the_debugger_is_refused() -> None:
    assert "FLASK_DEBUG is on" in complaint(FLASK_DEBUG="1")


@pytest.mark.parametrize("url", ["sqlite:///hotline.db", "mysql://root@db/hotline", "not a url"])
def test_only_postgresql_is_a_database(url: str) -> None:
    assert "HOTLINE_DATABASE_URL" in complaint(HOTLINE_DATABASE_URL=url)


@pytest.mark.parametrize("url", ["http://cache", "cache:6379"])
def test_redis_is_named_by_an_address(url: str) -> None:
    assert "HOTLINE_REDIS_URL: write redis://" in complaint(HOTLINE_REDIS_URL=url)


def test_the_first_identity_key_encrypts_and_older_ones_still_open() -> None:
    older = base64.b64encode(bytes(32)).decode()

    keys = load({**ENOUGH, "HOTLINE_IDENTITY_KEY": f"k2:{KEY},k1:{older}"})["IDENTITY_KEY"]

    assert list(keys) == ["k2", "k1"]
    assert keys == {"k2": bytes(range(32)), "k1": bytes(32)}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (KEY, "write ID:BASE64"),
        ("k1:###", "is not base64"),
        ("k1:YWJj", "must be 32 bytes"),
        (f"k1:{KEY},k1:{KEY}", "twice"),
    ],
    ids=["no id", "not base64", "short", "one id twice"],
)
def test_an_identity_key_that_cannot_be_one_is_refused(value: str, said: str) -> None:
    assert said in complaint(HOTLINE_IDENTITY_KEY=value)


def test_only_loopback_names_are_answered_unless_others_are_named() -> None:
    assert load(ENOUGH)["TRUSTED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert load({**ENOUGH, "HOTLINE_BIND": "10.1.2.3:80"})["TRUSTED_HOSTS"][-1] == "10.1.2.3"
    assert load({**ENOUGH, "HOTLINE_BIND": "0.0.0.0:80"})["TRUSTED_HOSTS"] is None
    assert load({**ENOUGH, "HOTLINE_TRUSTED_HOSTS": "12345.example, www.example"})["TRUSTED_HOSTS"] == [
        "12345.example",
        "www.example",
    ]


def test_cookies_are_for_https_alone_when_tls_is_on() -> None:
    assert load({**ENOUGH, "HOTLINE_TLS": "1"})["SESSION_COOKIE_SECURE"] is True
    assert load(ENOUGH)["SESSION_COOKIE_SECURE"] is False


def test_no_page_waits_long_for_a_redis_that_is_away() -> None:
    options = load(ENOUGH)["RATELIMIT_STORAGE_OPTIONS"]

    assert options["socket_timeout"] <= 1
    assert options["retry"].get_retries() == 0


def test_the_limiter_is_given_a_socket_in_its_own_words() -> None:
    assert load({**ENOUGH, "HOTLINE_REDIS_URL": "unix:///run/valkey?db=0"})["RATELIMIT_STORAGE_URI"].startswith("redis+unix://")


def test_every_setting_says_what_it_means() -> None:
    assert all(setting.meaning and setting.name.startswith("HOTLINE_") for setting in SETTINGS)
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


def test_the_database_ends_what_takes_too_long(empty_database: Database) -> None:
    engine = create_engine(empty_database.url(), **engine_options("web"))
    with engine.connect() as connection:
        shown = {
            name: connection.exec_driver_sql(f"show {name}").scalar()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone")
        }
    engine.dispose()

    assert shown == {
        "statement_timeout": "10s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "30s",
        "TimeZone": "UTC",
    }


def test_a_superuser_is_refused_before_any_work_is_done(empty_database: Database) -> None:
    engine = create_engine(empty_database.admin_url.replace("postgresql://", "postgresql+psycopg://"))
    event.listen(engine, "connect", refuse_superuser)

    with pytest.raises(SuperuserError, match="superuser"):
        engine.connect()
    engine.dispose()


def test_the_manual_lists_every_setting_as_it_is() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    listed = [line for line in manual.splitlines() if line.startswith("| `HOTLINE_")]

    assert listed == [
        f"| `{setting.name}` | {f'`{setting.default}`' if setting.default else '–'} | {setting.meaning} |"
        for setting in SETTINGS
    ]
