from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from flows.ledger import open_ledger
from flows.ledger.schema import ALEMBIC_INI, CURRENT, VERSION_TABLE
from flows.ledger.tables import metadata

SCRIPTS = ScriptDirectory.from_config(Config(ALEMBIC_INI))


def opened(url, base, migration_id="m"):
    return open_ledger(url, base=base, migration_id=migration_id)


def test_the_program_knows_its_newest_version():
    assert SCRIPTS.get_heads() == [CURRENT]


def test_the_tables_are_what_the_versions_make(ledger):
    with ledger.reading() as tx:
        context = MigrationContext.configure(
            tx.connection,
            opts={"version_table": VERSION_TABLE, "compare_server_default": True},
        )
        assert compare_metadata(context, metadata) == []
