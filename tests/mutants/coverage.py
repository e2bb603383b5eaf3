"""When a log was silent although it should not have been."""

from tests.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        "an accepted gap counts as covered",
        "transforms.coverage",
        'silent.select("from_at", "to_at")',
        'silent.filter(~pl.col("accepted")).select("from_at", "to_at")',
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "one rhythm for the whole night",
        "transforms.rhythm",
        "before[-EACH_SIDE:] + after[:EACH_SIDE]",
        "before + after",
        "transforms/test_coverage.py::TestAuto::"
        "test_twenty_minutes_are_a_gap_in_the_evening_and_none_in_the_night",
    ),
    Mutant(
        "one outage hides another",
        "transforms.rhythm",
        "sorted(around)[-1 - SPARED]",
        "sorted(around)[-1]",
        "transforms/test_coverage.py::TestAuto::test_one_outage_does_not_hide_another",
    ),
    Mutant(
        "few lines excuse any silence",
        "transforms.rhythm",
        "MOST_TIMES = 10.0",
        "MOST_TIMES = 10_000.0",
        "transforms/test_coverage.py::TestAuto::"
        "test_few_lines_do_not_excuse_a_silence_of_any_length",
    ),
    Mutant(
        "an outage counts from the snapshot on only",
        "transforms.coverage",
        "before = seconds[: len(seconds) - len(inside)] or [window.snapshot_at]",
        "before = [window.snapshot_at]",
        "transforms/test_coverage.py::TestAuto::"
        "test_a_silence_that_began_before_the_window_is_judged_by_its_whole_length",
    ),
    Mutant(
        "what was accepted twice is two gaps",
        "transforms.coverage",
        "accepted = _united(rule.accepted)",
        "accepted = sorted(rule.accepted)",
        "transforms/test_coverage.py::TestAcceptedGaps::"
        "test_together_they_name_all_of_it_once[touching]",
    ),
)
