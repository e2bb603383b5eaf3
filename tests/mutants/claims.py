"""Whose a write was, and which row restores it."""

from tests.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        "knowledge that names several customers decides",
        "transforms.attribution",
        '.filter(~pl.col("several"))',
        ".filter(pl.lit(value=True))",
        "transforms/test_attribution.py::"
        "test_events_are_asked_only_of_devices_that_the_database_does_not_know[devices1-None]",
    ),
    Mutant(
        "an id given out again is the same entity",
        "transforms.attribution",
        'by_own = pl.col("own_created_at") > reaches_to',
        "by_own = pl.lit(value=False)",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "what belongs to somebody under review is restored",
        "transforms.claims",
        "return self.unit.is_doubtful or self.row.is_doubtful",
        "return self.row.is_doubtful",
        "transforms/test_restoration.py::TestUnderANewId::"
        "test_what_referred_to_a_doubtful_person_is_doubtful",
    ),
    Mutant(
        "a row that was there before the write restores it",
        "transforms.claims",
        'return "" if self.row.created_at > self.unit.last_at else "created_before_the_write"',
        'return ""',
        "transforms/test_restoration.py::test_never_a_row_older_than_the_write",
    ),
    Mutant(
        "a row that evidence names restores another",
        "transforms.claims",
        "        if self.row.is_named:",
        "        if False:",
        "transforms/test_restoration.py::"
        "test_never_a_row_that_evidence_from_before_going_live_names",
    ),
    Mutant(
        "rows made when nobody knows which site was live restore",
        "transforms.restoration",
        "is_doubtful=unsure,",
        "is_doubtful=pl.lit(value=False),",
        "transforms/test_restoration.py::"
        "test_a_row_created_when_nobody_knows_who_was_live_is_for_review",
    ),
    Mutant(
        "who comes first gets the row that two may claim",
        "transforms.claims",
        "if len(claimants[pair.row.id]) > 1}",
        "if len(claimants[pair.row.id]) > 9}",
        "transforms/test_restoration.py::"
        "test_two_people_who_could_certainly_be_one_row_are_both_for_review",
    ),
    Mutant(
        "a retry is a rival",
        "transforms.claims",
        "if one.at - group[-1].at > RETRY:",
        "if True:",
        "transforms/test_restoration.py::test_what_a_retry_created_twice_claims_a_row_together",
    ),
    Mutant(
        "a row of another customer is a candidate",
        "transforms.restoration",
        "younger.get(customer_id, since.clear())",
        "since",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "the device is asked before the entity",
        "transforms.attribution",
        "        writes.pipe(_fill, [events, present], entity)",
        '        writes.pipe(_fill, [devices, unregistered], ["device_id"])'
        ".pipe(_fill, [events, present], entity)",
        "transforms/test_matching.py::TestAttribution::test_by_what_events_know_of_the_entity",
    ),
    Mutant(
        "events are asked whose a registered device is, too",
        "transforms.attribution",
        'told_by_events.join(devices, on="device_id", how="anti")',
        "told_by_events",
        "transforms/test_attribution.py::"
        "test_events_are_asked_only_of_devices_that_the_database_does_not_know[devices0-1]",
    ),
    Mutant(
        "who had an id before tells whose it is now",
        "transforms.attribution",
        'entity = [*ENTITY, "is_of_former"]',
        "entity = [*ENTITY]",
        "transforms/test_matching.py::TestAttribution::test_not_by_a_row_that_has_got_the_id_since",
    ),
    Mutant(
        "what is certain claims together with what is the same all over",
        "transforms.claims",
        "for pair in open_pairs if pair.likeness is level]",
        "for pair in open_pairs if pair.likeness >= Likeness.CERTAIN]",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "who is under review leaves his other rows to others",
        "transforms.claims",
        "            settled.taken.setdefault(pair.row.id, pair.score)\n        if number",
        "            pass\n        if number",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "who has the same score comes too late",
        "transforms.claims",
        "is_taken = settled.taken.get(pair.row.id, pair.score) > pair.score",
        "is_taken = pair.row.id in settled.taken",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "who comes after the best may have the same row",
        "transforms.claims",
        "is_taken = settled.taken.get(pair.row.id, pair.score) > pair.score",
        "is_taken = False",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "who possibly was there before is for review",
        "transforms.claims",
        "if pair.likeness >= Likeness.CERTAIN:",
        "if pair.likeness >= Likeness.POSSIBLE:",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "whom only the row shares a phone with is not known",
        "transforms.restoration",
        '                    since.select("customer_id", rough("fields", field)),\n',
        "",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
)
