"""Which line and which event show the same write, and whose it was."""

from collections.abc import Iterable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tables import (
    FE2,
    WINDOW,
    at,
    events,
    findings,
    reconciled,
    rows_of,
    table,
    writes,
)
from transforms.attribution import known_rows
from transforms.matching import match_by_request_id, match_with_database
from transforms.writes import LogSource, settle_writes

SHOWN = "entity | paired | line | event"


def paired(expected: str, **given: object) -> None:
    """Compare the evidence: entity, rule, line number and event number."""
    evidence = reconciled(**given).evidence
    found = [
        {
            "entity": row["entity_id"],
            "paired": row["paired_by"],
            "line": None if row["line"] is None else str(row["line"]),
            "event": row["event_id"],
        }
        for row in evidence.to_dicts()
    ]
    assert sorted(found, key=repr) == sorted(table(f"{SHOWN}\n{expected}"), key=repr)


class TestRule1TheSameRequestId:
    def test_however_wrong_the_clock(self):
        paired(
            "P1 | request_id | 1 | e1",
            lines="at | kind | action | request\n 18:10 | person | create | r1",
            told="at | kind | action | entity | request\n 20:55 | person | create | P1 | r1",
        )

    def test_no_id_is_no_match(self):
        paired(
            "V1 | | 1 | \n P1 | | | e1",
            lines="at | kind | action | entity | request\n18:10|provisioning|create|V1|",
            told="at | kind | action | entity | request\n 18:10 | person | create | P1 | ",
        )

    def test_one_request_may_make_events_of_several_kinds(self):
        paired(
            "P1 | request_id | 1 | e2\n V1 | | | e1",
            lines="at | kind | action | request\n 18:10 | person | create | r1",
            told="""at | kind | action | entity | request
            18:10 | provisioning | create | V1 | r1
            18:10 | person | create | P1 | r1""",
        )

    def test_an_event_is_where_its_line_is(self):
        """The line is beyond the margin, so the event is, whatever its clock says."""
        paired(
            "P2 | | 2 | ",
            lines="""at | kind | action | entity | request
            22:30 | person | create | | r1
            18:10 | person | create | P2 | """,
            told="at | kind | action | entity | request\n 20:00 | person | create | P1 | r1",
        )


class TestRule2TheSameEntity:
    def test_nearest_in_time(self):
        paired(
            "P1 | entity_id | 1 | e2\n P1 | entity_id | 2 | e1",
            lines="""at | kind | action | entity
            18:10 | person | update | P1
            18:12 | person | update | P1""",
            told="""at | kind | action | entity
            18:12:30 | person | update | P1
            18:10:30 | person | update | P1""",
        )

    @pytest.mark.parametrize(
        ("action", "rule", "event_at"),
        [("update", "entity_id", "18:15"), ("create", "entity_id", "20:10")],
    )
    def test_updates_within_clock_skew_creates_at_any_time(self, action, rule, event_at):
        paired(
            f"P1 | {rule} | 1 | e1",
            lines=f"at | kind | action | entity\n 18:10 | person | {action} | P1",
            told=f"at | kind | action | entity\n {event_at} | person | {action} | P1",
        )

    def test_an_update_further_away_is_another_one(self):
        paired(
            "P1 | | 1 | \n P1 | | | e1",
            lines="at | kind | action | entity\n 18:10 | person | update | P1",
            told="at | kind | action | entity\n 18:15:01 | person | update | P1",
        )

    def test_not_of_different_customers(self):
        paired(
            "P1 | | 1 | \n P1 | | | e1",
            lines="at | kind | action | entity | customer\n 18:10 | person | create | P1 | 1",
            told="at | kind | action | entity | customer\n 18:10 | person | create | P1 | 2",
        )

    def test_by_the_devices_corrected_time(self):
        """The device is an hour slow, as its pair of rule 1 shows."""
        paired(
            "P1 | request_id | 1 | e1\n P2 | entity_id | 2 | e2",
            lines="""at | kind | action | entity | request
            19:00 | person | update | P1 | r1
            19:30 | person | update | P2 | """,
            told="""at | kind | action | entity | request | device
            18:00 | person | update | P1 | r1 | d1
            18:30:10 | person | update | P2 | | d1""",
        )


class TestRule3ALineThatNamesNoEntity:
    def test_within_clock_skew_closest_first(self):
        paired(
            "P1 | time | 1 | e1\n P2 | time | 2 | e2",
            lines="at | kind | action\n 18:10 | person | create\n 18:11 | person | create",
            told="""at | kind | action | entity
            18:10:20 | person | create | P1
            18:11:10 | person | create | P2""",
        )

    def test_by_the_device_where_the_line_knows_no_customer(self):
        paired(
            "F1 | time | 1 | e1",
            lines="at | kind | action | customer | device\n 18:10 | feedback | create | | d1",
            told="at | kind | action | entity | device\n 18:10:05 | feedback | create | F1 | d1",
            devices={"d1": ["1", "2"]},
        )

    @pytest.mark.parametrize(
        ("line", "event"),
        [("d1 | ", "d2 | "), ("d1 | *alarm_id=A1", "d1 | alarm_id=A2")],
    )
    def test_what_both_name_must_be_the_same(self, line, event):
        paired(
            " | | 1 | \n F1 | | | e1",
            lines=f"at | kind | action | device | fields\n 18:10 | feedback | create | {line}",
            told=f"at|kind|action|entity|device|fields\n 18:10|feedback|create|F1|{event}",
        )


class TestRule4WhatIsLeftOver:
    def test_one_probable_loss_is_better_than_two_doubts(self):
        found, wanted = findings(
            "entity | verdict | confidence\n P1 | lost | probable",
            lines="at | kind | action\n 18:10 | person | create",
            told="at | kind | action | entity\n 20:10 | person | create | P1",
        )
        assert found == wanted

    def test_inside_the_window_only(self):
        paired(
            " | | 1 | \n P1 | | | e1",
            lines="at | kind | action\n 18:10 | person | create",
            told="at | kind | action | entity\n 21:20 | person | create | P1",
        )

    def test_not_of_another_customer(self):
        paired(
            " | | 1 | \n P1 | | | e1",
            lines="at | kind | action | customer\n 18:10 | person | create | 1",
            told="at | kind | action | entity | customer\n 18:20 | person | create | P1 | 2",
        )


class TestManyAtOnce:
    """One customer, one kind, within seconds."""

    def test_those_that_name_their_entity_are_taken_out_first(self):
        """The nearest event of line 2 is P1's, but P1 is what line 1 says of itself."""
        paired(
            "P1 | entity_id | 1 | e1\n P2 | time | 2 | e2",
            lines="""at | kind | action | entity
            18:10:00 | person | create | P1
            18:10:02 | person | create | """,
            told="""at | kind | action | entity
            18:10:02 | person | create | P1
            18:10:09 | person | create | P2""",
        )

    def test_request_ids_before_entities_before_time(self):
        paired(
            "P3 | request_id | 1 | e3\n P2 | entity_id | 2 | e2\n P1 | time | 3 | e1",
            lines="""at | kind | action | entity | request
            18:10:00 | person | create | | r1
            18:10:01 | person | create | P2 |
            18:10:02 | person | create | | """,
            told="""at | kind | action | entity | request
            18:10:00 | person | create | P1 |
            18:10:00 | person | create | P2 |
            18:10:09 | person | create | P3 | r1""",
        )

    def test_each_device_with_its_own_line_though_they_are_interleaved(self):
        paired(
            "F1 | time | 1 | e2\n F2 | time | 2 | e1\n F3 | time | 3 | e4\n F4 | time | 4 | e3",
            lines="""at | kind | action | device | fields
            18:10:00 | feedback | create | d1 | *alarm_id=A1
            18:10:01 | feedback | create | d2 | *alarm_id=A1
            18:10:02 | feedback | create | d1 | *alarm_id=A2
            18:10:03 | feedback | create | d2 | *alarm_id=A2""",
            told="""at | kind | action | entity | device | fields
            18:10:00 | feedback | create | F2 | d2 | alarm_id=A1
            18:10:02 | feedback | create | F1 | d1 | alarm_id=A1
            18:10:01 | feedback | create | F4 | d2 | alarm_id=A2
            18:10:04 | feedback | create | F3 | d1 | alarm_id=A2""",
        )

    def test_an_event_that_names_no_device_goes_with_the_nearest_line(self):
        paired(
            "F1 | time | 2 | e1\n | | 1 | ",
            lines="""at | kind | action | device
            18:10:00 | feedback | create | d1
            18:10:09 | feedback | create | d2""",
            told="at | kind | action | entity\n 18:10:06 | feedback | create | F1",
        )

    def test_the_closest_pair_is_taken_even_if_it_leaves_a_far_one(self):
        """Every event a little early: the pairs are shifted by one, and none falls apart."""
        paired(
            "P2 | time | 1 | e2\n P3 | time | 2 | e3\n P1 | time | 3 | e1",
            lines="""at | kind | action
            18:10:00 | person | create
            18:10:02 | person | create
            18:10:04 | person | create""",
            told="""at | kind | action | entity
            18:09:58.500 | person | create | P1
            18:10:00.500 | person | create | P2
            18:10:02.500 | person | create | P3""",
        )


class TestTies:
    """Who comes first in time is taken first; then by file, line, source and id."""

    def test_a_line_between_two_events(self):
        paired(
            "P2 | time | 1 | e2\n P1 | | | e1",
            lines="at | kind | action\n 18:10:05 | person | create",
            told="""at | kind | action | entity
            18:10:10 | person | create | P1
            18:10:00 | person | create | P2""",
        )

    def test_two_lines_and_two_events_all_equally_far_apart(self):
        paired(
            "P1 | time | 1 | e1\n P2 | time | 2 | e2",
            lines="at | kind | action\n 18:10:05 | person | create\n 18:10:05 | person | create",
            told="""at | kind | action | entity
            18:10:00 | person | create | P1
            18:10:10 | person | create | P2""",
        )

    def test_two_lines_and_two_events_at_one_moment(self):
        """The ids of the events decide, not the order in which they were read."""
        paired(
            "P2 | time | 1 | a\n P1 | time | 2 | b",
            lines="at | kind | action\n 18:10 | person | create\n 18:10 | person | create",
            told="""at | kind | action | entity | id
            18:10 | person | create | P1 | b
            18:10 | person | create | P2 | a""",
        )


MOMENTS = st.integers(0, 8).map(lambda second: f"18:10:0{second}")
LINES = st.lists(
    st.tuples(
        MOMENTS,
        st.sampled_from(["person", "feedback"]),
        st.sampled_from(["create", "update"]),
        st.sampled_from(["", "P1", "P2"]),
        st.sampled_from(["", "", "r1", "r2"]),
        st.sampled_from(["", "d1", "d2"]),
        st.sampled_from(["proxy-a", "proxy-b"]),
        st.sampled_from(["/p", "/q"]),
    ),
    max_size=8,
)
EVENTS = st.lists(
    st.tuples(
        MOMENTS,
        st.sampled_from(["person", "feedback"]),
        st.sampled_from(["create", "update"]),
        st.sampled_from(["P1", "P2", "P3"]),
        st.sampled_from(["", "", "r1", "r2"]),
        st.sampled_from(["", "d1", "d2"]),
    ),
    max_size=8,
)


def matched(lines: Iterable[tuple[str, ...]], told: Iterable[tuple[str, ...]]) -> pl.DataFrame:
    """What the core's matching makes of them, with nothing in the database."""
    heads = "at|kind|action|entity|request|device|source|path|line|digest"
    drawn = writes("\n".join([heads, *map("|".join, lines)]))
    heard = events("\n".join(["at|kind|action|entity|request|device|id", *map("|".join, told)]))
    settled = settle_writes(drawn.lazy(), WINDOW, [])
    found = match_with_database(
        match_by_request_id(settled, heard.lazy(), WINDOW),
        known_rows({kind: rows_of(kind, "id").lazy() for kind in FE2.kinds}),
        pl.DataFrame(schema={"device_id": pl.String, "customer_id": pl.String}),
        WINDOW,
        FE2,
    )
    return found.drop("event_line")


@settings(max_examples=20, deadline=None)
@given(LINES, EVENTS, st.randoms(use_true_random=False))
def test_whatever_the_order_of_the_input_the_pairs_are_the_same(lines, told, order):
    numbered = [(*line, str(number), str(number)) for number, line in enumerate(lines, 1)]
    named = [(*event, f"e{number}") for number, event in enumerate(told)]
    found = matched(numbered, named)
    assert matched(shuffled(numbered, order), shuffled(named, order)).equals(found)
    assert sorted(found.get_column("event_id").drop_nulls()) == sorted(row[-1] for row in named)
    assert found.get_column("line").drop_nulls().is_unique().all()


def shuffled(rows, order):
    return order.sample(rows, len(rows))


class TestAttribution:
    ACCEPT = "at | kind | action | customer | entity | device\n18:30|provisioning|update| |V1|d1"

    def owner(self, expected: str | None, **given: object) -> None:
        found = reconciled(**{"lines": self.ACCEPT} | given)
        together = pl.concat([found.evidence, found.unattributed])
        owners = together.filter(pl.col("line") == 1).get_column("customer_id").to_list()
        assert owners == [expected]

    def test_by_request_id_first(self):
        self.owner(
            "1",
            lines="at | kind | action | customer | device | request\n18:30|feedback|create| |d2|r1",
            told="at | kind | action | entity | request\n 18:30 | feedback | create | F1 | r1",
            devices={"d2": ["2"]},
        )

    def test_by_what_events_know_of_the_entity(self):
        self.owner(
            "1",
            told="at | kind | action | entity\n 18:20 | provisioning | create | V1",
            devices={"d1": ["2"]},
        )

    def test_by_the_entitys_row(self):
        self.owner(
            "3",
            rows={"provisioning": "id | customer | created\n V1 | 3 | 09:00"},
            devices={"d1": ["2"]},
        )

    def test_not_by_a_row_that_has_got_the_id_since(self):
        self.owner(
            "2",
            rows={"provisioning": "id | customer | created\n V1 | 3 | 21:40"},
            devices={"d1": ["2"]},
        )

    def test_by_whoever_names_it_where_neither_event_nor_row_does(self):
        self.owner(
            "4",
            lines=f"{self.ACCEPT}\n 18:20 | provisioning | update | 4 | V1",
            devices={"d1": ["2"]},
        )

    def test_an_event_and_the_row_that_contradict_each_other_decide_nothing(self):
        self.owner(
            "2",
            told="at | kind | action | entity\n 18:20 | provisioning | update | V1",
            rows={"provisioning": "id | customer | created\n V1 | 3 | 09:00"},
            devices={"d1": ["2"]},
        )

    def test_an_availability_belongs_to_whom_its_person_belongs(self):
        self.availability("3", created="09:00")

    def test_but_not_to_whom_the_persons_id_was_given_since(self):
        self.availability("2", created="21:40")

    def availability(self, expected: str, *, created: str) -> None:
        self.owner(
            expected,
            lines="at|kind|action|entity|customer|device\n18:30|availability|update|P1||d1",
            rows={"person": f"id | customer | created\n P1 | 3 | {created}"},
            devices={"d1": ["2"]},
        )

    def test_by_the_device(self):
        self.owner("2", devices={"d1": ["2"]})

    def test_a_device_of_several_customers_decides_nothing(self):
        self.owner(
            None,
            devices={"d1": ["2", "3"]},
            told="at | kind | action | entity | device\n 18:20 | person | create | P1 | d1",
        )

    def test_by_events_where_the_table_says_nothing_of_the_device(self):
        self.owner(
            "1", told="at | kind | action | entity | device\n 18:20 | person | create | P1 | d1"
        )

    def test_not_by_an_event_from_outside_of_the_margin(self):
        self.owner(
            None, told="at | kind | action | entity | device\n 16:20 | person | create | P1 | d1"
        )

    def test_nobody_knows(self):
        self.owner(None)


class TestOneRequestLoggedSeveralTimes:
    HEAD = "at | kind | action | entity | source | file | line | digest | request | method | path"

    def lines(self, expected: int, text: str) -> None:
        found = reconciled(lines=f"{self.HEAD}\n{text}")
        assert found.evidence.height == expected

    def test_the_same_line_in_two_files_of_one_source_is_one_request(self):
        self.lines(
            1,
            """18:10 | person | create | P1 | proxy-a | a.log | 7 | x
            18:10 | person | create | P1 | proxy-a | a.log.1 | 9 | x""",
        )

    def test_identical_lines_within_one_file_are_different_requests(self):
        self.lines(
            2,
            """18:10 | feedback | create | | proxy-a | a.log | 7 | x
            18:10 | feedback | create | | proxy-a | a.log | 8 | x
            18:10 | feedback | create | | proxy-a | b.log | 1 | x""",
        )

    def test_two_proxies_with_one_request_id_saw_one_write(self):
        self.lines(
            1,
            """18:10 | person | create | P1 | proxy-a | a.log | 7 | x | r1 | POST | /p
            18:10:01 | person | create | P1 | proxy-b | b.log | 9 | y | r1 | POST | /p""",
        )

    def test_three_proxies_saw_one_write_though_their_clocks_differ(self):
        """The innermost proxy's clock is behind, so its line seems to come first."""
        found = reconciled(
            lines=f"""{self.HEAD}
            18:10:04 | person | create | | proxy-a | a.log | 7 | x | r1 | POST | /p
            18:10:05 | person | create | | proxy-b | b.log | 9 | y | r1 | POST | /p
            18:09:57 | person | create | P1 | proxy-c | c.log | 2 | z | r1 | POST | /p"""
        )
        (row,) = found.evidence.to_dicts()
        assert (row["entity_id"], row["file"], row["at"]) == ("P1", "c.log", at("18:09:57"))

    def test_two_tries_with_one_id_through_two_proxies_whose_clocks_differ_are_two(self):
        """By its clock, proxy-b saw both tries before proxy-a saw the first."""
        found = reconciled(
            lines=f"""{self.HEAD}
            18:10:10 | person | create | P1 | proxy-a | a.log | 7 | x | r1 | POST | /p
            18:10:13 | person | create | P2 | proxy-a | a.log | 8 | z | r1 | POST | /p
            18:10:02 | person | create | P1 | proxy-b | b.log | 9 | y | r1 | POST | /p
            18:10:05 | person | create | P2 | proxy-b | b.log | 10 | w | r1 | POST | /p"""
        )
        assert found.evidence.select("entity_id", "at").rows() == [
            ("P1", at("18:10:02")),
            ("P2", at("18:10:05")),
        ]

    def test_a_request_through_two_proxies_has_one_event(self):
        paired(
            "P1 | request_id | 7 | e1",
            lines=f"""{self.HEAD}
            18:10:00 | person | create | | proxy-a | a.log | 7 | x | r1 | POST | /p
            18:10:01 | person | create | | proxy-b | b.log | 9 | y | r1 | POST | /p""",
            told="at | kind | action | entity | request\n 18:20 | person | create | P1 | r1",
        )

    def test_one_proxy_with_one_request_id_twice_saw_two(self):
        self.lines(
            2,
            """18:10 | person | create | P1 | proxy-a | a.log | 7 | x | r1 | POST | /p
            18:10:01 | person | create | P2 | proxy-a | a.log | 9 | y | r1 | POST | /p""",
        )

    def test_what_was_sent_twice_with_one_request_id_is_two_at_every_proxy(self):
        self.lines(
            2,
            """18:10:00 | person | create | P1 | proxy-a | a.log | 7 | x | r1 | POST | /p
            18:10:00 | person | create | | proxy-b | b.log | 9 | y | r1 | POST | /p
            18:10:20 | person | create | P2 | proxy-a | a.log | 8 | z | r1 | POST | /p
            18:10:20 | person | create | | proxy-b | b.log | 10 | w | r1 | POST | /p""",
        )

    def test_proxies_that_number_by_themselves_meet_by_chance(self):
        self.lines(
            2,
            """18:10:00 | person | create | P1 | proxy-a | a.log | 7 | x | 1 | POST | /p
            18:40:00 | person | create | P2 | proxy-b | b.log | 9 | y | 1 | POST | /p""",
        )

    def test_no_request_id_makes_none_the_same(self):
        self.lines(
            2,
            """18:10 | feedback | create | | proxy-a | a.log | 7 | x | | POST | /p
            18:10 | feedback | create | | proxy-b | b.log | 9 | y | | POST | /p""",
        )

    def test_what_only_one_proxy_logs_it_tells_for_both(self):
        found = reconciled(
            lines=f"""{self.HEAD}
            18:10 | person | create | | proxy-a | a.log | 7 | x | r1 | POST | /p
            18:10:01 | person | create | P1 | proxy-b | b.log | 9 | y | r1 | POST | /p"""
        )
        (row,) = found.evidence.to_dicts()
        assert (row["entity_id"], row["file"], row["at"]) == ("P1", "a.log", at("18:10"))


def test_of_a_request_that_passed_two_proxies_the_first_line_gives_the_time():
    found, wanted = findings(
        "entity | verdict | reason\n P1 | lost | ",
        lines="""at | kind | action | entity | source | request | path
        21:17:59 | person | create | P1 | proxy-a | r1 | /p
        21:18:00 | person | create | P1 | proxy-b | r1 | /p""",
    )
    assert found == wanted


@pytest.mark.parametrize(
    ("sources", "upstream", "reason"),
    [
        ((LogSource(name="proxy-a", new_upstreams=("10.2.*",)),), "10.2.0.1:80", "after_live"),
        ((LogSource(name="proxy-a", new_upstreams=("10.2.*",)),), "10.1.0.1:80", None),
        ((LogSource(name="proxy-a", new_upstreams=("10.2.*",)),), "", None),
        ((LogSource(name="proxy-a", new_upstreams=("*.2.*:80",)),), "10.2.0.1:80", "after_live"),
        ((LogSource(name="proxy-a", new_upstreams=("x", "n[!0-9]?")),), "new", "after_live"),
        ((LogSource(name="proxy-a", new_upstreams=("[::1]:80",)),), "[::1]:80", "after_live"),
        ((LogSource(name="proxy-a", new_upstreams=("[fd00::*",)),), "[fd00::1]:80", "after_live"),
        ((LogSource(name="proxy-a", new_upstreams=("[::1]:80",)),), "[::2]:80", None),
        ((LogSource(name="proxy-a", role="new"),), "10.1.0.1:80", "after_live"),
    ],
)
def test_which_site_answered(sources, upstream, reason):
    found, wanted = findings(
        f"entity | reason\n P1 | {reason or ''}",
        lines=f"at | kind | action | entity | upstream\n18:10|person|create|P1|{upstream}",
        sources=sources,
    )
    assert found == wanted
