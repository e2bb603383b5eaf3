"""One access-log file to writes, quarantine and coverage."""

import gzip
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import polars as pl
import pytest

from flows.settings import AccessLog
from flows.sources import files
from flows.sources.access_logs import check_malformed, compile_format, log_reader
from flows.sources.found import LocalFile
from flows.sources.kept import KeptFile, scan
from flows.sources.taking import take
from tests.tables import FE2, at
from transforms.errors import ConfigurationError, MalformedSourceError
from transforms.schemas import LINES, QUARANTINE, SEEN, WRITES

FORMAT = '$remote_addr [$time_iso8601] "$request" $status "$http_user_agent"'
NGINX = {"log_format": FORMAT}
PERSONS = "/api/v1/customers/4711/persons"


def entry(**options: Any) -> AccessLog:
    return AccessLog(name="proxy-a", paths=("*.log",), **options)


def line(time: str, request: str, status: int = 201) -> str:
    return f'203.0.113.9 [2021-05-18T{time}+00:00] "{request} HTTP/1.1" {status} "FE2"'


CADDY = (
    '{"ts":1621361645.12,"logger":"http.log.access","status":201,'
    f'"request":{{"method":"POST","uri":"{PERSONS}"}}}}'
)
TRAEFIK = (
    '{"time":"2021-05-18T18:14:05Z","DownstreamStatus":201,'
    f'"RequestMethod":"POST","RequestPath":"{PERSONS}"}}'
)
WRITE = line("18:10:00", f"POST {PERSONS}?token=secret")
READ = line("18:11:00", f"GET {PERSONS}", 200)


@dataclass(frozen=True)
class Extracted:
    """A file that was read, and its frames as they are read again."""

    kept: KeptFile
    folder: Path

    def frame(self, name: str) -> pl.DataFrame:
        schema = SCHEMAS[name]
        found = scan([self.kept], name, schema, self.folder).collect()
        assert found.schema == schema
        return found


SCHEMAS = {"writes": WRITES, "lines": LINES, "quarantine": QUARANTINE, "seen": SEEN}


def extract(folder: Path, data: bytes | str, **options: Any) -> Extracted:
    path = folder / "a.log"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    reader = log_reader(entry(**(options or NGINX)), FE2)
    extracts = folder / "extracts"
    return Extracted(take(LocalFile("logs/a.log", path), reader, [], extracts).kept, extracts)


def writes(found: Extracted) -> pl.DataFrame:
    return found.frame("writes")


def kept_lines(found: Extracted) -> list[tuple[Any, ...]]:
    return found.frame("lines").rows()


def quarantine(found: Extracted) -> list[tuple[Any, ...]]:
    return found.frame("quarantine").rows()


def seen(found: Extracted) -> list[tuple[Any, ...]]:
    return found.frame("seen").unique().sort("second_at").rows()


def sums(found: Extracted) -> tuple[int, int, int]:
    """Lines read, malformed, and writes."""
    return found.kept.lines_read, found.kept.lines_malformed, found.kept.rows("writes")


def check(found: Extracted, **options: Any) -> None:
    check_malformed(entry(**options), [found.kept], found.folder)


def test_every_line_is_a_write_no_write_or_malformed(tmp_path):
    found = extract(
        tmp_path, "\n".join([WRITE, READ, "garbage?a=b", "", line("18:12:00", "POST /x")])
    )
    assert sums(found) == (5, 2, 1)
    assert quarantine(found) == [
        ("proxy-a", "logs/a.log", 3, "does_not_match_format", "garbage?a=***"),
        ("proxy-a", "logs/a.log", 4, "empty_line", ""),
    ]
    write = writes(found).row(0, named=True)
    shown = ("source", "file", "line", "kind", "action", "customer_id", "path", "status", "at")
    assert [write[name] for name in shown] == [
        *("proxy-a", "logs/a.log", 1, "person", "create", "4711", PERSONS, 201, at("18:10"))
    ]


def test_a_query_that_stands_apart_from_its_path_is_masked_as_well(tmp_path):
    log_format = "[$time_local] $request_method $uri $args $status rid=$request_id"
    text = f"[18/May/2021:18:10:00 +0000] POST {PERSONS} token=secret 201 rid=5f0c"
    found = extract(tmp_path, f"{text}\n", log_format=log_format)
    assert [row[-1] for row in kept_lines(found)] == [text.replace("secret", "***")]


def test_the_lines_of_writes_are_kept_masked(tmp_path):
    agent = line("18:12:00", f"POST {PERSONS}").replace('"FE2"', '"\x1b[31mFE2"')
    found = extract(tmp_path, f"{READ}\n{WRITE}\ngarbage\n{agent}")
    assert kept_lines(found) == [
        ("proxy-a", "logs/a.log", 2, WRITE.replace("token=secret", "token=***")),
        ("proxy-a", "logs/a.log", 4, agent.replace("\x1b", "\ufffd")),
    ]


def test_an_empty_file_has_nothing_in_any_frame(tmp_path):
    found = extract(tmp_path, "")
    assert sums(found) == (0, 0, 0)
    assert [found.frame(name).height for name in SCHEMAS] == [0, 0, 0, 0]


def test_what_is_kept_is_its_owners_only(tmp_path):
    found = extract(tmp_path, f"{WRITE}\ngarbage")
    kept = list(found.folder.rglob("*"))
    assert len(kept) == 1 + len(SCHEMAS)
    for path in (found.folder, *kept):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077


def test_no_query_is_kept(tmp_path):
    found = extract(tmp_path, WRITE)
    assert not any(b"secret" in path.read_bytes() for path in found.folder.rglob("*.parquet"))
    assert "secret" not in str([*writes(found).rows(), *kept_lines(found)])


def test_all_times_are_kept(tmp_path):
    """The window may be corrected later."""
    times = ["17:59:59", "18:00:00", "18:00:00", "21:00:00", "21:00:01"]
    lines = [line(time, f"POST {PERSONS}") for time in times]
    found = extract(tmp_path, "\n".join([*lines, line("19:00:00", "GET /", 404), "garbage"]))
    assert found.kept.rows("writes") == 5
    seconds = ["17:59:59", "18:00", "19:00", "21:00", "21:00:01"]
    assert seen(found) == [("proxy-a", at(second)) for second in seconds]


def test_identical_lines_have_the_same_digest_and_others_do_not(tmp_path):
    other = WRITE.replace("18:10:00", "18:10:01")
    digests = writes(extract(tmp_path, f"{WRITE}\n{WRITE}\n{other}")).sort("line")["digest"]
    assert digests[0] == digests[1] != digests[2]
    windows = writes(extract(tmp_path, WRITE + "\r\n"))["digest"]
    assert windows[0] == digests[0]


def test_the_same_file_in_small_blocks_gives_the_same(tmp_path, monkeypatch):
    start = datetime(2021, 5, 18, 18, tzinfo=UTC)
    lines = [
        line(f"{start + timedelta(seconds=number % 7_200):%H:%M:%S}", f"PUT {PERSONS}/P-{number}")
        if number % 3
        else f"garbage {number}"
        for number in range(9_000)
    ]
    whole = extract(tmp_path, "\n".join(lines))
    frames = (writes(whole), quarantine(whole), seen(whole))
    monkeypatch.setattr(files, "BLOCK_BYTES", 100_000)
    monkeypatch.setattr("flows.sources.archives._READ", 50_000)
    parts = extract(tmp_path, "\n".join(lines))
    assert sums(parts) == sums(whole) == (9_000, 3_000, 6_000)
    assert writes(parts).sort("line").equals(frames[0].sort("line"))
    assert quarantine(parts) == frames[1]
    assert seen(parts) == frames[2]


def test_a_line_too_long_is_one_malformed_line(tmp_path):
    long = WRITE[:-1] + "x" * (17 << 20) + '"'
    found = extract(tmp_path, f"{WRITE}\n{long}\n{WRITE}")
    assert sums(found) == (3, 1, 2)
    [(_, _, number, reason, text)] = quarantine(found)
    assert (number, reason) == (2, "line_too_long")
    assert text.endswith("xxx")
    assert len(text) <= 2_000
    assert writes(found)["line"].sort().to_list() == [1, 3]


def test_garbage_does_no_harm(tmp_path):
    data = b"\xef\xbb\xbf" + WRITE.encode() + b"\r\n\x16\x03\x01\x00\xff\n" + b"x" * (1 << 20)
    data += b"\n" + WRITE.replace("FE2", "J\xf6rg").encode("latin-1") + b"\n" + b"\0" * 9
    found = extract(tmp_path, data)
    assert sums(found) == (5, 3, 2)
    assert writes(found).sort("line")["user_agent"].to_list() == ["FE2", "J\ufffdrg"]
    assert [len(text) for *_, text in quarantine(found)] == [5, 2_000, 9]


def test_an_archive_that_breaks_off_is_used_and_reported(tmp_path):
    lines = "\n".join(WRITE.replace("4711", str(number)) for number in range(9_000))
    data = gzip.compress(lines.encode())
    found = extract(tmp_path, data[: len(data) // 2])
    assert found.kept.rows("writes") > 1_000
    assert [problem.reason for problem in found.kept.taken.problems] == ["truncated_archive"]
    assert sum(sums(found)[1:]) == found.kept.lines_read


def test_json_lines(tmp_path):
    text = '{"at":"2021-05-18T20:10:00","method":"POST","path":"%s","status":201}' % PERSONS  # noqa: UP031
    found = extract(tmp_path, f"{text}\n{{", format="json", timezone="Europe/Berlin")
    assert sums(found) == (2, 1, 1)
    assert writes(found)["at"].to_list() == [at("18:10")]


HAPROXY = (
    "203.0.113.9:1 [18/May/2021:20:10:00.000] in b/s 0/0/0/0/0 201 5 - - ---- 1/1/0/0/0 0/0 "
    f'"POST {PERSONS} HTTP/1.1"'
)


def test_what_a_program_says_besides_is_no_write_and_covers_nothing(tmp_path):
    text = f"Proxy in started.\n{HAPROXY}\ngarbage\nServer b/s is DOWN."
    found = extract(tmp_path, text, format="haproxy", timezone="Europe/Berlin")
    assert sums(found) == (4, 1, 1)
    assert writes(found)["at"].to_list() == [at("18:10")]
    assert seen(found) == [("proxy-a", at("18:10"))]


def test_a_zone_for_times_without_an_offset(tmp_path):
    text = f'2021-05-18 20:10:00 "POST {PERSONS} HTTP/1.1" 201'
    zoned = {"log_format": '%{%F %T}t "%r" %>s', "timezone": "Europe/Berlin"}
    found = extract(tmp_path, f"{text}\ngarbage", format="apache", **zoned)
    assert sums(found) == (2, 1, 1)
    assert writes(found)["at"].to_list() == [at("18:10")]


def test_what_caddy_says_besides_is_no_write_and_not_malformed(tmp_path):
    other = '{"level":"info","ts":1621361645.1,"logger":"tls","msg":"cleaning storage unit"}'
    found = extract(tmp_path, "\n".join([other] * 9 + [CADDY]), format="caddy")
    assert sums(found) == (10, 0, 1)
    assert found.frame("seen").height == 1
    check(found, format="caddy", max_malformed=0.0)


def test_a_wrong_format_is_refused_naming_the_entry():
    with pytest.raises(ConfigurationError, match=r'access_logs "proxy-a": log_format lacks the st'):
        compile_format(entry(log_format='$time_local "$request"'))


@pytest.mark.parametrize("name", get_args(AccessLog.model_fields["format"].annotation))
def test_every_format_has_a_parser(name):
    assert compile_format(entry(format=name, timezone="Europe/Berlin"))


class TestTooManyMalformedLines:
    def test_up_to_the_share_is_normal(self, tmp_path):
        found = extract(tmp_path, "\n".join([READ] * 99 + ["garbage"]))
        check(found, **NGINX, max_malformed=0.01)
        with pytest.raises(MalformedSourceError):
            check(found, **NGINX, max_malformed=0.009)

    def test_no_lines_are_not_too_many(self, tmp_path):
        check(extract(tmp_path, ""), **NGINX)
        check_malformed(entry(**NGINX), [], tmp_path)

    def test_three_of_them_are_shown_masked_with_their_place(self, tmp_path):
        text = f"{READ}\nbad?token=secret\n\x1b[31mred\nthird\nfourth"
        with pytest.raises(MalformedSourceError) as error:
            check(extract(tmp_path, text), **NGINX)
        message = str(error.value)
        assert 'access_logs "proxy-a": 4 of 5 lines (80.0%)' in message
        assert "logs/a.log:2: does_not_match_format: bad?token=***" in message
        assert "logs/a.log:4" in message
        assert "logs/a.log:5" not in message
        assert "secret" not in message
        assert "\x1b" not in message
        assert "logs/a.log:2: does_not_match_format\n" in error.value.discreet
        assert "bad?token" not in error.value.discreet

    @pytest.mark.parametrize(
        ("text", "options", "guess"),
        [
            ('{"status":200}', NGINX, 'format = "json" reads such lines'),
            (
                '203.0.113.9 - - [18/May/2021:20:14:05 +0200] "GET / HTTP/1.1" 200 87 "-" "FE2"',
                {"format": "json"},
                'format = "nginx" without a log_format (combined) reads such lines',
            ),
            (
                '203.0.113.9 - - [18/May/2021:20:14:05 +0200] "GET / HTTP/1.1" 200 87 "-" "FE2"',
                {"format": "apache", "log_format": "common"},
                'format = "apache" without a log_format (combined) reads such lines',
            ),
            (HAPROXY, NGINX, 'format = "haproxy" with a timezone reads such lines'),
            (CADDY, NGINX, 'format = "caddy" reads such lines'),
            (CADDY, {"format": "json"}, 'format = "caddy" reads such lines'),
            (TRAEFIK, {"format": "caddy"}, 'format = "traefik" reads such lines'),
            ('{"status":200}', {"format": "caddy"}, "it lacks 'ts' (at)"),
            ('{"status":', NGINX, "it fits as far as '$remote_addr', then ' [' is missing"),
            (READ.replace(" 200 ", " OK "), NGINX, "then '$status' is missing"),
            ('{"status":200}', {"format": "json"}, "it lacks 'at' (at)"),
        ],
    )
    def test_the_message_says_what_may_be_wrong(self, tmp_path, text, options, guess):
        with pytest.raises(MalformedSourceError) as error:
            check(extract(tmp_path, text, **options), **options)
        assert guess in str(error.value)
