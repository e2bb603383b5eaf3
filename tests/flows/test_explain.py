"""`explain`, as support starts it, over the sample migration reconciled once."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import data_samples
from flows.cli import main
from tests.notifications import snapshots

# Slow is the demo that they all look at.
pytestmark = [pytest.mark.xdist_group("prefect"), pytest.mark.slow]

SAMPLE = Path(data_samples.__file__).parent / "sample"
OUTPUT = "out/frankfurt-2021"
LOST = "4700/person/P-100304"
# One for each way to read an explanation.
TOLD = {
    "lost": LOST,
    "lost-by-an-event-in-a-gap": "4826/person/P-100261",
    "stale": "4798/person/P-100572",
    "resurrected": "4742/person/P-100134",
    "review-of-two-claims": "4770/person/P-100437",
    "restored": "4728/person/P-100484",
    "unconfirmed": "4728/person/P-100252",
    "unidentified": "bca48beaa9725128",
    "cancelled-with-its-person": "4924/provisioning/V-100004",
}


@pytest.fixture(scope="module")
def migration(demonstrated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample after the demo; what was read is there no more."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(demonstrated[0], folder, dirs_exist_ok=True)
    for read in ("logs", "events", "events-open"):
        shutil.rmtree(folder / read)
    (folder / "new.db").unlink()
    return folder / "migration.toml"


@pytest.fixture
def explain(migration, capsys, monkeypatch):
    """Runs the command as a terminal of some width would; exit code and what was printed."""

    def run(finding: str, *options: str, file: Path = migration, width: int = 80):
        monkeypatch.setenv("COLUMNS", str(width))
        with pytest.raises(SystemExit) as stop:
            main(["explain", str(file), finding, *options])
        said = capsys.readouterr()
        return int(stop.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def copied(migration, tmp_path) -> Path:
    """Results of one's own to be spoilt."""
    shutil.copytree(migration.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / migration.name


@pytest.mark.parametrize("name", TOLD)
def test_what_a_terminal_shows(explain, name):
    code, out, _ = explain(TOLD[name])
    assert code == 0
    snapshots.assert_same(f"explain/{name}.txt", out.encode())


def test_a_wide_terminal_shows_the_same_words(explain):
    narrow, wide = explain(LOST)[1], explain(LOST, width=140)[1]
    assert narrow != wide
    assert "".join(narrow.split()) == "".join(wide.split())


def test_every_finding_is_explained(explain, migration):
    """One of each verdict, reason, action and confidence that the sample has."""
    findings = pl.read_parquet(migration.parent / OUTPUT / "findings.parquet")
    told = ["verdict", "reason", "action", "confidence"]
    some = findings.unique(told, maintain_order=True)
    assert some.height > 30
    for finding in some.iter_rows(named=True):
        code, out, _ = explain(finding["finding_id"], "--json")
        explanation = json.loads(out)
        assert code == 0
        assert [explanation[name] for name in told] == [finding[name] for name in told]
        assert explanation["because"].endswith(".")
        assert explanation["would_change"]
        assert len(explanation["evidence"]) >= max(finding["lines"], finding["events"])
        lines = [write["line"] for write in explanation["evidence"] if write["line"]]
        assert len(lines) == finding["lines"]
        assert all(line["text"] for line in lines)


def test_json_is_one_object_of_plain_ascii(explain):
    code, out, err = explain(LOST, "--json")
    assert (code, err) == (0, "")
    assert out.isascii()
    explanation = json.loads(out)
    assert (explanation["customer_id"], explanation["entity_id"]) == ("4700", "P-100304")
    assert explanation["evidence"][0]["at"] == "2021-05-18T18:48:54.484000+00:00"
    assert explanation["evidence"][0]["line"]["text"].startswith('{"time":"2021-05-18T20:48')
    assert out.count("\n") == 1


def test_a_beginning_of_the_id_is_enough(explain):
    whole = json.loads(explain(LOST, "--json")[1])
    for part in (whole["finding_id"], whole["finding_id"][:6], whole["finding_id"][:8].upper()):
        assert json.loads(explain(part, "--json")[1]) == whole


def test_what_is_no_finding_is_one_paragraph_with_what_is_near(explain):
    for asked, near in [
        ("4700/person/P-10030", "4700/person/P-100304"),
        ("4700/persons/P-100304", "4700/person/P-100304"),
        ("faca1", None),
        ("../../etc/passwd", None),
        ("\x1b[31m", None),
        ("", None),
    ]:
        code, out, err = explain(asked)
        assert (code, out) == (2, "")
        assert "There is no finding" in err
        assert "customer/kind/entity" in err
        assert err.count("\n") == 1
        assert "\x1b" not in err
        assert near is None or near in err


def test_an_id_that_was_given_out_twice_needs_the_finding_id(explain):
    code, _, err = explain("4700/availability_rule/R-100086")
    assert code == 2
    assert "is more than one finding" in err
    former, present = (word for word in err.split() if len(word) == 16 and word.isalnum())
    verdicts = {json.loads(explain(each, "--json")[1])["verdict"] for each in (former, present)}
    assert verdicts == {"lost", "consistent"}


def test_before_the_first_run_it_says_what_to_do(explain, tmp_path):
    file = tmp_path / "migration.toml"
    shutil.copy(SAMPLE / "migration.toml", file)
    code, out, err = explain(LOST, file=file)
    assert (code, out) == (1, "")
    assert f"Run first: cutover-recon run {file}" in err


def test_results_of_an_older_version_ask_for_a_run(explain, copied):
    shutil.rmtree(copied.parent / OUTPUT / "explain")
    code, out, err = explain(LOST, file=copied)
    assert (code, out) == (1, "")
    assert "did not keep what explains them. Run again" in err


@pytest.mark.parametrize("name", ["held", "window", "lines"])
def test_results_that_do_not_fit_together_are_refused(explain, copied, name):
    path = copied.parent / OUTPUT / f"explain/{name}.parquet"
    pl.DataFrame({"another": [1]}).write_parquet(path)
    code, out, err = explain(LOST, file=copied)
    assert (code, out) == (1, "")
    assert "do not fit together" in err


def test_a_wrong_migration_file_is_named(explain, tmp_path):
    code, _, err = explain(LOST, file=tmp_path / "migration.toml")
    assert code == 2
    assert "migration.toml" in err


def test_it_loads_neither_the_orchestrator_nor_the_database(migration):
    """What it imports is what it costs: it must answer while somebody is on the phone."""
    code = (
        "import sys\n"
        "from flows.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as ended: assert not ended.code, ended\n"
        "heavy = ('prefect', 'fastapi', 'sqlalchemy', 'jinja2', 'xlsxwriter', 'pyarrow')\n"
        "print('heavy:', [name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "explain", str(migration), LOST],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.endswith("heavy: []\n"), done
