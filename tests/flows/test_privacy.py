"""Nothing that a stranger typed gets into Prefect: not in its database, its logs, or its files."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import data_samples

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serving")]

SAMPLE = Path(data_samples.__file__).parent / "sample"
WORK = """
import shutil, sys
from flows.orchestration import be_quiet
be_quiet()
from flows.purge import purge
from flows.reconcile import reconcile
from flows.send_notices import send_notices
from flows.watch_late_logs import watch_late_logs
file, migration, findings, kept = sys.argv[1:]
reconcile(file)
watch_late_logs(file)
send_notices(file, dry_run=True, return_state=True)
send_notices(file, ask_first=False, return_state=True)
shutil.copy(findings, kept)
purge(file, confirm=migration)
"""
MAIL = """
[smtp]
host = "127.0.0.1"
port = 1
security = "none"
"""


def planted(database: Path) -> set[str]:
    """Every name, address and number of the sample's new database that is long enough to tell."""
    with sqlite3.connect(database) as opened:
        tables = {
            "customers": ("name", "contact_email"),
            "persons": ("first_name", "last_name", "email", "mobile"),
        }
        found = {
            str(value)
            for table, columns in tables.items()
            for row in opened.execute(f"SELECT {', '.join(columns)} FROM {table}")
            for value in row
            if value
        }
    opened.close()
    return {word for word in found if len(word) > 4}


def recovered(findings: Path) -> set[str]:
    """What is known of those who are in no database any more."""
    told = pl.read_parquet(findings).get_column("fields").drop_nulls()
    values = (value for fields in told for value in json.loads(fields).values())
    return {value for value in values if isinstance(value, str) and len(value) > 7}


def test_prefect_knows_nobody(tmp_path):
    from shutil import copytree  # noqa: PLC0415

    copytree(SAMPLE, tmp_path / "sample")
    file = tmp_path / "sample/migration.toml"
    home = tmp_path / "prefect"
    file.write_text(file.read_text("utf-8") + MAIL, "utf-8")
    words = planted(tmp_path / "sample/new.db")
    environment = {name: text for name, text in os.environ.items() if "PREFECT" not in name}
    migration = next(
        line.split('"')[1] for line in file.read_text("utf-8").splitlines() if line.startswith("id")
    )
    findings = tmp_path / "sample/out" / migration / "findings.parquet"
    subprocess.run(
        [sys.executable, "-c", WORK, str(file), migration, findings, tmp_path / "kept.parquet"],
        env=environment | {"PREFECT_HOME": str(home), "PYTHONPATH": ":".join(sys.path)},
        check=True,
        capture_output=True,
    )
    lost = {
        word for word in recovered(tmp_path / "kept.parquet") if not word.islower() or "@" in word
    }
    assert min(len(words), len(lost)) > 50
    kept = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert any(path.name.startswith("prefect.db") for path in kept)
    assert b"reconcile" in b"".join(kept.values())
    told = sorted(
        (word, path.name)
        for path, content in kept.items()
        if "ui" not in path.parts
        for word in words | lost
        if word.encode() in content
    )
    assert told == []
