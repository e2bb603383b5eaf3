"""The figures for a breach notification: they agree with the findings and name nobody."""

import json
import re
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.content import Coverage
from notifications.incident import incident, incident_json
from notifications.incident_page import incident_page
from notifications.policy import content_policy
from tests.notifications import snapshots
from tests.notifications.sample import (
    CATALOGUE,
    FACTS,
    GAP,
    JOERG,
    LIVE,
    evening,
    finding,
    findings,
    person,
)
from transforms.asking import ASKING
from transforms.data_subjects import personal_kinds

INCOMPLETE = replace(FACTS, coverage=Coverage(is_complete=False, gaps=(GAP,)))


MADE = LIVE + timedelta(hours=12)


def told(frame, facts=INCOMPLETE):
    return incident(facts, CATALOGUE, frame, malformed_lines=2, unattributed_writes=1, notices=1)


def total(*rows):
    return told(findings(*rows)).total


def test_the_documents():
    snapshots.assert_same("incident.json", incident_json(told(evening())))
    snapshots.assert_same("incident.html", incident_page(told(evening()), "de", MADE))
    english = told(evening(), replace(FACTS, default_locale="en"))
    snapshots.assert_same("en/incident.html", incident_page(english, "en", MADE))


def test_persons_what_refers_to_them_and_what_is_on_their_phones_is_personal():
    assert set(CATALOGUE.kinds) - personal_kinds(CATALOGUE) == {"online_service"}


def test_a_person_and_what_belongs_to_them_is_one_data_subject():
    figures = total(
        finding("a", "person", entity_id="P-1", fields=JOERG),
        finding("b", "provisioning", fields={"person_id": "P-1"}),
        finding("c", "availability", "stale", entity_id="P-1", action="updated"),
    )
    assert (figures.data_subjects, figures.records) == (1, 3)


def test_a_person_who_is_there_counts_if_something_of_theirs_is_lost():
    figures = total(
        finding("a", "person", "consistent", entity_id="P-1", fields=JOERG),
        finding("b", "provisioning", fields={"person_id": "P-1"}),
        finding("c", "provisioning", fields={"person_id": "P-2"}),
    )
    assert (figures.data_subjects, figures.records) == (2, 2)


def test_who_was_created_again_is_the_same_person_under_the_new_id():
    figures = total(
        finding("a", "person", "restored", entity_id="P-1", matched_id="P-9", fields=JOERG),
        finding("b", "provisioning", fields={"person_id": "P-1"}),
        finding("c", "provisioning", fields={"person_id": "P-9"}),
    )
    assert figures.data_subjects == 1


def test_a_person_created_twice_by_trying_again_is_one():
    figures = total(
        finding("a", "person", clock="20:15:40", entity_id="P-1", fields=JOERG),
        finding("b", "person", clock="20:15:48", entity_id="P-2", fields=JOERG),
        finding("c", "provisioning", fields={"person_id": "P-2"}),
    )
    assert (figures.data_subjects, figures.records) == (1, 3)


def test_the_same_id_at_two_customers_is_two_persons():
    figures = total(
        finding("a", "provisioning", fields={"person_id": "P-1"}),
        finding("b", "provisioning", fields={"person_id": "P-1"}, customer_id="2"),
    )
    assert figures.data_subjects == 2


def test_what_nobody_says_whose_it_is_is_counted_apart():
    figures = total(
        finding("a", "person", "unidentified", entity_id=None),
        finding("b", "ringtone_profile", fields={"device_id": "iphone-7"}),
        finding("c", "online_service", fields={"name": "Wetter"}),
    )
    assert (figures.data_subjects, figures.records) == (0, 3)
    assert (figures.unidentified, figures.records_of_unknown_persons) == (1, 2)


def test_what_was_not_lost_concerns_nobody():
    told_nothing = told(
        findings(*(finding(one, "person", one) for one in ("cancelled", "consistent")))
    )
    assert told_nothing.total.records == told_nothing.total.data_subjects_with_restored == 0
    assert told_nothing.customers == told_nothing.categories == told_nothing.consequences == ()


def test_what_was_made_again_already_did_happen_and_is_told_apart():
    told_again = told(
        findings(
            finding("a", "person", entity_id="P-1"),
            finding("b", "person", "restored", entity_id="P-2", matched_id="P-9"),
            finding("c", "provisioning", "restored", fields={"person_id": "P-1"}),
            finding("d", "online_service", "restored", customer_id="2"),
        )
    )
    figures = told_again.total
    assert (figures.data_subjects, figures.data_subjects_with_restored) == (1, 2)
    assert (figures.records, figures.personal_records, figures.restored_records) == (1, 1, 3)
    assert [one.figures.restored_records for one in told_again.customers] == [1, 2]
    assert "2 Personen betroffen" in incident_page(told_again, "de", MADE).decode()


def test_records_of_personal_data_are_counted_apart():
    figures = total(finding("a", "person"), finding("b", "online_service"))
    assert (figures.records, figures.personal_records) == (2, 1)


def test_each_kind_says_which_data_it_holds():
    (category,) = told(findings(finding("a", "person"))).categories
    assert category.data == ("Vorname", "Nachname", "E-Mail", "Mobil")


def test_what_can_not_be_made_again_is_said_to_stay_lost():
    english = replace(FACTS, default_locale="en")
    lost = told(findings(finding("a", "feedback", fields={"status": "YES"})), english)
    assert "Can't be made again and stays lost: Feedback." in lost.consequences
    changed = told(findings(finding("a", "feedback", "stale")), english)
    assert not any("stays lost" in one for one in changed.consequences)


def test_what_no_log_knows_is_to_be_added_by_hand():
    assert len(told(evening()).to_add) == 5


def test_the_page_says_of_when_it_is_and_the_figures_are_the_same_at_any_time():
    figures = told(evening())
    assert "Stand 19.05.2021 11:18:00" in incident_page(figures, "de", MADE).decode()
    assert str(MADE.year + 1) not in incident_json(figures).decode()


def test_the_page_runs_and_loads_nothing():
    page = incident_page(told(evening()), "de", MADE).decode()
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    assert content_policy(style).replace("'", "&#39;") in page
    assert "script-src" not in page
    assert "<script" not in page


ROWS = st.builds(
    finding,
    finding_id=st.uuids().map(str),
    kind=st.sampled_from(sorted(CATALOGUE.kinds)),
    verdict=st.sampled_from((*ASKING, "restored", "consistent")),
    customer_id=st.sampled_from("123"),
    entity_id=st.sampled_from(["P-1", "P-2", None]),
    confidence=st.sampled_from(["confirmed", "probable"]),
)


@given(st.lists(ROWS, max_size=20))
def test_the_sums_agree_with_the_findings(rows):
    figures = told(findings(*rows))
    asking = [row for row in rows if row["verdict"] in ASKING]
    restored = [row for row in rows if row["verdict"] == "restored"]
    assert figures.total.records == len(asking)
    assert figures.evidence.confirmed + figures.evidence.probable == len(asking)
    assert figures.total.restored_records == len(restored)
    assert sum(sum(one.verdicts.values()) for one in figures.categories) == len(asking + restored)
    for parts in (figures.customers, figures.categories):
        assert sum(one.figures.records for one in parts) == len(asking)
    assert figures.total.data_subjects == sum(
        one.figures.data_subjects for one in figures.customers
    )


@given(st.uuids().map(str))
def test_nothing_that_was_recorded_is_in_the_figures(token):
    known = person(token, token, f"{token}@example.org", token)
    figures = told(
        findings(
            finding(token, "person", entity_id=token, fields=known),
            finding("b", "person", "review", fields=known, current=known, matched_id=token),
            finding("c", "provisioning", fields={"person_id": token, "app": token}),
            finding("d", "ringtone_profile", fields={"device_id": token, "name": token}),
        )
    )
    for document in (incident_json(figures), incident_page(figures, "de", MADE)):
        assert token.encode() not in document


def test_times_bear_their_offset_and_gaps_are_told():
    written = json.loads(incident_json(told(evening())))
    assert written["snapshot_at"] == "2021-05-18T20:00:00+02:00"
    assert written["evidence"]["gaps"][0]["from_at"] == "2021-05-18T20:41:00+02:00"
    assert written["evidence"]["is_complete"] is False


def test_hostile_settings_change_no_markup():
    hostile = replace(INCOMPLETE, title="<script>", contact="javascript:x", sender_name="<b>")
    figures = told(findings(finding("a", "person", customer_id="<i>")), hostile)
    page = incident_page(figures, "de", MADE)
    assert not any(tag in page for tag in (b"<script", b"<b>", b"<i>", b'href="javascript'))
