"""MariaDB itself, Debian's, started for the tests that need it."""

import os
import pwd
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.real_servers.programs import program

_NOBODY = "nobody"


@pytest.fixture(scope="session")
def mariadb() -> Iterator["MariaDb"]:
    """A server for all tests; without MariaDB they are skipped, but in CI they fail."""
    server, installer = (
        program(name, package="mariadb-server") for name in ("mariadbd", "mariadb-install-db")
    )
    with _folder() as folder:
        running = MariaDb(server, installer, folder)
        try:
            running.start()
            yield running
        finally:
            running.kill()


@contextmanager
def running_replica(primary: "MariaDb", *databases: str) -> Iterator["MariaDb"]:
    """A server that replays all that happens on this one from now on, in these databases.

    What happened before may be a lot, as it is whatever other tests have written.
    """
    with _folder() as folder:
        replica = MariaDb(primary.server, primary.installer, folder, number=2)
        try:
            replica.start()
            where = f"MASTER_HOST='127.0.0.1', MASTER_PORT={primary.port}, MASTER_USER='root'"
            with sa.create_engine(primary.admin, poolclass=sa.NullPool).connect() as connection:
                file, place, *_ = connection.exec_driver_sql("SHOW MASTER STATUS").one()
            where += f", MASTER_LOG_FILE='{file}', MASTER_LOG_POS={place}"
            engine = sa.create_engine(replica.admin, poolclass=sa.NullPool)
            with engine.connect() as connection:
                for name in databases:
                    connection.exec_driver_sql(f"CREATE DATABASE {name}")
                connection.exec_driver_sql(f"CHANGE MASTER TO {where}")
                connection.exec_driver_sql("START REPLICA")
            yield replica
        finally:
            replica.kill()


@contextmanager
def _folder() -> Iterator[Path]:
    # Not below pytest's own folder: the server's user must get there, and a socket's path is short.
    with tempfile.TemporaryDirectory(prefix="mariadb-", ignore_cleanup_errors=True) as name:
        if os.getuid() == 0:
            os.chown(name, pwd.getpwnam(_NOBODY).pw_uid, -1)
        yield Path(name)


class MariaDb:
    """A server on a port of this machine only; `log` has every statement that reached it."""

    def __init__(self, server: str, installer: str, folder: Path, *, number: int = 1) -> None:
        self.server, self.installer = server, installer
        self.folder, self.log = folder, folder / "statements.log"
        self._user = ["--user=nobody"] if os.getuid() == 0 else []
        data = f"--datadir={folder}/data"
        install = [installer, "--no-defaults", *self._user, data, "--skip-test-db"]
        install.append("--auth-root-authentication-method=normal")
        subprocess.run(install, check=True, capture_output=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._command = [server, "--no-defaults", *self._user, data]
        self._command += [f"--socket={folder}/socket", f"--pid-file={folder}/pid"]
        self._command += ["--bind-address=127.0.0.1", f"--port={self.port}", "--skip-name-resolve"]
        self._command += ["--general-log=1", f"--general-log-file={self.log}"]
        self._command += [f"--log-error={folder}/errors.log", "--innodb-buffer-pool-size=32M"]
        # Nothing here has to survive a power cut; what is committed survives the server's death.
        self._command += ["--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync"]
        self._command += [f"--server-id={number}", f"--log-bin={folder}/changes"]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def admin(self) -> sa.URL:
        """The account that may do everything."""
        return sa.URL.create("mariadb+pymysql", "root", host="127.0.0.1", port=self.port)

    def start(self, *options: str) -> None:
        """Start, and wait until it answers."""
        self._process = subprocess.Popen([*self._command, *options])
        engine = sa.create_engine(self.admin, poolclass=sa.NullPool)
        for _ in range(300):
            if self._process.poll() is not None:
                break
            try:
                with engine.connect():
                    return
            except sa.exc.OperationalError:
                time.sleep(0.1)
        errors = self.folder / "errors.log"
        pytest.fail(f"MariaDB does not start: {errors.read_text() if errors.exists() else ''}")

    def kill(self) -> None:
        """End it at once, with nothing put in order."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
