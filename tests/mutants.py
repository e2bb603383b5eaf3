"""Break the rules of the core one by one: do the tests notice? `python -m tests.mutants`.

Each mutant is one replacement in a copy of `transforms/`. The tests of the core and the agreement
with the oracle run against the copy, until the first that fails. A mutant that none of them
catches has survived: there is a rule that no test holds. A replacement that no longer applies is
an error as well; then this file has fallen behind the core.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib.util import cache_from_source
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
# Most mutants are caught within two seconds by a world that was drawn for the rule.
CATCHERS = (
    "tests/oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    "tests/oracle/test_agreement.py::test_on_random_worlds",
    "tests/transforms/test_effects.py",
    "tests/transforms/test_edges.py",
    "tests/transforms/test_ids_of_kinds.py",
    "tests/transforms/test_two_proxies.py",
    "tests/transforms/test_clocks.py",
    "tests/transforms/test_closest.py",
    "tests/transforms/test_verdicts.py",
    "tests/transforms/test_matching.py",
    "tests/transforms/test_restoration.py",
)
# What the oracle does not reach, or hardly.
OWN_CATCHERS = {
    "balance": "tests/transforms/test_balance.py",
    "coverage": "tests/transforms/test_coverage.py",
    "retries": "tests/transforms/test_retries.py",
    "rhythm": "tests/transforms/test_coverage.py",
}
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
        "pl.concat([writes.inside, each_request_once(writes.outside)])",
        "writes.inside",
    ),
    Mutant(
        "a line outside of the window counts as often as it was given",
        "matching",
        "each_request_once(writes.outside)",
        "writes.outside",
    ),
    Mutant(
        "a pair of one request id may contradict itself",
        "pairing",
        '("request_id", *_WHAT), ("customer_id", "entity_id")',
        '("request_id", *_WHAT), ("customer_id",)',
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
        'may_be_far = pl.col("action") != "update"',
        "may_be_far = pl.lit(value=True)",
    ),
    Mutant(
        "a line that knows its customer pairs by its device with anybody's event",
        "pairing",
        'device_alone=pl.when(pl.col("customer_id").is_null()).then("device_id")',
        'device_alone=pl.col("device_id")',
    ),
    Mutant(
        "what is left over outside of the window pairs",
        "pairing",
        '_without(events, nearby, "event_key").filter(window.contains(pl.col("at")))',
        '_without(events, nearby, "event_key")',
    ),
    Mutant(
        "who was taken is taken again",
        "closest",
        "if left not in self._taken[True] and right not in self._taken[False]:",
        "if left not in self._taken[True]:",
    ),
    Mutant(
        "where all are taken, the chain breaks",
        "closest",
        "end = self._after[after] if self._is_empty(after) else after",
        "end = _NOBODY if self._is_empty(after) else after",
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
        "return self.unit.is_doubtful or self.row.is_doubtful",
        "return self.row.is_doubtful",
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
        'return "" if self.row.created_at > self.unit.last_at else "created_before_the_write"',
        'return ""',
    ),
    Mutant(
        "a row that evidence names restores another",
        "claims",
        "        if self.row.is_named:",
        "        if False:",
    ),
    Mutant(
        "rows made when nobody knows which site was live restore",
        "restoration",
        "is_doubtful=unsure,",
        "is_doubtful=pl.lit(value=False),",
    ),
    Mutant(
        "who comes first gets the row that two may claim",
        "claims",
        "if len(claimants[pair.row.id]) > 1}",
        "if len(claimants[pair.row.id]) > 9}",
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
        "closest_pairs(told, held, [fit])",
        "pl.concat(closest_pairs(one, held, [fit]) for one in told.partition_by('key') or [told])",
    ),
    Mutant(
        "an accepted gap counts as covered",
        "coverage",
        'silent.select("from_at", "to_at")',
        'silent.filter(~pl.col("accepted")).select("from_at", "to_at")',
    ),
    Mutant(
        "one rhythm for the whole night",
        "rhythm",
        "before[-EACH_SIDE:] + after[:EACH_SIDE]",
        "before + after",
    ),
    Mutant(
        "one outage hides another",
        "rhythm",
        "sorted(around)[-1 - SPARED]",
        "sorted(around)[-1]",
    ),
    Mutant(
        "few lines excuse any silence",
        "rhythm",
        "MOST_TIMES = 10.0",
        "MOST_TIMES = 10_000.0",
    ),
    Mutant(
        "an outage counts from the snapshot on only",
        "coverage",
        "before = seconds[: len(seconds) - len(inside)] or [window.snapshot_at]",
        "before = [window.snapshot_at]",
    ),
    Mutant(
        "what was accepted twice is two gaps",
        "coverage",
        "accepted = _united(rule.accepted)",
        "accepted = sorted(rule.accepted)",
    ),
    Mutant(
        "the edge of the margin is outside",
        "window",
        "moment(self.read_from - give), moment(self.read_to + give))",
        "moment(self.read_from - give), moment(self.read_to + give), closed='none')",
    ),
    Mutant(
        "going live is the last moment of the old site",
        "window",
        "return at >= moment(self.live_at + self.live_at_uncertainty)",
        "return at > moment(self.live_at + self.live_at_uncertainty)",
    ),
    Mutant(
        "a client's clock is as good as a server's",
        "window",
        ".otherwise(pl.lit(self.clock_skew))",
        ".otherwise(pl.lit(self.server_skew))",
    ),
    Mutant(
        "the device is asked before the entity",
        "attribution",
        "        writes.pipe(_fill, [events, present], entity)",
        '        writes.pipe(_fill, [devices, unregistered], ["device_id"])'
        ".pipe(_fill, [events, present], entity)",
    ),
    Mutant(
        "events are asked whose a registered device is, too",
        "attribution",
        'told_by_events.join(devices, on="device_id", how="anti")',
        "told_by_events",
    ),
    Mutant(
        "who had an id before tells whose it is now",
        "attribution",
        'entity = [*ENTITY, "is_of_former"]',
        "entity = [*ENTITY]",
    ),
    Mutant(
        "a clock that nothing corrects is believed to the second",
        "clocks",
        "give=window.clock_skew",
        "give=0 * window.clock_skew",
    ),
    Mutant(
        "who names no device has the clock of all who name none",
        "clocks",
        'pl.when(pl.col("device_id").is_not_null()).then(measured)',
        "measured",
    ),
    Mutant(
        "what a deletion has ended is still told",
        "effects",
        'has_last = (pl.col("deletes_to_come") == 0).any().over(KEY)',
        "has_last = pl.lit(value=False)",
    ),
    Mutant(
        "one covered moment doubts all that events say",
        "effects",
        'pl.col("is_covered").all()',
        'pl.col("is_covered").any()',
    ),
    Mutant(
        "the last of several creations is the one that is judged",
        "effects",
        '.first().alias("last_create")',
        '.last().alias("last_create")',
    ),
    Mutant(
        "from a pair, the event gives the time",
        "matching",
        'pl.coalesce("at", "at_e").alias("at")',
        'pl.coalesce("at_e", "at").alias("at")',
    ),
    Mutant(
        "what the path says stands over what the event says",
        "matching",
        'for witness in ("l", "e")',
        'for witness in ("e", "l")',
    ),
    Mutant(
        "what asks for something vanishes behind a try that does not",
        "retries",
        "_Same(customer_id, kind, verdict, identity)",
        '_Same(customer_id, kind, "", identity)',
    ),
    Mutant(
        "a second try after a minute to the second is another thing",
        "retries",
        "if group and at - before > limit:",
        "if group and at - before >= limit:",
    ),
    Mutant(
        "relatives with one address are one person in the lists",
        "retries",
        "if not needed or not all(map(fields.get, needed)) or is_acknowledgement(kind, fields):",
        "if not needed or is_acknowledgement(kind, fields):",
    ),
    Mutant(
        "what asks whether a row is named asks all kinds",
        "verdicts",
        'setting.named.filter(pl.col("kind") == name)',
        "setting.named",
    ),
    Mutant(
        "what any kind of that id became, its children follow",
        "references",
        'self.parents.filter(pl.col("kind") == kind)',
        "self.parents",
    ),
    Mutant(
        "a row touched with the snapshot may have a later write",
        "verdicts",
        "(touched <= snapshot)",
        "(touched < snapshot)",
    ),
    Mutant(
        "all proxies must know that the new site answered",
        "writes",
        'pl.col("made_on_new").any(),',
        'pl.col("made_on_new").all(),',
    ),
    Mutant(
        "of several deletions the first is judged",
        "effects",
        '_write(pl.col("action") == "delete").last()',
        '_write(pl.col("action") == "delete").first()',
    ),
    Mutant(
        "nobody counts what has become of the pairs",
        "balance",
        "total=witnesses.paired + witnesses.alone,",
        "total=witnesses.in_findings,",
    ),
    Mutant(
        "a sister is a typing error",
        "likeness",
        "both_are_names = found in _MISSPELT and all(",
        "both_are_names = found is Part.PARTLY and all(",
    ),
    Mutant(
        "a name is what the list holds, whoever bears another",
        "likeness",
        "return any(person.given == given and person not in also for person in bearers)",
        "return False",
    ),
    Mutant(
        "the station's phone is as good as one's own",
        "likeness",
        "_SEVERAL = 2",
        "_SEVERAL = 9",
    ),
    Mutant(
        "a short word may have two slips",
        "likeness",
        "_LONG = 8",
        "_LONG = 5",
    ),
    Mutant(
        "names are never swapped",
        "likeness",
        "(swapped, turned) if swapped.score > straight.score else (straight, other)",
        "(straight, other)",
    ),
    Mutant(
        "nobody has to be alone",
        "likeness",
        "return both_agree or (agreement.is_alone and not is_doubtful)",
        "return both_agree or not is_doubtful",
    ),
    Mutant(
        "who has a row is nobody else who may be meant",
        "likeness",
        "return lost + [person for person in self._rows[mark] if person != other]",
        "return lost",
    ),
    Mutant(
        "who is lost is nobody else who may be meant",
        "likeness",
        "lost = [person for person in self._lost[mark] if person != one]",
        "lost: list[Person] = []",
    ),
    Mutant(
        "a family's name with a family's phone is certain",
        "likeness",
        "(len(person.names) > 1 or (bool(person.names) and agreement.is_alone))",
        "bool(person.names)",
    ),
    Mutant(
        "a name that was married away needs one contact",
        "likeness",
        "return agreement.given is Part.SAME and both_agree",
        "return agreement.given is Part.SAME",
    ),
    Mutant(
        "J. is no part of Jörg",
        "likeness",
        "is_part = _is_part(mine, theirs) or _is_part(theirs, mine)",
        "is_part = _is_part(mine, theirs)",
    ),
    Mutant(
        "only equal names are worth comparing",
        "blocking",
        "OSA.distance(whole, its, score_cutoff=1) <= 1",
        "whole == its",
    ),
    Mutant(
        "ue is not ü",
        "identity",
        're.sub("([aou])e", r"\\1", bare)',
        "bare",
    ),
    Mutant(
        "what is certain claims together with what is the same all over",
        "claims",
        "for pair in open_pairs if pair.likeness is level]",
        "for pair in open_pairs if pair.likeness >= Likeness.CERTAIN]",
    ),
    Mutant(
        "who is under review leaves his other rows to others",
        "claims",
        "            settled.taken.setdefault(pair.row.id, pair.score)\n        if number",
        "            pass\n        if number",
    ),
    Mutant(
        "who has the same score comes too late",
        "claims",
        "is_taken = settled.taken.get(pair.row.id, pair.score) > pair.score",
        "is_taken = pair.row.id in settled.taken",
    ),
    Mutant(
        "who comes after the best may have the same row",
        "claims",
        "is_taken = settled.taken.get(pair.row.id, pair.score) > pair.score",
        "is_taken = False",
    ),
    Mutant(
        "who possibly was there before is for review",
        "claims",
        "if pair.likeness >= Likeness.CERTAIN:",
        "if pair.likeness >= Likeness.POSSIBLE:",
    ),
    Mutant(
        "whom only the row shares a phone with is not known",
        "restoration",
        '                    since.select("customer_id", rough("fields", field)),\n',
        "",
    ),
)


@contextmanager
def breakers(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that break the core, each in a copy of its own.

    They live on from mutant to mutant: to start Python, polars and pytest takes longer than most
    mutants live.
    """
    with (
        tempfile.TemporaryDirectory(prefix="mutants-") as folder,
        ProcessPoolExecutor(processes, get_context("spawn"), _move_in, (folder,)) as pool,
    ):
        yield pool


def _move_in(folder: str) -> None:
    copy = Path(tempfile.mkdtemp(dir=folder))
    for package in ("transforms", "tests"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, copy / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", copy)
    # Each process has one core; and the same examples every time, so that what is caught once is
    # caught again.
    os.environ.update(POLARS_MAX_THREADS="1", CI="1")
    os.chdir(copy)
    sys.path.insert(0, str(copy))


def outcome(mutant: Mutant) -> str:
    """The first test that fails where the rule is broken, or one of `NOT_CAUGHT`.

    To be called in one of `breakers`.
    """
    module = Path("transforms") / f"{mutant.module}.py"
    source = module.read_text("utf-8")
    if source.count(mutant.old) != 1:
        return APPLIES_NO_MORE
    _replace(module, source.replace(mutant.old, mutant.new))
    try:
        own = OWN_CATCHERS.get(mutant.module)
        return first_failure([own, *CATCHERS] if own else CATCHERS)
    finally:
        _replace(module, source)


def _replace(module: Path, source: str) -> None:
    module.write_text(source, "utf-8")
    # Compiled code is told from newer source by size and second only.
    Path(cache_from_source(str(module))).unlink(missing_ok=True)


class _FirstFailure:
    """What pytest tells of the first test that failed."""

    test = SURVIVED

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.test = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.test = DID_NOT_RUN


def first_failure(tests: Sequence[str]) -> str:
    """The first of the tests that fails in this process's copy; `SURVIVED` if none does."""
    # Not before the copy is at hand, and anew for each mutant.
    import pytest  # noqa: PLC0415

    for name in [name for name in sys.modules if name.split(".")[0] in {"tests", "transforms"}]:
        del sys.modules[name]
    options = ("-x", "-n", "0", "--no-cov", "-p", "no:cacheprovider")
    seen = _FirstFailure()
    ended = pytest.main([*options, "-p", "no:terminal", *tests], plugins=[seen])
    has_run = ended in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
    return seen.test if has_run else DID_NOT_RUN


def main() -> None:
    with breakers(processes=2) as pool:
        found = dict(zip((it.name for it in MUTANTS), pool.map(outcome, MUTANTS), strict=True))
        for name, caught_by in found.items():
            print(f"{name:72} {caught_by}")
        lasting = [name for name, caught_by in found.items() if caught_by in NOT_CAUGHT]
        print(f"{len(found)} mutants, {len(lasting)} that nothing has caught")
        # A test that fails anyway has caught nothing.
        catching = sorted(set(found.values()) - NOT_CAUGHT)
        failing = pool.submit(first_failure, catching).result()
    if failing != SURVIVED:
        print(f"{failing} fails without any mutant, too")
    sys.exit(1 if lasting or failing != SURVIVED else 0)


if __name__ == "__main__":
    main()
