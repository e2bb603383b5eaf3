import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from flows.settings import load_settings
from tests.flows.migrations import write_migration
from transforms.errors import CutoverError

HEAVY = ("prefect", "fastapi", "jinja2", "xlsxwriter")
# What a list of notices needs none of, either, once there is a ledger.
HEAVY_FOR_LISTS = (*HEAVY, "polars", "pyarrow", "alembic", "sqlalchemy.dialects.postgresql")


@pytest.fixture
def migration(tmp_path):
    return write_migration(tmp_path)


def append(migration, text):
    migration.write_text(migration.read_text("utf-8") + text, "utf-8")


def line_of(output, what):
    return next(line for line in output.splitlines() if line[2:].startswith(what))


class TestInit:
    def test_it_writes_a_file_that_loads_for_its_owner_only(self, cli, tmp_path):
        code, out, _ = cli("init", tmp_path / "new")
        file = tmp_path / "new" / "migration.toml"
        assert code == 0
        assert str(file) in out
        assert load_settings(file).migration.id == "my-migration"
        assert file.stat().st_mode & 0o777 == 0o600

    def test_it_never_overwrites(self, cli, tmp_path):
        (tmp_path / "migration.toml").write_text("mine")
        code, _, err = cli("init", tmp_path)
        assert code == 2
        assert "nothing is overwritten" in err
        assert (tmp_path / "migration.toml").read_text() == "mine"

    def test_a_place_where_nothing_can_be_written(self, cli, tmp_path):
        (tmp_path / "file").touch()
        code, _, err = cli("init", tmp_path / "file" / "new")
        assert code == 2
        assert "can't be written" in err


class TestSniff:
    def test_an_entry_for_a_log_is_printed(self, cli, migration):
        log = migration.parent / "logs/proxy-a.log"
        code, out, err = cli("check", "--sniff", log)
        assert (code, err) == (0, "")
        (entry,) = tomllib.loads(out)["access_logs"]
        assert (entry["name"], entry["format"]) == ("proxy-a", "nginx")

    def test_a_file_that_is_not_there(self, cli):
        code, out, err = cli("check", "--sniff", "none.log")
        assert (code, out) == (1, "")
        assert err == "none.log can't be read: No such file or directory.\n"

    def test_either_a_migration_or_a_log(self, cli, migration):
        code, out, err = cli("check", migration, "--sniff", migration)
        assert (code, out) == (2, "")
        assert "or an access log after --sniff" in err


class TestCheck:
    def test_everything_is_right(self, cli, migration):
        code, out, err = cli("check", migration)
        assert (code, err) == (0, "")
        lines = out.splitlines()
        assert [line.split(":")[0] for line in lines if line[0] != " "] == [
            "✓ migration file",
            "✓ access log proxy-a",
            "✓ catalogue",
            "✓ client events fe2",
            "✓ database",
            "✓ output",
        ]
        log = lines.index(line_of(out, "access log"))
        assert lines[log].endswith("1 file, 0.1 MB")
        assert lines[log + 1 : log + 4] == [
            "    2021-05-18T17:30:00Z GET /api/v1/customers/4711/alarms 200",
            "    2021-05-18T17:30:30Z GET /api/v1/customers/4711/alarms 200",
            "    2021-05-18T17:31:00Z GET /api/v1/customers/4711/alarms 200",
        ]
        assert "    2021-05-18T18:14:06Z create person P-1" in lines

    def test_one_row_of_each_kind_is_shown_by_its_shape(self, cli, migration):
        database = sqlite3.connect(migration.parent / "new.db")
        for number in "78":
            database.execute(
                "INSERT INTO persons VALUES (?, '4711', '2021-05-18 18:14:05', NULL,"
                " 'Jörg', 'Müller-Böhm', 'j.m+x@example.org', '+49 151 2345678')",
                (f"P-{number}",),
            )
        database.execute(
            "INSERT INTO feedback (id, customer_id, status) VALUES ('jo@x.org', 'Jörg', 'true')"
        )
        database.commit()
        database.close()
        code, out, _ = cli("check", migration)
        assert code == 0
        assert (
            "    person: id P-7, customer_id 4711, created_at 2021-05-18 20:14:05+02:00, updated_at"
            ' null; first_name "Xxxx"; last_name "Xxxxxx-Xxxx"; email "x.x+x@xxxxxxx.xxx"; mobile'
            ' "+99 999 9999999"'
        ) in out.splitlines()
        assert '    feedback: id "xx@x.xxx", customer_id "Xxxx", created_at null' in out
        assert "    availability_rule: no rows" in out.splitlines()

    def test_it_writes_nothing(self, cli, migration):
        before = sorted(migration.parent.rglob("*"))
        cli("check", migration)
        assert sorted(migration.parent.rglob("*")) == before

    def test_a_wrong_log_format_shows_how_far_a_line_fits(self, cli, migration):
        text = migration.read_text("utf-8")
        wrong = """paths = ["logs/*.log*"]
log_format = '$remote_addr [$time_iso8601] "$request" $status'"""
        migration.write_text(text.replace('paths = ["logs/*.log*"]', wrong), "utf-8")
        code, out, _ = cli("check", migration)
        assert code == 1
        assert "are not as the format says" in line_of(out, "access log")
        assert "it fits as far as '$remote_addr'" in line_of(out, "access log")
        assert line_of(out, "database").startswith("✓")

    def test_hostile_lines_do_not_reach_the_terminal(self, cli, migration):
        log = migration.parent / "logs/proxy-a.log"
        request = "GET /%1b[2Jx?token=geheim HTTP/1.1"
        hostile = f'1 - - [18/May/2021:19:00:00 +0200] "{request}" 200 5 "-" "-"\n'
        log.write_text(hostile + log.read_text("utf-8"), "utf-8")
        code, out, _ = cli("check", migration)
        assert code == 0
        assert "/\\x1b[2Jx 200" in out
        assert "\x1b" not in out
        assert "geheim" not in out

    def test_json_logs_are_tried_by_their_fields(self, cli, migration):
        (migration.parent / "logs/edge.json").write_text(
            '{"t": "2021-05-18T20:00:00+02:00", "r": {"m": "GET", "u": "/x?a=b"}, "status": 200}\n'
        )
        append(
            migration,
            '[[access_logs]]\nname = "edge"\npaths = ["logs/*.json"]\nformat = "json"\n'
            'fields = { at = "t", method = "r.m", path = "r.u" }\n',
        )
        code, out, _ = cli("check", migration)
        assert code == 0
        assert "    2021-05-18T18:00:00Z GET /x 200" in out.splitlines()

    @pytest.mark.parametrize(
        ("damage", "what", "says"),
        [
            (lambda base: shutil.rmtree(base / "logs"), "access log proxy-a", "no file fits"),
            (lambda base: (base / "logs/proxy-a.log").write_text(""), "access log", "are empty"),
            (lambda base: (base / "events/fe2.jsonl").write_text(""), "client events", "are empty"),
            (
                lambda base: (base / "events/fe2.jsonl").write_text("x\n[]\n"),
                "client events fe2",
                "none of the first 2 events is one of the catalogue's: not_an_object, not_json",
            ),
            (lambda base: (base / "new.db").unlink(), "database", "does not exist"),
            (lambda base: (base / "out").touch(), "output", "is no folder that may be written"),
        ],
    )
    def test_what_is_wrong_is_marked_and_the_rest_still_looked_at(
        self, cli, migration, damage, what, says
    ):
        damage(migration.parent)
        code, out, _ = cli("check", migration)
        assert code == 1
        assert line_of(out, what).startswith("✗")
        assert says in line_of(out, what)
        assert out.count("✗") == 1

    def test_contacts_are_looked_at_where_there_are_any(self, cli, migration):
        text = migration.read_text("utf-8").replace("timezone", 'contacts = "c.csv"\ntimezone', 1)
        migration.write_text(text, "utf-8")
        code, out, _ = cli("check", migration)
        assert code == 1
        assert line_of(out, "contacts").startswith("✗")
        (migration.parent / "c.csv").write_text("customer_id,name,email,locale\n1,,,\n")
        code, out, _ = cli("check", migration)
        assert code == 0
        assert line_of(out, "contacts") == "✓ contacts: 1 customers"

    def test_a_wrong_catalogue_has_the_exit_code_of_a_wrong_file(self, cli, migration):
        append(migration, '[catalogue]\npath = "none.toml"\n')
        code, out, _ = cli("check", migration)
        assert code == 2
        assert line_of(out, "catalogue").startswith("✗")

    def test_a_wrong_migration_file_is_one_paragraph(self, cli, tmp_path):
        (tmp_path / "m.toml").write_text("[migration]\nid = ")
        code, out, err = cli("check", tmp_path / "m.toml")
        assert (code, out) == (2, "")
        assert err.count("\n") == 1
        assert "line 2" in err

    def test_mail_is_tried_where_it_is_set_up(self, cli, migration):
        with mail_server() as port:
            append(migration, f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n')
            code, out, _ = cli("check", migration)
        assert (code, line_of(out, "SMTP")) == (0, f"✓ SMTP: 127.0.0.1:{port} answers")
        code, out, _ = cli("check", migration)
        assert code == 1
        assert line_of(out, "SMTP").startswith("✗")


class TestErrors:
    def test_no_traceback_unless_it_is_asked_for(self, cli, tmp_path):
        for arguments in (("check", "none.toml", "--debug"), ("--debug", "check", "none.toml")):
            code, _, err = cli(*arguments)
            assert code == 2
            assert "Traceback" in err
        code, _, err = cli("check", "none.toml")
        assert code == 2
        assert "Traceback" not in err

    def test_a_wrong_usage_has_exit_code_2(self, cli):
        code, out, err = cli("check")
        assert (code, out) == (2, "")
        assert "MIGRATION.toml" in err

    def test_escapes_in_a_message_do_not_reach_the_terminal(self, cli, monkeypatch):
        def fail(*_):
            raise CutoverError("a file \x1b[2J")

        monkeypatch.setattr("flows.settings.load_settings", fail)
        code, _, err = cli("check", "m.toml")
        assert code == 1
        assert err == "a file \\x1b[2J\n"

    def test_a_mistake_of_the_program_is_said_to_be_one_without_its_text(self, cli, capsys):
        cli("--help")
        sys.excepthook(ValueError, ValueError("geheim"), None)
        err = capsys.readouterr().err
        assert "This should not have happened (ValueError)" in err
        assert "geheim" not in err


def loaded(names, *arguments):
    """Which of these modules a command loads."""
    code = (
        "import sys\n"
        "from flows.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as ended: assert not ended.code, ended\n"
        f"print('loaded:', *[name for name in {names} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    *_, last = done.stdout.splitlines() or [done.stderr]
    assert last.startswith("loaded:"), done
    return last.split()[1:]


@pytest.mark.parametrize("command", ["--help", "init", "check", "notices list"])
def test_quick_commands_load_no_orchestration(migration, command):
    """What they import is what they cost: Prefect alone takes longer than they may."""
    of = {"--help": [], "init": [migration.parent / "new"]}.get(command, [migration])
    assert loaded(HEAVY, *command.split(), *of) == []


def test_a_list_of_notices_is_read_from_the_ledger_alone(cli, migration):
    cli("notices", "list", migration)
    assert loaded(HEAVY_FOR_LISTS, "notices", "list", migration) == []


@contextmanager
def mail_server() -> Iterator[int]:
    """Answers every command of one connection with 250, as a willing server would."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer, args=(server,))
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def _answer(server):
    connection, _ = server.accept()
    with connection, connection.makefile("rwb") as talk:
        talk.write(b"220 ready\r\n")
        talk.flush()
        for command in talk:
            is_last = command.lower().startswith(b"quit")
            talk.write(b"221 bye\r\n" if is_last else b"250 ok\r\n")
            talk.flush()
            if is_last:
                return
