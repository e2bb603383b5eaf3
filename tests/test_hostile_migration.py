"""A whole migration of hostile words, from the log to every file: it harms none of them.

Beside it runs the very same migration with harmless words. What the pages of the one have, and
those of the other have not, a stranger has put there.
"""

import io
import json
import re
import stat
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from flows.cli import main
from notifications.shortened import LONGEST
from notifications.visible import visible
from tests.hostile.checks import (
    Anatomy,
    check_csv,
    check_mail,
    check_page,
    check_pdf,
    check_plain,
    check_text,
    check_workbook,
)
from tests.hostile.migration import write_migration
from tests.hostile.words import WORDS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect")]

# What stands in the migration file is on one line, and printable.
SAID = (
    '=HYPERLINK("http://x","y") <script>alert(1)</script> {{ 7*7 }}{% raw %}{title} ../../etc '
    '%0d%0aBcc: x@example.org, "Ünïcödé" <y@example.org>; #eval("1") &G'
)
FILE_NAME = "=1+1 <script>alert(1)<!--\r\nBcc: y\u202e\x1b[2J ü"
PACK = {
    *("notice.html", "notice.txt", "notice.pdf", "notice.eml"),
    *("reprovisioning.xlsx", "reprovisioning.csv", "persons-import.csv"),
}


@dataclass(frozen=True)
class Done:
    """A finished run: the folder with the migration, what it printed, and its results."""

    folder: Path
    said: str
    complained: str
    new: set[Path]

    @property
    def output(self) -> Path:
        return self.folder / "out/hostile"

    def packs(self) -> list[Path]:
        return sorted((self.output / "notices").glob("*/rev-1"))


def done(folder: Path, words: Sequence[str], said: str, file_name: str) -> Done:
    file = write_migration(folder, words, said, file_name)
    before = set(folder.rglob("*"))
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as stop:
        main(["run", str(file), "--json"])
    said, complained = (stream.buffer.getvalue().decode() for stream in (out, err))
    assert stop.value.code in (0, None), complained
    return Done(folder, said, complained, set(folder.rglob("*")) - before)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Done:
    return done(tmp_path_factory.mktemp("hostile"), list(WORDS.values()), SAID, FILE_NAME)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Done:
    words = [f"Wort {number}" for number in range(len(WORDS))]
    return done(tmp_path_factory.mktemp("harmless"), words, "Umzug", "proxy")


def test_the_run_is_done_and_says_so_without_steering_the_terminal(hostile):
    summary = json.loads(hostile.said)
    assert summary["customers"] == len(WORDS)
    assert summary["findings"]["lost"] >= 3 * len(WORDS)
    assert {"stale", "resurrected", "review", "unidentified", "unconfirmed"} <= set(
        summary["findings"]
    )
    check_text(hostile.said)
    check_text(hostile.complained)


def test_everything_stays_in_its_folder_and_is_for_its_owner_only(hostile):
    for path in hostile.new:
        assert path.is_relative_to(hostile.folder / "out") or path.name.startswith("ledger.db")
        assert not stat.S_IMODE(path.lstat().st_mode) & 0o077
        assert not path.is_symlink()
        assert re.fullmatch(r"[A-Za-z0-9%_.~-]+", path.name)
    packs = hostile.packs()
    assert len(packs) == len(WORDS)
    for pack in packs:
        assert {path.name for path in pack.iterdir()} == PACK
    assert {path for path in (hostile.output / "notices").rglob("*") if path.is_file()} == {
        pack / name for pack in packs for name in PACK
    }


def test_pages_have_no_foreign_element_attribute_address_or_script(hostile, harmless):
    usual = b"".join((pack / "notice.html").read_bytes() for pack in harmless.packs()[:1])
    for pack in hostile.packs():
        check_page((pack / "notice.html").read_bytes(), usual)
    for name in ("report.html", "incident.html"):
        page, like = ((run.output / name).read_bytes() for run in (hostile, harmless))
        check_page(page, like)


def test_each_word_can_be_read_in_its_notice(hostile):
    texts = [
        "".join(Anatomy.of((pack / "notice.html").read_bytes()).text) for pack in hostile.packs()
    ]
    for name, word in WORDS.items():
        assert any(visible(word)[:LONGEST] in text for text in texts), name


def test_drafts_have_our_headers_and_nobody_else_to_read_them(hostile):
    for pack in hostile.packs():
        message = check_mail((pack / "notice.eml").read_bytes())
        files = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
        assert files["notice.pdf"] == (pack / "notice.pdf").read_bytes()
        # The address books hold no usable address, whatever some of them look like.
        assert "To" not in message


def test_no_cell_runs(hostile):
    named = 0
    for pack in hostile.packs():
        assert check_csv((pack / "reprovisioning.csv").read_bytes(), "utf-8-sig")
        for row in check_csv((pack / "persons-import.csv").read_bytes(), "utf-8"):
            assert row["Anzeigename"] == f"{row['Vorname']} {row['Nachname']}"
            named += 1
        check_workbook((pack / "reprovisioning.xlsx").read_bytes())
    assert named >= len(WORDS) / 2
    check_workbook((hostile.output / "worklist.xlsx").read_bytes())


def test_pdfs_and_texts_open(hostile):
    for pack in hostile.packs():
        # Of the title, as of all that the operator said.
        assert "HYPERLINK" in check_pdf((pack / "notice.pdf").read_bytes())
        check_plain((pack / "notice.txt").read_bytes())


def test_frames_and_figures_open(hostile):
    frames = {path.name: pl.read_parquet(path) for path in hostile.output.rglob("*.parquet")}
    assert {"findings.parquet", "evidence.parquet", "quarantine.parquet"} <= frames.keys()
    words = set(frames["findings.parquet"].get_column("customer_id"))
    assert words == set(WORDS.values())
    for text in frames["quarantine.parquet"].get_column("text"):
        assert text.isprintable() or not set(text) & {"\x1b", "\x00", "\r", "\n"}
    assert json.loads((hostile.output / "incident.json").read_bytes())
