"""Created again by hand? Which rows of the new database lost entities may have become.

One row can restore one entity. The best pairs are taken first; where two different people have
the same claim to a row, both are for a human to look at.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from transforms.blocking import worth_comparing
from transforms.identity import Person, Thing
from transforms.likeness import SAME_ALL_OVER, Agreement, Likeness, Register, compare, likeness

# A client that got no answer tries again within this time.
RETRY = timedelta(minutes=1)
# So many rows are told of each of the missing, the likeliest first.
TOLD = 5


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

    `is_doubtful`: it was created when nobody knows which site was live. `is_named`: evidence from
    before going live speaks of it, so nobody made it by hand afterwards.
    """

    id: str
    created_at: datetime
    record: Person | Thing
    is_doubtful: bool = False
    is_named: bool = False


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What one missing entity has become: certainly, or possibly."""

    number: int
    is_certain: bool
    matched_id: str
    score: float


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A row that one missing entity was held against, and what came of it."""

    number: int
    row_id: str
    score: float
    outcome: str
    agreement: Agreement


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


@dataclass(frozen=True)
class _Pair:
    """A unit and a row that are worth comparing."""

    unit: _Unit
    row: Candidate
    agreement: Agreement
    likeness: Likeness

    @property
    def score(self) -> float:
        return 1.0 if self.likeness is Likeness.EQUAL else self.agreement.score

    @property
    def bar(self) -> str:
        """Why the row can't be it, however alike; empty where nothing stands against it."""
        if self.row.is_named:
            return "named_by_evidence"
        return "" if self.row.created_at > self.unit.last_at else "created_before_the_write"

    @property
    def is_open_to_doubt(self) -> bool:
        return self.unit.is_doubtful or self.row.is_doubtful

    @property
    def order(self) -> tuple[float, datetime, str, datetime, int]:
        first = self.unit.first
        return (-self.score, self.row.created_at, self.row.id, first.at, first.number)


class _Settlement:
    """Who has claimed which row so far."""

    def __init__(self) -> None:
        self.claims: dict[int, tuple[_Pair, str]] = {}
        self.taken: dict[str, float] = {}

    def is_free(self, pair: _Pair) -> bool:
        return pair.unit.first.number not in self.claims and pair.row.id not in self.taken

    def take(self, pair: _Pair, outcome: str) -> None:
        self.claims[pair.unit.first.number] = (pair, outcome)
        self.taken.setdefault(pair.row.id, pair.score)


def settle_claims(
    missing: Sequence[Missing], candidates: Sequence[Candidate], register: Register
) -> tuple[list[Claim], list[Comparison]]:
    """At most one claim for each of the missing, of one customer and kind, and how it came about.

    The outcome does not depend on the order of either sequence. First those that are the same all
    over claim their rows, then those that are certain all the same, and what is left is possible.
    """
    units = _retries_together(missing)
    pairs = sorted(_pairs(units, candidates, register), key=lambda pair: pair.order)
    open_pairs = [pair for pair in pairs if not pair.bar]
    settled = _Settlement()
    for level in (Likeness.EQUAL, Likeness.CERTAIN):
        _settle_certain([pair for pair in open_pairs if pair.likeness is level], settled)
    _settle_possible(open_pairs, settled)
    claims = [
        Claim(
            number=member.number,
            is_certain=outcome == "restored",
            matched_id=pair.row.id,
            score=pair.score,
        )
        for pair, outcome in settled.claims.values()
        for member in pair.unit.members
    ]
    return claims, list(_told(pairs, settled))


def find_twins(
    missing: Sequence[Missing], rows: Sequence[Candidate], register: Register
) -> Iterable[Comparison]:
    """The row from before the window that each of the missing certainly is, if there is one."""
    units = [_Unit((one,)) for one in missing]
    pairs = sorted(_pairs(units, rows, register), key=lambda pair: pair.order)
    best: dict[int, _Pair] = {}
    for pair in pairs:
        if pair.likeness >= Likeness.CERTAIN:
            best.setdefault(pair.unit.first.number, pair)
    for number, pair in best.items():
        yield Comparison(
            number=number,
            row_id=pair.row.id,
            score=pair.score,
            outcome="twin",
            agreement=pair.agreement,
        )


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
    return units


def _pairs(
    units: Sequence[_Unit], rows: Sequence[Candidate], register: Register
) -> Iterable[_Pair]:
    wanted = [unit.first.record for unit in units]
    for place, other in worth_comparing(wanted, [row.record for row in rows]):
        unit, row = units[place], rows[other]
        one, two = unit.first.record, row.record
        if isinstance(one, Person) and isinstance(two, Person):
            agreement = compare(one, two, register)
        else:
            agreement = SAME_ALL_OVER
        yield _Pair(unit, row, agreement, likeness(one, two, agreement))


def _settle_certain(pairs: Sequence[_Pair], settled: _Settlement) -> None:
    """Each takes its best row, but where two people could certainly be one row, neither is."""
    free = [pair for pair in pairs if settled.is_free(pair) and not pair.is_open_to_doubt]
    claimants: dict[str, set[int]] = defaultdict(set)
    for pair in free:
        claimants[pair.row.id].add(pair.unit.first.number)
    contested = {pair.unit.first.number for pair in free if len(claimants[pair.row.id]) > 1}
    for pair in free:
        number = pair.unit.first.number
        if number in contested:
            # All that they claim is out of reach for others.
            settled.taken.setdefault(pair.row.id, pair.score)
        if number not in settled.claims:
            settled.take(pair, "same_claim" if number in contested else "restored")


def _settle_possible(pairs: Sequence[_Pair], settled: _Settlement) -> None:
    """Best pairs first; of two with the same claim to a row each is told."""
    before = set(settled.taken)
    for pair in pairs:
        if pair.likeness is Likeness.DIFFERENT or pair.row.id in before:
            continue
        is_taken = settled.taken.get(pair.row.id, pair.score) > pair.score
        if pair.unit.first.number not in settled.claims and not is_taken:
            settled.take(pair, "created_around_live_at" if pair.row.is_doubtful else "review")


def _told(pairs: Sequence[_Pair], settled: _Settlement) -> Iterable[Comparison]:
    """For each of the missing the likeliest rows; `pairs` come the best first."""
    told: dict[int, int] = defaultdict(int)
    for pair in pairs:
        number = pair.unit.first.number
        told[number] += 1
        if told[number] > TOLD:
            continue
        for member in pair.unit.members:
            yield Comparison(
                number=member.number,
                row_id=pair.row.id,
                score=pair.score,
                outcome=_outcome(pair, settled),
                agreement=pair.agreement,
            )


def _outcome(pair: _Pair, settled: _Settlement) -> str:
    claimed, outcome = settled.claims.get(pair.unit.first.number, (None, ""))
    if claimed is pair:
        return outcome
    if pair.bar:
        return pair.bar
    if pair.likeness is Likeness.DIFFERENT:
        return "too_different"
    return "another_is_closer" if claimed else "taken_by_another"
