"""The database behind an application: attached, guarded, migrated."""

from pathlib import Path

import flask_migrate
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import event

from hotline.config import refuse_superuser
from workflows.model.base import db

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def attach(app: Flask) -> None:
    """Give `app` the database; every connection is refused while it logs in as a superuser."""
    db.init_app(app)
    flask_migrate.Migrate(app, db, directory=str(MIGRATIONS), compare_type=True, compare_server_default=True)
    with app.app_context():
        event.listen(db.engine, "connect", refuse_superuser)


def upgrade(revision: str = "head") -> None:
    """Bring the tables to `revision`, as their owner. Needs an application context."""
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision=revision)


def downgrade(revision: str) -> None:
    """Take the tables back to `revision` (`base`: none at all), as their owner."""
    flask_migrate.downgrade(directory=str(MIGRATIONS), revision=revision)


def head() -> str | None:
    """The newest migration there is a file for."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()
