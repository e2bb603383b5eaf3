"""`run`, as a user starts it: what it prints, what it leaves, and what it says when it can't."""

import gzip
import json
import re
import sqlite3
import stat
from pathlib import Path

import polars as pl
import pytest

from flows import outcome
from flows.cli import main
from flows.folders import only_run
from tests.flows.migrations import TOML, write_migration
from transforms.balance import LineCounts

pytestmark = pytest.mark.xdist_group("prefect")


@pytest.fixture
def migration(tmp_path: Path) -> Path:
    return write_migration(tmp_path)


def run(file: Path, *options: str) -> int:
    """The exit code of `cutover-recon run`."""
    with pytest.raises(SystemExit) as stop:
        main(["run", str(file), *options])
    return int(stop.value.code or 0)


def run_json(file: Path, capsys: pytest.CaptureFixture[str]) -> dict:
    assert run(file, "--json") == 0
    return json.loads(capsys.readouterr().out)


def fails(file: Path, capsys: pytest.CaptureFixture[str], *, code: int, saying: str) -> str:
    """One paragraph on standard error, and no output half-written; what was read may be kept."""
    assert run(file) == code
    said = capsys.readouterr()
    assert saying in said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    output = file.parent / "out" / "mini"
    left = {path.name for path in output.iterdir()} if output.exists() else set()
    assert left <= {".lock", "extracts"}
    return said.err


def test_a_lost_person_is_found_and_told(migration, capsys):
    summary = run_json(migration, capsys)
    assert summary["findings"] == {"lost": 1}
    assert summary["lines"] == {
        "read": 521,
        "malformed": 0,
        "no_write": 520,
        "outside": 0,
        "duplicate": 0,
        "writes": 1,
    }
    assert summary["coverage"] == {"complete": True, "gaps": []}
    assert summary["notices"]["new"] == summary["customers"] == 1
    output = Path(summary["output"])
    (finding,) = pl.read_parquet(output / "findings.parquet").to_dicts()
    assert (finding["customer_id"], finding["entity_id"]) == ("4711", "P-1")
    assert finding["confidence"] == "confirmed"
    assert json.loads(finding["fields"])["last_name"] == "Müller"
    pack = {path.name for path in (output / "notices/4711/rev-1").iterdir()}
    assert {"notice.html", "notice.txt", "reprovisioning.csv", "persons-import.csv"} <= pack
    assert "Jörg Müller" in (output / "notices/4711/rev-1/notice.txt").read_text("utf-8")
    there = {path.name for path in output.iterdir()}
    assert {"report.html", "worklist.xlsx", "incident.html", "incident.json"} <= there


def test_everything_is_readable_by_its_owner_only(migration, capsys):
    output = Path(run_json(migration, capsys)["output"])
    for path in (output, *output.rglob("*")):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_again_without_anything_new_gives_the_same_bytes(migration, capsys):
    first = run_json(migration, capsys)
    output = Path(first["output"])
    before = {p: p.read_bytes() for p in output.rglob("*") if p.suffix not in {".html", ""}}
    notice = (output / "notices/4711/rev-1/notice.html").read_bytes()
    second = run_json(migration, capsys)
    assert (first["files"], second["files"]) == (
        {"read": 2, "skipped": 0},
        {"read": 0, "skipped": 2},
    )
    assert second["lines"] == first["lines"]
    assert second["notices"] == {
        "new": 0,
        "replaced": 0,
        "supplement": 0,
        "withdrawn": 0,
        "unchanged": 1,
    }
    assert before == {p: p.read_bytes() for p in before}
    assert notice == (output / "notices/4711/rev-1/notice.html").read_bytes()


def test_a_notice_with_nothing_left_to_say_is_withdrawn(migration, capsys):
    output = Path(run_json(migration, capsys)["output"])
    database = sqlite3.connect(migration.parent / "new.db")
    database.execute(
        "INSERT INTO persons VALUES ('P-1', '4711', '2021-05-18 18:14:05', "
        "'2021-05-18 18:14:05', 'Jörg', 'Müller', 'j.mueller@example.org', '+49 151 2345678')"
    )
    database.commit()
    database.close()
    assert run_json(migration, capsys)["notices"]["withdrawn"] == 1
    assert not (output / "notices/4711").exists()


def test_for_people_the_important_sentence_comes_first(migration, capsys):
    assert run(migration) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 lost, 0 stale, 0 resurrected; 0 to check. 1 customer has")
    assert "report.html" in said


@pytest.mark.parametrize(
    ("clock", "warning"),
    [
        ("23:18:00", "WARNING: 1 losses after the new site went live: it, or the proxy, is losing"),
        ("23:17:59", None),
        ("20:00:00", None),
        ("19:59:59", "WARNING: 1 losses before the snapshot: it is older than was said"),
    ],
)
def test_a_loss_beyond_the_window_is_said_loudly_and_the_run_is_done(
    migration, capsys, clock, warning
):
    for name in ("logs/proxy-a.log", "events/fe2.jsonl"):
        file = migration.parent / name
        moved = re.sub("20:14:0[56]", clock, file.read_text("utf-8"))
        file.write_text(moved, "utf-8")
    assert run(migration) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 lost")
    assert "WARNING" in said if warning else "WARNING" not in said
    assert (warning or "") in said
    report = (migration.parent / "out/mini/report.html").read_text("utf-8")
    assert ('role="alert"' in report) == bool(warning)


def test_an_archive_that_breaks_off_is_used_as_far_as_it_goes(migration, capsys):
    whole = gzip.compress((migration.parent / "logs/proxy-a.log").read_bytes())
    (migration.parent / "logs/proxy-a.log.1.gz").write_bytes(whole[:-40])
    assert run(migration) == 0
    said = capsys.readouterr().out
    assert "logs/proxy-a.log.1.gz breaks off" in said
    assert said.startswith("1 lost")
    quarantine = pl.read_parquet(migration.parent / "out/mini/quarantine.parquet")
    assert "truncated_archive" in quarantine["reason"].to_list()


def test_files_that_are_gone_or_rewritten_are_named(migration, capsys):
    run(migration)
    log = migration.parent / "logs/proxy-a.log"
    log.write_text(log.read_text("utf-8").replace("4711/alarms", "4711/persons"), "utf-8")
    (migration.parent / "events/fe2.jsonl").unlink()
    capsys.readouterr()
    run(migration)
    said = capsys.readouterr().out
    assert "Gone, but what was read from it still counts: events/fe2.jsonl. run --verify" in said
    assert "what it held before is nowhere any more and no longer counts: logs/proxy-a.log." in said
    assert run(migration, "--verify") == 0
    said = capsys.readouterr().out
    assert "Gone" not in said
    assert "0 events" in said


def test_a_source_whose_files_are_not_there_yet_is_a_gap(migration, capsys):
    late = '[[access_logs]]\nname = "proxy-b"\npaths = ["late/*.log"]\n'
    migration.write_text(TOML.replace("[[client_events]]", f"{late}[[client_events]]"))
    assert run(migration) == 0
    said = capsys.readouterr().out
    assert "WARNING: no file of proxy-b is there yet" in said
    assert "PRELIMINARY" in said


def test_without_any_log_an_event_is_taken_at_its_word(migration, capsys):
    first, last = TOML.index("[[access_logs]]"), TOML.index("[[client_events]]")
    migration.write_text(TOML[:first] + TOML[last:])
    summary = run_json(migration, capsys)
    assert summary["findings"] == {"lost": 1}
    assert summary["coverage"]["complete"] is False


def test_a_second_run_at_once_says_so(migration, capsys):
    output = migration.parent / "out/mini"
    with only_run(output):
        assert run(migration) == 1
    assert "Another run is at work" in capsys.readouterr().err


def test_a_sum_that_does_not_agree_stops_the_run(migration, capsys, monkeypatch):
    """As if a step had lost a line."""
    wrong = LineCounts(read=521, malformed=0, no_write=519, outside=0, duplicate=0, writes=1)
    monkeypatch.setattr(outcome, "_lines", lambda _run: wrong)
    fails(migration, capsys, code=1, saying="521 lines read, but 520 accounted for")


def test_a_wrong_log_format_does_not_look_like_nothing_lost(migration, capsys):
    migration.write_text(TOML.replace('paths = ["logs', 'format = "json"\npaths = ["logs'))
    said = fails(migration, capsys, code=1, saying="proxy-a")
    assert said.count("proxy-a.log:") == 3


def test_a_missing_column_is_named(migration, capsys):
    database = sqlite3.connect(migration.parent / "new.db")
    database.execute("ALTER TABLE persons DROP COLUMN mobile")
    database.commit()
    database.close()
    fails(migration, capsys, code=1, saying="mobile")


def test_a_missing_log_is_named(migration, capsys):
    migration.write_text(TOML.replace("logs/*.log*", "logs/proxy-b.log"))
    fails(migration, capsys, code=1, saying="logs/proxy-b.log")


def test_no_log_at_all_is_no_evening_without_losses(migration, capsys):
    (migration.parent / "logs/proxy-a.log").unlink()
    fails(migration, capsys, code=1, saying="No access log is there")


def test_a_typo_in_the_migration_file_is_named(migration, capsys):
    migration.write_text(TOML.replace("snapshot_at", "snapshotat"))
    fails(migration, capsys, code=2, saying="snapshot_at")


def test_an_unreadable_database_is_named(migration, capsys):
    (migration.parent / "new.db").write_bytes(b"no database" * 100)
    fails(migration, capsys, code=1, saying="new.db")


def test_a_missing_migration_file_is_wrong_usage(tmp_path, capsys):
    fails(tmp_path / "migration.toml", capsys, code=2, saying="migration.toml")
