"""The report: what matters first, sums that agree, everything escaped."""

from dataclasses import replace

import polars as pl
import pytest

from notifications.charts import axis, coverage_chart, losses_chart
from notifications.content import Coverage
from notifications.language import Language, time_zone
from notifications.report import alarms, headline, render_report, sums
from tests.notifications.sample import (
    FACTS,
    LIVE,
    SNAPSHOT,
    at,
    evening,
    finding,
    findings,
    person,
    report_data,
)

ENGLISH = Language.of("en")
BERLIN = time_zone("Europe/Berlin")


def page(**changes):
    return " ".join(render_report(report_data(**changes)).decode().split())


def test_the_first_sentence_says_how_much_of_whom_is_missing():
    assert headline(report_data(), ENGLISH) == (
        "Missing from the new database, of 1 customer: 4 Persons, 2 Provisionings, 4 Feedback, "
        "1 Online service, 1 Availability rule and 1 Ringtone profile."
    )


def test_without_losses_it_says_no_more_than_the_logs_show():
    nothing = report_data(findings=findings(finding("a", "person", "consistent")))
    assert "logs at hand show nothing" in headline(nothing, ENGLISH)


@pytest.mark.parametrize(
    ("reason", "words"),
    [("after_live", "losing data now"), ("before_snapshot", "snapshot is older")],
)
def test_losses_that_can_not_wait_are_said_loudly(reason, words):
    lost = findings(finding("a", "person", reason=reason), finding("b", "person"))
    (alarm,) = alarms(report_data(findings=lost), ENGLISH)
    assert words in alarm
    assert alarm.startswith("1 write")
    assert 'role="alert"' in page(findings=lost)


def test_a_change_or_deletion_that_the_new_site_lost_is_a_loss_as_well():
    lost = findings(
        finding("a", "person", "stale", reason="after_live"),
        finding("b", "person", "resurrected", reason="after_live"),
    )
    (alarm,) = alarms(report_data(findings=lost), ENGLISH)
    assert alarm.startswith("2 writes")


def test_what_was_not_lost_raises_no_alarm():
    fine = findings(finding("a", "person", "consistent", reason="after_live"))
    assert not list(alarms(report_data(findings=fine), ENGLISH))
    assert 'role="alert"' not in page(findings=fine)


def test_the_sums_agree_and_one_that_does_not_is_marked():
    data = report_data()
    assert all(one.agrees for one in sums(data, ENGLISH))
    wrong = replace(data.lines, no_write=data.lines.no_write - 1)
    assert [one.agrees for one in sums(report_data(lines=wrong), ENGLISH)] == [False] + [True] * 4
    assert "stimmt nicht" in page(lines=wrong)


def test_strangers_text_is_escaped_and_visible():
    document = page()
    assert "<script>" not in document
    assert "␖␃␁ &lt;script&gt;" in document
    assert "&lt;b&gt;42&lt;/b&gt;" in document


def test_the_worklist_links_to_notices_whatever_the_customers_id():
    assert 'href="notices/%253Cb%253E42%253C%252Fb%253E/rev-1/notice.html"' in page()


def test_who_has_no_address_is_marked():
    assert page().count("keine brauchbare") == 1


def test_what_changed_since_the_last_run_is_counted():
    before = evening().filter(pl.col("finding_id") != "f17")
    is_first = pl.col("finding_id") == "f01"
    before = before.with_columns(
        verdict=pl.when(is_first).then(pl.lit("review")).otherwise("verdict")
    )
    document = page(previous=before)
    assert "<td>Online Services</td><td>(nicht bekannt)</td><td>lost</td>" in document
    assert "<td>Personen</td><td>review</td><td>lost</td>" in document
    assert "Nichts." in page(previous=evening())
    assert "Was sich seit dem letzten Lauf" not in page()


def test_whether_notices_are_final_is_said():
    assert "sind vorläufig. 1 Protokoll hat Lücken." in page()
    assert "sind endgültig" in page(facts=replace(FACTS, coverage=Coverage(is_complete=True)))


def test_the_coverage_picture_has_stretches_and_gaps():
    data = report_data()
    over = axis(data.facts, BERLIN, data.seen.get_column("second_at"))
    picture = coverage_chart(data.facts, data.seen, ["proxy-a", "proxy-b"], over)
    assert [(box.title, box.is_marked) for box in picture.boxes] == [
        ("20:00–23:18", False),
        ("20:00–20:41", False),
        ("20:41–23:18", True),
    ]


def test_a_minutes_silence_parts_two_stretches():
    seen = pl.DataFrame({"source": ["p", "p"], "second_at": [at("20:10:00"), at("20:12:00")]})
    over = axis(FACTS, BERLIN, seen.get_column("second_at"))
    boxes = coverage_chart(FACTS, seen, ["p"], over).boxes
    assert [box.title for box in boxes] == ["20:10–20:11", "20:12–20:13"]


def test_every_loss_is_in_one_bar():
    times = evening().get_column("first_at")
    picture = losses_chart(FACTS, times, axis(FACTS, BERLIN))
    assert sum(int(box.title.split(": ")[1]) for box in picture.boxes) == len(times)


def test_the_axis_spans_the_window_and_an_hour_beyond_at_most():
    far = pl.Series([at("12:00:00"), at("23:40:00")])
    over = axis(FACTS, BERLIN, far)
    assert (SNAPSHOT - over.start).total_seconds() == 3600
    assert over.end == at("23:40:00")
    assert axis(FACTS, BERLIN).end == LIVE


def test_a_run_that_read_nothing_has_a_report():
    nothing = report_data()
    empty = {name: getattr(nothing, name).clear() for name in ("findings", "seen", "quarantine")}
    assert "<svg" in page(**empty, worklist=(), sources=())


def test_a_name_in_the_worklist_is_the_customers_own():
    assert "Freiwillige Feuerwehr Beispielstadt" in page()
    assert "Jörg" not in page(findings=findings(finding("a", "person", fields=person("Jörg", "M"))))
