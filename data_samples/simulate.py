"""Make a sample migration of any size: `python -m data_samples.simulate DIR --seed 1`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from data_samples.event_files import write_events
from data_samples.filling import fill_database
from data_samples.log_files import LogWriter, by_source
from data_samples.migration_file import contacts_csv, migration_toml
from data_samples.model import Migration, Settings
from data_samples.new_database import write_database
from data_samples.plan import build
from data_samples.truth_files import write_totals, write_truth

LATE = "late"


def simulate(
    directory: Path,
    *,
    seed: int = 2021,
    customers: int = 40,
    lines: int = 18_000,
    uncertainty_minutes: int = 0,
    batches: bool = True,
    database: str | None = None,
) -> Migration:
    """Make up a migration from the seed and write it.

    `database` is the URL of an empty PostgreSQL or MariaDB that is filled besides `new.db`.

    With `batches`, what comes late goes to the folder `late` in the same places; copying its
    content over the rest delivers it. Without, everything is in place at once.
    """
    settings = Settings(seed, customers, lines, uncertainty_minutes, batches)
    migration = build(settings)
    write(migration, directory)
    if database:
        fill_database(migration, database)
    return migration


def write(migration: Migration, directory: Path) -> None:
    """Write all files of a migration."""
    directory.mkdir(parents=True, exist_ok=True)
    settings = migration.settings
    late_directory = directory / LATE if settings.batches else directory
    (directory / "migration.toml").write_text(migration_toml(settings), encoding="utf-8")
    (directory / "contacts.csv").write_text(contacts_csv(migration.customers), encoding="utf-8")
    write_database(migration, directory / "new.db")
    logs = LogWriter(migration)
    first, late = logs.write(directory, late=False), logs.write(late_directory, late=True)
    first_events = write_events(migration, directory, late=False)
    late_events = write_events(migration, late_directory, late=True)
    write_truth(migration, directory / "truth.parquet")
    write_totals(
        migration,
        {"first": by_source(first), "final": by_source({**first, **late})},
        {"first": first_events, "final": first_events + late_events},
        directory / "truth.json",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m data_samples.simulate", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seed", type=int, default=2021)
    parser.add_argument("--customers", type=int, default=40)
    parser.add_argument("--lines", type=int, default=18_000, help="polling traffic, all proxies")
    parser.add_argument("--uncertainty-minutes", type=int, default=0)
    parser.add_argument("--one-batch", action="store_true", help="deliver the late files at once")
    parser.add_argument(
        "--database", metavar="URL", help="also fill this empty PostgreSQL or MariaDB"
    )
    chosen = parser.parse_args(arguments)
    migration = simulate(
        chosen.directory,
        seed=chosen.seed,
        customers=chosen.customers,
        lines=chosen.lines,
        uncertainty_minutes=chosen.uncertainty_minutes,
        batches=not chosen.one_batch,
        database=chosen.database,
    )
    findings = sum(len(case.truths) for case in migration.planted)
    sys.stdout.write(f"{chosen.directory}: {findings} findings in {len(migration.planted)} cases\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
