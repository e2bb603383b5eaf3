"""The watch runs `reconcile` when a file is new or has grown, and leaves all alone otherwise."""

from pathlib import Path

import pytest

from flows.ledger import open_ledger
from flows.ledger.lock import hold
from flows.settings import load_settings
from tests.flows.migrations import write_migration

pytestmark = pytest.mark.xdist_group("prefect")


@pytest.fixture
def migration(tmp_path: Path) -> Path:
    return write_migration(tmp_path)


def watched(migration):
    from flows.watch_late_logs import watch_late_logs  # noqa: PLC0415

    return watch_late_logs(str(migration), return_state=True)


def runs_of(migration):
    from flows.ledger.runs import all_runs  # noqa: PLC0415

    with ledger_of(migration) as ledger, ledger.reading() as tx:
        return len(all_runs(tx))


def ledger_of(migration):
    settings = load_settings(migration)
    url, name = settings.ledger.url, settings.migration.id
    return open_ledger(url, base=settings.base, migration_id=name)


def test_it_runs_when_there_is_something_to_read_and_only_then(migration):
    first = watched(migration)
    assert (first.type.value, first.name) == ("COMPLETED", "Final")
    assert first.message.startswith("2 files are new or have grown. 1 lost")
    assert watched(migration).name == "NothingNew"
    assert runs_of(migration) == 1
    log = migration.parent / "logs/proxy-a.log"
    log.write_bytes(log.read_bytes() + log.read_bytes()[-200:].split(b"\n", 1)[1])
    assert watched(migration).message.startswith("1 files are new or have grown.")
    assert runs_of(migration) == 2


def test_where_another_is_at_work_it_is_left_to_that_one(migration):
    with ledger_of(migration) as ledger, hold(ledger, "send"):
        state = watched(migration)
    assert (state.type.value, state.name) == ("COMPLETED", "Busy")
    assert runs_of(migration) == 0


def test_what_a_failed_run_has_read_is_judged_at_the_next_look(migration):
    """Its files are known by then, but nobody has told what was lost in them."""
    database = migration.parent / "new.db"
    database.rename(database.with_suffix(".away"))
    assert watched(migration).name == "Database"
    database.with_suffix(".away").rename(database)
    state = watched(migration)
    assert (state.type.value, state.name) == ("COMPLETED", "Final")
    assert state.message.startswith("Run 1 did not come to its end. 1 lost")
    assert watched(migration).name == "NothingNew"


def test_what_stops_the_run_stops_the_watch(migration):
    (migration.parent / "logs/proxy-a.log").write_text("nonsense\n" * 500, "utf-8")
    state = watched(migration)
    assert (state.type.value, state.name) == ("FAILED", "MalformedSource")


def test_a_purge_wants_the_id_typed_and_leaves_counts(migration):
    from flows.purge import purge  # noqa: PLC0415

    watched(migration)
    output = migration.parent / "out/mini"
    refused = purge(str(migration), confirm="the other", return_state=True)
    assert (refused.type.value, refused.name) == ("FAILED", "NotConfirmed")
    assert "which is mini" in refused.message
    assert (output / "notices").exists()
    done = purge(str(migration), confirm="mini", return_state=True)
    assert (done.type.value, done.name) == ("COMPLETED", "Purged")
    assert "1 customers, 1 findings and 2 source files" in done.message
    assert {path.name for path in output.iterdir()} == {"incident.json", "incident.html", ".lock"}
