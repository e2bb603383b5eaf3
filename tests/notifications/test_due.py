"""Which notice is written next, by what the customer has already got."""

from datetime import UTC, datetime

import pytest

from notifications.due import LastSent, News, Standing, due

SENT_AT = datetime(2021, 5, 20, 9, 0, tzinfo=UTC)
NOTHING = News()
FOUND = News(found={"f1"})


def standing(latest, sent=None, *, is_final=False, is_unresolved=False):
    last = LastSent(revision=sent, sent_at=SENT_AT, is_final=is_final) if sent else None
    return Standing(revision=latest, is_unresolved=is_unresolved, last_sent=last)


@pytest.mark.parametrize(
    ("latest", "sent", "news", "revision"),
    [
        # Nothing was sent: the draft is replaced in place, or made again where it was withdrawn.
        (0, None, NOTHING, 1),
        (1, None, NOTHING, 1),
        # Sent, and nothing new: it stands.
        (1, 1, NOTHING, None),
        (1, 1, FOUND, 2),
        # A supplement that was not sent yet is replaced in place, or has nothing left to say.
        (2, 1, FOUND, 2),
        (2, 1, NOTHING, None),
        (2, 2, FOUND, 3),
    ],
)
def test_the_next_revision(latest, sent, news, revision):
    found = due(standing(latest, sent), news, becomes_final=False, announce_final=False)
    assert (found.revision if found else None) == revision
    assert bool(found and found.supplement) == bool(found and sent)


def test_nothing_is_written_while_nobody_knows_whether_the_last_one_arrived():
    unresolved = standing(1, is_unresolved=True)
    assert due(unresolved, FOUND, becomes_final=True, announce_final=True) is None


@pytest.mark.parametrize(
    ("announce", "becomes", "was_final", "is_due"),
    [
        (True, True, False, True),
        (False, True, False, False),
        (True, False, False, False),
        (True, True, True, False),
    ],
)
def test_becoming_final_is_written_only_where_it_is_to_be_announced(
    announce, becomes, was_final, is_due
):
    last = standing(1, 1, is_final=was_final)
    found = due(last, NOTHING, becomes_final=becomes, announce_final=announce)
    assert (found is not None) == is_due


def test_a_supplement_knows_what_is_new_and_since_when():
    supplement = due(standing(1, 1), FOUND, becomes_final=False, announce_final=False).supplement
    assert supplement.found == {"f1"}
    assert supplement.sent_at == SENT_AT
