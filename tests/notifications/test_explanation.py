"""Why a finding got its verdict. Snapshot 18:00, live 21:18, times UTC."""

import io
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from flows.cli.explanation_view import show
from notifications.explanation.grounds import Found, Held
from notifications.explanation.words import Clock, both, outcome, span
from tests.notifications.explained import explained
from tests.tables import at
from transforms.schemas import FINDINGS, HELD

LINE = "at | kind | action | entity | fields"
CREATED = f"{LINE}\n 18:10 | person | create | P1 |"
CHANGED = f"{LINE}\n 18:10 | person | update | P1 |"
DELETED = f"{LINE}\n 18:10 | person | delete | P1 |"
ANNA = "first_name=Anna, last_name=Vogt, email=a@x.de, mobile=+49 151 2345678"
TOLD = f"{LINE}\n 18:10 | person | create | P1 | {ANNA}"
TOLD_CHANGE = f"{LINE}\n 18:10 | person | update | P1 | email=new@x.de"
OLD_ROW = {"person": "id | created | fields\n P1 | 09:00 | email=old@x.de"}


def row(created: str, fields_: str = ANNA, *, id_: str = "R1", updated: str = "") -> dict:
    table = (
        f"id | created | updated | fields\n {id_} | {created} | {updated or created} | {fields_}"
    )
    return {"person": table}


class TestNameless:
    @pytest.mark.parametrize(
        ("action", "did"), [("create", "created"), ("update", "changed"), ("delete", "deleted")]
    )
    def test_what_was_done_is_said(self, action, did):
        explanation = explained(None, lines=f"{LINE}\n 18:10 | person | {action} | |")
        assert f"A log line shows that some person was {did} at" in explanation.because
        event, *row = explanation.would_change
        assert f"A client's event of a {did} person" in event
        assert bool(row) == (action == "create")


class TestBecause:
    @pytest.mark.parametrize(
        ("said", "given"),
        [
            ("its id is not in the new database", {"lines": CREATED}),
            ("nothing but its id is known", {"lines": CREATED}),
            (
                "no row that the customer has made since can be the same person",
                {"lines": CREATED, "told": TOLD},
            ),
            (
                "row was created at 2021-05-18 22:00:00, 3 h 50 min after it",
                {"lines": CREATED, "told": TOLD, "rows": row("22:00", "email=b@y.de", id_="P1")},
            ),
            (
                "last touched at 2021-05-18 09:00:00, 9 h 10 min before that, and email differs",
                {"lines": CHANGED, "told": TOLD_CHANGE, "rows": OLD_ROW},
            ),
            ("nobody says what was changed", {"lines": CHANGED, "rows": OLD_ROW}),
            ("nobody has touched that since", {"lines": DELETED, "rows": OLD_ROW}),
            (
                "touched at 2021-05-18 22:00:00, after the new site went live",
                {"lines": DELETED, "rows": row("09:00", id_="P1", updated="22:00")},
            ),
            (
                "touched again at 2021-05-18 20:10:00, 2 h later",
                {
                    "lines": CHANGED,
                    "told": TOLD_CHANGE,
                    "rows": row("09:00", id_="P1", updated="20:10"),
                },
            ),
            ("it may have been deleted on purpose since", {"lines": CHANGED}),
            (
                "the customer has made since (created at 2021-05-18 22:00:00), is certainly the",
                {"lines": CREATED, "told": TOLD, "rows": row("22:00")},
            ),
            (
                "The logs cover that moment and show nothing of it, and the new database has no",
                {"told": TOLD},
            ),
            ("and the new database does not have it either", {"lines": DELETED}),
            (
                "its row in the new database has all that is known of the change",
                {
                    "lines": CHANGED,
                    "told": TOLD_CHANGE,
                    "rows": row("09:00", "email=new@x.de", id_="P1"),
                },
            ),
            (
                "touched at 2021-05-18 18:10:04, within 10 s of that",
                {"lines": CHANGED, "rows": row("09:00", id_="P1", updated="18:10:04")},
            ),
            (
                "created in the window and deleted in it again, at 2021-05-18 18:20:00",
                {"lines": f"{CREATED}\n 18:20 | person | delete | P1 |"},
            ),
            (
                "That is 15 min before the snapshot",
                {"lines": f"{LINE}\n 17:45 | person | create | P1 |"},
            ),
            (
                "The write was made on the new site: it, or the proxy, is losing data.",
                {"lines": f"{LINE}\n 21:30 | person | create | P1 |"},
            ),
            (
                "(proxy-a was silent from 2021-05-18 18:05:00 to 18:15:00), so the event is taken",
                {"told": TOLD, "gaps": "source | from | to\n proxy-a | 18:05 | 18:15"},
            ),
        ],
    )
    def test_it_says_why(self, said, given):
        assert said in explained(**given).because

    def test_a_line_without_an_id_has_nothing_to_look_up(self):
        explanation = explained(None, lines=f"{LINE}\n 18:10 | person | create | |")
        assert "neither a client's event nor the new database says which" in explanation.because
        assert explanation.row is None

    def test_a_line_that_a_row_explains(self):
        explanation = explained(
            "R1", lines=f"{LINE}\n 18:10 | person | create | |", rows=row("18:10:03")
        )
        assert "the row R1 of this customer was created within 10 s of it" in explanation.because

    def test_what_it_belongs_to_is_named(self):
        lines = (
            f"{LINE}\n 18:10 | provisioning | create | V1 | person_id=P1, app=aPager"
            "\n 18:20 | person | delete | P1 |"
        )
        explanation = explained("V1", lines=lines)
        assert explanation.verdict == "cancelled"
        assert "the customer deleted in the window: person P1, which is" in explanation.because
        (parent,) = explanation.relatives
        assert (parent.relation, parent.entity_id) == ("refers_to", "P1")


class TestEvidence:
    def test_a_pair_tells_its_rule_and_distance(self):
        pair = "at | kind | action | entity | request | device"
        explanation = explained(
            lines=f"{pair}\n 18:10:04 | person | create | | r1 |",
            told=f"{pair}\n 18:12:06 | person | create | P1 | r1 | d1",
        )
        (write,) = explanation.evidence
        assert write.pairing.rule == "request_id"
        assert write.event.clock_offset_s == -122
        assert write.event.corrected_at == at("18:10:04")
        assert write.pairing.distance_s == 0

    def test_without_a_known_offset_the_distance_is_that_of_the_two_clocks(self):
        explanation = explained(lines=CREATED, told=f"{LINE}\n 18:10:09 | person | create | P1 |")
        (write,) = explanation.evidence
        assert (write.pairing.rule, write.pairing.distance_s) == ("entity_id", 9)
        assert write.event.corrected_at is None

    def test_the_line_itself_is_shown_where_it_was_kept(self):
        (kept,) = explained(lines=CREATED, lines_read="POST /p?token=***").evidence
        assert kept.line.text == "POST /p?token=***"
        (unkept,) = explained(lines=CREATED).evidence
        assert unkept.line.text is None

    def test_only_silences_near_the_write_speak_of_it(self):
        gaps = "source | from | to\n proxy-a | 18:14 | 18:20\n proxy-b | 18:16 | 18:20"
        (write,) = explained(told=TOLD, gaps=gaps).evidence
        assert [silence.source for silence in write.silences] == ["proxy-a"]


class TestDatabase:
    def test_each_field_stands_beside_the_rows(self):
        explanation = explained(lines=CHANGED, told=TOLD_CHANGE, rows=OLD_ROW)
        sides = {side.field: side for side in explanation.row.sides}
        assert sides["email"].agrees is False
        assert sides["email"].is_changed
        assert (sides["email"].evidence, sides["email"].row) == ("new@x.de", "old@x.de")
        assert sides["mobile"].agrees is None

    def test_a_reference_is_compared_under_its_present_id(self):
        """The person was created again as R1, and with it what is sent to it."""
        explanation = explained(
            "V1",
            lines=f"{LINE}\n 18:10 | person | create | P1 |\n 18:20 | provisioning | create | V1 |",
            told=f"{TOLD}\n 18:20 | provisioning | create | V1 | person_id=P1, app=aPager",
            rows=row("22:00")
            | {"provisioning": "id | created | fields\n V9 | 22:10 | person_id=R1, app=aPager"},
        )
        (person, *_) = explanation.row.sides
        assert (person.evidence, person.compared_as, person.row) == ("P1", "R1", "R1")
        assert person.agrees

    def test_an_id_that_was_given_out_again_is_told(self):
        explanation = explained(
            lines=CREATED, told=TOLD, rows=row("22:00", "email=b@y.de", id_="P1")
        )
        assert explanation.reissued_at == at("22:00")
        assert explanation.row is None or not explanation.row.is_own


class TestWhatWouldHaveChangedIt:
    """What is said is tried: the verdict is then the one that was promised."""

    def test_the_stale_rows_time(self):
        stale = {"lines": CHANGED, "told": TOLD_CHANGE}
        explanation = explained(**stale, rows=OLD_ROW)
        assert explanation.would_change[0] == (
            "The row's updated_at is 9 h 10 min older than the write. From 2021-05-18 18:09:50 to "
            "18:10:10: consistent. Later than that: review, as it may have been changed since."
        )
        touched = {
            time: explained(**stale, rows=row("09:00", "email=old@x.de", id_="P1", updated=time))
            for time in ("18:09:49", "18:09:50", "18:10:10", "18:10:11")
        }
        verdicts = ["stale", "consistent", "consistent", "review"]
        assert [each.verdict for each in touched.values()] == verdicts

    def test_the_stale_rows_field(self):
        assert "If the row had email new@x.de: consistent." in (
            explained(lines=CHANGED, told=TOLD_CHANGE, rows=OLD_ROW).would_change
        )
        mended = row("09:00", "email=new@x.de", id_="P1")
        assert explained(lines=CHANGED, told=TOLD_CHANGE, rows=mended).verdict == "consistent"

    def test_a_line_or_a_gap_for_what_only_an_event_says(self):
        said = explained(told=TOLD).would_change
        assert said[0] == "A log line of this write (it was created): lost, confirmed."
        assert said[1].endswith("within 5 min of 2021-05-18 18:10:00: lost, probable.")
        with_line = explained(told=TOLD, lines=CREATED)
        assert (with_line.verdict, with_line.confidence) == ("lost", "confirmed")
        gap = "source | from | to\n proxy-a | 18:15 | 18:20"
        with_gap = explained(told=TOLD, gaps=gap)
        assert (with_gap.verdict, with_gap.confidence) == ("lost", "probable")

    def test_a_row_that_restores_what_is_lost(self):
        said = " ".join(explained(lines=CREATED, told=TOLD).would_change)
        assert "created after 2021-05-18 18:10:00, with first_name Anna, last_name Vogt" in said
        restored = explained(lines=CREATED, told=TOLD, rows=row("22:00"))
        assert restored.verdict == "restored"

    def test_the_time_until_which_a_row_of_the_same_id_is_the_same(self):
        late = {"lines": CREATED, "told": TOLD}
        said = explained(**late, rows=row("22:00", "email=b@y.de", id_="P1")).would_change
        assert said[0].startswith(
            "If a row of this customer with its id had been created by 2021-05-18 18:10:10 (10 s"
        )
        assert explained(**late, rows=row("18:10:10", id_="P1")).verdict == "consistent"

    def test_a_resurrected_row_that_was_touched(self):
        said = explained(lines=DELETED, rows=OLD_ROW).would_change
        assert any("touched after 2021-05-18 21:18:00" in each for each in said)
        touched = row("09:00", id_="P1", updated="21:18:01")
        assert explained(lines=DELETED, rows=touched).verdict == "review"

    def test_every_verdict_could_have_been_another(self):
        for given in ({"lines": CREATED}, {"lines": DELETED}, {"lines": CHANGED}, {"told": TOLD}):
            assert explained(**given).would_change


class TestTheTerminal:
    HOSTILE = "\x1b[31mred\x07\x9b2J\u202eevil[bold]x[/bold]"

    def shown(self, width: int = 80) -> str:
        explanation = explained(
            lines=CREATED,
            told=f"{LINE}\n 18:10 | person | create | P1 | first_name={self.HOSTILE}",
            lines_read=f"POST /{self.HOSTILE}",
        )
        out = io.StringIO()
        show(explanation, Console(file=out, width=width, highlight=False, markup=False))
        return out.getvalue()

    def test_no_escape_of_a_stranger_reaches_it(self):
        shown = self.shown()
        assert all(character.isprintable() or character == "\n" for character in shown)
        assert "\\x1b" in shown

    def test_markup_is_shown_as_it_is(self):
        assert "[bold]" in self.shown(width=200)

    @pytest.mark.parametrize("width", [40, 80, 140])
    def test_nothing_is_wider_than_the_terminal(self, width):
        assert max(map(len, self.shown(width).splitlines())) <= width


class TestWords:
    @pytest.mark.parametrize(
        ("length", "said"),
        [
            (timedelta(), "0 s"),
            (timedelta(milliseconds=-350), "0.35 s"),
            (timedelta(seconds=59, milliseconds=900), "59.9 s"),
            (timedelta(minutes=1), "1 min"),
            (timedelta(hours=2, minutes=10, seconds=5), "2 h 10 min 5 s"),
            (timedelta(days=3, hours=1, minutes=59), "3 d 1 h"),
        ],
    )
    def test_a_span(self, length, said):
        assert span(length) == said

    def test_times_are_of_the_migrations_zone(self):
        clock = Clock("Europe/Berlin")
        assert clock.at(at("18:14:05.120")) == "2021-05-18 20:14:05.120"
        assert clock.between(at("18:00"), at("18:01")) == "2021-05-18 20:00:00 to 20:01:00"
        assert clock.between(at("21:59"), at("22:01")).endswith("to 2021-05-19 00:01:00")

    def test_a_time_that_comes_twice_has_its_offset(self):
        clock, put_back = Clock("Europe/Berlin"), datetime(2021, 10, 31, 0, 30, tzinfo=UTC)
        assert clock.at(put_back) == "2021-10-31 02:30:00+02:00"
        assert clock.between(put_back, put_back + timedelta(hours=1)) == (
            "2021-10-31 02:30:00+02:00 to 02:30:00+01:00"
        )

    def test_a_list(self):
        assert [both(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == [
            "a",
            "a and b",
            "a, b and c",
        ]

    def test_an_outcome_of_a_later_version_is_still_told(self):
        assert outcome("quite_new")[0] == "quite new"


def test_what_is_read_are_the_frames_columns():
    assert {field.name for field in fields(Held)} == HELD.keys() - {"finding_id"}
    assert {field.name for field in fields(Found)} <= FINDINGS.keys()


class TestWhatAnEarlierRunSaw:
    """Its own words, and nothing of what the row of today would say."""

    def test_what_was_deleted_since(self):
        there = {"rows": row("18:10", id_="P1")}
        explanation = explained(lines=CREATED, told=TOLD, earlier=there, rows={})
        assert explanation.verdict == "consistent"
        assert "An earlier run saw it in the new database" in explanation.because
        assert explanation.would_change[0].startswith("If no earlier run had seen")
