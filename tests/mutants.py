"""Break the rules of the core one by one: do the tests notice? `python -m tests.mutants`.

Each mutant is one replacement in a copy of `transforms/`. The tests of the core and the agreement
with the oracle run against the copy, until the first that fails. A mutant that none of them
catches has survived: there is a rule that no test holds. A replacement that no longer applies is
an error as well; then this file has fallen behind the core.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
# The oracle first: most mutants are caught within a second by its first hundred worlds.
CATCHERS = (
    "tests/oracle/test_agreement.py",
    "tests/transforms/test_verdicts.py",
    "tests/transforms/test_matching.py",
    "tests/transforms/test_restoration.py",
)
SURVIVED, APPLIES_NO_MORE, DID_NOT_RUN = "SURVIVED", "APPLIES NO MORE", "THE TESTS DID NOT RUN"
NOT_CAUGHT = frozenset({SURVIVED, APPLIES_NO_MORE, DID_NOT_RUN})


class Mutant(NamedTuple):
    """One rule broken: in `module` of the core, `old` (found exactly once) becomes `new`."""

    name: str
    module: str
    old: str
    new: str


MUTANTS = (
    Mutant(
        "a line in two files of a source counts twice",
        "writes",
        'unique(["source", "digest", "nth"]',
        'unique(["source", "file", "digest", "nth"]',
    ),
    Mutant(
        "two proxies are one although the entities differ",
        "writes",
        '.over(*request, "nth") > 1',
        '.over(*request, "nth") > 9',
    ),
    Mutant(
        "the last proxy gives the time at which a request was made",
        "writes",
        'pl.exclude(*told, "made_on_new").first(),',
        'pl.exclude(*told, "made_on_new").last(),',
    ),
    Mutant(
        "rule 1 pairs lines of the window only",
        "matching",
        "pl.concat([writes.inside, writes.outside])",
        "writes.inside",
    ),
    Mutant(
        "a pair of one request id may contradict itself",
        "pairing",
        '.filter(_agree("customer_id"), _agree("entity_id"))',
        '.filter(_agree("customer_id"))',
    ),
    Mutant(
        "clocks are corrected by the mean",
        "clocks",
        ").median().over(",
        ").mean().over(",
    ),
    Mutant(
        "a left-over pair is as good as any other",
        "effects",
        'pl.col("paired_by").ne_missing("left_over")',
        "pl.lit(value=True)",
    ),
    Mutant(
        "updates match at any distance",
        "pairing",
        'may_be_far = (pl.col("action") != "update") & (',
        "may_be_far = pl.lit(value=True) & (",
    ),
    Mutant(
        "knowledge that names several customers decides",
        "attribution",
        '.filter(~pl.col("several"))',
        ".filter(pl.lit(value=True))",
    ),
    Mutant(
        "an id given out again is the same entity",
        "attribution",
        'by_own = pl.col("own_created_at") > reaches_to',
        "by_own = pl.lit(value=False)",
    ),
    Mutant(
        "an availability's id is its own",
        "matching",
        "rows = with_borrowed_ids(rows, catalogue)",
        "",
    ),
    Mutant(
        "what existed before the window is cancelled by its deletion",
        "effects",
        'in_window.filter(existence).first().alias("began_in_window")',
        'in_window.any().alias("began_in_window")',
    ),
    Mutant(
        "the first update wins",
        "effects",
        '.agg(pl.col("value").last(), pl.col("from_path").all())',
        '.agg(pl.col("value").first(), pl.col("from_path").all())',
    ),
    Mutant(
        "what is unknown of one update is vouched for by another",
        "verdicts",
        '& pl.col("knows_each_change")',
        "",
    ),
    Mutant(
        "a row untouched since the snapshot may have a later write",
        "verdicts",
        ".when(untouched | (touched < write - window.server_skew))",
        ".when(touched < write - window.server_skew)",
    ),
    Mutant(
        "what was touched since is consistent",
        "verdicts",
        ".when(replaced)",
        ".when(replaced | True)",
    ),
    Mutant(
        "events alone are believed",
        "verdicts",
        '(pl.col("lines") == 0) & pl.col("is_covered")',
        'pl.lit(value=False) & pl.col("is_covered")',
    ),
    Mutant(
        "feedback goes with its person",
        "verdicts",
        "& pl.lit(not kind.record_only)",
        "",
    ),
    Mutant(
        "a deletion that is not confirmed takes the children along",
        "references",
        'pl.col("verdict") != "unconfirmed"',
        "pl.lit(value=True)",
    ),
    Mutant(
        "what belongs to somebody under review is restored",
        "claims",
        "if not unit.is_doubtful\n            and row.created_at",
        "if row.created_at",
    ),
    Mutant(
        "a state under a guessed person is consistent",
        "verdicts",
        'pl.when(guessed).then(pl.lit("review"))',
        "pl.when(pl.lit(value=False)).then(present)",
    ),
    Mutant(
        "an id that is somebody else's now proves an update",
        "verdicts",
        "same &= is_sure & ",
        "same &= ",
    ),
    Mutant(
        "a row that was there before the write restores it",
        "claims",
        "            and row.created_at > unit.last_at\n            and compare(unit.first.record, "
        "row.record) is",
        "            and compare(unit.first.record, row.record) is",
    ),
    Mutant(
        "a row that evidence names restores another",
        "restoration",
        'since.join(spoken_of, on="id", how="anti")',
        "since",
    ),
    Mutant(
        "rows made when nobody knows which site was live restore",
        "restoration",
        "with_columns(is_doubtful=unsure)",
        "with_columns(is_doubtful=pl.lit(value=False))",
    ),
    Mutant(
        "who comes first gets the row that two may claim",
        "claims",
        "certain=len(alike) == 1",
        "certain=unit is alike[0]",
    ),
    Mutant(
        "a retry is a rival",
        "claims",
        "if one.at - group[-1].at > RETRY:",
        "if True:",
    ),
    Mutant(
        "a row of another customer is a candidate",
        "restoration",
        "younger.get(customer_id, since.clear())",
        "since",
    ),
    Mutant(
        "one row explains many lines",
        "explanations",
        'pairs = closest_pairs(candidates, "witness_id", "row_key")',
        'pairs = candidates.select("witness_id", "row_key").unique("witness_id").collect()',
    ),
    Mutant(
        "an accepted gap counts as covered",
        "coverage",
        'silent.select("from_at", "to_at")',
        'silent.filter(~pl.col("accepted")).select("from_at", "to_at")',
    ),
)


def outcome(mutant: Mutant) -> str:
    """The first test that fails where the rule is broken, or one of `NOT_CAUGHT`."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder)
        for package in ("transforms", "tests"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / package, copy / package, ignore=ignored)
        shutil.copy(ROOT / "pyproject.toml", copy)
        module = copy / "transforms" / f"{mutant.module}.py"
        source = module.read_text("utf-8")
        if source.count(mutant.old) != 1:
            return APPLIES_NO_MORE
        module.write_text(source.replace(mutant.old, mutant.new), "utf-8")
        return _first_failure(copy)


def _first_failure(copy: Path) -> str:
    options = ("-x", "-q", "-n", "0", "--no-cov", "--tb=no", "-p", "no:cacheprovider")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *CATCHERS],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "POLARS_MAX_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode == 0:
        return SURVIVED
    failed = re.search(r"^FAILED (\S+)", run.stdout, re.MULTILINE)
    return failed[1] if failed else DID_NOT_RUN


def outcomes(mutants: Sequence[Mutant] = MUTANTS) -> dict[str, str]:
    """What became of each mutant, two at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip((it.name for it in mutants), pool.map(outcome, mutants), strict=True))


def main() -> None:
    found = outcomes()
    for name, caught_by in found.items():
        print(f"{name:62} {caught_by}")
    lasting = [name for name, caught_by in found.items() if caught_by in NOT_CAUGHT]
    print(f"{len(found)} mutants, {len(lasting)} that nothing has caught")
    sys.exit(1 if lasting else 0)


if __name__ == "__main__":
    main()
