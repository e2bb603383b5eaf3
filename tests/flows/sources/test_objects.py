"""Objects in a store are found and read as files in a folder are, whatever the network does."""

import gzip
import pickle
import random
import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
import zstandard

from flows.settings import ClientEvents
from flows.sources import objects
from flows.sources.client_events import event_reader
from flows.sources.files import Block, read_blocks
from flows.sources.finding import find_files, still_there
from flows.sources.found import FoundFile, LocalFile
from flows.sources.taking import Reader, TakenFile, take
from tests.flows.sources.test_client_events import event
from tests.flows.sources.test_taking import PLAIN
from tests.object_store import KEY_ID, SECRET, Network, answering, refusing
from tests.tables import FE2
from transforms.errors import ConfigurationError, CutoverError, SourceError

LINES = [f"line {number} {random.Random(number).getrandbits(900):x}" for number in range(10_000)]
TEXT = "\n".join(LINES).encode() + b"\n"
KINDS = {"a.log": TEXT, "a.log.gz": gzip.compress(TEXT), "a.log.zst": zstandard.compress(TEXT)}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(objects, "PAUSES_S", (0.0, 0.0, 0.0, 0.0))


def found(*patterns: str, **more) -> list[str]:
    return [file.label for file in find_files(Path("/"), patterns, entry='access_logs "a"', **more)]


def found_one(url: str) -> FoundFile:
    (file,) = find_files(Path("/"), [url], entry='access_logs "a"')
    return file


def text_of(url: str) -> bytes:
    blocks = read_blocks(found_one(url))
    return b"".join(block.data for block in blocks if isinstance(block, Block))


def taken_from(
    file: FoundFile, folder: Path, known: Sequence[TakenFile] = (), reader: Reader = PLAIN
) -> TakenFile:
    return take(file, reader, [each.kept for each in known], folder)


def rows(taken: TakenFile, folder: Path) -> dict[str, list[tuple]]:
    extract = taken.kept.taken.extract
    return {
        name: pl.read_parquet(folder / extract.name / f"{name}.parquet").rows()
        for name in extract.frames
    }


def one_paragraph(error: CutoverError, endpoint: str = "") -> str:
    said = str(error)
    assert SECRET not in said
    assert KEY_ID not in said
    assert "\n" not in said
    assert "Signature=" not in said
    assert said.endswith(".")
    assert endpoint in said
    return said


class TestFinding:
    def test_sorted_each_once_and_named_by_their_urls(self, bucket):
        for key in ["l/b.log", "l/a.log.1", "l/a.log", "l/deep/c.log", "l/x.txt", "l/", "l//e.log"]:
            bucket.put(key)
        assert found(bucket.url("l/*.log*"), bucket.url("l/a.log")) == [
            bucket.url(key) for key in ("l/a.log", "l/a.log.1", "l/b.log")
        ]
        assert found(bucket.url("l/**/*.log")) == [
            bucket.url(key) for key in ("l//e.log", "l/a.log", "l/b.log", "l/deep/c.log")
        ]
        assert found(bucket.url("l/**")) == found(bucket.url("**"))
        assert bucket.url("l/") not in found(bucket.url("**"))

    def test_only_what_begins_so_is_listed(self, bucket, network):
        bucket.put("logs/proxy-a-1.log")
        assert found(bucket.url("logs/proxy-a-*.log")) == [bucket.url("logs/proxy-a-1.log")]
        (asked,) = network.asked
        assert "prefix=logs%2Fproxy-a-&" in asked.split(" ", 2)[1]

    def test_more_than_a_page_of_them(self, bucket, monkeypatch):
        monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "3")
        urls = [bucket.put(f"l/{number}.log") for number in range(8)]
        assert found(bucket.url("l/*.log")) == urls

    def test_logs_may_come_later_but_an_object_named_in_full_must_be_there(self, bucket):
        assert found(bucket.url("late/*.log")) == []
        url = bucket.url("a.log")
        bucket.put("a.log.1")
        with pytest.raises(SourceError, match=rf'"a": paths names \'{url}\', which does not exist'):
            found(url)
        assert found(url, once_there={url}) == []

    def test_a_bracket_may_be_part_of_a_name(self, bucket):
        bucket.put("a1.log")
        assert found(bucket.put("a[1].log")) == [bucket.url("a[1].log")]

    @pytest.mark.parametrize("key", ["a b%20+ü.log", "?x=1&y.log", "a#b.log", "'a'.log"])
    def test_names_are_taken_as_they_are(self, bucket, key):
        url = bucket.put(key, b"a\n")
        assert found(bucket.url("**")) == [url]
        assert text_of(url) == b"a\n"

    @pytest.mark.parametrize("key", ["", "logs/"])
    def test_a_beginning_alone_is_no_name(self, bucket, key):
        with pytest.raises(SourceError, match="or a glob such as"):
            found(bucket.url(key))

    @pytest.mark.parametrize("url", ["s3://a.log", "s3://*/a.log", "s3://", "s3:///a"])
    def test_the_bucket_is_named_in_full(self, bucket, url):
        with pytest.raises(SourceError, match=r"name objects as s3://bucket/key"):
            found(url)

    def test_what_is_there_still_and_what_is_not(self, bucket):
        url = bucket.put("old/a.log")
        assert still_there(Path("/"), url, [bucket.url("new/*"), "**/*.log"])
        assert not still_there(Path("/"), bucket.url("old/b.log"), [])
        assert not still_there(Path("/"), "s3://gone-bucket/a.log", [])
        # The list has just told that it isn't.
        bucket.set(AWS_ACCESS_KEY_ID=None)
        assert not still_there(Path("/"), url, [bucket.url("old/*.log")])


class TestReading:
    @pytest.mark.parametrize("name", KINDS)
    def test_as_from_a_folder(self, bucket, tmp_path, name):
        path = tmp_path / name
        path.write_bytes(KINDS[name])
        local = taken_from(LocalFile(name, path), tmp_path / "local")
        url = bucket.put(name, KINDS[name])
        stored = taken_from(found_one(url), tmp_path / "stored")
        assert stored.kept.label == url
        assert stored.kept.taken == local.kept.taken
        assert stored.kept.fingerprint == local.kept.fingerprint
        assert rows(stored, tmp_path / "stored") == rows(local, tmp_path / "local")
        assert stored.kept.lines_read == len(LINES)

    @pytest.mark.parametrize("name", KINDS)
    def test_each_byte_is_fetched_once(self, bucket, network, tmp_path, name):
        url = bucket.put(name, KINDS[name])
        taken_from(found_one(url), tmp_path / "stored")
        asked = [each.split(" ", 2)[1] for each in network.asked]
        assert [path.partition("?")[0] for path in asked] == [
            *(f"/{bucket.name}", f"/{bucket.name}/{name}")
        ]

    def test_parquet(self, bucket, tmp_path):
        path = tmp_path / "e.parquet"
        pl.DataFrame([event(n) for n in range(1, 25_001)]).write_parquet(path, row_group_size=5_000)
        reader = event_reader(ClientEvents(name="fe2", paths=("x",), trusted=True), FE2)
        local = taken_from(LocalFile("e", path), tmp_path / "local", reader=reader)
        found = found_one(bucket.put("e.parquet", path.read_bytes()))
        stored = taken_from(found, tmp_path / "stored", reader=reader)
        assert stored.kept.taken == local.kept.taken
        assert rows(stored, tmp_path / "stored") == rows(local, tmp_path / "local")

    def test_an_empty_object_has_no_lines(self, bucket):
        assert text_of(bucket.put("a.log", b"")) == b""

    def test_it_can_be_sent_to_another_process(self, bucket):
        file = found_one(bucket.put("a.log", b"a\n"))
        assert pickle.loads(pickle.dumps(file)) == file
        assert SECRET not in repr(file)


class TestKnownAgain:
    def test_by_what_the_list_tells(self, bucket, tmp_path):
        url = bucket.put("a.log", TEXT)
        kept = taken_from(found_one(url), tmp_path / "x").kept
        status = found_one(url).status()
        assert (status.size, status.modified_ns) == (kept.size_bytes, kept.modified_ns)

    def test_replaced_within_a_second_by_as_many_bytes(self, bucket):
        before = found_one(bucket.put("a.log", b"a\n")).status()
        after = found_one(bucket.put("a.log", b"b\n")).status()
        assert before.modified_ns != after.modified_ns

    @pytest.mark.parametrize("name", KINDS)
    def test_under_another_name_by_its_content(self, bucket, tmp_path, name):
        first = taken_from(found_one(bucket.put(name, KINDS[name])), tmp_path / "x")
        moved = taken_from(found_one(bucket.put("b", KINDS[name])), tmp_path / "x", [first])
        assert not moved.was_read
        assert moved.holds == {first.kept.place}

    def test_replaced_by_a_longer_one_that_begins_with_it(self, bucket, tmp_path):
        first = taken_from(found_one(bucket.put("a.log", TEXT)), tmp_path / "x")
        grown = taken_from(
            found_one(bucket.put("a.log", TEXT + b"more\n")), tmp_path / "x", [first]
        )
        assert grown.was_read
        assert grown.kept.lines_read == len(LINES) + 1
        assert grown.holds == {first.kept.place}


def breaks_for_good(network: Network, after: int) -> None:
    """Break after so many bytes, and let nothing through any more."""
    network.after, network.breaks = after, 1_000
    network.between = lambda: setattr(network, "after", 0)


class TestBrokenConnections:
    @pytest.mark.parametrize("after", [70_000, 100_001, 300_000, 1_000_000])
    @pytest.mark.parametrize("name", KINDS)
    def test_nothing_is_lost_and_nothing_doubled(self, bucket, network, tmp_path, name, after):
        network.after, network.breaks = after, 1_000
        url = bucket.put(name, KINDS[name])
        stored = taken_from(found_one(url), tmp_path / "stored")
        path = tmp_path / name
        path.write_bytes(KINDS[name])
        local = taken_from(LocalFile(name, path), tmp_path / "local")
        assert network.broken
        assert stored.kept.taken == local.kept.taken
        assert rows(stored, tmp_path / "stored") == rows(local, tmp_path / "local")
        assert stored.kept.lines_read == len(LINES)

    def test_it_goes_on_from_the_byte_where_it_broke(self, bucket, network):
        url = bucket.put("a.log", TEXT)
        network.after, network.breaks = 300_000, 1
        assert text_of(url) == TEXT
        again = network.asked[-1].lower()
        (begin,) = re.findall(r"range: bytes=(\d+)-\r", again)
        # The headers came over the connection, too.
        assert 299_000 < int(begin) < 300_000
        assert "if-match: " in again

    def test_one_that_never_gets_on_is_an_error_that_says_what_to_do(self, bucket, network):
        url = bucket.put("a.log", TEXT)
        file = found_one(url)
        breaks_for_good(network, 300_000)
        with pytest.raises(SourceError) as caught:
            list(read_blocks(file))
        said = one_paragraph(caught.value, network.url)
        assert re.match(rf"{url} can't be read on from byte 299,\d+ of {len(TEXT):,}: ", said)
        assert "broke off 5 times" in said
        assert "Run again" in said
        assert isinstance(caught.value.__cause__, TimeoutError)

    def test_nothing_half_read_is_kept(self, bucket, network, tmp_path):
        file = found_one(bucket.put("a.log", TEXT))
        breaks_for_good(network, 300_000)
        with pytest.raises(SourceError, match="broke off"):
            taken_from(file, tmp_path / "x")
        assert not [*(tmp_path / "x").glob("*/*.parquet")]

    @pytest.mark.parametrize("other", [TEXT.swapcase(), TEXT[:1_000], None])
    def test_what_was_replaced_meanwhile_is_not_read_on(self, bucket, network, other):
        url = bucket.put("a.log", TEXT)
        file = found_one(url)
        network.between = lambda: bucket.put("a.log", other) if other else bucket.remove("a.log")
        network.after, network.breaks = 300_000, 1
        with pytest.raises(SourceError, match=rf"{url} was .* while it was read: .*Run again"):
            list(read_blocks(file))

    def test_a_store_that_knows_no_conditions_is_seen_through(self, bucket, network, monkeypatch):
        file = found_one(bucket.put("a.log", TEXT))
        ask = objects.OpenedObject._ask
        without = lambda self, **only: ask(self, **{k: v for k, v in only.items() if k == "Range"})  # noqa: E731
        monkeypatch.setattr(objects.OpenedObject, "_ask", without)
        network.between = lambda: bucket.put("a.log", TEXT.swapcase())
        network.after, network.breaks = 300_000, 1
        with pytest.raises(SourceError, match="was replaced while it was read"):
            list(read_blocks(file))

    def test_a_store_that_knows_no_ranges_is_seen_through(self, bucket, network, monkeypatch):
        file = found_one(bucket.put("a.log", TEXT))
        ask = objects.OpenedObject._ask
        monkeypatch.setattr(objects.OpenedObject, "_ask", lambda self, **_: ask(self))
        network.after, network.breaks = 300_000, 1
        with pytest.raises(SourceError, match="gives whole objects only"):
            list(read_blocks(file))

    def test_deleted_before_it_is_opened(self, bucket):
        file = found_one(bucket.put("a.log", TEXT))
        bucket.remove("a.log")
        with pytest.raises(SourceError, match="is not there any more"):
            list(read_blocks(file))


class TestWhatIsWrong:
    def fails(self, bucket, kind: type[CutoverError], endpoint: str = "") -> str:
        with pytest.raises(kind) as caught:
            found(bucket.url("logs/*.log"))
        said = one_paragraph(caught.value, endpoint)
        assert said.startswith(f"access_logs \"a\": paths names '{bucket.url('logs/*.log')}': ")
        return said

    @pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    def test_no_credentials(self, bucket, tmp_path, name):
        # What others look for in the home is not looked for.
        (tmp_path / "credentials").write_text("[default]\naws_access_key_id=a\n")
        bucket.set(AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "credentials"), **{name: None})
        assert "AWS_SECRET_ACCESS_KEY" in self.fails(bucket, ConfigurationError)

    def test_no_region_and_no_endpoint(self, bucket):
        bucket.set(AWS_ENDPOINT_URL=None)
        assert "Set AWS_REGION" in self.fails(bucket, ConfigurationError)

    @pytest.mark.parametrize(
        "url",
        ["store.example.org", "ftp://a", "https://u:the-secret-key@a", "http://a:b", "http://"],
    )
    def test_no_endpoint(self, bucket, url):
        bucket.set(AWS_ENDPOINT_URL_S3=url)
        assert "AWS_ENDPOINT_URL_S3 is no address" in self.fails(bucket, ConfigurationError)

    def test_unencrypted_by_mistake(self, bucket):
        bucket.set(AWS_ALLOW_HTTP=None)
        assert "AWS_ALLOW_HTTP=true" in self.fails(bucket, ConfigurationError, bucket.endpoint)

    def test_nobody_there(self, bucket):
        bucket.set(AWS_ENDPOINT_URL="http://127.0.0.1:9")
        said = self.fails(bucket, SourceError, "http://127.0.0.1:9")
        assert "can't be reached. Correct AWS_ENDPOINT_URL" in said

    def test_no_such_bucket(self, bucket):
        bucket.name = "no-such-bucket"
        assert "has no bucket 'no-such-bucket'" in self.fails(bucket, SourceError, bucket.endpoint)

    @pytest.mark.parametrize(
        ("status", "body", "saying"),
        [
            (
                403,
                refusing("AccessDenied"),
                "denies access (403 AccessDenied). Who reads",
            ),
            (403, "", "denies access (403). Who reads needs s3:ListBucket"),
            (403, refusing("InvalidAccessKeyId", KEY_ID), "does not accept the credentials"),
            (403, refusing("SignatureDoesNotMatch", SECRET), "does not accept the credentials"),
            (400, refusing("ExpiredToken"), "temporary ones may have expired"),
            (403, refusing("RequestTimeTooSkewed"), "clocks of this machine and of http://127"),
            (301, refusing("PermanentRedirect"), "Set AWS_REGION to the bucket's own"),
            (400, refusing("AuthorizationHeaderMalformed"), "Set AWS_REGION to the bucket's own"),
            (503, refusing("SlowDown"), "fails (503 SlowDown), also when asked again"),
            (500, "<html>\n<b>oh</b></html>", "fails (500), also when asked again"),
            (404, "<html>Nothing here</html>", "answers 404, as no object store would"),
            (400, refusing("Strange<!-- -->"), "answers 400 Strange, as no object store would"),
            (200, "<html><p>Welcome</html>", "correct AWS_ENDPOINT_URL if that is no object store"),
        ],
    )
    def test_refusals(self, bucket, status, body, saying):
        with answering(status, body) as endpoint:
            bucket.set(AWS_ENDPOINT_URL=endpoint)
            assert saying in self.fails(bucket, SourceError, endpoint)

    @pytest.mark.parametrize(
        ("code", "saying"),
        [("AccessDenied", "denies access"), ("InvalidObjectState", "Restore it first")],
    )
    def test_an_object_that_may_not_be_read(self, bucket, code, saying):
        file = found_one(bucket.put("a.log"))
        with answering(403, refusing(code)) as endpoint:
            bucket.set(AWS_ENDPOINT_URL=endpoint)
            with pytest.raises(SourceError) as caught:
                list(read_blocks(file))
        assert one_paragraph(caught.value).startswith(f"{bucket.url('a.log')}: ")
        assert saying in str(caught.value)
