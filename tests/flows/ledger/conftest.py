"""Every rule of the ledger holds on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.ledger import Ledger, open_ledger
from flows.ledger.tables import metadata
from tests.postgres import empty_schema, running_server

ENGINES = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[sa.URL]:
    with running_server() as url:
        yield url


@pytest.fixture(params=ENGINES)
def empty_url(request, tmp_path) -> str:
    """A database that holds nothing yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return empty_schema(request.getfixturevalue("postgres"))


@pytest.fixture(params=ENGINES)
def url(request, tmp_path) -> Iterator[str]:
    """A ledger without a migration; its tables were made once for all tests."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("_sqlite_made"), tmp_path / "ledger.db")
        yield f"sqlite:///{tmp_path}/ledger.db"
        return
    made = request.getfixturevalue("_postgres_made")
    yield made
    engine = sa.create_engine(made)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
    engine.dispose()


@pytest.fixture
def ledger(url, tmp_path) -> Iterator[Ledger]:
    with open_ledger(url, base=tmp_path, migration_id="frankfurt-2021") as opened:
        yield opened


@pytest.fixture(scope="session")
def _sqlite_made(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("ledger") / "made.db"
    _make(f"sqlite:///{file}", file.parent)
    return file


@pytest.fixture(scope="session")
def _postgres_made(postgres, tmp_path_factory) -> str:
    url = empty_schema(postgres)
    _make(url, tmp_path_factory.getbasetemp())
    return url


def _make(url: str, base: Path) -> None:
    with open_ledger(url, base=base, migration_id="made") as ledger, ledger.begin() as tx:
        for table in reversed(metadata.sorted_tables):
            tx.connection.execute(sa.delete(table))
