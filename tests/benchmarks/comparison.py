"""How long a large table takes that evidence is held against, beside reading all of it.

    python -m tests.benchmarks.comparison --persons 5000000 --evidence 1000000

Fills a PostgreSQL of its own with persons of many customers. Evidence is of one customer in five:
every second write made a person that is not there, the others changed one, half of them to what
is there now. What a run does with it is done: ask who has the evidence's ids, read the rows of
those customers, and join both. The reference is connectorx, which reads the table into polars and
does nothing with it (`make bench` installs it). Both run alternately, each time in a process of
its own, and the medians and their ratios are printed.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import quote

import polars as pl
import sqlalchemy as sa

from flows.catalogue import load_catalogue
from flows.database import Snapshot, Source, read_snapshot
from tests.postgres import running_server
from transforms.catalogue import Catalogue

COLUMNS = (
    "id", "customer_id", "created_at", "updated_at", "first_name", "last_name", "email", "mobile",
)  # fmt: skip
# Numbers that follow each other, of customers in turn: each page has rows of sixty of them.
FILL = """
CREATE TABLE customers AS SELECT 'C-' || n AS id FROM generate_series(0, {customers} - 1) n;
CREATE UNLOGGED TABLE persons AS SELECT
  'P-' || lpad(n::text, 9, '0') AS id,
  'C-' || n % {customers} AS customer_id,
  timestamptz '2020-01-01 00:00+00' + n * interval '7 seconds' AS created_at,
  timestamptz '2020-06-01 00:00+00' + n * interval '5 seconds' AS updated_at,
  'Vorname' || n % 997 AS first_name,
  'Nachname' || n % 3571 AS last_name,
  'person' || n || '@example.org' AS email,
  '0049170' || lpad(n::text, 7, '0') AS mobile
FROM generate_series(0::bigint, {persons} - 1) n;
ALTER TABLE persons ADD PRIMARY KEY (id);
CREATE INDEX ON persons (customer_id);
ANALYZE persons;
"""


@dataclass(frozen=True, kw_only=True)
class Size:
    persons: int
    customers: int
    affected: int
    evidence: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    chosen = _parser().parse_args(arguments)
    if chosen.work:
        print(json.dumps(WORK[chosen.work](**json.loads(chosen.given))))
        return
    size = Size(
        persons=chosen.persons,
        customers=chosen.customers,
        affected=chosen.customers // 5,
        evidence=chosen.evidence,
    )
    print(", ".join(f"{number:,} {name}" for name, number in asdict(size).items()))
    with running_server() as url:
        fill(url, size)
        compare(url, size, rounds=chosen.rounds)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.comparison",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=10_000, help="one in five has evidence")
    parser.add_argument("--evidence", type=int, default=200_000, help="witnessed writes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", choices=list(WORK), help=argparse.SUPPRESS)
    parser.add_argument("--given", help=argparse.SUPPRESS)
    return parser


def fill(url: sa.URL, size: Size) -> None:
    """Make the tables, and say how large they are."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    script = FILL.format(persons=size.persons, customers=size.customers)
    with engine.connect() as connection:
        for statement in filter(str.strip, script.split(";")):
            connection.execute(sa.text(statement))
        bytes_ = connection.scalar(sa.text("SELECT pg_total_relation_size('persons')"))
    engine.dispose()
    print(f"persons: {bytes_ / 1e6:,.0f} MB")


def compare(url: sa.URL, size: Size, *, rounds: int) -> None:
    """Run both alternately and print what they took."""
    address = url.render_as_string(hide_password=False)
    results: dict[str, list[dict[str, float]]] = {name: [] for name in WORK}
    with tempfile.NamedTemporaryFile(suffix=".parquet") as evidence:
        made_evidence(**asdict(size)).write_parquet(evidence.name)
        given = {"compared": {"url": address, "evidence": evidence.name}}
        for _ in range(rounds):
            for name, taken in results.items():
                taken.append(_in_a_process(name, given.get(name, {"url": address})))
    for name, taken in results.items():
        seconds = ", ".join(f"{one['seconds']:.1f} s" for one in taken)
        peak = max(one["peak_bytes"] for one in taken)
        print(f"{name}: {seconds}; peak memory {peak / 1e6:,.0f} MB")
    for figure in ("seconds", "peak_bytes"):
        ours, reference = (median(one[figure] for one in taken) for taken in results.values())
        print(f"{figure}: ratio {ours / reference:.2f}")


def _in_a_process(work: str, given: dict[str, object]) -> dict[str, float]:
    command = [sys.executable, "-m", __spec__.name, "--work", work, "--given", json.dumps(given)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def compared(url: str, evidence: str) -> dict[str, float]:
    """The evidence of a file held against the table; its outcomes are known."""
    written = pl.read_parquet(evidence)
    catalogue = persons_alone()
    kind = catalogue.kinds["person"]
    source = Source(url=url, base=Path(), live_at=datetime(2021, 5, 18, 21, 18, tzinfo=UTC))

    def ask(snapshot: Snapshot) -> tuple[pl.LazyFrame, pl.LazyFrame]:
        of_evidence = written.get_column("customer_id").unique()
        owners = snapshot.owners(kind, written.get_column("id"))
        return owners, snapshot.rows_of_customers(kind, of_evidence)

    began = time.perf_counter()
    owners, rows = read_snapshot(source, catalogue, ask)
    outcomes = held_against(written.lazy(), owners, rows)
    seconds = time.perf_counter() - began
    half, rest = written.height // 2, written.height % 2
    wanted = Counter(missing=half + rest, equal=half - half // 2, different=half // 2)
    if outcomes != wanted:
        raise SystemExit(f"wrong: {outcomes} instead of {wanted}")
    return {"seconds": seconds, "peak_bytes": _peak_bytes()}


def made_evidence(persons: int, customers: int, affected: int, evidence: int) -> pl.DataFrame:
    """Writes of the affected customers; ids that are not there follow upon those that are."""
    number = pl.int_range(evidence, dtype=pl.Int64, eager=True).alias("number").to_frame()
    pair, step = pl.col("number") // 2, customers // affected
    # The customers in turn; each has one in `customers` persons.
    person = (pair // affected * customers + pair % affected * step) % persons
    is_there = pl.col("number") % 2 == 1
    is_equal = pair % 2 == 0
    return number.with_columns(person=person).select(
        id="P-" + pl.when(is_there).then("person").otherwise(persons + pl.col("number"))
        .cast(pl.String).str.zfill(9),
        customer_id="C-" + (pl.col("person") % customers).cast(pl.String),
        last_name="Nachname" + (pl.col("person") % 3571 + (~is_equal).cast(pl.Int64) * 10_000)
        .cast(pl.String),
    )  # fmt: skip


def held_against(written: pl.LazyFrame, owners: pl.LazyFrame, rows: pl.LazyFrame) -> Counter[str]:
    """What is missing, as it was written, or otherwise."""
    present = pl.col("fields").struct.field("last_name")
    known = rows.select("id", "customer_id", present.alias("present"))
    held = (
        written.join(owners.select("id", owner="customer_id"), on="id", how="left")
        .join(known, on=["customer_id", "id"], how="left")
        .select(
            pl.when(pl.col("owner").is_null())
            .then(pl.lit("missing"))
            .when(pl.col("present") == pl.col("last_name"))
            .then(pl.lit("equal"))
            .otherwise(pl.lit("different"))
            .alias("outcome")
        )
    )
    return Counter(dict(held.group_by("outcome").len().collect(engine="streaming").iter_rows()))


def connectorx(url: str) -> dict[str, float]:
    """All of the table, as another tool reads it."""
    import connectorx as cx  # noqa: PLC0415

    server = sa.make_url(url)
    where = f"postgresql://{server.username}@localhost/{server.database}"
    address = f"{where}?host={quote(str(server.query['host']), safe='')}"
    began = time.perf_counter()
    cx.read_sql(address, f"SELECT {', '.join(COLUMNS)} FROM persons", return_type="polars")
    return {"seconds": time.perf_counter() - began, "peak_bytes": _peak_bytes()}


def persons_alone() -> Catalogue:
    """Of the catalogue that comes along, what concerns persons."""
    whole = load_catalogue(None)
    customers = whole.customers.model_copy(update={"columns": {"id": "id"}})
    alone = {"kinds": {"person": whole.kinds["person"]}, "devices": None, "customers": customers}
    return whole.model_copy(update=alone)


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


WORK: dict[str, Callable[..., dict[str, float]]] = {
    "compared": compared,
    "connectorx": connectorx,
}

if __name__ == "__main__":
    main()
