"""What a line of a log says, and that it is read as soon or as late as it stands there."""

from tests.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        "a value goes on behind the character that ends it",
        "transforms.access_logs.pieces",
        "piece.matching_without(after.spelled[0])",
        'piece.matching_without("\\n")',
        "transforms/access_logs/test_pieces.py::"
        "test_a_value_that_holds_what_ends_it_is_left_to_the_exact_pattern",
    ),
    Mutant(
        "lines that nobody keeps are no sign of life",
        "transforms.access_logs.text_lines",
        'pl.concat([passed, looked_at.select("time")])',
        'looked_at.select("time")',
        "transforms/access_logs/test_nginx.py::"
        "test_seconds_are_those_of_all_well_formed_lines_even_if_not_kept",
    ),
    Mutant(
        "what is parsed last comes first",
        "flows.ahead",
        "begun.append(threads.submit(work, item))",
        "begun.appendleft(threads.submit(work, item))",
        "flows/test_ahead.py::test_results_come_in_the_order_of_the_items_however_long_each_takes",
    ),
    Mutant(
        "whichever logger wrote it, a line of Caddy's looks like a request",
        "transforms.access_logs.caddy",
        "decided_by=(_LOGGER,),",
        "decided_by=(),",
        "transforms/access_logs/test_servers_json.py::"
        "test_what_another_logger_says_of_a_request_is_no_sign_of_life",
    ),
)
