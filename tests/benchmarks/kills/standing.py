"""How a migration stands: all that has to be the same however often its processes were killed."""

import shutil
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

Standing = Mapping[str, object]

# What the ledger knows. Not in it: the numbers of runs, times, and how people resolved `sending`.
_TABLES = {
    "notices": "customer_id, revision, state, content_hash, recipient, is_supplement, is_final",
    "notice_items": "customer_id, revision, finding_id, kind, verdict, reason, grounds, what, at",
    "findings": "finding_id, customer_id, kind, verdict, confidence, reason, asks, seen_row, "
    "grounds, closure, gone_run IS NULL",
    "finding_changes": "finding_id, verdict_before, verdict_after, reason_before, reason_after, "
    "closure_before, closure_after",
    "source_files": "source, label, size_bytes, fingerprint, reading_key, is_gone",
    "locks": "purpose",
}
_FRAMES = ("findings", "evidence", "unattributed", "quarantine")


def standing_of(folder: Path) -> Standing:
    """Of the migration in a folder, when nothing is at work on it."""
    output = folder / "out/mini"
    files = [output / f"{name}.parquet" for name in _FRAMES]
    files += [path for path in output.glob("notices/**/*") if path.is_file()]
    standing: dict[str, object] = {
        str(path.relative_to(output)): path.read_bytes() for path in files
    }
    standing["extracts"] = sorted(path.name for path in output.glob("extracts/*"))
    standing["unfinished files"] = sorted(path.name for path in output.rglob(".*.part"))
    for table, columns in _TABLES.items():
        standing[table] = sorted(ask(folder, f"SELECT {columns} FROM {table}"), key=repr)
    return standing


def differences(wanted: Standing, found: Standing) -> list[str]:
    """In what two migrations differ."""
    return [
        f"{name} {'differs' if name in wanted and name in found else 'is there in one only'}"
        for name in sorted(wanted.keys() | found.keys())
        if wanted.get(name) != found.get(name)
    ]


def ask(folder: Path, question: str) -> Sequence[tuple[object, ...]]:
    """Ask the ledger of a migration, as it lies there; nothing where there is none yet.

    A copy is asked: to open the file itself would do what its next user has to do by itself.
    """
    with tempfile.TemporaryDirectory(prefix="ledger-") as name:
        for file in folder.glob("ledger.db*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, name)
        with closing(sqlite3.connect(Path(name, "ledger.db"))) as ledger:
            try:
                return ledger.execute(question).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise
