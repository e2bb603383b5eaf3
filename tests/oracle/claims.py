"""Who gets which row: the last part of the decision "Who was created again by hand"."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from tests.oracle.likeness import Level, Likeness

# Whose likeness to which row: groups of retries by number, rows by id.
Claims = Mapping[int, Mapping[str, Likeness]]
Ages = Mapping[str, datetime]


class Claim(NamedTuple):
    """The row that somebody gets, and how: certain, same claim, possible, or as a twin."""

    row_id: str
    like: Likeness
    how: str

    @property
    def is_certain(self) -> bool:
        return self.how == "certain"


def claimed(claims: Claims, ages: Ages) -> dict[int, Claim]:
    """What each group gets, if anything: "first all over the same, then certain, then possible"."""
    settled: dict[int, Claim] = {}
    taken: set[str] = set()
    for level in (Level.ALL_OVER_THE_SAME, Level.CERTAIN):
        found, gone = _at_level(_still_open(claims, settled, taken), level, ages)
        settled |= found
        taken |= gone
    return settled | _possible(_still_open(claims, settled, taken), ages)


def _still_open(claims: Claims, settled: Mapping[int, Claim], taken: set[str]) -> Claims:
    return {
        group: {row_id: like for row_id, like in rows.items() if row_id not in taken}
        for group, rows in claims.items()
        if group not in settled
    }


def _at_level(claims: Claims, level: Level, ages: Ages) -> tuple[dict[int, Claim], set[str]]:
    """ "Each takes its row with the highest score, then the oldest, then by id; where two different
    people claim one row, all who claim such a row are for review, and all rows that they claim are
    nobody else's." Both: who gets what, and which rows are gone.
    """
    of_level = {
        group: {row_id: like for row_id, like in rows.items() if like.level == level}
        for group, rows in claims.items()
    }
    settled, gone = {}, set()
    for group, rows in of_level.items():
        if rows:
            rivals = [other for its, other in of_level.items() if its != group]
            is_contested = any(row_id in other for other in rivals for row_id in rows)
            best = _best(rows, ages)
            how = "same claim" if is_contested else "certain"
            settled[group] = Claim(best, rows[best], how)
            gone |= set(rows) if is_contested else {best}
    return settled, gone


def _possible(claims: Claims, ages: Ages) -> dict[int, Claim]:
    """ "Then the rest, best score first: who is possibly a row takes it, and with the same score so
    does another."
    """
    settled: dict[int, Claim] = {}
    taken: set[str] = set()
    scores = {like.score for rows in claims.values() for like in rows.values() if like.level}
    for score in sorted(scores, reverse=True):
        still_open = _still_open(claims, settled, taken)
        for group, rows in still_open.items():
            equal = {
                row_id: like
                for row_id, like in rows.items()
                if like.level == Level.POSSIBLE and like.score == score
            }
            if equal:
                best = _best(equal, ages)
                settled[group] = Claim(best, rows[best], "possible")
        taken |= {claim.row_id for claim in settled.values()}
    return settled


def _best(rows: Mapping[str, Likeness], ages: Ages) -> str:
    return min(rows, key=lambda row_id: (-rows[row_id].score, ages[row_id], row_id))
