"""Closest pairs first: each of one side with at most one of the other, nearest in time.

All pairs that would fit are as many as the one side times the other, so they are never listed.
Those who may be paired stand in one queue in the order of time; the closest pair of a queue are
always neighbours, and a pair that is taken makes new neighbours. So n of them take O(n log n) time
and O(n) memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from heapq import heapify, heappop, heappush
from math import inf
from typing import TypeAlias

import polars as pl

# distance in microseconds, left key, right key, the two places
_Pair: TypeAlias = tuple[int, int, int, int, int]
# In the place of a neighbour: the queue ends here; this place is in no queue any more.
_NOBODY, _GONE = -1, -2


@dataclass(frozen=True, kw_only=True)
class Fit:
    """When two may be paired, by the names of columns that both sides have.

    `same`: equal, and known on both sides; `agree`: equal where both know it; `within`: no further
    apart than this (None: at any distance).
    """

    same: tuple[str, ...]
    agree: tuple[str, ...] = ()
    within: timedelta | None = None


def closest_pairs(left: pl.DataFrame, right: pl.DataFrame, fits: Sequence[Fit]) -> pl.DataFrame:
    """Take the closest pair that fits, strike out both of it, and again; frame `left`, `right`.

    Both sides have `key` (an unsigned integer), `at` and the columns that `fits` name; a pair
    needs one of the fits. What has no time is paired with nothing. Ties go to the smaller left,
    then the smaller right key: both count in the order of time and of content, so the outcome
    does not depend on the order in which files were read.
    """
    chain = _Chain()
    for fit in fits:
        for members in _queues(left, right, fit):
            chain.append(members, fit.within)
    schema = {"left": left.schema["key"], "right": right.schema["key"]}
    return pl.DataFrame(list(chain.pairs()), schema=schema, orient="row")


def _queues(left: pl.DataFrame, right: pl.DataFrame, fit: Fit) -> Iterator[pl.DataFrame]:
    """Put those who may be paired into common queues, so that two fit just where they share one.

    To agree is not transitive (who knows nothing agrees with all), but it is to be equal in what
    both know. So those who know the same columns are taken together, with each such lot of the
    other side. The frames have `queue`, `at`, `is_left` and `key`.
    """
    of_right = list(_by_knowledge(right, fit))
    for known_left, some_left in _by_knowledge(left, fit):
        for known_right, some_right in of_right:
            equal = [*fit.same, *(name for name in known_left if name in known_right)]
            queues = (
                some_left.select(equal)
                .unique()
                .join(some_right.select(equal).unique(), on=equal)
                .with_row_index("queue")
            )
            sides = [
                side.select("at", "key", *equal, is_left=pl.lit(is_left))
                .join(queues, on=equal)
                .select("queue", "at", "is_left", "key")
                for side, is_left in ((some_left, True), (some_right, False))
            ]
            yield pl.concat(sides)


def _by_knowledge(side: pl.DataFrame, fit: Fit) -> Iterator[tuple[tuple[str, ...], pl.DataFrame]]:
    """Split by which of the columns that have to agree are known."""
    rest = side.drop_nulls(["at", *fit.same])
    if not fit.agree:
        yield (), rest
        return
    known = [pl.col(name).is_not_null().alias(f"knows {name}") for name in fit.agree]
    marked = rest.with_columns(known)
    for marks, some in marked.group_by([f"knows {name}" for name in fit.agree]):
        yield tuple(name for name, mark in zip(fit.agree, marks, strict=True) if mark), some


class _Chain:
    """Places in the order of time, each linked to its neighbours in its queue.

    A place is one time of one side of one queue, with the keys of those who stand there, the
    smallest first. Somebody may stand in several queues; that they were taken from another one
    is noticed when their turn comes.
    """

    def __init__(self) -> None:
        self._keys: list[int] = []
        self._taken: dict[bool, set[int]] = {True: set(), False: set()}
        # By place: its time and side, which of the keys stand there (from the first that may be
        # free to the end), its neighbours, and how far apart two of its queue may be.
        self._at: list[int] = []
        self._is_left: list[bool] = []
        self._first: list[int] = []
        self._end: list[int] = []
        self._before: list[int] = []
        self._after: list[int] = []
        self._within: list[float] = []

    def append(self, members: pl.DataFrame, within: timedelta | None) -> None:
        """Add the queues of a frame `queue`, `at`, `is_left`, `key`."""
        place = ("queue", "at", "is_left")
        ordered = members.sort(*place, "key").with_row_index("nth", offset=len(self._keys))
        number = pl.int_range(pl.len(), dtype=pl.Int64) + len(self._at)
        goes_on = pl.col("queue").eq_missing(pl.col("queue").shift())
        places = (
            ordered.group_by(place, maintain_order=True)
            .agg(first=pl.col("nth").first(), end=pl.col("nth").last() + 1)
            .with_columns(
                before=pl.when(goes_on).then(number - 1).otherwise(_NOBODY),
                after=pl.when(goes_on.shift(-1)).then(number + 1).otherwise(_NOBODY),
                at=pl.col("at").dt.epoch("us"),
            )
        )
        self._keys += ordered.get_column("key").to_list()
        for name in ("at", "is_left", "first", "end", "before", "after"):
            getattr(self, f"_{name}").extend(places.get_column(name).to_list())
        limit = inf if within is None else within / timedelta(microseconds=1)
        self._within += [limit] * places.height

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Take the closest pair of free neighbours, left and right key, again and again.

        Keys and neighbours only ever vanish, so what the heap holds of two neighbours is never
        behind what is true of them by now: the first that comes up free is the closest of all.
        """
        heap = [
            pair for place, after in enumerate(self._after) for pair in self._pair(place, after)
        ]
        heapify(heap)
        while heap:
            _, left, right, place, after = heappop(heap)
            if self._after[place] != after:
                continue
            if left not in self._taken[True] and right not in self._taken[False]:
                self._taken[True].add(left)
                self._taken[False].add(right)
                yield left, right
            for pair in self._pair(*self._neighbours(place, after)):
                heappush(heap, pair)

    def _pair(self, place: int, after: int) -> Iterator[_Pair]:
        """Two neighbours as a pair, if they are of both sides and near enough."""
        if _NOBODY in {place, after} or self._is_left[place] == self._is_left[after]:
            return
        distance = self._at[after] - self._at[place]
        if distance <= self._within[place]:
            keys = self._keys[self._first[place]], self._keys[self._first[after]]
            left, right = keys if self._is_left[place] else keys[::-1]
            yield distance, left, right, place, after

    def _neighbours(self, place: int, after: int) -> tuple[int, int]:
        """Unlink of two places where nobody is free any more; give who are neighbours then."""
        begin = self._before[place] if self._is_empty(place) else place
        end = self._after[after] if self._is_empty(after) else after
        if begin != place:
            self._after[place] = _GONE
        if end != after:
            self._after[after] = _GONE
        if begin != _NOBODY:
            self._after[begin] = end
        if end != _NOBODY:
            self._before[end] = begin
        return begin, end

    def _is_empty(self, place: int) -> bool:
        """Whether nobody there is free; passes over the taken ones."""
        taken, end = self._taken[self._is_left[place]], self._end[place]
        first = self._first[place]
        while first < end and self._keys[first] in taken:
            first += 1
        self._first[place] = first
        return first == end
