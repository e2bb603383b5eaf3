"""What Alembic runs: within the transaction that the program gives it, or by hand.

By hand it finds the ledger as a run does, from the migration file and the environment.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import context

from flows.database_urls import locate
from flows.ledger.schema import VERSION_TABLE, changing
from flows.ledger.tables import metadata
from flows.settings import load_settings
from transforms.errors import ConfigurationError


def _migrate(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        # SQLite can't change a column of a table; it has to be made anew.
        render_as_batch=True,
        transactional_ddl=True,
    )
    context.run_migrations()


def _print_statements(url: sa.URL) -> None:
    context.configure(
        dialect_name=url.get_backend_name(), version_table=VERSION_TABLE, literal_binds=True
    )
    with context.begin_transaction():
        context.run_migrations()


def _named_ledger() -> sa.URL:
    file = context.get_x_argument(as_dictionary=True).get("migration")
    if not file:
        raise ConfigurationError("Name the migration file: alembic -x migration=migration.toml …")
    settings = load_settings(Path(file))
    return locate(settings.ledger.url.get_secret_value(), settings.base, key="ledger.url")


given = context.config.attributes.get("connection")
if given is not None:
    _migrate(given)
elif context.is_offline_mode():
    _print_statements(_named_ledger())
else:
    with changing(_named_ledger()) as own:
        _migrate(own)
