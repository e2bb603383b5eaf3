"""The report: what matters first, sums that agree, everything escaped."""

import re
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from notifications.content import Coverage, Gap
from notifications.entries import listed, persons_missing
from notifications.language import Language, time_zone
from notifications.policy import content_policy
from notifications.report.changes import changes
from notifications.report.funnel import funnel, percent
from notifications.report.gaps import gaps_in_words
from notifications.report.opening import alarms, headline, second_line
from notifications.report.page import render_report
from notifications.report.quarantine import quarantine_groups
from notifications.report.sums import sums
from notifications.report.verdicts import VERDICTS, matrix, meanings
from notifications.report.worklist import worklist
from notifications.report_data import WorklistEntry
from notifications.worklist_workbook import by_urgency
from tests.notifications.sample import (
    CATALOGUE,
    FACTS,
    GAP,
    JOERG,
    SNAPSHOT,
    evening,
    finding,
    findings,
    person,
    report_data,
)
from transforms.schemas import QUARANTINE

ENGLISH = Language.of("en")
GERMAN = Language.of("de")
BERLIN = time_zone("Europe/Berlin")


def page(**changed):
    return " ".join(render_report(report_data(**changed)).decode().split())


def opening(language=ENGLISH, **changed):
    data = report_data(**changed)
    entries = listed(data.findings, data.catalogue)
    return headline(data, entries, language), second_line(data, entries, language)


def persons(*customers):
    return [finding(f"p{n}", "person", customer_id=one) for n, one in enumerate(customers)]


# What matters first


def test_the_first_sentence_says_how_many_persons_of_whom_are_missing_and_who_has_gaps():
    lost = findings(*persons("1", "2", "2"))
    assert opening(findings=lost) == (
        "3 persons of 2 customers do not exist in the new database; 1 proxy has gaps.",
        "",
    )
    assert opening(GERMAN, findings=lost)[0] == (
        "3 Personen von 2 Kunden fehlen in der neuen Datenbank; 1 Proxy hat Lücken."
    )


def test_one_person_of_one_customer():
    complete = replace(FACTS, coverage=Coverage(is_complete=True))
    first, _ = opening(findings=findings(*persons("1")), facts=complete)
    assert first == "1 person of 1 customer does not exist in the new database."


def test_an_accepted_gap_is_none_of_a_proxy_to_be_named_first():
    accepted = Coverage(is_complete=True, gaps=(replace(GAP, is_accepted=True),))
    first, _ = opening(facts=replace(FACTS, coverage=accepted))
    assert "gaps" not in first


def test_the_second_line_tells_everything_else():
    assert opening()[1] == (
        "Also missing: 2 provisionings, 1 feedback, 1 online service, 1 availability rule and "
        "1 ringtone profile. Besides: 3 changes that were not carried over, 1 deleted entry that "
        "is back and 3 entries to be checked."
    )


def test_who_was_created_twice_by_trying_again_is_one_person():
    twice = findings(
        finding("a", "person", clock="20:15:40", fields=JOERG),
        finding("b", "person", clock="20:15:48", fields=JOERG),
    )
    assert opening(findings=twice)[0].startswith("1 person ")


def test_an_acknowledgement_is_no_missing_entry():
    read = finding("a", "feedback", fields={"alarm_id": "1", "person_id": "2", "status": "READ"})
    assert "show nothing that is missing" in opening(findings=findings(read))[0]


def test_without_a_missing_person_the_first_sentence_says_what_else_is():
    lost = findings(finding("a", "provisioning"), finding("b", "online_service"))
    first, second = opening(findings=lost)
    assert first.startswith(
        "Missing from the new database, of 1 customer: 1 provisioning and 1 online service"
    )
    assert second == ""


def test_where_nothing_is_lost_for_certain_the_first_sentence_does_not_say_so():
    first, second = opening(findings=findings(finding("a", "person", "review")))
    assert first.startswith("Nothing is missing for certain, but 1 entry of 1 customer asks for")
    assert second == "Besides: 1 entry to be checked."


def test_without_losses_it_says_no_more_than_the_logs_show():
    nothing = findings(finding("a", "person", "consistent"))
    assert opening(findings=nothing) == (
        "The logs at hand show nothing that is missing from the new database; 1 proxy has gaps.",
        "",
    )


@pytest.mark.parametrize(
    ("reason", "words", "when"),
    [
        ("after_live", "losing data now", "the last one: 18 May 2021 23:40:00"),
        ("before_snapshot", "snapshot is older", "18 May 2021 23:40:00"),
    ],
)
def test_losses_that_can_not_wait_are_said_loudly(reason, words, when):
    lost = findings(finding("a", "person", reason=reason, clock="23:40:00"), finding("b", "person"))
    (alarm,) = alarms(report_data(findings=lost), BERLIN, ENGLISH)
    assert words in alarm
    assert when in alarm
    assert alarm.startswith("1 write")
    assert 'role="alert"' in page(findings=lost)


def test_an_alarm_names_the_time_that_tells_most():
    late = [
        finding(one, "person", reason="after_live", clock=one) for one in ("23:40:00", "23:50:00")
    ]
    early = [
        finding(one, "person", reason="before_snapshot", clock=one)
        for one in ("19:40:00", "19:50:00")
    ]
    now, before = alarms(report_data(findings=findings(*late, *early)), BERLIN, ENGLISH)
    assert "the last one: 18 May 2021 23:50:00" in now
    assert "the first one: 18 May 2021 19:40:00" in before


def test_a_change_or_deletion_that_the_new_site_lost_is_a_loss_as_well():
    lost = findings(
        finding("a", "person", "stale", reason="after_live"),
        finding("b", "person", "resurrected", reason="after_live"),
    )
    (alarm,) = alarms(report_data(findings=lost), BERLIN, ENGLISH)
    assert alarm.startswith("2 writes")


def test_what_was_not_lost_raises_no_alarm():
    fine = findings(finding("a", "person", "consistent", reason="after_live"))
    assert not list(alarms(report_data(findings=fine), BERLIN, ENGLISH))
    assert 'role="alert"' not in page(findings=fine)


def test_whether_notices_are_final_is_said():
    assert "sind vorläufig." in page()
    assert "sind endgültig" in page(facts=replace(FACTS, coverage=Coverage(is_complete=True)))


# Sums, verdicts, the way from lines to notices


def test_the_sums_agree_and_one_that_does_not_is_marked():
    data = report_data()
    assert all(one.agrees for one in sums(data, ENGLISH))
    wrong = replace(data.lines, no_write=data.lines.no_write - 1)
    assert [one.agrees for one in sums(report_data(lines=wrong), ENGLISH)] == [False] + [True] * 4
    assert "stimmt nicht" in page(lines=wrong)


def test_every_finding_is_in_the_table_of_verdicts_once():
    lines, total = matrix(report_data(), ENGLISH)
    assert total.total == sum(line.total for line in lines) == evening().height
    per_verdict = dict(evening().group_by("verdict").len().iter_rows())
    assert dict(zip(VERDICTS, total.counts, strict=True)) == {
        verdict: per_verdict.get(verdict, 0) for verdict in VERDICTS
    }


def test_every_verdict_is_explained():
    assert tuple(one.verdict for one in meanings(ENGLISH)) == VERDICTS


def test_the_funnel_shows_proportions_and_what_is_there_never_vanishes():
    drawn = funnel(report_data(), ENGLISH)
    assert [(step.number, step.width, step.share) for step in drawn.lines] == [
        (20_000, 100, "100%"),
        (19_998, 99.99, "> 99.9%"),
        (48, 0.3, "0.2%"),
        (35, 0.3, "0.2%"),
    ]
    assert [step.number for step in drawn.writes] == [23, 23, 20, 2]


def test_a_share_never_reads_as_all_or_none_unless_it_is():
    assert [percent(n, 100_000, GERMAN) for n in (0, 1, 50_000, 99_999, 100_000)] == [
        *("0\u00a0%", "< 0,1\u00a0%", "50\u00a0%", "> 99,9\u00a0%", "100\u00a0%")
    ]
    assert percent(0, 0, GERMAN) == ""


# Coverage, quarantine, changes


def test_gaps_are_told_in_words_those_to_be_filled_first():
    start = SNAPSHOT + timedelta(minutes=5)
    gaps = (
        Gap(source="a", from_at=start, to_at=start + timedelta(minutes=9), is_accepted=True),
        Gap(source="b", from_at=start, to_at=start + timedelta(minutes=10)),
        Gap(source="b", from_at=SNAPSHOT, to_at=SNAPSHOT + timedelta(minutes=3)),
    )
    facts = replace(FACTS, coverage=Coverage(is_complete=False, gaps=gaps))
    first, second = gaps_in_words(report_data(facts=facts), BERLIN, ENGLISH)
    assert (first.source, first.is_open) == ("b", True)
    assert first.summary.startswith("2 gaps of 13 minutes together: please fetch")
    assert first.times[0] == "18 May 2021 20:00:00 to 18 May 2021 20:03:00"
    assert second.summary == "1 gap of 9 minutes, accepted as lost for good"


def test_the_quarantine_is_told_by_source_and_reason_with_samples():
    rows = [
        *(("proxy-a", f"{n}.log", n, "does_not_match_format", f"line {n}") for n in range(5)),
        ("fe2", "e.jsonl", 3, "missing_id", "\x1b[31m{}"),
        ("fe2", "e.jsonl", 4, "subject_not_a_string", None),
        ("fe2", "e.jsonl", 5, "never_seen", "x" * 1000),
    ]
    frame = pl.DataFrame(rows, schema=QUARANTINE, orient="row")
    groups = quarantine_groups(frame, ENGLISH)
    assert [(one.source, one.lines, one.why) for one in groups] == [
        ("proxy-a", 5, "not of the form that log_format describes"),
        ("fe2", 1, "id is not there"),
        ("fe2", 1, "never seen"),
        ("fe2", 1, "subject is no text"),
    ]
    assert [sample.place for sample in groups[0].samples] == ["0.log:0", "1.log:1", "2.log:2"]
    assert groups[1].samples[0].text == "␛[31m{}"
    assert len(groups[2].samples[0].text) < 300


def test_what_changed_is_counted_by_where_it_went():
    before = findings(
        finding("a", "person", "review"),
        finding("b", "person", "lost"),
        finding("c", "online_service", "lost"),
        finding("d", "person", "unidentified"),
        finding("e", "person", "lost"),
    )
    now = findings(
        finding("a", "person", "lost"),
        finding("b", "person", "restored"),
        finding("c", "online_service", "restored"),
        finding("e", "person", "lost"),
        finding("f", "person", "lost"),
        finding("g", "person", "cancelled"),
    )
    told = changes(report_data(findings=now, previous=before), ENGLISH)
    assert told.summary == (
        "Of the findings, 1 newly asks for something, 3 no longer ask for anything, 1 asks for "
        "something else and 1 other changed."
    )
    assert [(way.before, way.now, way.findings, way.kinds) for way in told.ways] == [
        (None, "lost", 1, "1 person"),
        ("review", "lost", 1, "1 person"),
        ("lost", "restored", 2, "1 person, 1 online service"),
        ("unidentified", None, 1, "1 person"),
        (None, "cancelled", 1, "1 person"),
    ]


def test_without_a_previous_run_nothing_is_said_of_changes():
    assert "Was sich seit dem letzten Lauf" not in page()
    assert "Nichts." in page(previous=evening())


# The worklist


def entry(customer_id, **changed):
    given = {
        "name": "Wehr",
        "verdicts": {"lost": 1},
        "revision": 1,
        "folder": f"notices/{customer_id}/rev-1",
        "email": "a@b.example",
    }
    return WorklistEntry(customer_id=customer_id, **given | changed)


def test_the_worklist_has_the_order_of_the_workbook():
    entries = tuple(
        entry(str(n), persons_missing=n % 3, verdicts={"lost": n % 5, "review": n % 7})
        for n in range(20)
    )
    shown = worklist(report_data(worklist=entries), ENGLISH)
    assert [line.customer_id for line in shown.lines] == [
        one.customer_id for one in by_urgency(entries)
    ]


def test_persons_missing_are_counted_by_customer_as_notices_list_them():
    lost = findings(
        *persons("1", "2", "2"),
        finding("x", "person", clock="20:15:40", fields=JOERG, customer_id="3"),
        finding("y", "person", clock="20:15:48", fields=JOERG, customer_id="3"),
        finding("z", "online_service", customer_id="4"),
        finding("r", "person", "review", customer_id="5"),
    )
    assert persons_missing(lost, CATALOGUE) == {"1": 1, "2": 2, "3": 1}


def test_the_links_are_those_of_the_formats():
    data = report_data(worklist=(entry("1", revision=2),), formats=("csv", "html", "eml"))
    (line,) = worklist(data, ENGLISH).lines
    assert [(file.path, file.text) for file in line.files] == [
        ("notices/1/rev-1/notice.html", "Revision 2"),
        ("notices/1/rev-1/notice.eml", "E-mail"),
    ]


def test_the_worklist_links_to_notices_whatever_the_customers_id():
    assert 'href="notices/%253Cb%253E42%253C%252Fb%253E/rev-1/notice.html"' in page()


def test_what_is_done_is_told_once_anything_is():
    assert "Erledigt" not in page(worklist=(entry("1"),))
    some = (entry("1", done=12, verdicts={"lost": 2}), entry("2"))
    assert "12 von 14" in page(worklist=some)


def test_a_state_that_somebody_has_to_look_at_is_marked():
    document = page(worklist=(entry("1", state="sending"), entry("2", state="sent")))
    assert '<td class="warn">wird gesendet</td>' in document
    assert "<td>gesendet</td>" in document


def test_who_has_no_address_is_marked():
    assert page().count("keine brauchbare Adresse") == 1


def test_a_name_in_the_worklist_is_the_customers_own():
    assert "Freiwillige Feuerwehr Beispielstadt" in page()
    assert "Jörg" not in page(findings=findings(finding("a", "person", fields=person("Jörg", "M"))))


# What strangers sent, and what the page may do


def test_strangers_text_is_escaped_and_visible():
    document = page()
    assert "<script>alert" not in document
    assert "␖␃␁ &lt;script&gt;" in document
    assert "&lt;b&gt;42&lt;/b&gt;" in document


def test_the_policy_allows_what_the_page_carries_and_nothing_else():
    document = render_report(report_data()).decode()
    (style,) = re.findall("<style>(.*?)</style>", document, re.DOTALL)
    (script,) = re.findall("<script>(.*?)</script>", document, re.DOTALL)
    policy = content_policy(style, script)
    assert f'content="{policy}"'.replace("'", "&#39;") in document
    assert re.sub("sha256-[^']+", "sha256-", policy) == (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        "style-src 'sha256-'; script-src 'sha256-'"
    )


def test_nothing_in_the_page_needs_more_than_the_policy_allows():
    document = page()
    assert not re.search(r'<[^>]+ (style|on\w+|src|srcset)="', document)
    assert not re.search(r"<(link|img|iframe|object|embed|base)\b", document)


def test_a_run_that_read_nothing_has_a_report():
    nothing = report_data()
    frames = ("findings", "seen", "quarantine", "evidence", "unattributed")
    empty = {name: getattr(nothing, name).clear() for name in frames}
    assert "<svg" in page(**empty, worklist=(), sources=())
