"""Runs migrations as the tables' owner, one runner at a time, never waiting long for a lock others need.

SQL in a migration finds the application's role, to which it grants what the application may do, with
`current_setting('hotline.application_role')`.
"""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, create_engine, make_url, pool, text

ADVISORY_KEY = 12345  # one migration at a time per database, wherever it is started
WAIT_FOR_RUNNER = "10min"
WAIT_FOR_LOCK = "5s"  # a migration that cannot get its table at once gives up rather than queue everybody


def prepare(connection: Connection) -> None:
    """Take the runner's lock for the life of the connection and limit every other wait."""
    application = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    setting = text("select set_config(:name, :value, false)")
    connection.execute(setting, {"name": "hotline.application_role", "value": application})
    connection.execute(setting, {"name": "lock_timeout", "value": WAIT_FOR_RUNNER})
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": ADVISORY_KEY})
    connection.execute(setting, {"name": "lock_timeout", "value": WAIT_FOR_LOCK})
    connection.commit()


def run() -> None:
    """Apply what `context` was asked for."""
    engine = create_engine(current_app.config["DATABASE_OWNER_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        prepare(connection)
        context.configure(
            connection=connection,
            target_metadata=current_app.extensions["migrate"].db.metadata,
            transaction_per_migration=True,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
