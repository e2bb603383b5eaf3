import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from flows.ledger import LedgerError, open_ledger
from flows.ledger.engine import engine_for
from flows.ledger.schema import ALEMBIC_INI, CURRENT, VERSION_TABLE, changing
from flows.ledger.tables import metadata, migrations
from tests.flows.ledger.processes import open_it, together

SCRIPTS = ScriptDirectory.from_config(Config(ALEMBIC_INI))
VERSIONS = [script.revision for script in reversed([*SCRIPTS.walk_revisions()])]
AT = datetime(2021, 5, 20, 9, tzinfo=UTC)


def opened(url, base):
    return open_ledger(url, base=base, migration_id="m")


def version(url):
    engine = engine_for(sa.make_url(url))
    with engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()
    engine.dispose()
    return found


def run_sql(url, *statements):
    engine = engine_for(sa.make_url(url))
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_the_program_knows_its_newest_version():
    assert SCRIPTS.get_heads() == [CURRENT]
    # Which of two is newer is told by comparing them as texts.
    assert sorted(VERSIONS) == VERSIONS
    assert {len(each) for each in VERSIONS} == {4}


def test_the_tables_are_what_the_versions_make(ledger):
    with ledger.reading() as tx:
        context = MigrationContext.configure(
            tx.connection, opts={"version_table": VERSION_TABLE, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_references_are_held(ledger):
    orphan = sa.insert(metadata.tables["notice_items"]).values(
        migration_id="m", customer_id="1", revision=1, finding_id="f", kind="k", verdict="lost"
    )
    with pytest.raises(LedgerError, match=r"(?i)foreign key"), ledger.begin() as tx:
        tx.connection.execute(orphan)


@pytest.mark.slow
def test_several_may_make_it_at_once(empty_url, tmp_path):
    with together(4, open_it, empty_url, tmp_path) as said:
        assert said == ["opened"] * 4
    with opened(empty_url, tmp_path) as ledger, ledger.reading() as tx:
        assert len(tx.connection.execute(sa.select(migrations)).all()) == 5
    assert version(empty_url) == CURRENT


@pytest.mark.parametrize("older", VERSIONS)
def test_a_ledger_of_an_older_version_keeps_its_rows(older, empty_url, tmp_path):
    url = sa.make_url(empty_url)
    with changing(url) as connection:
        config = Config(ALEMBIC_INI)
        config.attributes["connection"] = connection
        command.upgrade(config, older)
        before = fill(connection)
    with opened(empty_url, tmp_path) as ledger, ledger.reading() as tx:
        now = sa.MetaData()
        now.reflect(tx.connection)
        for name, row in before.items():
            kept = tx.connection.execute(sa.select(now.tables[name])).mappings().first()
            assert {column: kept[column] for column in row if column in kept} == row, name
    assert version(empty_url) == CURRENT


def fill(connection):
    """A row in every table that there is, with a value in every column."""
    there = sa.MetaData()
    there.reflect(connection)
    rows = {}
    for table in there.sorted_tables:
        if table.name != VERSION_TABLE:
            rows[table.name] = {column.name: value(column) for column in table.c}
            connection.execute(sa.insert(table).values(rows[table.name]))
    return rows


def value(column):
    if isinstance(column.type, sa.JSON):
        return {"lost": 1}
    if column.type.python_type is datetime:
        return AT.replace(tzinfo=None) if not column.type.timezone else AT
    return {str: f"a {column.name}"[:16], int: 1, bool: True}[column.type.python_type]


def test_a_newer_ledger_is_left_alone(url, tmp_path):
    run_sql(url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(LedgerError) as caught, opened(url, tmp_path):
        pass
    run_sql(url, f"UPDATE {VERSION_TABLE} SET version_num = '{CURRENT}'")
    told = str(caught.value)
    assert "newer version of this program" in told
    assert "9999" in told
    assert "Install" in told


def test_a_database_of_others_is_left_alone(empty_url, tmp_path):
    """It may be the new database, which is never written to."""
    run_sql(empty_url, "CREATE TABLE persons (id INTEGER)")
    says = r"no ledger but other tables \(persons\)"
    with pytest.raises(LedgerError, match=says), opened(empty_url, tmp_path):
        pass
    engine = engine_for(sa.make_url(empty_url))
    assert sa.inspect(engine).get_table_names() == ["persons"]
    engine.dispose()


def test_alembic_is_loaded_only_where_something_is_to_be_done(url, tmp_path):
    code = (
        "import sys; from pathlib import Path; from flows.ledger import open_ledger\n"
        "from flows.ledger.notices import find_notices\n"
        f"with open_ledger({url!r}, base=Path('.'), migration_id='m') as ledger:\n"
        "    with ledger.reading() as tx: find_notices(tx)\n"
        "print({'alembic', 'polars', 'prefect'} & set(sys.modules))"
    )
    assert python("-c", code, cwd=tmp_path) == "set()\n"


def python(*arguments, cwd):
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.fixture
def by_hand(tmp_path):
    """The documented command, in a folder with a migration file that names the ledger."""
    (tmp_path / "migration.toml").write_text(
        '[migration]\nid = "m"\nsnapshot_at = 2021-05-18T20:00:00+02:00\n'
        'live_at = 2021-05-18T23:00:00+02:00\n[[client_events]]\nname = "a"\npaths = ["*.jsonl"]\n'
        '[database]\nurl = "sqlite:///new.db"\n'
    )

    def run(url, *arguments):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CUTOVER_LEDGER__URL", url)
            named = ["-c", str(ALEMBIC_INI), "-x", "migration=migration.toml"]
            return python("-m", "alembic", *named, *arguments, cwd=tmp_path)

    return run


@pytest.mark.slow
def test_it_can_be_brought_up_to_date_by_hand(by_hand, empty_url):
    by_hand(empty_url, "upgrade", "head")
    assert version(empty_url) == CURRENT
    assert f"{CURRENT} (head)" in by_hand(empty_url, "current")


@pytest.mark.slow
def test_the_statements_can_be_had_without_touching_anything(by_hand, empty_url):
    statements = by_hand(empty_url, "upgrade", "head", "--sql")
    assert "CREATE TABLE notices" in statements
    engine = engine_for(sa.make_url(empty_url))
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()
