"""Ids are a kind's own: tables count from 1, so person 17 and provisioning 17 are strangers."""

from tests.tables import findings

LINE = "at | kind | action | entity | customer | device"
JO = "first_name=Jo, last_name=May, email=jo@x.de, mobile=+491511"


def test_whose_provisioning_17_is_says_nothing_of_availability_17():
    found, wanted = findings(
        "customer | kind | entity | verdict\n 2 | availability | 17 | stale",
        lines=f"{LINE}\n 18:10 | availability | update | 17 | | d1",
        rows={
            "provisioning": "id | customer | created\n 17 | 1 | 09:00",
            "person": "id | customer | created\n 17 | 2 | 09:00",
            "availability": "id | customer | updated\n 17 | 2 | 09:00",
        },
    )
    assert found == wanted


def test_a_line_that_created_person_17_does_not_explain_online_service_17():
    found, wanted = findings(
        """kind | entity | verdict
        person | 17 | lost
        online_service | 17 | consistent""",
        lines=f"""{LINE}
        18:10 | person | create | 17 | 1 |
        18:20 | online_service | create | | 1 | """,
        rows={"online_service": "id | created\n 17 | 18:20"},
    )
    assert found == wanted


def test_evidence_of_provisioning_17_does_not_keep_person_17_from_restoring_somebody():
    found, wanted = findings(
        """kind | entity | verdict | matched
        person | 1 | restored | 17
        provisioning | 17 | consistent |""",
        told=f"at|kind|action|entity|fields\n 18:10 | person | create | 1 | {JO}",
        lines="""at | kind | action | entity
        18:10 | person | create | 1
        21:00 | provisioning | delete | 17""",
        rows={"person": f"id | created | fields\n 17 | 21:00 | {JO}"},
    )
    assert found == wanted


def test_what_belongs_to_person_17_does_not_go_with_online_service_17():
    found, wanted = findings(
        """kind | entity | verdict | reason
        online_service | 17 | cancelled |
        provisioning | 1 | lost |""",
        told="""at | kind | action | entity | request | fields
        18:10 | provisioning | create | 1 | r1 | person_id=17, app=aPager""",
        lines="""at | kind | action | entity | request
        18:10 | provisioning | create | 1 | r1
        18:20 | online_service | create | 17 |
        18:30 | online_service | delete | 17 | """,
    )
    assert found == wanted
