"""What a notice says, and to whom."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from notifications.cases import read_cases
from notifications.content import Coverage, Gap
from notifications.notice import build_notice, word_notice
from notifications.pack import render_pack
from notifications.readback import read_back
from tests.notifications.sample import (
    ANNA,
    CATALOGUE,
    CUSTOMER,
    FACTS,
    GAP,
    JOERG,
    LIVE,
    SNAPSHOT,
    at,
    evening,
    evidence,
    finding,
    findings,
    traffic,
)
from tests.notifications.workbooks import opened, rows
from transforms.catalogue import Catalogue
from transforms.schemas import row_schema


def notice(*rows, seen=None, facts=FACTS, customer=CUSTOMER, **options):
    frame = findings(*rows) if rows else evening()
    return build_notice(
        customer, frame, evidence() if seen is None else seen, facts, CATALOGUE, **options
    )


def text(*rows, **options):
    return render_pack(notice(*rows, **options), ["txt"])["notice.txt"].decode()


def flat(document: str) -> str:
    return " ".join(document.split())


def section(document, key):
    return next((part for part in document.sections if part.key == key), None)


@pytest.mark.parametrize(
    "verdict", ["lost", "stale", "resurrected", "review", "unidentified", "unconfirmed"]
)
def test_each_verdict_that_asks_for_something_makes_a_notice(verdict):
    assert notice(finding("a", "person", verdict, fields=JOERG))


@pytest.mark.parametrize("verdict", ["restored", "cancelled", "consistent"])
def test_a_customer_with_nothing_to_do_gets_none(verdict):
    assert notice(finding("a", "person", verdict, fields=JOERG)) is None


def test_feedback_makes_a_notice_but_acknowledgements_alone_make_none():
    def answer(status):
        return finding("a", "feedback", fields={"alarm_id": "A-1", "status": status})

    assert notice(answer("YES"))
    assert notice(answer("RECEIVED")) is None
    assert notice(answer("READ")) is None


def test_acknowledgements_are_counted_and_not_listed():
    document = notice()
    record = section(document, "feedback")
    assert [row.what for row in record.rows] == ["Zusage"]
    assert record.remarks == (
        "Außerdem fehlen 3 automatische Bestätigungen der App (empfangen). Alarm A-88: 3.",
    )
    assert document.counts.acknowledgements == 3


def test_acknowledgements_of_things_that_can_be_repeated_are_counted_too():
    person = CATALOGUE.kinds["person"].model_copy(
        update={"acknowledgements": {"email": ("robot@example.org",)}}
    )
    catalogue = CATALOGUE.model_copy(update={"kinds": CATALOGUE.kinds | {"person": person}})
    rows = findings(
        finding("a", "online_service", fields={"name": "RSS"}),
        finding("b", "person", fields={"email": "robot@example.org"}),
    )
    document = build_notice(CUSTOMER, rows, evidence(), FACTS, catalogue)
    assert "robot@example.org" in section(document, "person").remarks[0]
    read_back(render_pack(document, ["html", "txt", "xlsx", "csv"]), document)


def test_rows_of_another_customer_are_refused():
    with pytest.raises(ValueError, match="another customer"):
        notice(finding("a", "person", customer_id="4712"))


def test_the_checklist_has_persons_before_provisionings_and_two_parts():
    tasks = notice().checklist
    assert [task.text for task in tasks.administrator.tasks] == [
        "Zuerst in einem lokalen Adressbuch nachsehen",
        "Person anlegen",
        "Änderung an der Person erneut vornehmen",
        "Provisionierung versenden",
        "Online Service anlegen",
        "Verfügbarkeitsregel anlegen",
        "Löschungen wiederholen",
        "Unklare Eingaben prüfen",
    ]
    by_phone = ["Provisionierung annehmen", "Klingeltonprofil anlegen"]
    by_phone.append("Aktuelle Verfügbarkeit prüfen")
    assert [task.text for task in tasks.phone_owners.tasks] == by_phone
    assert list(tasks.forward.points) == by_phone


def test_without_a_task_for_phones_there_is_no_text_to_forward():
    tasks = notice(finding("a", "person", fields=JOERG)).checklist
    assert tasks.phone_owners is None
    assert tasks.forward is None


def test_feedback_is_for_the_record_and_no_task():
    document = notice(finding("a", "feedback", fields={"alarm_id": "A", "status": "YES"}))
    assert document.checklist.administrator.tasks == ()
    assert section(document, "feedback").purpose == "record"


def test_what_was_deleted_or_cancelled_is_in_no_list_to_create():
    deleted = {"action": "deleted", "current": ANNA}
    document = notice(
        finding("a", "person", "resurrected", **deleted),
        finding("b", "person", "review", **deleted),
        finding("c", "person", "unconfirmed", **deleted),
        finding("d", "person", "cancelled", fields=JOERG),
    )
    assert [(part.key, len(part.rows)) for part in document.sections] == [("to-delete", 3)]
    assert {row.steps for row in document.asking} == {("deleted",)}
    assert "anlegen" not in text(finding("a", "person", "resurrected", **deleted))


def test_a_provisioning_that_was_accepted_is_sent_and_accepted_again():
    document = notice()
    assert [(row.who, row.to_do) for row in section(document, "provisioning").rows] == [
        ("Jörg Müller", "Provisionierung versenden, Provisionierung annehmen"),
        ("Anna Weiß", "Provisionierung versenden"),
        ("Hans Maier", "Provisionierung annehmen"),
    ]


@pytest.mark.parametrize(
    ("locale", "state", "shown"),
    [
        ("de", "accepted", ("Zustand", "angenommen")),
        ("en", "accepted", ("State", "accepted")),
        ("de", "PENDING", ("Zustand", "PENDING")),
    ],
)
def test_a_value_is_called_what_the_catalogue_calls_it_but_in_the_csv(locale, state, shown):
    fields = {"person_id": "P-1", "app": "aPager PRO", "state": state}
    document = notice(
        finding("a", "provisioning", fields=fields), customer=replace(CUSTOMER, locale=locale)
    )
    assert document.asking[0].details == (shown,)
    pack = render_pack(document, ["xlsx", "csv"])
    book = opened(pack["reprovisioning.xlsx"])
    assert rows(book.worksheets[0])[0][shown[0]] == shown[1]
    assert f";{state};" in pack["reprovisioning.csv"].decode()


def test_what_is_gone_must_be_created_whatever_its_last_write_did():
    row = notice(finding("a", "person", action="updated", fields=JOERG)).asking[0]
    assert row.to_do == "Person anlegen"


def test_created_and_then_updated_of_which_only_the_update_is_gone_is_a_change():
    row = notice(finding("a", "person", "stale", fields=JOERG, current=ANNA)).asking[0]
    assert row.to_do == "Änderung an der Person erneut vornehmen"


def test_a_change_shows_what_differs_with_both_values():
    row = section(notice(), "person").rows[-1]
    assert [(side.label, side.recorded, side.present) for side in row.sides] == [
        ("Mobil", "+49 171 9998887", "+49 171 1112223")
    ]


def test_review_shows_both_sides_whole():
    row = section(notice(), "to-check").rows[0]
    assert [(side.recorded, side.present) for side in row.sides] == [
        ("Klaus", "Klaus"),
        ("Groß", "Gross"),
        ("k.gross@ff-beispiel.de", "k.gross@ff-beispiel.de"),
        ("0160 1112223", "0160 1112224"),
    ]


@pytest.mark.parametrize("action", ["created", "updated", "deleted"])
def test_what_is_not_known_is_checked_by_time_kind_and_address(action):
    found = finding("f09", "person", "unidentified", action=action, entity_id=None)
    document = notice(found, seen=traffic())
    row = section(document, "to-check").rows[0]
    assert (row.kind_label, row.time, row.what) == (
        "Person",
        "18.05.2021 20:14:05",
        "Nicht bekannt, gesendet von 192.0.2.44",
    )


def test_proven_probable_and_not_to_be_found_out_are_kept_apart():
    known = {row.finding_ids[0]: row.known.split(" ")[0] for row in notice().asking}
    assert (known["f01"], known["f04"], known["f20"]) == ("nachgewiesen", "wahrscheinlich", "nur")


@pytest.mark.parametrize("verdict", ["stale", "review", "lost"])
def test_of_availability_the_present_state_is_checked_and_no_old_one_shown(verdict):
    row = finding(
        *("a", "availability", verdict),
        action="updated",
        entity_id="P-1",
        fields={"state": "OLDSTATE"},
        current={"state": "NEWSTATE"},
    )
    pack = render_pack(notice(row), ["html", "txt", "csv"])
    assert "Aktuelle Verfügbarkeit prüfen" in flat(pack["notice.txt"].decode())
    assert not any(b"STATE" in document for document in pack.values())


def test_a_person_is_named_where_the_customers_own_findings_name_them():
    other = finding("b", "provisioning", fields={"person_id": "P-1", "app": "x"})
    named = notice(finding("a", "person", entity_id="P-1", fields=JOERG), other)
    assert section(named, "provisioning").rows[0].who == "Jörg Müller"
    assert notice(other).asking[0].who == "P-1"


def test_an_id_that_was_issued_twice_names_nobody():
    document = notice(
        finding("a", "person", entity_id="P-1", fields=JOERG),
        finding("b", "person", entity_id="P-1", fields=ANNA),
        finding("c", "provisioning", fields={"person_id": "P-1", "app": "x"}),
    )
    assert section(document, "provisioning").rows[0].who == "P-1"


def test_what_was_sent_twice_is_one_row_that_knows_both_findings():
    row = section(notice(), "person").rows[1]
    assert row.finding_ids == ("f02", "f03")
    assert row.note == "2-mal kurz nacheinander gesendet; benötigt wird es einmal."


def test_of_two_tries_with_different_answers_both_are_shown():
    answer = {"alarm_id": "A-1", "person_id": "P-1"}
    document = notice(
        finding("a", "feedback", clock="20:14:00", fields=answer | {"status": "NO"}),
        finding("b", "feedback", clock="20:14:30", fields=answer | {"status": "YES"}),
    )
    assert ("Rückmeldung", "Absage / Zusage") in document.asking[0].details


def test_one_proof_is_enough_for_what_was_sent_twice():
    document = notice(
        finding("a", "person", clock="20:14:00", confidence="probable", fields=JOERG),
        finding("b", "person", clock="20:14:30", fields=JOERG),
    )
    assert document.asking[0].confidence == "confirmed"
    assert document.asking[0].time == "18.05.2021 20:14:00"


def test_preliminary_names_the_gaps_in_local_time_and_promises_a_supplement():
    facts = replace(FACTS, coverage=Coverage(is_complete=False, gaps=(GAP,)))
    document = flat(text(facts=facts))
    assert "(vorläufig)" in document
    assert "18. Mai 2021, 20:41 bis 23:18 Uhr (Protokoll „proxy-b“)" in document
    assert "Nachtrag" in document
    assert "endgültig" not in document


def test_final_names_only_what_is_lost_for_good():
    gap = Gap(
        source="edge", from_at=SNAPSHOT, to_at=SNAPSHOT + timedelta(minutes=3), is_accepted=True
    )
    facts = replace(FACTS, coverage=Coverage(is_complete=True, gaps=(gap,)))
    document = flat(text(facts=facts))
    assert "(endgültig)" in document
    assert "20:00 bis 20:03 Uhr (Protokoll „edge“)" in document
    assert "vorläufig" not in document


def test_while_preliminary_only_what_may_still_arrive_is_called_open():
    given_up = replace(GAP, source="edge", is_accepted=True)
    facts = replace(FACTS, coverage=Coverage(is_complete=False, gaps=(GAP, given_up)))
    (point,) = notice(facts=facts).completeness.points
    assert "proxy-b" in point


def test_many_gaps_are_summed_up():
    gaps = tuple(
        Gap(source="p", from_at=SNAPSHOT + timedelta(minutes=5 * n), to_at=LIVE) for n in range(15)
    )
    facts = replace(FACTS, coverage=Coverage(is_complete=False, gaps=gaps))
    assert notice(facts=facts).completeness.points[-1] == "und 3 weitere"


@pytest.mark.parametrize("locale", ["de", "en"])
def test_it_says_only_what_the_logs_at_hand_show(locale):
    document = flat(text(customer=replace(CUSTOMER, locale=locale)))
    assert ("vorliegenden Protokollen" if locale == "de" else "logs at hand") in document
    for claim in ("nothing else", "sonst nichts", "nichts weiter", "nur diese"):
        assert claim not in document.lower()


def test_times_are_the_customers_own_and_the_zone_is_named():
    document = flat(text(customer=replace(CUSTOMER, timezone="Asia/Tokyo", locale="en")))
    assert "19 May 2021, 03:00 to 06:18 (Japan Standard Time, Asia/Tokyo)" in document
    assert "19 May 2021 03:14:05 Jörg Müller" in document


def test_a_window_over_midnight_names_both_days():
    facts = replace(FACTS, live_at=LIVE + timedelta(hours=2))
    assert "18. Mai 2021, 20:00 Uhr bis 19. Mai 2021, 01:18 Uhr" in flat(text(facts=facts))


def test_an_uncertain_end_is_said():
    facts = replace(FACTS, live_at_uncertainty=timedelta(minutes=15))
    assert "nur auf 15 Minuten genau bekannt" in flat(text(facts=facts))


@pytest.mark.parametrize(
    ("agent", "is_advised"),
    [
        ("FE2/2.22.158", True),
        ("FE2/2.9", True),
        ("FE2/2.22.160", False),
        ("FE2/2.22.160.0", False),
        ("FE2/3.0", False),
        ("okhttp/1.0", False),
    ],
)
def test_an_update_is_advised_to_those_whose_own_client_is_too_old(agent, is_advised):
    seen = evidence({"user_agent": agent})
    document = notice(finding("a", "person", fields=JOERG), seen=seen)
    assert bool(document.advice) == is_advised


@pytest.mark.parametrize(
    ("source", "clock", "is_advised"),
    [("proxy-a", "23:18:00", True), ("proxy-a", "23:17:59", False), ("edge", "23:20:00", False)],
)
def test_the_firewall_is_for_those_who_still_come_through_the_old_address(
    source, clock, is_advised
):
    seen = evidence({"source": source, "line_at": at(clock)})
    document = notice(finding("a", "person", fields=JOERG), seen=seen)
    assert bool(document.advice) == is_advised
    if is_advised:
        assert "Firewall" in document.advice.points[0]


def test_those_who_use_availability_are_reminded_of_manual():
    person = finding("a", "person", fields=JOERG)
    assert notice(person).advice is None
    used = notice(person, finding("b", "availability", "consistent", action="updated"))
    assert "manuell" in used.advice.points[0]


def test_the_local_address_book_comes_first_only_where_persons_are_missing():
    service = finding("a", "online_service", fields={"name": "RSS"})
    assert "Adressbuch" not in text(service)
    assert (
        "Adressbuch"
        in notice(finding("a", "person", fields=JOERG)).checklist.administrator.tasks[0].text
    )


def test_the_contact_is_a_link_only_if_it_is_an_address_of_the_web():
    assert notice().contact_link == "https://support.example.org"
    assert notice(facts=replace(FACTS, contact="javascript:alert(1)")).contact_link is None


def test_a_supplement_is_called_one():
    assert notice().title == "Serverumzug nach Frankfurt: fehlende Eingaben"
    assert notice(revision=2).title.startswith("Nachtrag 1 zu „")


def test_a_catalogue_that_says_only_what_it_must_makes_a_notice():
    plain = Catalogue.model_validate(
        {
            "customers": {"table": "tenants", "columns": {"id": "id"}},
            "kinds": {
                "door": {
                    "label": {"en": "Door"},
                    "table": "doors",
                    "columns": {"id": "id"},
                    "fields": ["floor", "name"],
                    "identity": {"exact": ["name"]},
                },
                "badge": {
                    "label": {"en": "Badge"},
                    "table": "badges",
                    "columns": {"id": "id"},
                    "fields": ["door_id", "number"],
                    "refers_to": {"door_id": "door"},
                },
            },
        }
    )
    rows = findings(
        finding("a", "door", entity_id="D-1", fields={"name": "Front", "floor": "0"}),
        finding("b", "badge", "stale", action="updated", fields={"door_id": "D-1"}, current={}),
        finding("c", "badge", "resurrected", action="deleted"),
    )
    document = build_notice(CUSTOMER, rows, evidence(), FACTS, plain)
    assert [(row.what, row.who, row.to_do) for row in document.asking] == [
        ("Front", "", "Door: erneut eingeben"),
        ("Kennung badge-b", "Front", "Badge: Änderung erneut vornehmen"),
        ("Kennung badge-c", "", "Badge: erneut löschen"),
    ]
    read_back(render_pack(document, ["html", "txt", "xlsx", "csv"]), document)


def rows_of(kind, *rows):
    """Rows of the new database: customer, id, and the kind's fields."""
    fields = CATALOGUE.kinds[kind].fields
    frame = pl.DataFrame(
        [
            {"customer_id": owner, "id": row_id, "fields": dict.fromkeys(fields) | values}
            for owner, row_id, values in rows
        ],
        schema=row_schema(fields),
    )
    return {kind: frame}


def test_a_person_that_is_only_referred_to_bears_the_name_in_the_new_database():
    rows = rows_of("person", ("4711", "P-7", {"first_name": "Eva", "last_name": "Lang"}))
    rule = finding("a", "availability_rule", fields={"person_id": "P-7", "name": "Nacht"})
    state = finding("b", "availability", "stale", entity_id="P-7", action="updated")
    document = notice(rule, state, rows=rows)
    assert [row.who for row in document.asking] == ["Eva Lang", "Eva Lang"]


def test_nobody_bears_the_name_of_another_customers_person():
    rows = rows_of("person", ("4712", "P-7", {"first_name": "Eva", "last_name": "Lang"}))
    rule = finding("a", "availability_rule", fields={"person_id": "P-7", "name": "Nacht"})
    assert [row.who for row in notice(rule, rows=rows).asking] == ["P-7"]


def test_a_name_that_was_written_goes_before_the_one_that_is_there_now():
    rows = rows_of("person", ("4711", "P-1", {"first_name": "Fremd", "last_name": "Name"}))
    document = notice(
        finding("a", "person", entity_id="P-1", fields=JOERG),
        finding("b", "provisioning", fields={"person_id": "P-1", "app": "aPager PRO"}),
        rows=rows,
    )
    assert section(document, "provisioning").rows[0].who == "Jörg Müller"


def test_the_record_of_feedback_is_by_alarm():
    def answer(finding_id, clock, alarm):
        fields = {"alarm_id": alarm, "person_id": "P-1", "status": "YES"}
        return finding(finding_id, "feedback", clock=clock, fields=fields)

    document = notice(
        answer("a", "20:10:00", "A-2"),
        answer("b", "20:11:00", "A-1"),
        answer("c", "20:12:00", "A-2"),
    )
    listed = [row.finding_ids[0] for row in section(document, "feedback").rows]
    assert listed == ["a", "c", "b"]


def test_the_customer_learns_what_personal_data_are_concerned():
    said = flat(text())
    assert "Artikel 33 Absatz 5 DSGVO" in said
    assert "sind Daten von etwa 6 Personen betroffen:" in said
    assert "Personen (Vorname, Nachname, E-Mail, Mobil): 5 Einträge, 2 zu prüfen" in said
    assert "Rückmeldungen (Alarm, Person, Rückmeldung): 4 Einträge" in said


def test_without_personal_data_nothing_is_said_of_them():
    service = finding("a", "online_service", fields={"name": "RSS"})
    assert notice(service).personal_data is None
    assert "DSGVO" not in text(service)


def test_the_case_of_another_customer_is_refused():
    cases = read_cases(evening(), traffic(), {}, CATALOGUE, old_sources=FACTS.old_sources)
    with pytest.raises(ValueError, match="another customer"):
        word_notice(cases["4711"], replace(CUSTOMER, id="4712"), FACTS, CATALOGUE)
