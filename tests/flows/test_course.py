"""A migration over the weeks: what is told, when it is told again, and what is not."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from flows.ledger import open_ledger
from flows.ledger.notices.approval import mark_sent, reject
from flows.ledger.notices.queries import find_notices
from tests.flows.migrations import combined, person_created, write_migration

pytestmark = pytest.mark.xdist_group("prefect")

AT = datetime(2021, 5, 20, 10, 0, tzinfo=UTC)
PERSON = (
    "INSERT INTO persons VALUES ('{id}', '4711', '{at}', '{at}', 'Jörg', 'Müller', '{mail}', '')"
)
MAIL = "j.mueller@example.org"


class Course:
    """A migration, and what is done to it day by day."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file = write_migration(folder)
        self.folder = folder
        self.output = folder / "out/mini"
        self._capsys = capsys

    def run(self) -> dict:
        with pytest.raises(SystemExit) as stop:
            main(["run", str(self.file), "--json"])
        said = self._capsys.readouterr()
        assert not stop.value.code, said.err
        return json.loads(said.out)

    def ledger(self):
        return open_ledger("sqlite:///ledger.db", base=self.folder, migration_id="mini")

    def sent(self, revision: int = 1) -> None:
        with self.ledger() as ledger, ledger.begin() as tx:
            mark_sent(tx, "4711", revision, who="Eva", at=AT)

    def database(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.folder / "new.db")) as database, database:
            for statement in statements:
                database.execute(statement)

    def late(self, *events: dict[str, object], name: str = "late") -> None:
        text = "".join(json.dumps(event) + "\n" for event in events)
        (self.folder / f"events/{name}.jsonl").write_text(text, encoding="utf-8")

    def late_line(self, request: str, status: int, clock: str) -> None:
        at = datetime.fromisoformat(f"2021-05-18T{clock}")
        (self.folder / "logs/late.log").write_text(combined(at, request, status), "utf-8")

    def states(self) -> list[tuple[int, str]]:
        with self.ledger() as ledger, ledger.reading() as tx:
            return [(one.revision, one.state.value) for one in find_notices(tx)]

    def text(self, revision: int) -> str:
        return (self.output / f"notices/4711/rev-{revision}/notice.txt").read_text("utf-8")

    def finding(self, entity: str) -> tuple[str, str | None]:
        rows = pl.read_parquet(self.output / "findings.parquet").filter(entity_id=entity)
        return rows.select("verdict", "reason").row(0)


@pytest.fixture
def course(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Course:
    return Course(tmp_path, capsys)


def event(number: int, subject: str, kind: str, clock: str, **data: str) -> dict[str, object]:
    return person_created() | {
        "id": str(number),
        "type": kind,
        "subject": subject,
        "time": f"2021-05-18T{clock}+02:00",
        "data": data,
    }


ANNA = event(2, "P-2", "person.created", "21:00:00", first_name="Anna", last_name="Weiß")
ANNA_LINE = ("POST /api/v1/customers/4711/persons", 201, "21:00:00")


def test_a_draft_is_replaced_in_place(course):
    assert course.run()["notices"]["new"] == 1
    course.late(ANNA)
    course.late_line(*ANNA_LINE)
    assert course.run()["notices"]["replaced"] == 1
    assert course.states() == [(1, "draft")]
    assert "Anna Weiß" in course.text(1)
    assert "Was sich geändert hat" not in course.text(1)


def test_what_was_sent_stays_and_late_logs_make_a_supplement(course):
    course.run()
    course.sent()
    first = course.text(1)
    assert course.run()["notices"] == {
        "new": 0,
        "replaced": 0,
        "supplement": 0,
        "withdrawn": 0,
        "unchanged": 1,
    }
    course.late(ANNA)
    course.late_line(*ANNA_LINE)
    assert course.run()["notices"]["supplement"] == 1
    assert course.states() == [(1, "sent"), (2, "draft")]
    assert course.text(1) == first
    second = course.text(2)
    assert second.index("Neu gefunden oder geändert (1)") < second.index("Was geschehen ist")
    assert "Jörg Müller" in second


def test_what_the_customer_has_done_makes_no_supplement(course):
    course.run()
    course.sent()
    course.database(PERSON.format(id="P-77", at="2021-05-20 09:00:00", mail=MAIL))
    told = course.run()
    assert told["findings"] == {"restored": 1}
    assert told["notices"]["supplement"] == told["notices"]["withdrawn"] == 0
    assert course.states() == [(1, "sent")]
    assert (course.output / "notices/4711/rev-1/notice.txt").exists()


def test_what_was_created_again_and_deleted_later_is_not_lost_again(course):
    course.run()
    course.sent()
    course.database(PERSON.format(id="P-77", at="2021-05-20 09:00:00", mail=MAIL))
    course.run()
    course.database("DELETE FROM persons")
    assert course.run()["notices"]["supplement"] == 0
    assert course.finding("P-1") == ("consistent", "deleted_since")


def test_what_turns_out_not_to_be_lost_is_withdrawn_with_the_reason(course):
    course.run()
    course.sent()
    course.late(event(3, "P-1", "person.deleted", "22:00:00"))
    told = course.run()
    assert told["findings"] == {"cancelled": 1}
    assert told["notices"]["supplement"] == 1
    supplement = course.text(2)
    assert "Zurückgenommen (1)" in supplement
    assert "im Umstellungszeitraum gelöscht" in " ".join(supplement.split())
    assert "[ ]" not in supplement


def test_a_supplement_with_nothing_left_to_say_is_taken_back(course):
    course.run()
    course.sent()
    course.late(ANNA)
    course.late_line(*ANNA_LINE)
    course.run()
    (course.folder / "logs/late.log").write_text("", "utf-8")
    course.late()
    told = course.run()
    assert told["notices"]["withdrawn"] == 1
    assert course.states() == [(1, "sent"), (2, "withdrawn")]
    assert not (course.output / "notices/4711/rev-2").exists()
    assert (course.output / "notices/4711/rev-1").exists()


def test_a_rejected_notice_comes_back_when_its_content_changes(course):
    course.run()
    with course.ledger() as ledger, ledger.begin() as tx:
        reject(tx, "4711", 1, who="Eva", why="by phone", at=AT)
    course.late(event(2, "P-1", "person.updated", "20:20:00", mobile="0170 1"))
    course.run()
    assert course.states() == [(1, "draft")]


def test_nothing_new_leaves_every_byte_as_it_is(course):
    course.run()
    before = {p: p.read_bytes() for p in course.output.rglob("*") if p.is_file()}
    told = course.run()
    assert told["files"] == {"read": 0, "skipped": 2}
    after = {p: p.read_bytes() for p in course.output.rglob("*") if p.is_file()}
    assert before == after


def test_a_result_that_somebody_has_removed_is_written_again(course):
    course.run()
    (course.output / "report.html").unlink()
    course.run()
    assert (course.output / "report.html").exists()


def test_becoming_final_is_announced_where_it_is_wished(course):
    late = '[[access_logs]]\nname = "proxy-b"\npaths = ["late/*.log"]\n'
    text = course.file.read_text("utf-8").replace("[[client_events]]", f"{late}[[client_events]]")
    course.file.write_text(text + "[notices]\nannounce_final = true\n", "utf-8")
    assert course.run()["coverage"]["complete"] is False
    course.sent()
    (course.folder / "late").mkdir()
    quiet = (course.folder / "logs/proxy-a.log").read_text("utf-8")
    lines = [line for line in quiet.splitlines(keepends=True) if "GET" in line]
    (course.folder / "late/b.log").write_text("".join(lines), "utf-8")
    told = course.run()
    assert told["coverage"]["complete"] is True
    assert told["notices"]["supplement"] == 1
    assert "sie sind jetzt endgültig" in " ".join(course.text(2).split())
