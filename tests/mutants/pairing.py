"""Which lines and events are one write, and when it was."""

from tests.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        "a line in two files of a source counts twice",
        "transforms.writes",
        'unique(["source", "digest", "nth"]',
        'unique(["source", "file", "digest", "nth"]',
        "transforms/test_matching.py::TestOneRequestLoggedSeveralTimes::"
        "test_the_same_line_in_two_files_of_one_source_is_one_request",
    ),
    Mutant(
        "two proxies are one although the entities differ",
        "transforms.writes",
        '.over(*request, "nth") > 1',
        '.over(*request, "nth") > 9',
        "transforms/test_matching.py::TestOneRequestLoggedSeveralTimes::"
        "test_proxies_that_number_by_themselves_meet_by_chance",
    ),
    Mutant(
        "the last proxy gives the time at which a request was made",
        "transforms.writes",
        'pl.exclude(*told, "made_on_new").first(),',
        'pl.exclude(*told, "made_on_new").last(),',
        "transforms/test_matching.py::TestOneRequestLoggedSeveralTimes::"
        "test_three_proxies_saw_one_write_though_their_clocks_differ",
    ),
    Mutant(
        "rule 1 pairs lines of the window only",
        "transforms.matching",
        "pl.concat([writes.inside, each_request_once(writes.outside)])",
        "writes.inside",
        "transforms/test_matching.py::TestRule1TheSameRequestId::"
        "test_an_event_is_where_its_line_is",
    ),
    Mutant(
        "a line outside of the window counts as often as it was given",
        "transforms.matching",
        "each_request_once(writes.outside)",
        "writes.outside",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "a pair of one request id may contradict itself",
        "transforms.pairing",
        '("request_id", *_WHAT), ("customer_id", "entity_id")',
        '("request_id", *_WHAT), ("customer_id",)',
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "clocks are corrected by the mean",
        "transforms.clocks",
        ").median().over(",
        ").mean().over(",
        "transforms/test_clocks.py::test_one_pair_that_is_hours_off_moves_nothing",
    ),
    Mutant(
        "updates match at any distance",
        "transforms.pairing",
        'may_be_far = pl.col("action") != "update"',
        "may_be_far = pl.lit(value=True)",
        "transforms/test_matching.py::TestRule2TheSameEntity::"
        "test_an_update_further_away_is_another_one",
    ),
    Mutant(
        "a line that knows its customer pairs by its device with anybody's event",
        "transforms.pairing",
        'device_alone=pl.when(pl.col("customer_id").is_null()).then("device_id")',
        'device_alone=pl.col("device_id")',
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "what is left over outside of the window pairs",
        "transforms.pairing",
        '_without(events, nearby, "event_key").filter(window.contains(pl.col("at")))',
        '_without(events, nearby, "event_key")',
        "transforms/test_matching.py::TestRule4WhatIsLeftOver::test_inside_the_window_only",
    ),
    Mutant(
        "who was taken is taken again",
        "transforms.closest",
        "if left not in self._taken[True] and right not in self._taken[False]:",
        "if left not in self._taken[True]:",
        "transforms/test_closest.py::test_the_outcome_is_that_of_listing_all_pairs",
    ),
    Mutant(
        "where all are taken, the chain breaks",
        "transforms.closest",
        "end = self._after[after] if self._is_empty(after) else after",
        "end = _NOBODY if self._is_empty(after) else after",
        "transforms/test_closest.py::test_the_closest_are_taken_first_whoever_came_first",
    ),
    Mutant(
        "an availability's id is its own",
        "transforms.matching",
        "rows = with_borrowed_ids(rows, catalogue)",
        "",
        "transforms/test_matching.py::TestAttribution::"
        "test_an_availability_belongs_to_whom_its_person_belongs",
    ),
    Mutant(
        "the edge of the margin is outside",
        "transforms.window",
        "moment(self.read_from - give), moment(self.read_to + give))",
        "moment(self.read_from - give), moment(self.read_to + give), closed='none')",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "going live is the last moment of the old site",
        "transforms.window",
        "return at >= moment(self.live_at + self.live_at_uncertainty)",
        "return at > moment(self.live_at + self.live_at_uncertainty)",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "a client's clock is as good as a server's",
        "transforms.window",
        ".otherwise(pl.lit(self.clock_skew))",
        ".otherwise(pl.lit(self.server_skew))",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "a clock that nothing corrects is believed to the second",
        "transforms.clocks",
        "give=window.clock_skew",
        "give=0 * window.clock_skew",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "who names no device has the clock of all who name none",
        "transforms.clocks",
        'pl.when(pl.col("device_id").is_not_null()).then(measured)',
        "measured",
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "from a pair, the event gives the time",
        "transforms.matching",
        'pl.coalesce("at", "at_e").alias("at")',
        'pl.coalesce("at_e", "at").alias("at")',
        "oracle/test_agreement.py::test_on_worlds_drawn_by_hand",
    ),
    Mutant(
        "what the path says stands over what the event says",
        "transforms.matching",
        'for witness in ("l", "e")',
        'for witness in ("e", "l")',
        "transforms/test_effects.py::test_what_the_event_says_stands_over_what_the_route_says",
    ),
    Mutant(
        "all proxies must know that the new site answered",
        "transforms.writes",
        'pl.col("made_on_new").any(),',
        'pl.col("made_on_new").all(),',
        "transforms/test_two_proxies.py::"
        "test_if_one_of_them_knows_that_the_new_site_answered_it_did",
    ),
)
