"""Created again by hand? Which rows of the new database lost entities may have become.

One row can restore one entity. The best pairs are taken first; where two different people have
the same claim to a row, both are for a human to look at.
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

    `last_at` is its last write: what was created before then is not what it has become.
    `is_doubtful`: what it refers to may have become something else, which is not certain.
    """

    number: int
    at: datetime
    last_at: datetime
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

    @property
    def last_at(self) -> datetime:
        return max(member.last_at for member in self.members)

    @property
    def is_doubtful(self) -> bool:
        return any(member.is_doubtful for member in self.members)

    def claims(self, row: Candidate, *, certain: bool, at: float) -> Iterable[Claim]:
        for member in self.members:
            yield Claim(number=member.number, is_certain=certain, matched_id=row.id, score=at)


def settle_claims(missing: Sequence[Missing], candidates: Sequence[Candidate]) -> list[Claim]:
    """At most one claim for each of the missing, of one customer and kind.

    The outcome does not depend on the order of either sequence.
    """
    units = _retries_together(missing)
    rows = sorted(candidates, key=lambda row: (row.created_at, row.id))
    certain = _certain_rows(units, rows)
    claims: list[Claim] = []
    taken: set[str] = set()
    for alike in _by_record(unit for unit in units if certain[unit.first.number]):
        for unit in alike:
            options = certain[unit.first.number]
            claims += unit.claims(options[0], certain=len(alike) == 1, at=1.0)
            taken |= {row.id for row in (options[:1] if len(alike) == 1 else options)}
    free = [row for row in rows if row.id not in taken]
    for unit in units:
        if not certain[unit.first.number] and (best := _best_possible(unit, free)):
            claims += unit.claims(best[1], certain=False, at=best[0])
    return claims


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


def _certain_rows(units: Sequence[_Unit], rows: Sequence[Candidate]) -> dict[int, list[Candidate]]:
    """For each unit the rows that are the same beyond doubt."""
    by_record: dict[Person | Thing, list[Candidate]] = defaultdict(list)
    for row in rows:
        if not row.is_doubtful:
            by_record[row.record].append(row)
    return {
        unit.first.number: [
            row
            for row in by_record[unit.first.record]
            if not unit.is_doubtful
            and row.created_at > unit.last_at
            and compare(unit.first.record, row.record) is Likeness.SAME
        ]
        for unit in units
    }


def _by_record(units: Iterable[_Unit]) -> Iterable[list[_Unit]]:
    """Units that are the same person: each has the same claim to a row as the others."""
    alike: dict[Person | Thing, list[_Unit]] = defaultdict(list)
    for unit in units:
        alike[unit.first.record].append(unit)
    return alike.values()


def _best_possible(unit: _Unit, rows: Sequence[Candidate]) -> tuple[float, Candidate] | None:
    """The most similar row that is left."""
    possible = [
        (score(unit.first.record, row.record), row)
        for row in rows
        if row.created_at > unit.last_at
        and compare(unit.first.record, row.record) >= Likeness.SIMILAR
    ]
    return max(possible, key=lambda pair: pair[0], default=None)
