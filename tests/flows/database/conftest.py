"""The same new database on PostgreSQL and on MariaDB."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.flows.database.servers import Place
from tests.postgres import running_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[sa.URL]:
    with running_server() as url:
        yield url


@pytest.fixture
def on_postgres(postgres) -> Iterator[Place]:
    with sa.create_engine(postgres, poolclass=sa.NullPool).connect() as connection:
        folder = connection.exec_driver_sql("SHOW data_directory").scalar_one()
    place = Place(postgres, log=Path(folder) / "log")
    yield place
    place.drop()


@pytest.fixture
def on_mariadb(mariadb) -> Iterator[Place]:
    place = Place(mariadb.admin, log=mariadb.log)
    yield place
    place.drop()


@pytest.fixture(params=["on_postgres", "on_mariadb"])
def place(request) -> Place:
    """A place of its own on each of the servers."""
    return request.getfixturevalue(request.param)
