"""A whole run against a new database in which most rows belong to customers whom nothing concerns.

    python -m tests.benchmarks.at_size --rows 20000000 --customers 10000 --affected 2000

Simulates a migration of the affected customers on a PostgreSQL of its own and runs the product.
Then the tables are filled with rows of other customers, a quarter of them persons, and it is run
anew. The findings must be the same; what the database takes more is what the tables' size costs.
`--without-index` leaves the columns of the customers without an index, so that all that helps is
the ids' primary key.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from data_samples.schema import KINDS, PERSON, Kind, columns
from data_samples.simulate import simulate
from tests.postgres import running_server


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    chosen = _parser().parse_args(arguments)
    with running_server() as server, tempfile.TemporaryDirectory(prefix="at-size-") as name:
        folder, url = Path(name), server.render_as_string(hide_password=False)
        simulate(folder, customers=chosen.affected, lines=chosen.lines, database=url, batches=False)
        if not chosen.without_index:
            _execute(server, *(f"CREATE INDEX ON {kind.table} (customer_id)" for kind in KINDS))
        first = _run(folder, url, output="alone")
        began = time.perf_counter()
        others = chosen.customers - chosen.affected
        _execute(server, *(_filling(kind, chosen.rows, others) for kind in KINDS), "ANALYZE")
        print(f"filled in {time.perf_counter() - began:.0f} s: {_sizes(server)}")
        second = _run(folder, url, output="among")
    if not first.equals(second):
        raise SystemExit("wrong: the findings are others than before the tables were filled")
    print(f"{second.height:,} findings, the same before and after")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.at_size",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rows", type=int, default=2_000_000, help="of others, in all tables")
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--affected", type=int, default=2_000, help="customers with evidence")
    parser.add_argument("--lines", type=int, default=100_000, help="of polling traffic")
    parser.add_argument("--without-index", action="store_true")
    return parser


def _filling(kind: Kind, rows: int, customers: int) -> str:
    """Rows of other customers in turn, each otherwise like one that is there."""
    persons = rows // 4
    count = persons if kind is PERSON else (rows - persons) // (len(KINDS) - 1)
    made = {kind.id_column: "'other-' || n", "customer_id": f"'other-' || n % {customers}"}
    values = ", ".join(made.get(name, f"sample.{name}") for name in columns(kind))
    return (
        f"INSERT INTO {kind.table} ({', '.join(columns(kind))}) SELECT {values} "
        f"FROM generate_series(1::bigint, {count}) n, "
        f"(SELECT * FROM {kind.table} LIMIT 1) sample"
    )


def _sizes(server: sa.URL) -> str:
    engine = sa.create_engine(server)
    with engine.connect() as connection:
        counts = {
            kind.table: connection.scalar(sa.text(f"SELECT count(*) FROM {kind.table}"))
            for kind in KINDS
        }
    engine.dispose()
    return ", ".join(f"{table} {count:,}" for table, count in counts.items())


def _execute(server: sa.URL, *statements: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def _run(folder: Path, url: str, *, output: str) -> pl.DataFrame:
    """The findings of one run, with a ledger of its own; what it took is printed."""
    environment = os.environ | {
        "CUTOVER_DATABASE__URL": url,
        "CUTOVER_LEDGER__URL": f"sqlite:///{folder}/{output}.db",
        "CUTOVER_NOTICES__OUTPUT": output,
    }
    program = "import sys; from flows.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "run", "migration.toml", "--json"]
    done = subprocess.run(command, cwd=folder, env=environment, check=False, stdout=subprocess.PIPE)
    if not done.stdout:
        raise SystemExit(f"the run ended with {done.returncode}, and says why above")
    told = json.loads(done.stdout)
    seconds = ", ".join(f"{stage} {taken:.1f} s" for stage, taken in told["seconds"].items())
    print(f"{output}: {seconds}; peak memory {told['peak_memory_bytes'] / 1e6:,.0f} MB")
    return pl.read_parquet(Path(told["output"]) / "findings.parquet")


if __name__ == "__main__":
    main()
