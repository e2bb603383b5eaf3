"""What became of each thing, and what is said of it."""

from tests.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        "a left-over pair is as good as any other",
        "transforms.effects",
        'pl.col("paired_by").ne_missing("left_over")',
        "pl.lit(value=True)",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "what existed before the window is cancelled by its deletion",
        "transforms.effects",
        'in_window.filter(existence).first().alias("began_in_window")',
        'in_window.any().alias("began_in_window")',
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "the first update wins",
        "transforms.effects",
        '.agg(pl.col("value").last(), pl.col("from_path").all())',
        '.agg(pl.col("value").first(), pl.col("from_path").all())',
        "transforms/test_effects.py::test_of_one_instant_the_later_line_wins",
    ),
    Mutant(
        "what is unknown of one update is vouched for by another",
        "transforms.verdicts",
        '& pl.col("knows_each_change")',
        "",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "a row untouched since the snapshot may have a later write",
        "transforms.verdicts",
        ".when(untouched | (touched < write - window.server_skew))",
        ".when(touched < write - window.server_skew)",
        "transforms/test_verdicts.py::TestWhetherARowHasAnUpdate::"
        "test_a_row_untouched_since_the_snapshot_never_has_a_later_write",
    ),
    Mutant(
        "what was touched since is consistent",
        "transforms.verdicts",
        ".when(replaced)",
        ".when(replaced | True)",
        "transforms/test_verdicts.py::TestWhetherARowHasAnUpdate::test_touched_since",
    ),
    Mutant(
        "events alone are believed",
        "transforms.verdicts",
        '(pl.col("lines") == 0) & pl.col("is_covered")',
        'pl.lit(value=False) & pl.col("is_covered")',
        "transforms/test_verdicts.py::TestEventsAlone::"
        "test_unconfirmed_where_the_logs_cover_the_moment",
    ),
    Mutant(
        "feedback goes with its person",
        "transforms.verdicts",
        "& pl.lit(not kind.record_only)",
        "",
        "transforms/test_verdicts.py::TestParentGone::test_feedback_stays_for_the_record",
    ),
    Mutant(
        "a deletion that is not confirmed takes the children along",
        "transforms.references",
        'pl.col("verdict") != "unconfirmed"',
        "pl.lit(value=True)",
        "transforms/test_verdicts.py::TestParentGone::"
        "test_what_is_only_said_to_have_been_deleted_takes_nothing_along",
    ),
    Mutant(
        "a state under a guessed person is consistent",
        "transforms.verdicts",
        'pl.when(guessed).then(pl.lit("review"))',
        "pl.when(pl.lit(value=False)).then(present)",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "an id that is somebody else's now proves an update",
        "transforms.verdicts",
        "same &= is_sure & ",
        "same &= ",
        "transforms/test_verdicts.py::TestIdsIssuedTwice::"
        "test_a_reference_to_somebody_elses_id_proves_no_update",
    ),
    Mutant(
        "one row explains many lines",
        "transforms.explanations",
        "closest_pairs(told, held, [fit])",
        "pl.concat(closest_pairs(one, held, [fit]) for one in told.partition_by('key') or [told])",
        "transforms/test_verdicts.py::TestUnidentified::test_one_row_explains_one_line",
    ),
    Mutant(
        "what a deletion has ended is still told",
        "transforms.effects",
        'has_last = (pl.col("deletes_to_come") == 0).any().over(KEY)',
        "has_last = pl.lit(value=False)",
        "transforms/test_effects.py::test_what_a_deletion_has_ended_is_told_no_more",
    ),
    Mutant(
        "one covered moment doubts all that events say",
        "transforms.effects",
        'pl.col("is_covered").all()',
        'pl.col("is_covered").any()',
        "transforms/test_effects.py::"
        "test_one_moment_that_no_log_covers_is_enough_to_believe_what_events_say",
    ),
    Mutant(
        "the last of several creations is the one that is judged",
        "transforms.effects",
        '.first().alias("last_create")',
        '.last().alias("last_create")',
        "transforms/test_effects.py::test_of_two_creations_the_first_is_when_it_came_into_being",
    ),
    Mutant(
        "what asks for something vanishes behind a try that does not",
        "transforms.retries",
        "_Same(customer_id, kind, verdict, identity)",
        '_Same(customer_id, kind, "", identity)',
        "transforms/test_retries.py::test_what_is_no_retry_stays_apart[another verdict]",
    ),
    Mutant(
        "a second try after a minute to the second is another thing",
        "transforms.retries",
        "if group and at - before > limit:",
        "if group and at - before >= limit:",
        "transforms/test_retries.py::"
        "test_two_ids_of_one_thing_within_a_minute_are_one_group_named_after_the_smallest_id",
    ),
    Mutant(
        "relatives with one address are one person in the lists",
        "transforms.retries",
        "if not needed or not all(map(fields.get, needed)) or is_acknowledgement(kind, fields):",
        "if not needed or is_acknowledgement(kind, fields):",
        "transforms/test_retries.py::test_persons_whose_names_are_not_known_are_not_taken_for_one",
    ),
    Mutant(
        "what asks whether a row is named asks all kinds",
        "transforms.verdicts",
        'setting.named.filter(pl.col("kind") == name)',
        "setting.named",
        "transforms/test_ids_of_kinds.py::"
        "test_evidence_of_provisioning_17_does_not_keep_person_17_from_restoring_somebody",
    ),
    Mutant(
        "what any kind of that id became, its children follow",
        "transforms.references",
        'self.parents.filter(pl.col("kind") == kind)',
        "self.parents",
        "transforms/test_ids_of_kinds.py::"
        "test_what_belongs_to_person_17_does_not_go_with_online_service_17",
    ),
    Mutant(
        "a row touched with the snapshot may have a later write",
        "transforms.verdicts",
        "(touched <= snapshot)",
        "(touched < snapshot)",
        "transforms/test_edges.py::"
        "test_untouched_since_the_snapshot_is_up_to_its_very_moment[18:00:05-18:00:00-stale]",
    ),
    Mutant(
        "of several deletions the first is judged",
        "transforms.effects",
        '_write(pl.col("action") == "delete").last()',
        '_write(pl.col("action") == "delete").first()',
        "transforms/test_effects.py::test_of_two_deletions_the_last_one_is_judged",
    ),
    Mutant(
        "nobody counts what has become of the pairs",
        "transforms.balance",
        "total=witnesses.paired + witnesses.alone,",
        "total=witnesses.in_findings,",
        "transforms/test_balance.py::"
        "test_whichever_count_is_off_the_run_fails_with_both_numbers[2-in_findings]",
    ),
)
