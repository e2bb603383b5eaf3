"""A place of its own on a real server, filled by SQL, and read by an account that may only read."""

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

import sqlalchemy as sa

_numbers = count(1)


class Place:
    """Tables on a PostgreSQL or MariaDB; `reader` is the URL that the product gets."""

    def __init__(self, admin: sa.URL, *, log: Path) -> None:
        self.name = f"new_{os.getpid()}_{next(_numbers)}"
        self.role = f"reader_{self.name}"
        self.log = log
        self.is_postgres = admin.get_backend_name() == "postgresql"
        self._server = sa.create_engine(admin, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        if self.is_postgres:
            self._execute(self._server, f"CREATE DATABASE {self.name}")
        else:
            self._execute(self._server, f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4")
        self._inside = sa.create_engine(
            admin.set(database=self.name), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        self._reader = admin.set(database=self.name, username=self.role, password="geheim")
        who = self.role if self.is_postgres else f"'{self.role}'@'%'"
        how = "LOGIN PASSWORD 'geheim'" if self.is_postgres else "IDENTIFIED BY 'geheim'"
        self._execute(self._server, f"CREATE {'ROLE' if self.is_postgres else 'USER'} {who} {how}")
        self._who = who
        self._logged = 0

    @property
    def reader(self) -> str:
        return self._reader.render_as_string(hide_password=False)

    @property
    def everything(self) -> str:
        """The URL of an account that may do everything."""
        return self._inside.url.render_as_string(hide_password=False)

    def run(self, sql: str) -> None:
        """Statements, separated by semicolons."""
        self._execute(self._inside, *filter(str.strip, sql.split(";")))

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        places = ", ".join(["%s"] * len(columns))
        with self._inside.connect() as connection, connection.connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows
            )
            connection.connection.commit()

    def let_read(self, *tables: str) -> None:
        for table in tables:
            self.run(f"GRANT SELECT ON {table} TO {self._who}")

    def end_reading(self) -> int:
        """End the reader's connections politely, as an administrator would; how many there were."""
        if self.is_postgres:
            ended = self._ask(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE usename = '{self.role}'"
            )
            return len(ended)
        connections = self._readers()
        for number in connections:
            # It may have ended by itself meanwhile.
            with suppress(sa.exc.OperationalError):
                self._execute(self._server, f"KILL {number}")
        return len(connections)

    def kill_backend(self) -> None:
        """PostgreSQL only: the reader's process dies, and takes all others with it."""
        for number in self._readers():
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)

    def _readers(self) -> list[int]:
        if self.is_postgres:
            sql = f"SELECT pid FROM pg_stat_activity WHERE usename = '{self.role}'"
        else:
            sql = f"SELECT id FROM information_schema.processlist WHERE user = '{self.role}'"
        return [int(number) for (number,) in self._ask(sql)]

    def forget_log(self) -> None:
        self._logged = self.log.stat().st_size if self.log.exists() else 0

    def logged(self) -> str:
        """What the server has logged since."""
        with self.log.open("rb") as file:
            file.seek(self._logged)
            return file.read().decode("utf-8", "replace")

    def drop(self) -> None:
        force = " WITH (FORCE)" if self.is_postgres else ""
        self._execute(self._server, f"DROP DATABASE {self.name}{force}")
        self._execute(self._server, f"DROP {'ROLE' if self.is_postgres else 'USER'} {self._who}")

    def _ask(self, sql: str) -> Sequence[sa.Row]:
        with self._server.connect() as connection:
            return connection.exec_driver_sql(sql).all()

    @staticmethod
    def _execute(engine: sa.Engine, *statements: str) -> None:
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"))


MakePlace = Callable[[], Place]
