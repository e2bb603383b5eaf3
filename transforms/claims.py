"""Created again by hand? Which rows of the new database lost entities may have become.

One row can restore one entity. The best pairs are taken first; where two different people have
the same claim to one row, both are for a human to look at.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from transforms.identity import Likeness, Person, Thing, compare, score

# A client that got no answer tries again within this time.
RETRY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A lost entity of one customer and kind: its number, when it was created, what is known.

    `is_doubtful`: what it refers to may have become something else, which is not certain.
    """

    number: int
    at: datetime
    record: Person | Thing
    is_doubtful: bool = False


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A row of the same customer and kind that may be one of the missing.

    `is_doubtful`: it was created when nobody knows which site was live.
    """

    id: str
    created_at: datetime
    record: Person | Thing
    is_doubtful: bool = False


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What one missing entity has become: certainly, or possibly."""

    number: int
    is_certain: bool
    matched_id: str
    score: float


@dataclass(frozen=True)
class _Unit:
    """What a client's retry created twice claims a row together."""

    members: tuple[Missing, ...]

    @property
    def first(self) -> Missing:
        return self.members[0]

    def claims(self, row: Candidate, *, certain: bool, at: float) -> Iterable[Claim]:
        for member in self.members:
            yield Claim(number=member.number, is_certain=certain, matched_id=row.id, score=at)


def settle_claims(missing: Sequence[Missing], candidates: Sequence[Candidate]) -> list[Claim]:
    """At most one claim for each of the missing, of one customer and kind.

    The outcome does not depend on the order of either sequence.
    """
    units = _retries_together(missing)
    rows = sorted(candidates, key=lambda row: (row.created_at, row.id))
    claims: list[Claim] = []
    certain = _certain_pairs(units, rows)
    taken: set[str] = set()
    open_units: list[_Unit] = []
    for group, shared in _components(units, certain):
        assigned = _assign(group, certain)
        for unit in group:
            if not certain[unit.first.number]:
                open_units.append(unit)
            elif assigned:
                claims += unit.claims(assigned[unit.first.number], certain=True, at=1.0)
            else:
                claims += unit.claims(certain[unit.first.number][0], certain=False, at=1.0)
        taken |= {row.id for row in assigned.values()} if assigned else shared
    for unit in open_units:
        best = _best_possible(unit, [row for row in rows if row.id not in taken])
        if best:
            claims += unit.claims(best[1], certain=False, at=best[0])
    return claims


def retry_groups(missing: Sequence[Missing]) -> list[tuple[int, ...]]:
    """The numbers of the missing, those together that one client created by trying again."""
    return [tuple(member.number for member in unit.members) for unit in _retries_together(missing)]


def _retries_together(missing: Sequence[Missing]) -> list[_Unit]:
    by_record: dict[Person | Thing, list[Missing]] = defaultdict(list)
    for one in sorted(missing, key=lambda one: (one.at, one.number)):
        by_record[one.record].append(one)
    units: list[_Unit] = []
    for alike in by_record.values():
        group = [alike[0]]
        for one in alike[1:]:
            if one.at - group[-1].at > RETRY:
                units.append(_Unit(tuple(group)))
                group = []
            group.append(one)
        units.append(_Unit(tuple(group)))
    return sorted(units, key=lambda unit: (unit.first.at, unit.first.number))


def _certain_pairs(units: Sequence[_Unit], rows: Sequence[Candidate]) -> dict[int, list[Candidate]]:
    """For each unit the rows that are the same beyond doubt."""
    by_record: dict[Person | Thing, list[Candidate]] = defaultdict(list)
    for row in rows:
        if not row.is_doubtful:
            by_record[row.record].append(row)
    return {
        unit.first.number: [
            row
            for row in by_record[unit.first.record]
            if not unit.first.is_doubtful
            and row.created_at > unit.first.at
            and compare(unit.first.record, row.record) is Likeness.SAME
        ]
        for unit in units
    }


def _components(
    units: Sequence[_Unit], certain: dict[int, list[Candidate]]
) -> list[tuple[list[_Unit], set[str]]]:
    """Units that are the same person, with all rows that any of them may claim."""
    alike: dict[Person | Thing, list[_Unit]] = defaultdict(list)
    for unit in units:
        alike[unit.first.record].append(unit)
    return [
        (group, {row.id for unit in group for row in certain[unit.first.number]})
        for group in alike.values()
    ]


def _assign(
    group: Sequence[_Unit], certain: dict[int, list[Candidate]]
) -> dict[int, Candidate] | None:
    """A row of its own for each unit that has any, or None where there are too few.

    Rows must be younger than the unit, so the youngest unit has the fewest: it chooses first.
    """
    assigned: dict[int, Candidate] = {}
    used: set[str] = set()
    for unit in sorted(group, key=lambda unit: (unit.first.at, unit.first.number), reverse=True):
        options = certain[unit.first.number]
        free = [row for row in options if row.id not in used]
        if options and not free:
            return None
        if free:
            used.add(free[0].id)
            assigned[unit.first.number] = free[0]
    return assigned


def _best_possible(unit: _Unit, rows: Sequence[Candidate]) -> tuple[float, Candidate] | None:
    """The most similar row that is left."""
    possible = [
        (score(unit.first.record, row.record), row)
        for row in rows
        if row.created_at > unit.first.at
        and compare(unit.first.record, row.record) >= Likeness.SIMILAR
    ]
    return max(possible, key=lambda pair: pair[0], default=None)
