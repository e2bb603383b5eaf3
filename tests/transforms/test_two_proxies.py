"""A request that passed two proxies is one write: what each of them tells of it."""

from tests.tables import findings, reconciled
from transforms.writes import LogSource

HEAD = "at | kind | action | entity | source | request | path | upstream | client_ip"


def test_a_slash_at_the_end_makes_no_second_request():
    """One of them has tidied up the path."""
    evidence = reconciled(
        lines=f"""{HEAD}
        18:10:00 | person | create | | proxy-a | r1 | /persons/ | |
        18:10:00 | person | create | | proxy-b | r1 | /persons | | """
    ).evidence
    assert evidence.height == 1


def test_if_one_of_them_knows_that_the_new_site_answered_it_did():
    found, wanted = findings(
        "entity | verdict | reason\n P1 | lost | after_live",
        lines=f"""{HEAD}
        18:10:00 | person | create | P1 | proxy-a | r1 | /persons | | 192.0.2.1
        18:10:01 | person | create | P1 | proxy-b | r1 | /persons | 10.2.0.1:80 | 192.0.2.1""",
        sources=(LogSource(name="proxy-a"), LogSource(name="proxy-b", new_upstreams=("10.2.*",))),
    )
    assert found == wanted


def test_the_clients_address_is_what_the_first_one_saw():
    """The second one sees the first one's."""
    evidence = reconciled(
        lines=f"""{HEAD}
        18:10:01 | person | create | | proxy-b | r1 | /persons | | 10.0.0.7
        18:10:00 | person | create | | proxy-a | r1 | /persons | | 192.0.2.1"""
    ).evidence
    assert evidence["client_ip"].to_list() == ["192.0.2.1"]
