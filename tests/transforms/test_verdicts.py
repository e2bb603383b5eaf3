"""From evidence to verdict, rule by rule. Snapshot 18:00, live 21:18, times UTC."""

from datetime import timedelta
from typing import ClassVar

import pytest

from tests.tables import WINDOW, at, findings
from transforms.window import Window

LINE = "at | kind | action | entity | fields"
NOBODY = {"person": "id | created"}


def rule(expected: str, **given: object) -> None:
    found, wanted = findings(expected, **given)
    assert found == wanted


def test_created_and_not_there_is_lost():
    rule(
        "entity | action  | verdict | confidence | reason\n P1 | created | lost | confirmed | ",
        lines=f"{LINE}\n 18:10 | person | create | P1 | ",
    )


def test_updated_and_row_older_is_stale():
    rule(
        "entity | action  | verdict | reason\n P1 | updated | stale | ",
        lines=f"{LINE}\n 18:10 | person | update | P1 | ",
        rows={"person": "id | created | fields\n P1 | 09:00 | email=old@x.de"},
    )


@pytest.mark.parametrize(
    ("updated", "verdict"), [("09:00", "stale"), ("18:10", "consistent"), ("21:40", "review")]
)
def test_what_no_column_keeps_is_not_seen_in_a_row(updated, verdict):
    rule(
        f"entity | verdict\n P1 | {verdict}",
        lines=f"{LINE}\n 18:10 | person | update | P1 | archived=yes",
        rows={"person": f"id | created | updated | fields\n P1 | 09:00 | {updated} | email=a@x.de"},
    )


def test_deleted_and_row_back_is_resurrected():
    rule(
        "entity | action  | verdict\n P1 | deleted | resurrected",
        lines=f"{LINE}\n 18:10 | person | delete | P1 | ",
        rows={"person": "id | created\n P1 | 09:00"},
    )


def test_deleted_and_row_gone_is_consistent():
    rule(
        "entity | verdict\n P1 | consistent",
        lines=f"{LINE}\n 18:10 | person | delete | P1 | ",
    )


def test_resurrected_row_touched_after_going_live_is_for_review():
    rule(
        "entity | verdict | reason\n P1 | review | ",
        lines=f"{LINE}\n 18:10 | person | delete | P1 | ",
        rows={"person": "id | created | updated\n P1 | 09:00 | 21:40"},
    )


def test_created_and_deleted_is_cancelled_whoever_witnessed_it():
    rule(
        "entity | verdict\n P1 | cancelled",
        lines=f"{LINE}\n 18:10 | person | create | P1 | ",
        told="at | kind | action | entity\n 18:20 | person | delete | P1",
    )


def test_what_was_there_before_the_window_is_not_cancelled_by_being_made_anew_in_between():
    """Its row from before may be back."""
    rule(
        "entity | verdict\n P1 | resurrected",
        lines=f"""{LINE}
        18:10 | person | delete | P1 |
        18:11 | person | create | P1 |
        18:12 | person | delete | P1 | """,
        rows={"person": "id | created\n P1 | 09:00"},
    )


def test_created_again_after_a_delete_counts_as_created():
    rule(
        "entity | action | verdict\n P1 | created | lost",
        lines=f"""{LINE}
        18:10 | person | create | P1 |
        18:11 | person | delete | P1 |
        18:12 | person | create | P1 | """,
    )


def test_updates_merge_their_fields_and_the_later_one_wins():
    rule(
        """entity | verdict | fields
        P1 | lost | {"email":"new@x.de","first_name":"Jo","last_name":"May"}""",
        told="""at | kind | action | entity | fields
        18:10 | person | create | P1 | first_name=Jo, last_name=May, email=old@x.de
        18:20 | person | update | P1 | email=new@x.de""",
        gaps="source | from | to\n proxy-a | 18:05 | 18:30",
    )


class TestWhetherARowHasAnUpdate:
    ROW = "id | created | updated | fields\n P1 | 09:00 | {} | email={}"

    def held(self, expected: str, *, updated: str, email: str, told: str = "18:10") -> None:
        rule(
            f"entity | verdict | reason\n P1 | {expected}",
            lines="at | kind | action | entity | request\n 18:10 | person | update | P1 | r1",
            told="at | kind | action | entity | request | fields\n"
            f"{told} | person | update | P1 | r1 | email=new@x.de",
            rows={"person": self.ROW.format(updated, email)},
        )

    def test_equal_in_all_known_fields(self):
        self.held("consistent | ", updated="09:00", email="new@x.de")

    def test_touched_within_server_skew(self):
        self.held("consistent | ", updated="18:10:10", email="NEW@x.de")

    def test_touched_before(self):
        self.held("stale | ", updated="18:09:49", email="old@x.de")

    def test_touched_since(self):
        self.held("review | changed_since", updated="18:10:11", email="other@x.de")

    def test_a_row_untouched_since_the_snapshot_never_has_a_later_write(self):
        rule(
            "entity | verdict\n P1 | stale",
            lines=f"{LINE}\n 18:00:05 | person | update | P1 | ",
            rows={"person": "id | created | updated\n P1 | 09:00 | 17:59:58"},
        )

    def test_an_event_alone_knows_the_time_less_well(self):
        rule(
            "entity | verdict\n P1 | consistent",
            told="at|kind|action|entity|fields\n 18:10|person|update|P1|email=n@x.de",
            rows={"person": "id | created | updated | fields\n P1|09:00|18:15|email=N@x.de"},
        )

    def test_where_nobody_knows_when_it_was_touched(self):
        rule(
            "entity | verdict | reason\n P1 | review | ",
            lines=f"{LINE}\n 18:10 | person | update | P1 | ",
            rows={"person": "id\n P1"},
        )

    def test_a_later_state_replaces_an_earlier_one_whole_where_the_last_wins(self):
        rule(
            "entity | verdict\n P1 | consistent",
            lines=f"{LINE}\n 18:10 | availability | update | P1 | ",
            rows={"availability": "id | updated | fields\n P1 | 21:40 | state=ABSENT"},
        )

    def test_a_write_on_the_new_site_that_was_touched_since(self):
        rule(
            "entity | verdict\n P1 | consistent",
            lines=f"{LINE}\n 21:20 | person | update | P1 | ",
            rows={"person": "id | created | updated\n P1 | 09:00 | 21:40"},
        )

    def test_what_stands_in_the_path_is_no_change(self):
        rule(
            "entity | verdict\n F1 | stale",
            lines=f"{LINE}\n 18:10 | feedback | update | F1 | *alarm_id=A1",
            rows={"feedback": "id | created | fields\n F1 | 09:00 | alarm_id=A1, status=YES"},
        )


class TestEventsAlone:
    TOLD = "at | kind | action | entity\n 18:10 | person | create | P1"

    def test_unconfirmed_where_the_logs_cover_the_moment(self):
        rule("entity | verdict | confidence\n P1 | unconfirmed | probable", told=self.TOLD)

    @pytest.mark.parametrize("gap", ["18:15 | 18:20", "18:00 | 18:05", "18:09 | 18:11"])
    def test_taken_at_its_word_near_a_gap(self, gap: str):
        rule(
            "entity | verdict | confidence\n P1 | lost | probable",
            told=self.TOLD,
            gaps=f"source | from | to\n proxy-b | {gap}",
        )

    def test_a_gap_further_than_the_clocks_may_differ_is_none(self):
        rule(
            "entity | verdict\n P1 | unconfirmed",
            told=self.TOLD,
            gaps="source | from | to\n proxy-b | 18:15:01 | 18:20",
        )

    def test_one_line_among_the_evidence_confirms(self):
        rule(
            "entity | verdict | confidence | lines | events\n P1 | lost | confirmed | 1 | 1",
            told=self.TOLD,
            lines=f"{LINE}\n 18:40 | person | update | P1 | ",
        )


class TestUpdateOfMissing:
    def test_is_for_review(self):
        rule(
            "entity | verdict | reason\n V1 | review | update_of_missing",
            lines=f"{LINE}\n 18:10 | provisioning | update | V1 | state=accepted",
        )

    def test_is_lost_where_what_it_refers_to_is_lost(self):
        rule(
            "kind | entity | verdict\n person | P1 | lost\n availability | P1 | lost",
            lines=f"{LINE}\n 18:10|person|create|P1|\n 18:20|availability|update|P1|",
        )


class TestParentGone:
    DELETED = f"{LINE}\n 18:05 | person | delete | P1 | "
    ROWS: ClassVar = {"person": "id | created\n P1 | 09:00"}

    def test_nobody_wants_back_what_belonged_to_someone_deleted(self):
        rule(
            "kind | verdict | reason\n person|resurrected|\n provisioning|cancelled|parent_gone",
            lines=f"{self.DELETED}\n 18:02 | provisioning | create | V1 | person_id=P1",
            rows=self.ROWS,
        )

    def test_feedback_stays_for_the_record(self):
        rule(
            "kind | verdict | reason\n person | resurrected | \n feedback | lost | ",
            lines=f"{self.DELETED}\n 18:02 | feedback | create | F1 | person_id=P1",
            rows=self.ROWS,
        )

    def test_what_is_only_said_to_have_been_deleted_takes_nothing_along(self):
        rule(
            "kind | verdict\n person | unconfirmed\n provisioning | lost",
            lines=f"{LINE}\n 18:02 | provisioning | create | V1 | person_id=P1",
            told="at | kind | action | entity\n 18:05 | person | delete | P1",
            rows=self.ROWS,
        )

    def test_what_belongs_to_nobody_any_more_stays(self):
        rule(
            "kind | verdict\n person | resurrected\n provisioning | stale",
            lines=f"{self.DELETED}\n 18:07 | provisioning | update | V1 | person_id=",
            rows=self.ROWS | {"provisioning": "id|created|fields\n V1|09:00|person_id=P1"},
        )


class TestBoundaries:
    def test_missing_from_before_the_snapshot(self):
        rule(
            "verdict | reason\n lost | before_snapshot",
            lines=f"{LINE}\n 17:59:59 | person | create | P1 | ",
        )

    def test_missing_on_the_new_site(self):
        rule(
            "verdict | reason\n lost | after_live",
            lines=f"{LINE}\n 21:18 | person | create | P1 | ",
        )

    def test_going_live_may_have_been_later(self):
        rule(
            "entity | verdict | reason\n P1 | lost | \n P2 | lost | after_live",
            lines=f"{LINE}\n 21:22:59 | person | create | P1 |\n 21:23 | person | create | P2 |",
            window=Window(
                snapshot_at=WINDOW.snapshot_at,
                live_at=WINDOW.live_at,
                live_at_uncertainty=timedelta(minutes=5),
            ),
        )

    def test_present_beyond_the_edges_is_consistent(self):
        rule(
            "entity | verdict\n P1 | consistent\n P2 | consistent",
            lines=f"{LINE}\n 17:50 | person | create | P1 |\n 21:30 | person | create | P2 |",
            rows={"person": "id | created\n P1 | 17:50\n P2 | 21:30:02"},
        )

    def test_beyond_the_margin_nothing_is_looked_at(self):
        rule(
            "entity | verdict\n P1 | lost",
            lines=f"""{LINE}
            17:30 | person | create | P1 |
            17:29:59 | person | create | P2 |
            21:48:01 | person | create | P3 |""",
        )


class TestIdsIssuedTwice:
    def test_a_row_younger_than_the_write_is_somebody_else(self):
        rule(
            "customer | entity | verdict | reason\n 1 | P1 | lost | id_reused",
            lines=f"{LINE}\n 18:10 | person | create | P1 | ",
            rows={"person": "id | customer | created\n P1 | 2 | 21:40"},
        )

    def test_within_server_skew_it_is_the_same(self):
        rule(
            "entity | verdict\n P1 | consistent",
            lines=f"{LINE}\n 21:30 | person | create | P1 | ",
            rows={"person": "id | created\n P1 | 21:30:10"},
        )

    def test_evidence_from_then_on_belongs_to_the_other(self):
        rule(
            """entity | verdict | reason
            P1 | lost | id_reused
            P1 | consistent | """,
            lines=f"{LINE}\n 18:10 | person | create | P1 | \n 21:30 | person | create | P1 | ",
            rows={"person": "id | created | fields\n P1 | 21:30 | first_name=Jo, last_name=May"},
        )

    def test_the_row_of_the_same_customer_may_be_the_lost_one_again(self):
        rule(
            "entity | verdict | reason | matched\n P1 | restored | id_reused | P1",
            lines=f"{LINE}\n18:10|person|create|P1|first_name=Jo, last_name=May, email=j@x.de",
            rows={
                "person": "id | created | fields\n"
                "P1 | 21:30 | first_name=Jo, last_name=May, email=j@x.de"
            },
        )

    def test_an_availability_of_the_former_owner_is_not_the_present_ones(self):
        rule(
            """kind | entity | verdict | reason
            person | P1 | lost | id_reused
            availability | P1 | lost | id_reused
            availability | P1 | consistent | """,
            lines=f"""{LINE}
            18:10 | person | create | P1 |
            18:20 | availability | update | P1 |
            21:40 | availability | update | P1 | """,
            rows={
                "person": "id | created\n P1 | 21:30",
                "availability": "id | updated | fields\n P1 | 21:40 | state=YES",
            },
        )

    def test_a_reference_to_somebody_elses_id_proves_no_update(self):
        rule(
            "entity | verdict\n V1 | stale",
            lines=f"{LINE}\n 18:10 | provisioning | update | V1 | person_id=P1",
            rows={
                "person": "id | created\n P1 | 21:30",
                "provisioning": "id | created | fields\n V1 | 09:00 | app=aPager",
            },
        )

    def test_within_server_skew_a_reference_means_the_present_owner(self):
        rule(
            """kind | entity | verdict
            person | P1 | lost
            provisioning | V1 | restored""",
            lines=f"""{LINE}
            18:10 | person | create | P1 |
            21:29:55 | provisioning | create | V1 | person_id=P1, app=aPager""",
            rows={
                "person": "id | created\n P1 | 21:30",
                "provisioning": "id | created | fields\n V9 | 21:50 | person_id=P1, app=aPager",
            },
        )


class TestUnidentified:
    POST = "at | kind | action | customer | fields\n {} | {} | create | {} | {}"

    def test_neither_an_event_nor_the_database_says_of_what(self):
        rule(
            "customer|entity|action|verdict|confidence\n 1||created|unidentified|confirmed",
            lines=self.POST.format("18:10", "person", "1", ""),
        )

    @pytest.mark.parametrize(
        ("action", "done"), [("create", "created"), ("update", "updated"), ("delete", "deleted")]
    )
    def test_its_action_is_what_was_done(self, action, done):
        rule(
            f"entity|action|verdict\n |{done}|unidentified",
            lines=f"at | kind | action | customer\n 18:10 | person | {action} | 1",
        )

    def test_a_row_created_then_explains_it(self):
        rule(
            "entity | verdict\n P9 | consistent",
            lines=self.POST.format("21:30", "person", "1", ""),
            rows={"person": "id | created\n P9 | 21:30:10"},
        )

    @pytest.mark.parametrize("action", ["update", "delete"])
    def test_a_nameless_change_has_made_no_row(self, action):
        rule(
            f"entity | action  | verdict\n P9 | created | consistent\n | {action}d | unidentified",
            lines=f"""at | kind | action | customer
            21:30:04 | person | {action} | 1
            21:30:09 | person | create | 1""",
            rows={"person": "id | created\n P9 | 21:30:05"},
        )

    def test_one_row_explains_one_line(self):
        rule(
            "entity | verdict\n P9 | consistent\n | unidentified",
            lines=self.POST.format("21:30", "person", "1", "")
            + "\n 21:30:04 | person | create | 1 | ",
            rows={"person": "id | created\n P9 | 21:30:05"},
        )

    def test_a_row_that_something_else_explains_does_not(self):
        rule(
            "entity | verdict\n P9 | consistent\n | unidentified",
            lines="""at | kind | action | entity
            21:30 | person | create |
            21:30:04 | person | create | P9""",
            rows={"person": "id | created\n P9 | 21:30:04"},
        )

    def test_a_row_of_another_alarm_does_not(self):
        rule(
            "entity | verdict\n | unidentified",
            lines=self.POST.format("21:30", "feedback", "1", "*alarm_id=A1"),
            rows={"feedback": "id | created | fields\n F9 | 21:30 | alarm_id=A2"},
        )


def test_the_first_of_several_reasons_stands():
    rule(
        "entity | reason\n P1 | id_reused",
        lines=f"{LINE}\n 17:50 | person | update | P1 | ",
        rows={"person": "id | created\n P1 | 21:40"},
    )


def test_at_keeps_the_day():
    assert at("18:00:00.5").isoformat() == "2021-05-18T18:00:00.500000+00:00"
